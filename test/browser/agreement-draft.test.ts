import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
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

test('a proposal that both areas sign comes into force', async () => {
  const t = WORDS.en;
  const { page, complaints, close } = await openPage(browser, program.address, { language: 'en' });
  try {
    await page.goto(`/agreement?${RANGE}`);
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
