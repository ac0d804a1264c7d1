import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { builderEn } from '../../locales/en/builder.ts';
import { builderEs } from '../../locales/es/builder.ts';
import { webEn } from '../../locales/en/web.ts';
import { webEs } from '../../locales/es/web.ts';
import { seenValues } from '../../src/core/agreement/seen-values.ts';
import { agreementView } from '../../src/core/agreement/view.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import { whatifAnswer } from '../../src/core/measures/whatif-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** A change is tried in the agreement's text, proposed, signed by both areas, and counts. */

let browser: Browser;
let program: Program;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '3000', '--seed', '1', '--until', '2026-06-30'),
  ]);
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const RANGE = 'from=2026-03-01&to=2026-05-31';
const AGED = 'lead.age >= 25';
const FORM_WORDS = {
  es: translator('es', webEs, builderEs),
  en: translator('en', webEn, builderEn),
};

async function choose(field: Locator, value: string): Promise<void> {
  await field.selectOption(value);
}

describe.each([
  ['es', 1440, 'light'],
  ['en', 390, 'dark'],
] as const)('in %s', (language, width, colours) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test('a fault is told by its line, a change by its numbers', async () => {
    const { page, keep, close } = await openPage(browser, program.address, { language, width, colours });
    try {
      await page.goto(`/agreement?${RANGE}`);
      await page.getByText(t('draft.mode.text'), { exact: true }).click();
      const text = page.getByLabel(t('draft.text'));
      await text.waitFor();
      const before = await text.inputValue();
      expect(before).toContain(AGED);
      await text.fill(before.replace(AGED, 'lead.agge >= 25'));
      await page.locator('.draft .faults li').first().waitFor();
      expect(await page.locator('.draft .faults').textContent()).toContain('agge');

      await text.fill(before.replace(AGED, 'lead.age >= 40'));
      const rows = page.locator('.draft .preview table').first().locator('tbody tr');
      await rows.first().waitFor();
      const funnel = funnelAnswer.parse(await program.ask(`/v1/funnel?${RANGE}`));
      const profiled = funnel.stages.find(({ id }) => id === 'profiled');
      const cells = await rows.nth(1).locator('td').allTextContents();
      expect(cells[0]).toContain(format.count(profiled?.count ?? null));
      expect(cells[3]).toMatch(/^−\d/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await keep('agreement-draft');
    } finally {
      await close();
    }
  });
});

