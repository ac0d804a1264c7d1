import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { funnelAnswer, leadsAnswer } from '../../src/core/measures/answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** What was known earlier, on the screens: chosen in the bar, said on top, kept in the address. */

const LEADS = 400;
const RANGE = 'from=2026-03-01&to=2026-05-31';

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

test('as of an instant every screen shows what was known then, and says so', async () => {
  const t = WORDS['es'];
  const format = numberFormat('es', 'MXN', 'America/Mexico_City');
  const { page, complaints, keep, close } = await openPage(browser, program.address, { language: 'es' });
  try {
    const asked = `/v1/funnel?${RANGE}`;
    const before = funnelAnswer.parse(await program.ask(asked));
    const then = new Date().toISOString();
    await page.goto(`/?${RANGE}`);
    await page.evaluate(
      async (rows) => fetch('/v1/imports?name=more.csv&as=leads', { method: 'POST', body: rows }),
      [
        'lead_id,created_at',
        ...Array.from({ length: LEADS }, (_, nth) => `more-${nth},2026-04-01T12:00:00Z`),
      ].join('\n'),
    );
    const after = funnelAnswer.parse(await program.ask(asked));
    const first = (answer: typeof after): number =>
      answer.stages.find(({ kind }) => kind === 'reached')?.count ?? 0;
    expect(first(after)).toBe(first(before) + LEADS);

    const instant = `as_of=${encodeURIComponent(then)}`;
    await page.goto(`/?${RANGE}&${instant}`);
    const notice = page.locator('.as-of');
    await page.getByText(t('as_of.instant', { at: format.instant(then) })).waitFor();
    await page
      .locator('.funnel li.stage', { hasText: format.count(first(before)) })
      .first()
      .waitFor();
    await keep('as-of');
    await page.getByRole('link', { name: t('nav.leads'), exact: true }).click();
    const known = leadsAnswer.parse(await program.ask(`/v1/leads?${RANGE}&${instant}`));
    await page
      .getByRole('heading', { name: t('leads.title', { count: format.count(known.total), n: known.total }) })
      .waitFor();
    expect(new URL(page.url()).searchParams.get('as_of')).toBe(then);

    await notice.getByRole('button', { name: t('as_of.back') }).click();
    const total = known.total + LEADS;
    await page
      .getByRole('heading', { name: t('leads.title', { count: format.count(total), n: total }) })
      .waitFor();
    expect(await notice.count()).toBe(0);

    // A day before everything: nothing was known, and a later day can be chosen.
    await page.getByLabel(t('filters.as_of')).fill('2026-01-15');
    await page.getByText(t('as_of.nothing')).waitFor();
    expect(await notice.textContent()).toContain('15 de enero de 2026');
    await page.getByLabel(t('filters.as_of')).fill('');
    await page
      .getByRole('heading', { name: t('leads.title', { count: format.count(total), n: total }) })
      .waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});
