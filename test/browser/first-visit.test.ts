import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { changesAnswer } from '../../src/core/measures/changes-answer.ts';
import { opportunitiesAnswer } from '../../src/core/measures/opportunities-answer.ts';
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

  test.each([1440, 390])('is told the story of the demo in five steps at %i pixels, once', async (width) => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      isFirstVisit: true,
    });
    const range = 'from=2026-04-02&to=2026-06-30&compare=previous';
    const funnel = funnelAnswer.parse(await program.ask(`/v1/funnel?${range}`));
    const changes = changesAnswer.parse(await program.ask(`/v1/changes?${range}`));
    const found = opportunitiesAnswer.parse(
      await program.ask('/v1/opportunities?from=2026-04-02&to=2026-06-30&top=5'),
    );
    const opportunity = found.opportunities.find(({ sales }) => sales !== null);
    if (opportunity === undefined) throw new Error('the demo has no opportunity');
    const { leads, format } = { leads: opportunity.opens, format: numberFormat(language, 'MXN', 'UTC') };
    await page.goto('/');
    const tour = page.getByRole('complementary', { name: t('tour.title') });
    const told = [
      [
        'film',
        '/',
        [funnel.stages[0]?.count, funnel.stages.at(-1)?.count].map((count) => format.count(count ?? null)),
      ],
      [
        'lost',
        '/breakdowns',
        [format.percent(opportunity.rate.rate), format.percent(opportunity.reference.rate)],
      ],
      ['owner', '/', changes.count.by_owner.map(({ part }) => format.signedTenths(part))],
      ['opportunity', '/', [format.count(opportunity.sales?.value ?? null)]],
      ['leads', '/leads', [format.count(leads.total)]],
    ] as const;
    for (const [step, path, numbers] of told) {
      await tour.getByText(t(`tour.story.${step}.title`)).waitFor();
      await page.locator('.toured').waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
      const text = (await tour.textContent()) ?? '';
      for (const number of numbers) expect(text).toContain(number);
      if (step === 'leads')
        await page
          .getByRole('heading', {
            name: t('leads.title', { count: format.count(leads.total), n: leads.total }),
          })
          .waitFor();
      if (step === 'lost') await keep('tour');
      await tour.getByRole('button', { name: t(step === 'leads' ? 'tour.end' : 'tour.next') }).click();
    }
    expect(await page.locator('.toured, .tour').count()).toBe(0);
    await page.goto('/');
    await page.locator('.funnel').waitFor();
    expect(await tour.count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test('is shown the parts of the page where the data are of one’s own', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, {
      language,
      isFirstVisit: true,
    });
    await page.route('**/v1/status*', async (route) => {
      const status: object = await (await route.fetch()).json();
      await route.fulfill({ json: { ...status, name: 'Mi empresa' } });
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
    await tour.getByRole('button', { name: t('tour.end') }).click();
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
    await tour.getByText(t('tour.story.film.title')).waitFor();
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
