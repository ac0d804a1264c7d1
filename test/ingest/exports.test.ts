import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IngestBench, taken } from './bench.ts';
import type { Outcome } from './bench.ts';
import { book } from './workbook.ts';

/**
 * Exports of known programs, in the headers that were seen in real ones, with invented values: what each becomes
 * stands beside it, and is the same whatever the file's encoding, delimiter or kind.
 */

const AGREEMENT = `
tregua: 1
name: Exports
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
rates: { USD: { 2026-01-01: 17 } }
fields:
  zone: { type: string, label: { es: Ciudad } }
  service: { type: string }
  seller: { type: string }
  source: { type: string }
  campaign: { type: string }
  phone: { type: string, pii: phone }
  email: { type: string, pii: email }
  name: { type: string, pii: name }
funnel: [ { id: lead, owner: sales } ]
`;

const FOLDER = fileURLToPath(new URL('exports', import.meta.url));
const FIXTURES = readdirSync(FOLDER).flatMap((preset) =>
  readdirSync(join(FOLDER, preset))
    .filter((name) => name.endsWith('.csv'))
    .map((name) => join(preset, name)),
);

let bench: IngestBench;
beforeAll(async () => {
  bench = await IngestBench.open(AGREEMENT);
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

/** What some of the exports do not say and somebody answered. */
const SAID = { answers: { currency: 'MXN' } };

const UNTOLD = new Set(['entry', 'recorded_at', 'part', 'brings', 'original_amount', 'original_spend']);

/** What a table holds: only what has a value, and neither where it came from nor what its id is made of. */
async function told(table: string): Promise<readonly unknown[]> {
  const rows = await bench.rows(table);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name, value]) => value !== null && !UNTOLD.has(name))
        .map(([name, value]) => {
          if (name === 'extra') return [name, JSON.parse(String(value))];
          const isMade = name === 'activity_id' && /^[0-9a-f]{32}-\d+$/.test(String(value));
          return [name, isMade ? 'of its content' : value];
        }),
    ),
  );
}

async function becomes(outcome: Outcome): Promise<unknown> {
  const { report, rejects } = taken(outcome);
  const { rowsRead, accepted, leftOut, source } = report;
  const tables: Record<string, unknown> = {};
  for (const table of ['lead_version', 'lead_contact', 'activity', 'ad_metric']) {
    const rows = await told(table);
    if (rows.length > 0) tables[table] = rows;
  }
  return { source, rowsRead, accepted, leftOut, rejects, ...tables };
}

describe.each(FIXTURES)('%s', (fixture) => {
  const path = join(FOLDER, fixture);
  const text = readFileSync(path, 'utf8');
  const expected = path.replace(/csv$/, 'json');

  test('becomes what stands beside it', async () => {
    const found = JSON.parse(JSON.stringify(await becomes(await bench.take(text, SAID))));
    if (process.env['TREGUA_WRITE_EXPORTS'] !== undefined) {
      const { format, resolveConfig } = await import('prettier');
      const options = { ...(await resolveConfig(expected)), parser: 'json' };
      writeFileSync(expected, await format(JSON.stringify(found), options));
    }
    expect(existsSync(expected)).toBe(true);
    expect(found).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });

  test('whatever its encoding, delimiter and kind', async () => {
    const wanted = await becomes(await bench.take(text, SAID));
    const marks = ['	', ';', ','].map((mark) => [mark, text.split(mark).length] as const);
    const [[delimiter] = [',']] = marks.sort((left, right) => right[1] - left[1]);
    const rows: string[][] = parse(text, {
      relax_column_count: true,
      delimiter,
    });
    const quoted = (mark: string, end: string): string =>
      rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(mark) + end).join('');
    const variants: readonly (readonly [string, Uint8Array])[] = [
      ['UTF-16 with tabs', iconv.encode(quoted('\t', '\r\n'), 'utf-16le', { addBOM: true })],
      ['Latin-1 with semicolons', iconv.encode(quoted(';', '\r\n'), 'windows-1252')],
      ['UTF-8 with a mark', Buffer.from(`\ufeff${quoted(',', '\n')}`)],
      ['XLSX', book([['Hoja', rows]])],
    ];
    for (const [name, content] of variants) {
      await bench.empty();
      const found = await becomes(await bench.take(content, SAID));
      expect({ name, found }).toEqual({ name, found: wanted });
    }
  });
});

