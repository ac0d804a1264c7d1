import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, settled, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

let program: Program;
let browser: Browser;
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

describe.each(['es', 'en'] as const)('the first visit (%s)', (language) => {
  const t = WORDS[language];

  test.each([1440, 390])('is shown around in five steps at %i pixels, once', async (width) => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      isFirstVisit: true,
    });
    await page.goto('/');
    const tour = page.getByRole('complementary', { name: t('tour.title') });
    await settled(page);
    for (const step of ['film', 'handover', 'changes', 'opportunities']) {
      await tour.getByText(t(`tour.${step}.title`)).waitFor();
      expect(await page.locator('.toured').count()).toBe(1);
      await tour.getByRole('button', { name: t('tour.next') }).click();
    }
    await tour.getByText(t('tour.receipts.title')).waitFor();
    await keep('tour');
    await tour.getByRole('button', { name: t('tour.end') }).click();
    expect(await page.locator('.toured, .tour').count()).toBe(0);
    await page.reload();
    await page.locator('.funnel').waitFor();
    expect(await tour.count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test('is left alone where that is wished, and may see it again', async () => {
    const { page, close } = await openPage(browser, program.address, { language, isFirstVisit: true });
    await page.goto('/');
    const tour = page.getByRole('complementary', { name: t('tour.title') });
    await tour.getByRole('button', { name: t('tour.skip') }).click();
    await page.reload();
    await page.locator('.funnel').waitFor();
    expect(await tour.count()).toBe(0);
    await page.keyboard.press('Control+k');
    await page.keyboard.type(t('tour.title'));
    await page.keyboard.press('Enter');
    await tour.getByText(t('tour.film.title')).waitFor();
    await close();
  });

  test('nothing that is read moves while the page comes', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.addInitScript(`window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });`);
    await page.goto('/');
    await settled(page);
    // What Web Vitals call good.
    expect(await page.evaluate('window.shifted')).toBeLessThan(0.1);
    await close();
  });
});
