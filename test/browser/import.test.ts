import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogues } from '../../locales/index.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import type { Language, Translate } from '../../src/core/diagnostic/wording.ts';
import { DATA_WORDS, openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** Exports are dropped together, what nobody knows is mapped, refused rows are mended, a load is undone. */

const EXPORTS = fileURLToPath(new URL('../ingest/exports/', import.meta.url));

const TAP = fileURLToPath(new URL('../sources/tap.js', import.meta.url));

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A sheet of leads of which some were sold, as somebody keeps it. */
const SHEET =
  'Folio;Fecha de alta;Ciudad;Fecha de venta;Monto\n' +
  'A-1;13 mar 2026;Norte;2026-03-19;1500\n' +
  'A-2;14 mar 2026;Sur;;\n' +
  'A-3;mañana;Norte;;\n';

type Words = (typeof DATA_WORDS)['es'];
type Keep = (name: string) => Promise<unknown>;

/** All that a source told goes at once, once it was said what goes. */
async function takesSourceBack(
  page: Page,
  program: Program,
  w: Translate,
  keep: (name: string) => Promise<void>,
): Promise<void> {
  const standing = z.object({
    sources: z.array(z.object({ name: z.string(), batches: z.number(), last: z.unknown() })),
  });
  const there = async (): Promise<z.output<typeof standing>['sources']> =>
    standing.parse(await program.ask('/v1/sources')).sources.filter(({ last }) => last !== null);
  const source = (await there()).find(({ batches }) => batches > 1) ?? (await there())[0];
  if (source === undefined) throw new Error('no source told anything');
  const { name, batches } = source;
  await page.goto('/data');
  await page.getByRole('button', { name: w('undo_source.named', { source: name }) }).click();
  const dialog = page.getByRole('dialog', { name: w('undo_source.title', { source: name }) });
  await dialog.getByText(w('undo_source.of', { batches })).waitFor();
  await dialog.locator('.takes li').first().waitFor();
  await keep('undo-source');
  await dialog.getByRole('button', { name: w('undo_source.confirm') }).click();
  await page.getByText(w('undo_source.done', { source: name, batches })).waitFor();
  expect((await there()).map((each) => each.name)).not.toContain(name);
}

/** The downloaded file of refused rows, corrected, is dropped like any other. */
async function mendsByFile(page: Page, program: Program, w: Words, keep: Keep): Promise<void> {
  const drop = async (name: string, text: string): Promise<void> => {
    await page.goto('/data/import');
    await page
      .locator('.drop input')
      .setInputFiles([{ name, mimeType: 'text/csv', buffer: Buffer.from(text) }]);
    await page.locator('.recognised').waitFor();
  };
  const load = async (): Promise<void> => {
    await page.getByRole('button', { name: w('import.load', { files: 1 }), exact: true }).click();
    await page.getByRole('heading', { name: w('load.done', { files: 1 }) }).waitFor();
  };
  await drop('more.csv', 'lead_id,created_at\nZ-1,2026-03-01\nZ-2,pronto\n');
  await load();
  const csv = await (await fetch(new URL('/v1/rejects?source=leads&format=csv', program.address))).text();
  await drop('rejects.csv', csv.replace('pronto,', '2026-03-02,').replace(/pronto\r/, '2026-03-02\r'));
  await page.getByText(w('import.by.rejects')).waitFor();
  await keep('import-rejects');
  await load();
  expect(await program.ask('/v1/leads/Z-2')).toMatchObject({ id: 'Z-2' });
}

/** What has to be exported anew says so, and offers no other reading. */
async function refusesTotals(page: Page, language: Language): Promise<void> {
  const w = translator(language, ...catalogues(language));
  await page.goto('/data/import');
  const totals =
    'Reporting starts,Reporting ends,Campaign name,Amount spent (MXN),Impressions\n2026-03-01,2026-03-31,North,10,100\n';
  const currencies =
    'Campaign,Day,Currency code,Cost,Impr.,Clicks\nNorth,2026-03-01,MXN,5,100,1\nSouth,2026-03-01,EUR,5,100,1\n';
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page
    .locator('.drop input')
    .setInputFiles([file('totals.csv', totals), file('currencies.csv', currencies)]);
  for (const code of ['ingest.period_totals.hint', 'ingest.mixed_currencies.hint'] as const)
    await page.locator('.refusal', { hasText: w(code) }).waitFor();
  expect(await page.getByRole('button', { name: DATA_WORDS[language]('import.change') }).count()).toBe(0);
}

/** A configured source is read by a button, which tells what came of it. */
async function synchronises(page: Page, program: Program, w: Words, keep: Keep): Promise<void> {
  const folder = join(program.home, 'sources');
  mkdirSync(folder);
  const source = { kind: 'tap', command: [process.execPath, TAP], config: 'crm.json' };
  writeFileSync(join(folder, 'crm.yaml'), JSON.stringify(source));
  writeFileSync(join(folder, 'crm.json'), JSON.stringify({ leads: 250 }));
  await page.goto('/data');
  const sync = page.getByRole('button', { name: w('sync.named', { source: 'crm' }) });
  await sync.click();
  await page.locator('.sync output', { hasText: '250' }).waitFor();
  await keep('sources-synchronised');
  expect(await program.ask('/v1/leads/L250')).toMatchObject({ id: 'L250' });
  await page.goto('/data/connections');
  await sync.click();
  await page.getByText(w('sync.nothing_new')).waitFor();
  await keep('connections-synchronised');
}

test.each([
  ['es', 1440, 'light', 10],
  ['en', 390, 'dark', 3],
] as const)(
  'from an empty workspace to a funnel (%s, %i pixels)',
  async (language, width, colours, some) => {
    const exports = readdirSync(EXPORTS).slice(0, some);
    const files = exports.length + 1;
    const w = DATA_WORDS[language];
    const program: Program = await startProgram('init');
    const { page, complaints, keep, close } = await openPage(browser, program.address, {
      language,
      width,
      colours,
    });
    // Eleven files are looked at and loaded, each in its turn.
    page.setDefaultTimeout(60_000);
    const isWithin = async (): Promise<void> =>
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    try {
      // The first visit leads to the wizard.
      await page.goto('/');
      await page.waitForURL(/\/data\/import$/);
      await page.getByText(w('import.drop'), { exact: true }).waitFor();
      await page.locator('.drop input').setInputFiles([
        ...exports.map((name) => ({
          name: `${name}.csv`,
          mimeType: 'text/csv',
          buffer: readFileSync(join(EXPORTS, name, `${language}.csv`)),
        })),
        { name: 'ventas.csv', mimeType: 'text/csv', buffer: Buffer.from(SHEET) },
      ]);
      // Each of the exports is known; the sheet is asked about.
      await page.locator('form.mapping').waitFor();
      await page.waitForFunction(
        (n) => document.querySelectorAll('.recognised').length === n,
        exports.length,
      );
      const goes = page.getByLabel(w('map.goes', { column: 'Folio', kind: w('kinds.leads') }));
      expect(await goes.inputValue()).toBe('lead_id');
      await page.getByRole('button', { name: w('map.add_record') }).press('Enter');
      await page
        .getByLabel(w('map.constant', { name: w('name.type'), kind: w('kinds.activities') }))
        .fill('sale');
      await isWithin();
      await keep('import-mapping');
      await page.getByRole('button', { name: w('map.apply') }).press('Enter');
      const sheet = page.locator('.file-card', { hasText: 'ventas.csv' });
      await sheet.getByText(w('import.by.mapping', { name: 'ventas' })).waitFor();
      expect(await sheet.textContent()).toContain('mañana');
      // What no file says is asked once for each source; what is said stays after a reload.
      for (;;) {
        const ask = page.getByLabel(w('ask.currency')).first();
        if ((await page.getByLabel(w('ask.currency')).count()) === 0) break;
        const left = await page.getByLabel(w('ask.currency')).count();
        await ask.fill('USD');
        await ask.press('Enter');
        await page.waitForFunction((n) => document.querySelectorAll('form.asked').length < n, left);
      }
      await page.reload();
      const load = page.getByRole('button', { name: w('import.load', { files }), exact: true });
      await load.waitFor();
      await isWithin();
      await keep('import-plan');
      await load.click();
      await page.getByRole('heading', { name: w('load.done', { files }) }).waitFor({ timeout: 60_000 });
      expect(await page.locator('tbody tr').count()).toBe(files);
      await isWithin();
      await keep('import-done');
      const sums = /^(\d+)\D+(\d+)\D+(\d+)\D+(\d+)/.exec(
        (await page.locator('.reconciled').textContent()) ?? '',
      );
      const [read = 0, accepted = 0, unchanged = 0, rejected = 0] = (sums ?? []).slice(1).map(Number);
      expect(read).toBeGreaterThan(2 * exports.length);
      expect(accepted + unchanged + rejected).toBe(read);
      // The refused row of the sheet is mended where it stands.
      await page
        .locator('tr', { hasText: 'ventas.csv' })
        .getByRole('link', { name: w('load.mend', { n: 1, file: 'ventas.csv' }) })
        .click();
      await page.waitForURL(/\/data\/rejects\?.*batch=/);
      await page
        .getByRole('button', { name: w('rejects.mend_named', { line: 4, file: 'ventas.csv' }) })
        .click();
      await page.getByRole('textbox', { name: 'Fecha de alta' }).fill('15 mar 2026');
      await isWithin();
      await keep('import-mend');
      await page.getByRole('button', { name: w('rejects.save') }).click();
      await page.getByText(w('rejects.none_such')).waitFor();
      expect(await program.ask('/v1/leads/A-3')).toMatchObject({ id: 'A-3' });
      // Back goes to where one came from.
      await page.goBack();
      await page.getByRole('heading', { name: w('load.done', { files }) }).waitFor();
      // The load is taken back, with what it told.
      await page
        .getByRole('navigation', { name: w('data.sections') })
        .getByText(w('data.sources'))
        .click();
      await page.getByRole('heading', { name: w('sources.loads') }).waitFor();
      await isWithin();
      await keep('sources');
      // A source's row names its file too, and stands there before the loads.
      await page
        .getByRole('button', { name: /ventas\.csv$/ })
        .last()
        .click();
      const dialog = page.getByRole('dialog');
      // The row that was mended goes with the load that it came in.
      await dialog.getByText(w('undo.leads', { n: 3, count: '3' })).waitFor();
      await dialog.getByText(w('undo.mends', { mends: 1 })).waitFor();
      await dialog.getByText(w('undo.activities', { n: 1, count: '1' })).waitFor();
      await keep('undo');
      await dialog.getByRole('button', { name: w('undo.confirm') }).click();
      await dialog.waitFor({ state: 'detached' });
      for (const id of ['A-1', 'A-3'])
        expect(await program.ask(`/v1/leads/${id}`)).toMatchObject({ code: 'question.unknown_lead' });
      expect(complaints).toEqual([]);
      await refusesTotals(page, language);
      await mendsByFile(page, program, w, keep);
      await isWithin();
      await synchronises(page, program, w, keep);
      await isWithin();
      expect(complaints).toEqual([]);
      await takesSourceBack(page, program, w, keep);
      await isWithin();
      // A token is made for a program, told once, and revoked.
      await page.goto('/data/connections');
      const tokens = page.locator('section', { has: page.locator('#tokens-title') }).first();
      await tokens.getByLabel(w('tokens.name')).fill('shop');
      await tokens.getByRole('button', { name: w('tokens.make') }).click();
      const text = await tokens.getByLabel(w('tokens.text'), { exact: true }).inputValue();
      expect(text).toMatch(/^tregua_/);
      await keep('connections');
      await page.reload();
      await tokens.getByRole('button', { name: w('tokens.revoke') }).click();
      expect(await page.content()).not.toContain(text);
      await tokens.getByRole('button', { name: w('tokens.revoke_confirm') }).click();
      await tokens.getByText(w('tokens.revoked')).waitFor();
      await page.getByRole('link', { name: WORDS[language]('nav.panorama') }).click();
      await page.locator('.funnel').waitFor();
    } finally {
      await close();
      await program.stop();
    }
  },
  180_000,
);
