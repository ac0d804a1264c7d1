import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builderEn } from '../../locales/en/builder.ts';
import { webEn } from '../../locales/en/web.ts';
import { builderEs } from '../../locales/es/builder.ts';
import { webEs } from '../../locales/es/web.ts';
import { readForm } from '../../src/core/agreement/form.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { seenValues } from '../../src/core/agreement/seen-values.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import { openBrowser, openPage, settled } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** What the form knows of the data: columns that nothing takes, and what becomes of values under another type. */

let browser: Browser;
let program: Program;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '3000', '--until', '2026-06-30'),
  ]);
  const leads = [
    'lead_id,created_at,Plan dental',
    'X1,2026-05-02,Oro',
    'X2,2026-05-03,Oro',
    'X3,2026-05-04,Plata',
  ];
  const sent = await fetch(new URL('/v1/imports?name=plans.csv&source=plans&as=leads', program.address), {
    method: 'POST',
    headers: { origin: program.address, 'content-type': 'text/csv' },
    body: leads.join('\n'),
  });
  expect(await sent.json()).toMatchObject({ accepted: 3 });
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const WORDS = { es: translator('es', webEs, builderEs), en: translator('en', webEn, builderEn) };

test.each([
  ['es', 390, 'dark'],
  ['en', 1440, 'light'],
] as const)(
  'data are declared, put in order, and given another type in %s',
  async (language, width, colours) => {
    const t = WORDS[language];
    const format = numberFormat(language, 'MXN', 'America/Mexico_City');
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    const part = (id: string): Locator => page.locator(`section[aria-labelledby="builder-${id}"]`);
    const card = (label: string): Locator =>
      part('fields').getByRole('listitem', { name: label, exact: true });
    const preview = page.locator('.draft .preview');
    try {
      await page.goto('/agreement?from=2026-03-01&to=2026-05-31');
      const columns = part('fields').locator('.undeclared li', { hasText: 'Plan dental' });
      await columns.getByText('Oro (2), Plata (1)').waitFor();
      await keep('agreement-undeclared');
      await columns
        .getByRole('button', { name: t('builder.undeclared_add_named', { column: 'Plan dental' }) })
        .click();
      await columns.waitFor({ state: 'detached' });
      const added = card('Plan dental');
      expect(await added.getByRole('combobox', { name: t('builder.type'), exact: true }).inputValue()).toBe(
        'string',
      );

      // Up beside the second last, and the areas change places: the text says it, and nothing else.
      await added.getByRole('button', { name: t('builder.up_of', { name: 'Plan dental' }) }).click();
      const areas = language === 'es' ? ['Marketing', 'Ventas'] : ['Marketing', 'Sales'];
      await part('general')
        .getByRole('button', { name: t('builder.down_of', { name: areas[0] ?? '' }) })
        .click();
      await page.getByText(t('draft.mode.text'), { exact: true }).click();
      const area = page.getByLabel(t('draft.text'));
      const form = readForm(await area.inputValue());
      expect(Object.keys(form?.fields ?? {}).indexOf('plan_dental')).toBe(
        Object.keys(form?.fields ?? {}).length - 2,
      );
      expect(Object.keys(form?.areas ?? {})).toEqual(['sales', 'marketing']);
      await preview.getByText(areas.toReversed().join(', ')).waitFor();
      await page.getByRole('button', { name: t('draft.reset') }).click();
      await page.getByText(t('draft.mode.form'), { exact: true }).click();

      // Zones are no numbers: each value is told, and the numbers of both areas stand beside.
      const seen = seenValues.parse(await program.ask('/v1/agreement/values'));
      const zones = seen.fields.find(({ field }) => field === 'zone');
      const known = zones?.known ?? 0;
      const retype = async (label: string, type: string): Promise<void> => {
        await card(label)
          .getByRole('button', { name: t('builder.edit_of', { name: label }) })
          .click();
        await card(label)
          .getByRole('combobox', { name: t('builder.type'), exact: true })
          .selectOption(type);
      };
      await retype(language === 'es' ? 'Zona' : 'Zone', 'integer');
      const told = preview.locator('.type-change');
      await told
        .getByText(t('draft.type.reads', { n: known, known: format.count(known), reads: '0' }))
        .waitFor();
      const [zone] = zones?.values ?? [];
      await told
        .getByText(
          t('draft.type.unread', { value: zone?.value ?? '', count: format.count(zone?.count ?? 0) }),
        )
        .waitFor();
      await preview.locator('table').first().waitFor();
      await keep('agreement-type');
      expect(
        await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
      ).toBeLessThanOrEqual(0);
      await page.getByRole('button', { name: t('draft.reset') }).click();

      // A criterion asks for the budget: its figures wait, and the draft can be proposed all the same.
      await retype(language === 'es' ? 'Presupuesto' : 'Budget', 'integer');
      await preview.getByText(t('draft.types_wait')).waitFor();
      await told.locator('p').first().waitFor();
      expect(await preview.getByRole('button', { name: t('draft.propose'), exact: true }).isEnabled()).toBe(
        true,
      );
      await settled(page);
      // The question that could not be answered is the only one that the browser complains of.
      expect(complaints.filter((each) => !each.includes('400'))).toEqual([]);
    } finally {
      await close();
    }
  },
);
