import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IngestBench, taken } from './bench.ts';

/** The bad text files that an import meets: none crashes it, and each says what is wrong. */

let bench: IngestBench;
beforeAll(async () => {
  bench = await IngestBench.open();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const HEAD = 'lead_id,created_at,zone\n';

async function zones(): Promise<readonly unknown[]> {
  return (await bench.rows('lead_version')).map((row) => row['f_zone']);
}

describe('a file that is refused whole', () => {
  test.each([
    ['empty', '', 'ingest.empty_file'],
    ['blank', ' \n\n', 'ingest.empty_file'],
    ['a zip', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2]), 'ingest.damaged_workbook'],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'ingest.old_spreadsheet'],
    ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 13, 10, 0, 1]), 'ingest.binary_file'],
    ['a page', '<html><table></table></html>', 'ingest.html_file'],
    ['without a header', '1,2026-01-01,3\n2,2026-01-02,4\n', 'ingest.no_header'],
    ['of other columns', 'alpha,beta\n1,2\n', 'ingest.unknown_file'],
    [
      'with 10,000 columns',
      Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',') + '\n',
      'ingest.too_many_columns',
    ],
    ['of undecidable dates', 'lead_id,created_at\na,03/04/2026\n', 'ingest.dates_unclear'],
    ['of mixed dates', 'lead_id,created_at\na,13/04/2026\nb,04/13/2026\n', 'ingest.dates_conflict'],
    ['of undecidable numbers', 'lead_id,created_at,budget\na,2026-01-01,1.753\n', 'ingest.decimal_unclear'],
  ])('%s', async (_, content, code) => {
    expect((await bench.take(content)).faults).toEqual([code]);
  });

  test.each([
    ['L1,2026-01-01,Norte\nL2,2026-01-02,Sur\n', 'ingest.no_header'],
    ['LEAD-0042,Norte,ana\n', 'ingest.no_header'],
    ['ana,ana@example.com,Norte\n', 'ingest.no_header'],
    ['id,fecha,zona\nL1,2026-01-01,Norte\n', 'ingest.missing_columns'],
    ['lead_id,2026-01-01\nL1,Norte\n', null],
    ['zone,2026-01-01\nNorte,L1\n', 'ingest.missing_columns'],
  ])('%j as leads', async (content, code) => {
    expect((await bench.take(content, { as: 'leads' })).faults).toEqual(code === null ? null : [code]);
  });

  test('without the columns of its mapping, for it has no header', async () => {
    const mapping = 'source: s\nrecords: [ { kind: leads, columns: { lead_id: id, created_at: day } } ]';
    expect(await bench.take('L1,2026-01-01\n', { mapping })).toMatchObject({
      diagnostics: [{ code: 'ingest.no_header', params: { found: 'L1 2026-01-01' } }],
    });
    expect((await bench.take('id,2026-01-01\n', { mapping })).faults).toEqual(['ingest.no_column']);
  });

  test('names what is missing', async () => {
    expect(await bench.take('lead_id,type\na,call\n', { as: 'activities' })).toMatchObject({
      diagnostics: [{ code: 'ingest.missing_columns', params: { missing: 'at' } }],
    });
  });
});

