import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { builderEn } from '../../locales/en/builder.ts';
import { builderEs } from '../../locales/es/builder.ts';
import { webEn } from '../../locales/en/web.ts';
import { webEs } from '../../locales/es/web.ts';
import { readForm } from '../../src/core/agreement/form.ts';
import type { AgreementForm } from '../../src/core/agreement/form.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { seenValues } from '../../src/core/agreement/seen-values.ts';
import { agreementView } from '../../src/core/agreement/view.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import type { Translate } from '../../src/core/diagnostic/wording.ts';
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
    startProgram('demo', '--leads', '3000', '--until', '2026-06-30'),
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
      await added.getByLabel(t('builder.add_value')).locator('option').nth(2).waitFor({ state: 'attached' });
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

test('all that an agreement says is edited as a form, where it stands, and undone', async () => {
  const language = 'es';
  const width = 390;
  const t = FORM_WORDS[language];
  const { page, complaints, keep, close } = await openPage(browser, program.address, { language, width });
  const original = readFileSync(join(program.home, 'tregua.yaml'), 'utf8');
  const before = readForm(original);
  if (before === null) throw new Error('the demo has no form');
  const part = (id: string): Locator => page.locator(`section[aria-labelledby="builder-${id}"]`);
  const card = (id: string, nth: number): Locator =>
    part(id).locator(':scope > ul > li, :scope > ol > li').nth(nth);
  const open = (id: string, nth: number): Promise<void> =>
    card(id, nth).locator(':scope > header .tools button').first().click();
  const label = (key: string): string => t(`builder.${key}`);
  try {
    await page.goto('/agreement');
    await page
      .getByRole('navigation', { name: label('parts') })
      .getByText(label('fields'))
      .click();

    // A field of whole numbers, with a marker of missing values.
    await part('fields').getByLabel(label('new_field')).fill('Niños');
    await part('fields')
      .getByRole('button', { name: label('add_data') })
      .click();
    const field = card('fields', Object.keys(before.fields).length);
    await field.getByRole('combobox', { name: label('type'), exact: true }).selectOption('integer');
    await field.getByLabel(label('add_value')).fill('n/a');
    await field.getByLabel(label('add_value')).press('Enter');
    await field.getByRole('button', { name: t('builder.take_out', { value: 'n/a' }) }).waitFor();

    // Broken down in bands, in order whatever the order of typing; what is no number is told and stays out.
    await part('dimensions').getByLabel(label('add_dimension')).selectOption('field.ninos');
    const dimension = card('dimensions', before.dimensions.length);
    const edge = dimension.getByLabel(label('add_value'));
    for (const typed of ['3', '1', 'two']) {
      await edge.fill(typed);
      await edge.press('Enter');
    }
    await dimension.getByText(label('wrong.number')).waitFor();
    await edge.fill('2');
    await edge.press('Enter');
    await dimension.getByRole('combobox', { name: label('which'), exact: true }).selectOption('first');

    // The money moves to the stage before, and back by one step of undoing.
    const sale = before.funnel.length - 1;
    await open('stages', sale - 1);
    await card('stages', sale - 1)
      .getByLabel(label('value_of_stage'))
      .check();

    await open('lost', 0);
    await card('lost', 0).getByLabel(label('reason')).selectOption('lead.zone');

    // Hours: a day that the other hours have is not offered; closing before opening is told.
    await open('handoffs', 0);
    const handoff = card('handoffs', 0);
    const days = await handoff
      .getByRole('combobox', { name: label('last_day'), exact: true })
      .first()
      .locator('option')
      .count();
    expect(days).toBe(5);
    await handoff.getByLabel(label('closes')).first().fill('08:00');
    await handoff.getByText(t('builder.wrong.closes_early', { opens: '09:00' })).waitFor();
    await handoff.getByLabel(label('closes')).first().fill('18:30');
    await handoff
      .getByRole('combobox', { name: label('first_day'), exact: true })
      .first()
      .selectOption('tue');
    const holidays = handoff.getByRole('group', { name: label('holidays') });
    for (const day of ['2026-12-25', '2026-01-01']) {
      await holidays.getByLabel(label('add_value')).fill(day);
      await holidays.getByLabel(label('add_value')).press('Enter');
    }

    const general = part('general');
    await general.getByLabel(label('agreement_name')).fill('');
    await general.getByText(label('wrong.name')).waitFor();
    await general.getByLabel(label('agreement_name')).fill('Acuerdo: «nuevo»');
    await general.getByLabel(label('timezone')).selectOption('America/Bogota');
    await general.getByLabel(label('country')).selectOption('CO');
    await general.getByLabel(label('week_starts')).selectOption('sunday');
    await general.getByLabel(label('add_currency')).selectOption('USD');
    await general.getByLabel(t('builder.rate', { currency: 'MXN', other: 'USD' })).fill('18,25');
    await general.getByLabel(label('rate_from')).fill('2026-02-01');
    await general.getByLabel(label('identity_by')).selectOption('all');

    // A column goes by another name in every rule.
    await open('fields', Object.keys(before.fields).indexOf('age'));
    const age = card('fields', Object.keys(before.fields).indexOf('age'));
    await age.locator('summary').click();
    await age.getByLabel(label('new_id')).fill('Años');
    await age.getByText(label('wrong.id')).waitFor();
    await age.getByLabel(label('new_id')).fill('years');
    await age.getByRole('button', { name: label('change_id') }).click();
    await page.locator('.id-field summary', { hasText: 'years' }).waitFor({ state: 'attached' });
    await keep('agreement-form-all');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

    await page.getByText(t('draft.mode.text'), { exact: true }).click();
    const area = page.getByLabel(t('draft.text'));
    const written = await area.inputValue();
    expect(parseAgreement(written).ok, written).toBe(true);
    expect(readForm(written)).toEqual(expected(before));
    // The comments of the text all stay.
    const comments = (text: string): readonly string[] => text.match(/#.*/g) ?? [];
    expect(comments(written)).toEqual(comments(original));

    // And each step is undone.
    const undo = page.getByRole('button', { name: t('draft.undo') });
    for (let step = 0; step < 60 && (await undo.isEnabled()); step += 1) await undo.click();
    expect(await area.inputValue()).toBe(original);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

/** What was edited, by hand. */
function expected(before: AgreementForm): AgreementForm {
  const text = JSON.stringify(before)
    .replaceAll('lead.age', 'lead.years')
    .replaceAll('"field":"age"', '"field":"years"');
  const read = readForm(text);
  if (read === null) throw new Error('no form');
  const { identity: _, ...renamed } = read;
  const { age, ...fields } = renamed.fields;
  if (age === undefined) throw new Error('the demo has no age');
  const sale = before.funnel.length - 1;
  return {
    ...renamed,
    name: 'Acuerdo: «nuevo»',
    timezone: 'America/Bogota',
    country: 'CO',
    week_starts: 'sunday',
    rates: { USD: { '2026-02-01': 18.25 } },
    fields: {
      ...fields,
      years: age,
      ninos: {
        type: 'integer',
        label: { es: 'Niños' },
        missing: ['n/a'],
      },
    },
    funnel: renamed.funnel.map((stage, at) => {
      const { value: _value, ...rest } = stage;
      if (at === sale) return rest;
      return at === sale - 1
        ? { ...rest, value: { sum: 'amount', where: 'activity.type == "meeting"' } }
        : stage;
    }),
    lost: renamed.lost.map((lost, at) => (at === 0 ? { ...lost, reason: 'lead.zone' } : lost)),
    handoffs: renamed.handoffs.map((handoff, at) =>
      at === 0
        ? {
            ...handoff,
            hours: { 'tue-fri': '09:00-18:30', sat: '10:00-14:00' },
            holidays: ['2026-01-01', '2026-12-25'],
          }
        : handoff,
    ),
    dimensions: [...renamed.dimensions, { id: 'ninos', field: 'ninos', bands: [1, 2, 3], value: 'first' }],
  };
}

/** Proposes that leads be of an age, on an agreement page that is open, and gives the text that was proposed. */
async function proposes(page: Page, t: Translate, age: number, note: string): Promise<string> {
  await page.goto(`/agreement?${RANGE}`);
  await page.getByText(t('draft.mode.text'), { exact: true }).click();
  const text = page.getByLabel(t('draft.text'));
  await text.waitFor();
  const changed = (await text.inputValue()).replace(/lead\.age >= \d+/, `lead.age >= ${age}`);
  await text.fill(changed);
  await page.getByLabel(t('draft.note')).fill(note);
  await page.getByRole('button', { name: t('draft.propose'), exact: true }).click();
  await page.locator('.versions > ol > li').first().getByText(note).waitFor();
  return changed;
}

test.each([
  ['en', 40, 'Older leads buy'],
  ['es', 35, 'Los leads mayores compran'],
] as const)('a proposal that both areas sign comes into force (%s)', async (language, age, note) => {
  const t = WORDS[language];
  const { page, complaints, close } = await openPage(browser, program.address, { language });
  try {
    const changed = await proposes(page, t, age, note);
    const newest = page.locator('.versions > ol > li').first();
    // Who signs reads what it changes, and what it would have done.
    await newest.getByText(t('versions.would_change')).click();
    await newest
      .locator('.preview li', { hasText: String(age) })
      .first()
      .waitFor();
    await newest.locator('.preview table').first().waitFor();
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

test.each([
  ['es', 390, 30],
  ['en', 1440, 28],
] as const)('the direction decides instead of the areas, and says why (%s)', async (language, width, age) => {
  const t = WORDS[language];
  const reason = `Urge para la campaña de junio (${language})`;
  const { page, complaints, keep, close } = await openPage(browser, program.address, { language, width });
  try {
    const changed = await proposes(page, t, age, `Sin acuerdo de las áreas (${language})`);
    const newest = page.locator('.versions > ol > li').first();
    await newest.getByRole('combobox').selectOption('');
    await newest.getByLabel(t('versions.name')).fill('Dirección general');
    // Without a reason nothing is signed.
    await newest.getByRole('button', { name: t('versions.sign') }).click();
    expect(await newest.locator('input:invalid').count()).toBe(1);
    await newest.getByLabel(t('versions.reason')).fill(reason);
    await newest.getByRole('button', { name: t('versions.sign') }).click();
    await newest.getByText(reason).waitFor();
    await newest.getByText(t('versions.in_force')).waitFor();
    // And what each version changed stays to be read.
    await newest.getByText(t('versions.changed'), { exact: true }).click();
    await newest.locator('details li', { hasText: String(age) }).waitFor();
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    await keep('agreement-override');
    expect(complaints).toEqual([]);
    expect(readFileSync(join(program.home, 'tregua.yaml'), 'utf8')).toBe(changed);
  } finally {
    await close();
  }
});
