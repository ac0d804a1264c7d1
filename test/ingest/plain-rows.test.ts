import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { createTable, rawTables } from '../../src/core/facts/tables.ts';
import { identifier, sql } from '../../src/core/sql/sql.ts';
import type { FileFormat } from '../../src/node/ingest/mapping.ts';
import { scanPlainRows } from '../../src/node/ingest/plain-scan.ts';
import { projectEntry } from '../../src/node/ingest/project.ts';
import { resolveMapping } from '../../src/node/ingest/resolve.ts';
import { sourceRows } from '../../src/node/ingest/source-rows.ts';
import { DateOrderVote, DecimalVote } from '../../src/node/ingest/votes.ts';
import { openDuckdb } from '../../src/node/warehouse/duckdb.ts';
import type { Transaction, Warehouse } from '../../src/node/warehouse/warehouse.ts';
import { valueOf } from './bench.ts';

/** What may stand around a text and is no part of it. */
const EDGES = /^[ \t\r\n\u00a0\u200b\ufeff]+|[ \t\r\n\u00a0\u200b\ufeff]+$/g;

const agreement = valueOf(
  parseAgreement(`
tregua: 1
name: Plain
timezone: America/Sao_Paulo
currency: EUR
areas: { sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  budget: { type: number }
  member: { type: boolean }
  born: { type: date }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: sales }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
`),
);

let folder = '';
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-plain-'));
  const temporary = join(folder, 'tmp');
  warehouse = await openDuckdb({ path: ':memory:', files: folder, temporary, memory: '1GB' });
});
afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the raw tables hold after these files, each said to be of so many bytes. */
async function tablesAfter(texts: readonly string[], bytes: number): Promise<unknown> {
  const { dialect } = warehouse;
  const tables = rawTables(agreement);
  const fill = async (transaction: Transaction): Promise<void> => {
    for (const table of tables) await transaction.run(createTable(table, dialect));
    for (const [nth, text] of texts.entries()) {
      const path = join(folder, `file-${nth}`);
      await writeFile(path, text);
      const mapping = valueOf(await resolveMapping(path, { agreement, fileName: 'x.csv', mappings: [] }));
      await transaction.run(sql`create or replace temp table changed_lead (lead_id VARCHAR)`);
      const entry = {
        id: nth + 1,
        source: mapping.source,
        externalId: String(nth),
        receivedAt: new Date(Date.UTC(2026, 10, 1 + nth)).toISOString(),
        file: { hash: `${'0'.repeat(63)}${nth}`, name: 'x.csv', bytes },
        kept: 'file' as const,
        mapping,
      };
      await projectEntry(transaction, { entry, path, agreement, dialect, tellsLeads: true });
    }
  };
  await warehouse.transaction(fill);
  const held = await Promise.all(
    tables.map(async ({ name }) => [
      name,
      await warehouse.query(sql`select * from ${identifier(name)} order by all`),
    ]),
  );
  return Object.fromEntries(held);
}

const HEAD = 'lead_id,created_at,zone,age,budget,member,born,phone\n';
const PLAIN = `${HEAD}a,2026-01-31T10:00:00Z,norte,34,1200.5,true,1990-05-01,+551
b,2026-01-31 10:00:01.25Z,São Paulo,,,no,,
c,2025-10-05T03:30:00Z,a b,-7,-0.125,1,2000-10-15,x y
`;
const ODD: readonly (readonly [string, string])[] = [
  ['text between blanks', 'd,2026-02-01T00:00:00Z, sur ,1,2,si,1990-01-01, 55\n'],
  ['text of blanks only', 'd,2026-02-01T00:00:00Z,\u00a0\u200b,1,2,si,1990-01-01,\u00a0\n'],
  ['no-break space at an end', 'd,2026-02-01T00:00:00Z,sur\u00a0,1,2,si,1990-01-01,55\n'],
  ['an instant without an offset', 'd,2026-02-01 00:00:00,sur,1,2,si,1990-01-01,55\n'],
  ['a day alone', 'd,2026-02-01,sur,1,2,si,1990-01-01,55\n'],
  ['another offset', 'd,2026-02-01T00:00:00+02:00,sur,1,2,si,1990-01-01,55\n'],
  ['a year beyond', 'd,9999-02-01T00:00:00Z,sur,1,2,si,1990-01-01,55\n'],
  ['an instant that is none', 'd,2026-02-30T00:00:00Z,sur,1,2,si,1990-01-01,55\n'],
  ['a whole number as a decimal', 'd,2026-02-01T00:00:00Z,sur,12.0,2,si,1990-01-01,55\n'],
  ['a number with its unit', 'd,2026-02-01T00:00:00Z,sur,1,$2.50,si,1990-01-01,55\n'],
  ['a number with a plus', 'd,2026-02-01T00:00:00Z,sur,+1,+2,si,1990-01-01,55\n'],
  ['a number that is none', 'd,2026-02-01T00:00:00Z,sur,many,2,si,1990-01-01,55\n'],
  ['a boolean that is none', 'd,2026-02-01T00:00:00Z,sur,1,2,maybe,1990-01-01,55\n'],
  ['a date that is none', 'd,2026-02-01T00:00:00Z,sur,1,2,si,1990-13-01,55\n'],
  ['no lead', ',2026-02-01T00:00:00Z,sur,1,2,si,1990-01-01,55\n'],
  ['a lead told twice', 'a,2026-02-01T00:00:00Z,sur,1,2,si,1990-01-01,55\n'],
  [
    'a lead told twice, once with a blank',
    'd,2026-02-01T00:00:00Z,,,,,,\nd ,2026-02-01T00:00:00Z,sur,,,,,\n',
  ],
  ['a lead told twice in a row', 'd,2026-02-01T00:00:00Z,,,,,,\nd,2026-02-01T00:00:00Z,sur,,,,,\n'],
  ['a row too short', 'd,2026-02-01T00:00:00Z,sur\n'],
  ['a quoted cell', 'd,2026-02-01T00:00:00Z,"sur, este",1,2,si,1990-01-01,55\n'],
  ['a blank line', '\nd,2026-02-01T00:00:00Z,sur,1,2,si,1990-01-01,55\n'],
];
const ACTIVITIES = `activity_id,lead_id,type,at,amount,outcome
1,a,call,2026-02-01T10:00:00Z,,answered
2,a,sale,2026-02-02T10:00:00Z,1234.5678,
3,b,sale,2026-02-02T10:00:00Z,-5,
`;

