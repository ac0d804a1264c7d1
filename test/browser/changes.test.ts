import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { changesAnswer } from '../../src/core/measures/changes-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** The waterfall on Panorama draws and says what the API answers. */

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

const RANGE = 'from=2026-03-01&to=2026-03-31';

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('at %i pixels, %s', async (width, colours) => {
    const answer = changesAnswer.parse(await program.ask(`/v1/changes?${RANGE}&dimension=campaign`));
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    try {
      await page.goto(`/?${RANGE}`);
      const section = page.locator('section.changes');
      await section.locator('.waterfall li').first().waitFor();
      expect(await section.locator('.waterfall .figure').allTextContents()).toEqual([
        format.count(answer.count.before),
        ...answer.count.parts.map(({ part }) => format.signedTenths(part)),
        format.count(answer.count.after),
      ]);
      const [first] = answer.count.by_owner;
      expect(await section.locator('.says').first().textContent()).toContain(
        format.tenths(Math.abs(first?.part ?? 0)),
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      // The title of the page names the step that weighs most, in the words of the section.
      const most = answer.count.parts.reduce((sum, { part }) => Math.max(sum, Math.abs(part)), 0);
      const title = (await page.locator('h1.finding').textContent()) ?? '';
      const [weighs = ''] = /(?:Lo que más pesa|The biggest mover).*$/.exec(title) ?? [];
      expect(weighs).toContain(`${format.tenths(most)}.`);
      expect(await section.locator('.says').first().textContent()).toContain(weighs);
      await keep('changes');

      await section.locator('.waterfall button').first().press('Enter');
      const step = answer.steps[0];
      await section.getByRole('button', { name: 'Campa' }).press('Enter');
      const rows = section.locator('.step-detail table').nth(1).locator('tbody tr');
      await rows.first().waitFor();
      expect(await rows.first().locator('td').nth(2).textContent()).toBe(
        format.points(step?.groups?.[0]?.rate_effect ?? null),
      );

      await section.getByRole('button', { name: t('changes.in_money') }).press('Enter');
      await section
        .getByText(format.money(answer.value?.before ?? null))
        .first()
        .waitFor();
      await section.getByRole('button', { name: t('chart.as_table') }).press('Enter');
      const lines = (answer.value?.parts.length ?? 0) + (answer.value?.by_owner.length ?? 0);
      expect(await section.locator('table').first().locator('tbody tr').count()).toBe(lines);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('is not there without a comparison, and says where there is nothing', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    try {
      // A range without anything is told by the page itself; here only this part of it has nothing.
      const nothing = await program.ask('/v1/changes?from=2020-01-01&to=2020-01-31&compare=previous');
      await page.route('**/v1/changes?*', (route) => route.fulfill({ json: nothing }));
      await page.goto(`/?${RANGE}`);
      await page.getByText(t('changes.nothing')).waitFor();
      await page.unroute('**/v1/changes?*');
      await page.goto(`/?${RANGE}&compare=none`);
      await page.locator('.funnel li.stage').first().waitFor();
      expect(await page.locator('section.changes').count()).toBe(0);
    } finally {
      await close();
    }
  });
});