describe('is refused with its reason', () => {
  const META =
    'Reporting starts,Reporting ends,Day,Campaign name,Amount spent (MXN),Impressions,Link clicks,Age\n';
  const GOOGLE = 'Campaign,Day,Currency code,Cost,Impr.,Clicks,Conversion action\n';

  test.each([
    [
      'totals of a period',
      'Reporting starts,Reporting ends,Campaign name,Amount spent (MXN),Impressions\n2026-03-01,2026-03-31,North,10,100\n',
      'ingest.period_totals',
    ],
    ['Google without days', 'Campaign,Currency code,Cost,Impr.\nNorth,MXN,10,100\n', 'ingest.period_totals'],
    [
      'a sum that is not the total',
      `${GOOGLE}North,2026-03-01,MXN,122.2,100,1,\nTotal: Account,,,122200,100,1,\n`,
      'ingest.totals_differ',
    ],
    [
      'cost only in the total, by conversion',
      `${GOOGLE}North,2026-03-01,MXN,0,100,1,Form\nTotal: Account,,,50,100,1,\n`,
      'ingest.zero_cost',
    ],
    [
      'currencies that cannot be added',
      `${GOOGLE}North,2026-03-01,MXN,5,100,1,\nSouth,2026-03-01,EUR,5,100,1,\n`,
      'ingest.mixed_currencies',
    ],
    [
      'two rows of one ad and day',
      `${META}2026-03-01,2026-03-01,2026-03-01,North,5,100,1,18-24\n2026-03-01,2026-03-01,2026-03-01,North,6,100,1,25-34\n`,
      'ingest.ads_repeated',
    ],
    [
      'a currency that is not said',
      'Campaign,Day,Cost,Impr.\nNorth,2026-03-01,10,100\n',
      'ingest.currency_unsaid',
    ],
    [
      'dates that nobody can tell',
      'Campaign,Day,Currency code,Cost,Impr.\nNorth,03/04/2026,MXN,10,100\n',
      'ingest.dates_unclear',
    ],
    [
      'decimals that nobody can tell',
      'Campaign,Day,Currency code,Cost,Impr.\nNorth,2026-03-01,MXN,1.753,100\n',
      'ingest.decimal_unclear',
    ],
    [
      'a CRM without its ids',
      'Lead Owner,First Name,Company / Account,Lead Status,Created Date\nA,B,C,Open,2026-03-01\n',
      'ingest.no_lead_id',
    ],
  ])('%s', async (_, content, code) => {
    expect((await bench.take(content)).faults).toEqual([code]);
  });

  test('until somebody says what the file does not', async () => {
    const content = 'Campaign,Day,Cost,Impr.\nNorth,03/04/2026,1.753,100\n';
    const answers = { currency: 'usd', dates: 'dmy', decimal: ',' };
    taken(await bench.take(content, { answers }));
    expect(await told('ad_metric')).toMatchObject([{ day: '2026-04-03', currency: 'USD', spend: 29801 }]);
  });

  test('a currency that is none is refused', async () => {
    const content = 'Campaign,Day,Cost,Impr.\nNorth,2026-03-01,10,100\n';
    expect((await bench.take(content, { answers: { currency: 'PESOS' } })).faults).toEqual([
      'ingest.unknown_currency',
    ]);
  });
});

test('an answer sends a column to a field', async () => {
  const content =
    'ID,Nombre del lead,Contacto principal,Estatus del lead,Fecha de creación,Sucursal\n1,x,y,z,01.03.2026,Centro\n';
  taken(await bench.take(content, { answers: { 'column:sucursal': 'zone' } }));
  expect(await told('lead_version')).toMatchObject([{ f_zone: 'Centro' }]);
});
