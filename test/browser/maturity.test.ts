import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** The section of maturity on Panorama: what it draws and says is what the API answers. */

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

const RANGE = 'from=2026-03-01&to=2026-06-30';

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('at %i pixels, %s', async (width, colours) => {
    const answer = maturityAnswer.parse(await program.ask(`/v1/maturity?${RANGE}&compare=previous`));
    expect(answer.young?.from).toBe('2026-06-01');
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    try {
      await page.goto(`/?${RANGE}`);
      const section = page.locator('section.maturity');
      await section.locator('.cohorts li').first().waitFor();
      expect(await section.locator('.cohorts .figure').allTextContents()).toEqual(
        answer.cohorts.map(({ rates }) => format.percent(rates?.observed ?? null)),
      );
      // Only cohorts that are not mature have an outline.
      expect(await section.locator('.hoped').count()).toBe(
        answer.cohorts.filter((cohort) => cohort.mature === false).length,
      );
      const says = (await section.locator('.says').allTextContents()).join(' ');
      expect(says).toContain(format.percent(answer.young?.rates?.expected ?? null));
      expect(says).toContain(format.points(answer.comparison?.difference ?? null));
      await keep('maturity');

      await section.getByRole('button', { name: t('chart.as_table') }).press('Enter');
      expect(await section.locator('table').first().locator('tbody tr').count()).toBe(answer.cohorts.length);
      expect(await section.locator('.curve-table tbody tr').count()).toBe(answer.curve.points.length);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('fails alone, and says where there is nothing', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    try {
      await page.route('**/v1/maturity?*', (route) => route.abort());
      await page.goto(`/?${RANGE}`);
      await page.locator('.funnel li.stage').first().waitFor();
      await page.unroute('**/v1/maturity?*');
      // A range without anything is told by the page itself; here only this part of it has nothing.
      const nothing = await program.ask('/v1/maturity?from=2020-01-01&to=2020-01-31');
      await page.route('**/v1/maturity?*', (route) => route.fulfill({ json: nothing }));
      await page.goto(`/?${RANGE}&mode=cohort`);
      await page.getByText(t('maturity.nothing')).waitFor();
    } finally {
      await close();
    }
  });
});
