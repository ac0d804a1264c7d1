import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureEn } from '../../locales/en/measure.ts';
import { measureEs } from '../../locales/es/measure.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { forecastText, goalText, statusText, targetValue } from '../../src/core/measures/target-words.ts';
import type { TargetNames } from '../../src/core/measures/target-words.ts';
import { targetsAnswer } from '../../src/core/measures/targets-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** The scorecards on Panorama are those of the API: every target, in its order, for both areas. */

let browser: Browser;
let program: Program;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '6000', '--seed', '1', '--until', '2026-06-17'),
  ]);
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const MEASURES = { es: measureEs, en: measureEn } as const;

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const names: TargetNames = {
    translate: translator(language, MEASURES[language]),
    format: numberFormat(language, 'MXN', 'America/Mexico_City'),
    area: (id) => id,
  };

  test.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('at %i pixels, %s', async (width, colours) => {
    const { targets } = targetsAnswer.parse(await program.ask('/v1/targets'));
    expect(targets).toHaveLength(8);
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    try {
      await page.goto('/');
      const section = page.locator('section.targets');
      await section.locator('.scorecard li').first().waitFor();
      const cards = (await section.locator('.scorecard > ol > li').allInnerTexts()).map(plain);
      expect(cards).toHaveLength(targets.length);
      targets.forEach((target, position) => {
        const card = cards[position] ?? '';
        expect(card).toContain(plain(targetValue(target.kind, target.value, names)));
        expect(card).toContain(plain(goalText(target, names)));
        expect(card).toContain(statusText(target, names));
        expect(card).toContain(plain(forecastText(target.kind, target.forecast, names)));
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      // By the keyboard: each explains itself, in words and with the periods before.
      const first = section.getByRole('button', { expanded: false }).first();
      await first.focus();
      await page.keyboard.press('Enter');
      const detail = section.locator('.target-detail');
      await detail.waitFor();
      expect(await detail.locator('.past li').count()).toBe(targets[0]?.history.length);
      await keep('targets');

      await section.getByRole('button', { name: t('chart.as_table') }).click();
      expect(await section.locator('tbody tr').count()).toBe(targets.length);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('the first target of a stage stands in the funnel; of some leads there is none', async () => {
    const funnel = funnelAnswer.parse(await program.ask('/v1/funnel'));
    const told = funnel.stages.flatMap(({ id, target }) => (target === null ? [] : [[id, target.id]]));
    expect(told).toEqual([
      ['profiled', 'profiled_share'],
      ['qualified', 'qualified_share'],
      ['sale', 'sales'],
    ]);
    const filtered = funnelAnswer.parse(await program.ask('/v1/funnel?filter=zone%3DNorte'));
    expect(filtered.stages.every(({ target }) => target === null)).toBe(true);
    const { page, close } = await openPage(browser, program.address, { language });
    try {
      await page.goto('/');
      const sale = page.locator('.funnel .stage').last();
      const target = funnel.stages.at(-1)?.target;
      await sale.getByText(target ? goalText(target, names) : 'nothing').waitFor();
    } finally {
      await close();
    }
  });
});