/** Larger than what is read row by row. */
const LARGE = 1 << 30;

test.each([['plain rows', ''] as const, ...ODD])(
  'large and small files are read alike: %s',
  async (_, row) => {
    const texts = [PLAIN + row, ACTIVITIES];
    expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
  },
);

/** Among so many plain rows, few that are not are read by themselves. */
const MANY = Array.from(
  { length: 40 },
  (_, nth) =>
    `m${nth},2026-02-${String((nth % 28) + 1).padStart(2, '0')}T10:00:00Z,norte,${nth},,,,+${nth}\n`,
);

test.each(ODD)('a few odd rows among many are read alike: %s', async (_, row) => {
  const texts = [PLAIN + [...MANY.slice(0, 20), row, ...MANY.slice(20)].join(''), ACTIVITIES];
  expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
});

test('a few odd rows among many activities are read alike', async () => {
  const call = (nth: number): string => `c${nth},m${nth},call,2026-03-01T10:00:00Z,,answered\n`;
  const calls = MANY.map((_, nth) => call(nth));
  const odd = [
    'x1,m1,sale,2026-03-02,100,\n',
    'x2,m2,sale,2026-03-02T10:00:00Z,many,\n',
    'c3 ,m3,call,2026-03-05T10:00:00Z,,\n',
  ];
  for (const rows of [odd, odd.slice(0, 2), odd.slice(2)]) {
    const texts = [PLAIN, [ACTIVITIES, ...calls.slice(0, 30), ...rows, ...calls.slice(30)].join('')];
    expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
  }
});

test('a few odd rows are read alike after other files', async () => {
  const many = [
    ...MANY,
    ...MANY.map((row) => row.replace('m', 'n')),
    ...MANY.map((row) => row.replace('m', 'o')),
  ];
  // Those that are told once, each of a lead of its own: so they are read by themselves.
  const once = ODD.slice(0, 12).map(([, row], nth) => row.replace(/^d/, `d${nth}`));
  const twice = ODD.find(([name]) => name === 'a lead told twice in a row')?.[1] ?? '';
  for (const odd of [once, [twice]]) {
    const [first = '', ...rest] = many;
    const told = [first.replace('norte', 'sur'), ...rest.slice(0, 50), ...odd, ...rest.slice(50)];
    const texts = [PLAIN + many.slice(0, 90).join(''), ACTIVITIES, HEAD + told.join('')];
    expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
  }
});

test('large files are read alike after others', async () => {
  const changed = PLAIN.replace('norte', 'sur');
  const texts = [
    PLAIN,
    ACTIVITIES,
    `${changed}e,2026-03-01T00:00:00Z,,,,,,\n`,
    ACTIVITIES.replace('-5', '5'),
  ];
  expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
});

test('ids that are the same without what Meta writes before them are read alike', async () => {
  const rows = '1234567,2026-02-01T10:00:00Z,sur,,,,,\nl:1234567,2026-02-02T10:00:00Z,norte,,,,,\n';
  expect(await tablesAfter([HEAD + rows], LARGE)).toEqual(await tablesAfter([HEAD + rows], 0));
});

test('what no field takes is read alike', async () => {
  const texts = ['lead_id,created_at,note,other\na,2026-02-01T10:00:00Z,x,\nb,2026-02-01T10:00:00Z,,y\n'];
  expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
});

test('activities without an id are read alike', async () => {
  const texts = [
    PLAIN,
    'lead_id,type,at\na,call,2026-02-01T10:00:00Z\na,call,2026-02-01T10:00:00Z\nb,call,2026-02-01T10:00:00Z\n',
  ];
  expect(await tablesAfter(texts, LARGE)).toEqual(await tablesAfter(texts, 0));
});

