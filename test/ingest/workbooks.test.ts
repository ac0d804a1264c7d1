import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serialText, numberText } from '../../src/node/ingest/xlsx/cell-text.ts';
import { IngestBench, taken } from './bench.ts';
import { book, sheetXml, STRINGS_OPEN } from './workbook.ts';
import type { BookOptions, Cell } from './workbook.ts';

/** Spreadsheets: what they say is read as they show it, and none of the bad ones does harm. */

let bench: IngestBench;
beforeAll(async () => {
  bench = await IngestBench.open();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const HEAD = ['lead_id', 'created_at', 'zone'];

function leads(rows: readonly (readonly Cell[])[], options?: BookOptions): Buffer {
  return book([['Leads', [HEAD, ...rows]]], options);
}

async function read(
  columns: readonly string[] = ['lead_id', 'created_at', 'f_zone'],
): Promise<readonly unknown[]> {
  return (await bench.rows('lead_version')).map((row) => columns.map((name) => row[name]));
}

describe('a workbook that is read', () => {
  test('texts, numbers and dates, in the source time zone', async () => {
    const { report } = taken(
      await bench.take(
        leads([
          ['a', { date: 46054 }, 'Ñuñoa'],
          ['b', { date: 46054.5 }, 7],
          ['c', '2026-02-01 12:00', ' Sur '],
        ]),
      ),
    );
    expect(report).toMatchObject({ rowsRead: 3, accepted: 3 });
    // São Paulo is three hours behind UTC; 46054 is 1 February 2026.
    expect(await read()).toEqual([
      ['a', '2026-02-01T03:00:00.000Z', 'Ñuñoa'],
      ['b', '2026-02-01T15:00:00.000Z', '7'],
      ['c', '2026-02-01T15:00:00.000Z', 'Sur'],
    ]);
  });

  test('a number in a column of dates is a day, though it is not shown as one', async () => {
    taken(await bench.take(leads([['a', 46054, 'Sur']])));
    expect(await read()).toEqual([['a', '2026-02-01T03:00:00.000Z', 'Sur']]);
  });

  test('38: dates of 1904', async () => {
    taken(await bench.take(leads([['a', { date: 46054 - 1462 }, null]], { is1904: true })));
    expect(await read()).toEqual([['a', '2026-02-01T03:00:00.000Z', null]]);
  });

  test('numbers beside texts with a decimal comma', async () => {
    const rows: readonly (readonly Cell[])[] = [
      ['lead_id', 'created_at', 'budget'],
      ['a', '2026-01-01', 1234.5],
      ['b', '2026-01-01', '1.234,25'],
    ];
    taken(await bench.take(book([['S', rows]])));
    expect(await read(['lead_id', 'f_budget'])).toEqual([
      ['a', 1234.5],
      ['b', 1234.25],
    ]);
  });

  test('shared texts, rich ones too, without how they are spoken', async () => {
    const strings = `${STRINGS_OPEN}<si><t>lead_id</t></si><si><r><t>crea</t></r><r><t>ted_at</t></r></si><si><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh></si><si><t>zone</t></si></sst>`;
    const shared = (nth: number, reference: string): Cell => ({
      xml: `<c r="${reference}" t="s"><v>${nth}</v></c>`,
    });
    const rows: readonly (readonly Cell[])[] = [
      [shared(0, 'A1'), shared(1, 'B1'), shared(3, 'C1')],
      ['a', '2026-01-01', shared(2, 'C2')],
    ];
    taken(await bench.take(book([['S', rows]], { strings })));
    expect(await read(['lead_id', 'f_zone'])).toEqual([['a', '東']]);
  });

  test('the sheet with rows, and the others are named', async () => {
    const { warnings } = taken(
      await bench.take(
        book([
          ['Cover', []],
          ['~Hidden', [['x'], ['y']]],
          ['One', [HEAD, ['a', '2026-01-01', 'Sur']]],
          ['Two', [['other'], ['1']]],
        ]),
      ),
    );
    expect(warnings).toEqual(['ingest.other_sheets']);
    expect(await read(['lead_id'])).toEqual([['a']]);
  });

  test('an id that is a number keeps the digits that it has, and is refused where it lost some', async () => {
    const { rejects } = taken(
      await bench.take(
        leads([
          [123456789012345, '2026-01-01', null],
          [{ xml: '<c r="A3"><v>120235000000000017</v></c>' }, '2026-01-01', null],
          [{ xml: '<c r="A4"><v>1.2023500000000002E+17</v></c>' }, '2026-01-01', null],
          ['1.20E+17', '2026-01-01', null],
          ['120235000000000017', '2026-01-01', null],
        ]),
      ),
    );
    expect(rejects).toEqual([
      '3 lead_id reject.damaged_id',
      '4 lead_id reject.damaged_id',
      '5 lead_id reject.damaged_id',
    ]);
    expect(await read(['lead_id'])).toEqual([['120235000000000017'], ['123456789012345']]);
  });

  test('many rows in the memory of a few', { timeout: 120_000 }, async () => {
    const row = (nth: number): string =>
      `<row r="${nth + 2}"><c t="inlineStr"><is><t>L${nth}</t></is></c><c t="inlineStr"><is><t>2026-01-01</t></is></c></row>`;
    const head = sheetXml([HEAD]);
    const body = Array.from({ length: 200_000 }, (_, nth) => row(nth)).join('');
    const content = head.replace('</sheetData>', `${body}</sheetData>`);
    const before = process.memoryUsage().heapUsed;
    const { report } = taken(await bench.take(book([['S', content]])));
    expect(report.accepted).toBe(200_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
  });
});

describe('a bad workbook', () => {
  const fine = sheetXml([HEAD, ['a', '2026-01-01', 'Sur']]);

  async function codes(content: Buffer): Promise<readonly string[] | null> {
    return (await bench.take(content)).faults;
  }

  test('an entity that nobody declared', async () => {
    expect(await codes(book([['S', fine.replace('Sur', '&e;')]]))).toEqual(['ingest.damaged_workbook']);
  });

  test('more shared texts than memory holds', { timeout: 120_000 }, async () => {
    const text = `<si><t>${'x'.repeat(1000)}</t></si>`;
    const strings = `${STRINGS_OPEN}${text.repeat(220_000)}</sst>`;
    expect(await codes(book([['S', fine]], { strings }))).toEqual(['ingest.workbook_too_large']);
  });

  test('a formula without its value, and a cell with an error', async () => {
    const { rejects } = taken(
      await bench.take(
        leads([
          [{ xml: '<c r="A2"><f>B2&amp;C2</f></c>' }, '2026-01-01', null],
          ['b', '2026-01-01', { xml: '<c r="C3" t="e"><v>#REF!</v></c>' }],
          ['c', '2026-01-01', { xml: '<c r="C4" t="str"><f>A4</f><v>Sur</v></c>' }],
        ]),
      ),
    );
    expect(rejects).toEqual(['2 ingest.formula_without_value', '3 ingest.cell_error']);
    expect(await read(['lead_id', 'f_zone'])).toEqual([['c', 'Sur']]);
  });

  test.each([
    ['cut short', book([['S', fine]]).subarray(0, 700)],
    ['of nothing', book([['S', []]])],
    ['with rows that go back', book([['S', fine.replace('r="2"', 'r="1"')]])],
    [
      'with a text that is not there',
      book([['S', fine.replace('t="inlineStr"', 't="s"').replace(/<is>.*?<\/is>/, '<v>9</v>')]]),
    ],
  ])('%s', async (_, content) => {
    expect(['ingest.damaged_workbook', 'ingest.empty_workbook']).toContain((await codes(content))?.[0]);
  });
});

test.each([
  [1, false, '1900-01-01'],
  [59, false, '1900-02-28'],
  [60, false, null],
  [61, false, '1900-03-01'],
  [0, true, '1904-01-01'],
  [0.75, false, '18:00:00'],
  [46054.999999, false, '2026-02-02'],
  [-1, false, null],
  [2_958_466, false, null],
])('day %d of a calendar', (number, is1904, text) => {
  expect(serialText(number, is1904)).toBe(text);
});

test.each([
  ['1234.5599999999999', '1234.56'],
  ['0.1', '0.1'],
  ['5215512345678', '5215512345678'],
  ['5.215512345678E+12', '5215512345678'],
  ['120235000000000017', '1.20235000000000017E+17'],
  ['-0', '0'],
  ['1e400', null],
  ['NaN', null],
])('the number %s', (raw, text) => {
  expect(numberText(raw)).toBe(text);
});
