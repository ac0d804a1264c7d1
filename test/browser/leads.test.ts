import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

const RANGE = 'from=2025-01-01&to=2026-06-30';

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

describe.each(['es', 'en'] as const)('Leads (%s)', (language) => {
  const t = WORDS[language];

  test('scroll to any place of the list, and to its end', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/leads?${RANGE}`);
    await page.locator('.leads tbody th a').first().waitFor();
    for (const offset of [1500, 2990]) {
      const expected = leadsAnswer.parse(await program.ask(`/v1/leads?${RANGE}&limit=1&offset=${offset}`));
      await page.locator('.leads').evaluate((box, top) => (box.scrollTop = top), offset * 40);
      await page
        .locator('.leads tbody')
        .getByText(expected.leads[0]?.id ?? 'none')
        .waitFor();
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test('as many as ten million stand behind one scroll bar, the last at its end', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    const all = 10_000_000;
    await page.route('**/v1/leads?*', async (route) => {
      const url = new URL(route.request().url());
      const offset = Number(url.searchParams.get('offset'));
      url.searchParams.set('offset', String(offset % 2000));
      const answer = leadsAnswer.parse(await (await route.fetch({ url: url.href })).json());
      const leads = answer.leads.map((lead, place) => ({ ...lead, id: `n${offset + place}` }));
      await route.fulfill({ json: { ...answer, total: all, offset, leads: leads.slice(0, all - offset) } });
    });
    await page.goto(`/leads?${RANGE}`);
    const list = page.locator('.leads');
    await list.getByText('n0', { exact: true }).waitFor();
    await list.hover();
    await page.mouse.wheel(0, 400);
    await list.getByText('n12', { exact: true }).waitFor();
    // Ten rows: no more than the wheel turned.
    const tops = await list
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
    expect(Math.min(...tops)).toBeLessThan(12);
    await list.evaluate((box) => (box.scrollTop = box.scrollHeight));
    await list.getByText(`n${all - 1}`, { exact: true }).waitFor();
    await list.evaluate((box) => (box.scrollTop = box.scrollHeight / 2));
    await list
      .getByText(/^n(?:499|500)\d{4}$/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('are shown with their words whole', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/leads?${RANGE}`);
    await page.locator('.leads tbody th a').first().waitFor();
    const cut = await page
      .locator('.leads :is(th, td)')
      .evaluateAll((cells) =>
        cells.flatMap((cell) => (cell.scrollWidth > cell.clientWidth ? [cell.textContent] : [])),
      );
    expect(cut).toEqual([]);
    await close();
  });

  test('show the columns that are chosen, and are found again by a name', async () => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, { language });
    const name = `Perdidos ${language}`;
    await page.goto(`/leads?${RANGE}&status=lost`);
    await page.locator('.leads tbody th a').first().waitFor();
    await page.locator('summary', { hasText: /^(?:Columnas|Columns) \(/ }).click();
    await page.getByRole('checkbox', { name: t('csv.lost_reason') }).check();
    await page.waitForURL(/columns=.*lost_reason/);
    await page.locator('.leads thead').getByText(t('csv.lost_reason')).waitFor();
    await page.locator('summary', { hasText: /^(?:Vistas guardadas|Saved views) \(/ }).click();
    await page.getByLabel(t('views.name')).fill(name);
    await page.getByRole('button', { name: t('views.keep') }).click();
    await keep('leads-views');
    await page.goto('/leads');
    await page.locator('summary', { hasText: /^(?:Vistas guardadas|Saved views) \(/ }).click();
    await page.getByRole('button', { name, exact: true }).click();
    await page.waitForURL(/status=lost/);
    await page.locator('.leads thead').getByText(t('csv.lost_reason')).waitFor();
    await page.getByRole('button', { name: `${t('notes.remove')} ${name}` }).click();
    await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
    await page
      .locator('.undo')
      .getByRole('button', { name: t('undo') })
      .click();
    await page.getByRole('button', { name, exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