/** Whether each id that is less than the one before it begins a run of which none lies within another. */
function lieApart(ids: readonly Buffer[]): boolean {
  const runs: Buffer[][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run === undefined || last === undefined || last.compare(id) >= 0) runs.push([id]);
    else run.push(id);
  }
  return runs.every((one, nth) =>
    runs
      .slice(nth + 1)
      .every(
        (other) =>
          one.every((id) => other.every((each) => each.compare(id) > 0)) ||
          one.every((id) => other.every((each) => each.compare(id) < 0)),
      ),
  );
}

test('bytes and texts tell the same of a file', async () => {
  const cell = fc.constantFrom(
    'a',
    '',
    ' ',
    '1.5',
    '1,5',
    '2026-01-31',
    '31/01/2026',
    '01.02.2026',
    'é',
    ' a',
    'a\u00a0',
    '\u200ba',
    'a\ufeff',
    'à',
    '"q"',
    '\ufffd',
  );
  const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');
  const line = fc.tuple(fc.array(cell, { minLength: 1, maxLength: 4 }), end);
  const path = join(folder, 'random');
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.boolean(), async (lines, isEnded) => {
      const text = lines.map(([cells, ending]) => cells.join(';') + ending).join('');
      await writeFile(path, `h1;h2\n${isEnded ? text : text.trimEnd()}`);
      const format: FileFormat = {
        kind: 'csv',
        delimiter: ';',
        encoding: 'utf-8',
        headerLine: 1,
        columns: ['h1', 'h2'],
      };
      const scanned = {
        instants: [0],
        numbers: [1],
        id: 0,
        dates: new DateOrderVote(),
        decimal: new DecimalVote(),
      };
      const plain = await scanPlainRows(path, format, scanned);
      const dates = new DateOrderVote();
      const decimal = new DecimalVote();
      let count = 0;
      let isRegular = true;
      let isTrimmed = true;
      const ids: Buffer[] = [];
      for await (const row of sourceRows(path, format)) {
        count += 1;
        if (row.problem !== null || !row.isPlain || row.line !== count + 1) isRegular = false;
        if (row.cells.some((each) => each !== null && each !== each.replaceAll(EDGES, ''))) isTrimmed = false;
        ids.push(Buffer.from(row.cells[0] ?? ''));
        dates.add(row.cells[0] ?? '');
        decimal.add(row.cells[1] ?? '');
      }
      if (plain === null) return;
      expect([plain.rows, scanned.dates.verdict, scanned.dates.isNeeded]).toEqual([
        count,
        dates.verdict,
        dates.isNeeded,
      ]);
      expect([scanned.decimal.verdict, scanned.decimal.isNeeded]).toEqual([
        decimal.verdict,
        decimal.isNeeded,
      ]);
      expect(isRegular).toBe(true);
      expect(plain.areApart).toBe(plain.isTrimmed && lieApart(ids));
      // It may miss that a file is trimmed, never that it is not.
      if (plain.isTrimmed) expect(isTrimmed).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const MONTH = 40_000;
/** The rows of a month, of ids that ascend: more than a megabyte. */
const month = (nth: number): readonly string[] =>
  Array.from(
    { length: MONTH },
    (_, row) => `L${nth}-${String(row).padStart(8, '0')};2026-0${nth}-01T10:00:00Z`,
  );

test.each([
  ['months in their order', [1, 2, 3], '', { rows: 3 * MONTH, areApart: true }],
  ['the last month first', [3, 1, 2], '', { rows: 3 * MONTH, areApart: true }],
  ['a month twice', [3, 1, 3], '', { rows: 3 * MONTH, areApart: false }],
  [
    'an id again at the end',
    [3, 1],
    `L3-00000007;2026-01-01T10:00:00Z`,
    { rows: 2 * MONTH + 1, areApart: false },
  ],
  ['no order at all', [1], month(2).toReversed().join('\n'), { rows: 2 * MONTH, areApart: false }],
  ['a quote in the last of its megabytes', [1, 2, 3], 'L4;"2026-01-01"', null],
  ['a row too short in the last of its megabytes', [1, 2, 3], 'L4', null],
] as const)('of a file of several megabytes, by its bytes: %s', async (_, months, rest, told) => {
  const path = join(folder, 'months');
  await writeFile(
    path,
    ['lead_id;created_at', ...months.flatMap(month), ...(rest === '' ? [] : [rest])].join('\n'),
  );
  const format: FileFormat = {
    kind: 'csv',
    delimiter: ';',
    encoding: 'utf-8',
    headerLine: 1,
    columns: ['lead_id', 'created_at'],
  };
  const votes = { instants: [1], numbers: [], id: 0, dates: new DateOrderVote(), decimal: new DecimalVote() };
  expect(await scanPlainRows(path, format, votes)).toEqual(
    told === null ? null : { isTrimmed: true, ...told },
  );
});
