import type { Browser, Download } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { breakdownAnswer } from '../../src/core/measures/answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

const ASKED = 'from=2026-02-01&to=2026-06-30&stages=profiled,qualified';

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

async function bytesOf(download: Download): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe.each(['es', 'en'] as const)('two dimensions (%s)', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test('are small multiples and a map of heat with the numbers of the API, and each cell opens its leads', async () => {
    const answer = breakdownAnswer.parse(
      await program.ask(`/v1/breakdown/zone?${ASKED}&second=service&top=30`),
    );
    const { page, complaints, keep, close } = await openPage(browser, program.address, { language });
    await page.goto(`/breakdowns?${ASKED}&dimension=zone`);
    await page.getByRole('combobox', { name: t('breakdowns.and_by'), exact: true }).selectOption('service');
    await page.waitForURL(/second=service/);
    await page
      .locator('.panels > li')
      .nth(answer.panels.length - 1)
      .waitFor();
    const cells = answer.panels.flatMap(({ groups }) => groups);
    const figures = await page.locator('.panels .of').allTextContents();
    expect(figures).toEqual(
      cells
        .filter(({ rate }) => rate.denominator > 0)
        .map(({ rate }) => `${format.count(rate.numerator)}/${format.count(rate.denominator)}`),
    );
    expect(await page.locator('.crossed tbody tr').count()).toBe(answer.groups.length);
    await keep('breakdown-crossed');

    const cell = answer.panels[0]?.groups[0];
    await page.locator('.crossed tbody tr').first().locator('td a').first().click();
    const leads = cell?.rate.denominator ?? 0;
    await page
      .getByRole('heading', { level: 1, name: t('leads.title', { count: format.count(leads), n: leads }) })
      .waitFor();
    await page.goBack();
    await page.locator('.panels').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a breakdown is taken along as a sheet and as a picture', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/breakdowns?${ASKED}&dimension=zone&second=age`);
    await page.locator('.panels').waitFor();
    const downloaded = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.downloads').getByText(name, { exact: true }).click(),
      ]);
      return bytesOf(download);
    };
    const csv = (await downloaded('CSV')).toString();
    expect(csv).toContain(t('group.total'));
    expect((await downloaded('XLSX')).subarray(0, 2).toString()).toBe('PK');
    const svg = (await downloaded('SVG')).toString();
    expect(svg).toMatch(/^<svg[^>]*>.*<\/svg>$/s);
    expect(svg.match(/<rect/g)?.length).toBeGreaterThan(10);
    const png = await downloaded('PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1920);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a group says how far it stands from the rest', async () => {
    const answer = breakdownAnswer.parse(await program.ask(`/v1/breakdown/zone?${ASKED}&top=30`));
    const [group] = answer.groups;
    const rest =
      (answer.total.rate.numerator - (group?.rate.numerator ?? 0)) /
      (answer.total.rate.denominator - (group?.rate.denominator ?? 0));
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/breakdowns?${ASKED}&dimension=zone`);
    const row = page.locator('table.groups tbody tr').first();
    await row.waitFor();
    expect(await row.innerText()).toContain(format.points((group?.rate.rate ?? 0) - rest));
    await close();
  });
});
