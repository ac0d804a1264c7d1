import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { opportunitiesAnswer } from '../../src/core/measures/opportunities-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** The opportunities on Panorama are those of the API, and each opens as many leads as it says. */

let browser: Browser;
let program: Program;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '6000', '--seed', '1', '--until', '2026-06-30'),
  ]);
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const RANGE = 'from=2025-07-01&to=2026-06-30';

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('at %i pixels, %s', async (width, colours) => {
    const answer = opportunitiesAnswer.parse(await program.ask(`/v1/opportunities?${RANGE}&top=5`));
    const found = answer.opportunities.map((item) => `${item.to}:${item.value}`);
    expect(found).toContain('qualified:Oriente');
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    try {
      await page.goto(`/?${RANGE}`);
      const section = page.locator('section.opportunities');
      await section.locator('li').first().waitFor();
      expect(await section.locator('li').count()).toBe(answer.opportunities.length);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await keep('opportunities');
      const [first] = answer.opportunities;
      const total = first?.opens.total ?? 0;
      await section
        .getByText(t('opportunities.leads', { count: format.count(total) }))
        .first()
        .click();
      await page
        .getByRole('heading', { level: 1, name: t('leads.title', { count: format.count(total), n: total }) })
        .waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});

test('as of an earlier instant, the leads are those of then', async () => {
  const { page, close } = await openPage(browser, program.address, { language: 'en' });
  try {
    await page.goto(`/?${RANGE}&as_of=2099-12-31`);
    const onward = page.locator('section.opportunities a.onward').first();
    await onward.waitFor();
    expect(await onward.getAttribute('href')).toContain('as_of=2099-12-31');
  } finally {
    await close();
  }
});

test('each lists exactly the leads that it tells of', async () => {
  const answer = opportunitiesAnswer.parse(await program.ask(`/v1/opportunities?${RANGE}&top=50`));
  expect(answer.opportunities.length).toBeGreaterThan(2);
  for (const { opens } of answer.opportunities) {
    const query = new URLSearchParams({
      from: opens.from,
      to: opens.to,
      stage: opens.stage,
      unreached: opens.unreached,
      limit: '1',
    });
    for (const filter of opens.filter) query.append('filter', filter);
    const leads = leadsAnswer.parse(await program.ask(`/v1/leads?${query.toString()}`));
    expect(leads.total).toBe(opens.total);
  }
});