describe.each([
  ['es', 1440],
  ['en', 390],
] as const)('as a form, in %s at %i pixels', (language, width) => {
  const t = FORM_WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test('a criterion is added, tried, read as text, and proposed', async () => {
    const { page, keep, close } = await openPage(browser, program.address, { language, width });
    const signed = agreementView.parse(await program.ask(`/v1/agreement?lang=${language}`));
    const seen = seenValues.parse(await program.ask('/v1/agreement/values'));
    const zones = seen.fields.find(({ field }) => field === 'zone')?.values ?? [];
    try {
      await page.goto(`/agreement?${RANGE}`);
      const card = page.locator('.stage-card', {
        has: page.getByRole('heading', {
          name: signed.stages.find(({ id }) => id === 'qualified')?.label ?? '',
        }),
      });
      await card
        .getByRole('button', { name: t('builder.add_field') })
        .last()
        .click();
      const added = card.locator('.criterion').last();
      await choose(added.getByLabel(t('builder.field')).first(), 'zone');
      await choose(added.getByLabel(t('builder.comparison')), 'in');
      // Not yet a rule: the text keeps the last one that was whole.
      await added.getByText(t('builder.incomplete')).waitFor();
      const offered = await added.getByLabel(t('builder.add_value')).locator('option').allTextContents();
      expect(offered.slice(1, -1)).toEqual(
        zones.map(({ value, count }) => t('builder.counted', { value, count: format.count(count) })),
      );
      const [first, second] = zones.map(({ value }) => value);
      await choose(added.getByLabel(t('builder.add_value')), first ?? '');
      await choose(added.getByLabel(t('builder.add_value')), second ?? '');
      const rule = `lead.zone in ["${first ?? ''}", "${second ?? ''}"]`;

      await added
        .getByRole('heading', { name: signed.fields.find(({ name }) => name === 'zone')?.label ?? '' })
        .waitFor();

      // What it does to the numbers is what the program answers for that text.
      await page.getByText(t('draft.mode.text'), { exact: true }).click();
      const area = page.getByLabel(t('draft.text'));
      const written = await area.inputValue();
      expect(written).toContain(`        rule: ${rule}\n`);
      const original = readFileSync(join(program.home, 'tregua.yaml'), 'utf8').split('\n');
      expect(written.split('\n').filter((line) => !original.includes(line)).length).toBe(3);
      expect(original.every((line) => written.includes(line))).toBe(true);
      await page.locator('.draft .preview:not(.stale) table').first().waitFor();
      const response = await fetch(new URL('/v1/drafts/whatif', program.address), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(program.address).origin },
        body: JSON.stringify({
          draft: { text: written, file: 'tregua.yaml' },
          question: { from: '2026-03-01', to: '2026-05-31' },
        }),
      });
      const whatif = whatifAnswer.parse(await response.json());
      const qualified = whatif.stages.find(({ id }) => id === 'qualified');
      expect(qualified?.lost).toBeGreaterThan(0);
      const row = page
        .locator('.draft .preview table')
        .first()
        .locator('tbody tr', {
          has: page.getByRole('rowheader', {
            name: signed.stages.find(({ id }) => id === 'qualified')?.label ?? '',
          }),
        });
      await row.getByText(`−${format.count(qualified?.lost ?? 0)}`).waitFor();

      // What is broken in the text is told in the form, where it stands, and is taken back.
      await area.fill(written.replace('lead.zone in', 'lead.zonne in'));
      await page.getByText(t('draft.mode.form'), { exact: true }).click();
      const broken = card.locator('.criterion').last();
      await broken.locator('mark', { hasText: 'zonne' }).waitFor();
      await page.getByRole('button', { name: t('draft.undo') }).click();
      await card
        .getByRole('button', { name: t('builder.edit_of', { name: language === 'es' ? 'Zona' : 'Zone' }) })
        .or(card.getByRole('button', { name: t('builder.take_out', { value: first ?? '' }) }))
        .first()
        .waitFor();
      await keep('agreement-form');

      // A rule that rows cannot say is written, with what may follow offered.
      const budget = card.locator('.criterion').nth(1);
      await budget.locator('.tools button').first().click();
      await budget.getByRole('button', { name: t('builder.as_rule') }).click();
      const field = budget.getByRole('textbox', { name: t('builder.rule'), exact: true });
      await field.fill('');
      await field.pressSequentially('lead.bud');
      await budget.locator('.offered button.chosen').waitFor();
      await page.keyboard.press('Enter');
      await field.pressSequentially(' * 2.0 >= 16000');
      expect(await field.inputValue()).toBe('lead.budget * 2.0 >= 16000');
      await budget.getByText(t('builder.only_rule')).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      await page.getByLabel(t('draft.note')).fill(`Only two zones (${language})`);
      await page.getByRole('button', { name: t('draft.propose'), exact: true }).click();
      await page.locator('.versions li').first().getByText(`Only two zones (${language})`).waitFor();
    } finally {
      await close();
    }
  });
});

test('a proposal that both areas sign comes into force', async () => {
  const t = WORDS.en;
  const { page, complaints, close } = await openPage(browser, program.address, { language: 'en' });
  try {
    await page.goto(`/agreement?${RANGE}`);
    await page.getByText(t('draft.mode.text'), { exact: true }).click();
    const text = page.getByLabel(t('draft.text'));
    await text.waitFor();
    const changed = (await text.inputValue()).replace(AGED, 'lead.age >= 40');
    await text.fill(changed);
    await page.getByLabel(t('draft.note')).fill('Older leads buy');
    await page.getByRole('button', { name: t('draft.propose'), exact: true }).click();
    const newest = page.locator('.versions li').first();
    await newest.getByText('Older leads buy').waitFor();
    for (const area of ['marketing', 'sales']) {
      await newest.getByRole('combobox').selectOption(area);
      await newest.getByLabel(t('versions.name')).fill(`Head of ${area}`);
      await newest.getByRole('button', { name: t('versions.sign') }).click();
      await newest.getByText(`Head of ${area}`).waitFor();
    }
    await newest.getByText(t('versions.in_force')).waitFor();
    expect(complaints).toEqual([]);
    expect(readFileSync(join(program.home, 'tregua.yaml'), 'utf8')).toBe(changed);
  } finally {
    await close();
  }
});