describe('a file that is read', () => {
  test('a header alone: no rows, and a warning', async () => {
    const { report, warnings } = taken(await bench.take(HEAD));
    expect([report.rowsRead, warnings]).toEqual([0, ['ingest.no_rows']]);
  });

  const text = `${HEAD}a,2026-01-01,Ñuñoa\nb,2026-01-02,Œuvre\n`;
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from('\ufeff' + text)],
    ['UTF-16LE with a mark', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['UTF-16BE with a mark', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['UTF-16LE without one', iconv.encode(text, 'utf-16le', { addBOM: false })],
    ['UTF-16BE without one', iconv.encode(text, 'utf-16be', { addBOM: false })],
    ['Windows-1252', iconv.encode(text, 'windows-1252')],
    ['semicolons', text.replaceAll(',', ';')],
    ['tabs', text.replaceAll(',', '\t')],
    ['bars', text.replaceAll(',', '|')],
    ['its delimiter declared', 'sep=;\n' + text.replaceAll(',', ';')],
    ['Windows line ends', text.replaceAll('\n', '\r\n')],
    ['old Macintosh line ends', text.replaceAll('\n', '\r')],
    ['mixed line ends', text.replace('\n', '\r\n')],
    ['blank lines', text.replaceAll('\n', '\n\n')],
    ['no last line end', text.trimEnd()],
  ])('in %s', async (_, content) => {
    expect(taken(await bench.take(content)).report).toMatchObject({ rowsRead: 2, accepted: 2 });
    expect(await zones()).toEqual(['Ñuñoa', 'Œuvre']);
  });

  test('with bytes that are no UTF-8 in one row of many', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEAD}a,2026-01-01,Ñuñoa\nb,2026-01-02,`),
      Buffer.from([0xff]),
      Buffer.from('\nc,2026-01-03,Córdoba\n'),
    ]);
    expect(taken(await bench.take(bytes)).rejects).toEqual(['3 ingest.invalid_bytes']);
    expect(await zones()).toEqual(['Ñuñoa', 'Córdoba']);
  });

  test('with NUL far into the file', async () => {
    const rows = Array.from({ length: 400 }, (_, n) => `id-${n},2026-01-01,zone`).join('\n');
    taken(await bench.take(`${HEAD}${rows}\nlast,2026-01-01,a\0b\n`));
    expect(await zones()).toContain('ab');
  });

  test('with a quote that does not close', async () => {
    const outcome = taken(await bench.take(`${HEAD}a,2026-01-01,x\nb,2026-01-01,"open\nc,2026-01-01,z\n`));
    expect(outcome).toMatchObject({ rejects: ['3 ingest.open_quote'], report: { accepted: 1 } });
  });

  test('with line ends in quotes, and the line of what follows right', async () => {
    const outcome = taken(await bench.take(`${HEAD}a,2026-01-01,"x\ny"\nb,never,z\n`));
    expect(outcome).toMatchObject({ rejects: ['4 created_at reject.instant'], report: { accepted: 1 } });
    expect(await zones()).toEqual(['x\ny']);
  });

  test('with ragged rows', async () => {
    const outcome = taken(await bench.take(`${HEAD}a,2026-01-01\nb,2026-01-01,x,more\nc,2026-01-01,z\n`));
    expect(outcome.rejects).toEqual(['2 ingest.too_few_cells', '3 ingest.too_many_cells']);
  });

  test('with headers of one name, and one called __proto__', async () => {
    taken(await bench.take('lead_id,created_at,note,note,__proto__\na,2026-01-01,x,y,z\n'));
    const [row] = await bench.rows('lead_version');
    expect(String(row?.['extra'])).toBe('{"note":"x","note__2":"y","__proto__":"z"}');
    expect(Object.keys({})).toEqual([]);
  });

  test('with headers that differ in case alone', async () => {
    taken(await bench.take('lead_id,created_at,Note,note\na,2026-01-01,x,y\n'));
    expect(String((await bench.rows('lead_version'))[0]?.['extra'])).toContain('"y"');
  });

  test('cut off in the middle of a row', async () => {
    expect(taken(await bench.take(`${HEAD}a,2026-01-01,x\nb,2026-`)).rejects).toEqual([
      '3 ingest.too_few_cells',
    ]);
  });

  test('with cells that a spreadsheet would run, as they stand', async () => {
    taken(await bench.take(`${HEAD}a,2026-01-01,"=HYPERLINK(""x"")"\nb,2026-01-01,@x\nc,2026-01-01,+x\n`));
    expect(await zones()).toEqual(['=HYPERLINK("x")', '@x', '+x']);
  });
});

describe('a value that is refused, with its row', () => {
  test.each([
    ['zone,born', 'x,2027-02-29', 'born reject.date'],
    ['zone,born', 'x,2026-13-01', 'born reject.date'],
    ['zone,born', 'x,1899-12-31', 'born reject.date'],
    ['zone,budget', 'x,NaN', 'budget reject.number'],
    ['zone,budget', 'x,Infinity', 'budget reject.number'],
    ['zone,budget', 'x,1e400', 'budget reject.number'],
    ['zone,budget', 'x,12 apples', 'budget reject.number'],
    ['zone,age', 'x,3.5', 'age reject.integer'],
    ['zone,age', 'x,99999999999999999999', 'age reject.integer'],
    ['zone,member', 'x,maybe', 'member reject.boolean'],
  ])('%s = %s', async (columns, cells, reject) => {
    const outcome = taken(await bench.take(`lead_id,created_at,${columns}\na,2026-01-01,${cells}\n`));
    expect(outcome.rejects).toEqual([`2 ${reject}`]);
  });

  test.each([
    ['29/02/2027', 'reject.instant'],
    ['31/04/2026 10:00', 'reject.instant'],
    ['', 'reject.missing'],
  ])('an activity at "%s"', async (at, code) => {
    const mapping =
      'source: s\ndates: dmy\nrecords: [ { kind: activities, columns: { lead_id: l, type: t, at: w } } ]';
    expect(taken(await bench.take(`l,t,w\na,call,${at}\n`, { mapping })).rejects).toEqual([`2 w ${code}`]);
  });

  test('an id that is blank', async () => {
    expect(taken(await bench.take('lead_id,created_at\n ,2026-01-01\n')).rejects).toEqual([
      '2 lead_id reject.missing',
    ]);
  });

  test('spend and impressions below zero', async () => {
    const outcome = taken(
      await bench.take('date,platform,impressions,spend\n2026-01-01,x,10,-1\n2026-01-02,x,-3,1\n'),
    );
    expect(outcome.rejects).toEqual(['2 spend reject.negative', '3 impressions reject.count']);
  });

  test('a currency without a rate on its day', async () => {
    const head = 'lead_id,type,at,amount,currency\n';
    const rows =
      'a,sale,2025-12-31,10,USD\na,sale,2026-01-31,10,usd\na,sale,2026-02-01,10,USD\na,sale,2026-02-01,10,XYZ\na,sale,2026-02-01,10,\n';
    expect(taken(await bench.take(head + rows)).rejects).toEqual([
      '2 currency reject.currency',
      '5 currency reject.currency',
    ]);
    expect(
      (await bench.rows('activity'))
        .map((row) => Number(row['amount']))
        .toSorted((one, other) => one - other),
    ).toEqual([8, 9, 10]);
  });
});
