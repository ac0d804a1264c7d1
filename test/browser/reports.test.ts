import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { funnelAnswer, pageAnswer } from '../../src/core/measures/answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

const RANGE = 'from=2026-02-01&to=2026-04-30';

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

describe.each(['es', 'en'] as const)('reports (%s)', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test('a conclusion stays with its chart, and its removal can be undone', async () => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, { language });
    const said = `Los teléfonos, ${language}`;
    await page.goto(`/?${RANGE}`);
    const trend = page.locator('.trend');
    await trend.getByRole('button', { name: t('notes.add') }).click();
    await trend.getByLabel(t('notes.label')).fill(said);
    await trend.getByRole('button', { name: t('notes.keep') }).click();
    const note = page.locator('.trend .notes li', { hasText: said });
    await note.getByText('2026', { exact: false }).first().waitFor();
    await page.reload();
    await note.waitFor();
    await keep('notes');
    await note.getByRole('button', { name: t('notes.remove') }).click();
    await note.waitFor({ state: 'detached' });
    await page
      .locator('.undo')
      .getByRole('button', { name: t('undo') })
      .click();
    await note.waitFor();
    await page.getByRole('link', { name: t('nav.reports'), exact: true }).click();
    const listed = page.locator('.notes li', { hasText: said });
    await listed.getByRole('link', { name: t('chart.name.trend') }).click();
    await page.waitForURL(/from=2026-02-01/);
    await note.waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a link shows its view to who has no account, no lead, and nothing once it is revoked', async () => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, { language });
    await page.goto(`/reports?${RANGE}`);
    await page.getByLabel(t('shares.name'), { exact: true }).fill(`Junta ${language}`);
    await page.getByRole('button', { name: t('shares.make') }).click();
    const link = await page.locator('.made input').inputValue();
    await keep('reports');

    const reader = await openPage(browser, program.address, { language });
    const asked: string[] = [];
    reader.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await reader.page.goto(link);
    await reader.page.locator('.funnel').waitFor();
    await reader.page.locator('.opportunities ol').waitFor();
    const funnel = funnelAnswer.parse(await program.ask(`/v1/funnel?${RANGE}`));
    expect(await reader.page.locator('.funnel .count').allTextContents()).toEqual(
      funnel.stages.map((stage) => format.count(stage.count)),
    );
    // The cards are of the step that their heading names.
    const [card] = pageAnswer.parse(
      await program.ask(`/v1/page?${RANGE}&stages=profiled,qualified`),
    ).breakdowns;
    const shares = await reader.page.locator('.cards > section').first().locator('.figure').allTextContents();
    const rates = card?.groups.slice(0, 6).map((group) => format.percent(group.rate.rate)) ?? [];
    expect(shares.map((each, nth) => each.slice(0, rates[nth]?.length))).toEqual(rates);
    expect(await reader.page.locator('.onward').count()).toBe(0);
    const calls = asked.filter((path) => path.startsWith('/v1/'));
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.filter((path) => !path.startsWith('/v1/shared/'))).toEqual([]);
    expect(await reader.page.locator('main a[href], nav, .filters').count()).toBe(0);
    await reader.keep('shared');
    expect(reader.complaints).toEqual([]);

    const row = page.locator('tr', { hasText: `Junta ${language}` });
    await row.getByRole('button', { name: t('shares.revoke') }).click();
    await row.getByRole('button', { name: t('shares.revoke_for_good') }).click();
    await row.getByText(t('shares.revoked')).waitFor();
    await reader.page.goto(link);
    await reader.page.locator('.failure').waitFor();
    expect(await reader.page.locator('.funnel').count()).toBe(0);
    // To ask again would change nothing.
    expect(await reader.page.locator('.failure button').count()).toBe(0);
    await reader.close();
    expect(complaints).toEqual([]);
    await close();
  });

  test('the page comes as a PDF of two sheets by the Chromium of the server', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/reports?${RANGE}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: t('reports.pdf') }).click(),
    ]);
    const parts: Buffer[] = [];
    for await (const part of await download.createReadStream()) parts.push(Buffer.from(part));
    const pdf = Buffer.concat(parts).toString('latin1');
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
    await close();
  });

  test('without a Chromium the page is printed by the browser of the reader', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.route('**/v1/printer*', (route) => route.fulfill({ json: { chromium: false } }));
    await page.goto(`/reports?${RANGE}`);
    const way = page.getByRole('link', { name: t('reports.open_to_print') });
    await way.waitFor();
    expect(await way.getAttribute('href')).toMatch(/^\/\?from=2026-02-01/);
    await close();
  });
});
