import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IngestBench, taken } from './bench.ts';

/** What each way of writing a value is read as. */

let bench: IngestBench;
beforeAll(async () => {
  bench = await IngestBench.open();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** The value of one field, written in one cell. */
async function read(field: string, cell: string, settings = ''): Promise<unknown> {
  const mapping = `source: s\n${settings}\nrecords: [ { kind: leads, columns: { lead_id: id, created_at: c, ${field}: x } } ]`;
  taken(await bench.take(`id,c,x\na,2026-01-01T00:00:00Z,${quote(cell)}\n`, { mapping }));
  const [row] = await bench.rows('lead_version');
  if (row === undefined)
    throw new Error((await bench.rows('reject')).map((each) => String(each['code'])).join());
  return row[`f_${field}`];
}

async function instant(cell: string, settings = ''): Promise<string> {
  const mapping = `source: s\n${settings}\nrecords: [ { kind: leads, columns: { lead_id: id, created_at: x } } ]`;
  const outcome = taken(await bench.take(`id,x\na,${quote(cell)}\n`, { mapping }));
  if (outcome.rejects.length > 0) return outcome.rejects.join();
  return String((await bench.rows('lead_version'))[0]?.['created_at']);
}

describe('a number', () => {
  test.each([
    ['1.234,56 €', ',', 1234.56],
    ['$1,234.56', '.', 1234.56],
    ['(123)', '.', -123],
    ['-1.234,5', ',', -1234.5],
    ['12-', '.', -12],
    ['3.000', ',', 3000],
    ['3.000', '.', 3],
    ['S/ 99', '.', 99],
    ['MXN 1,000', '.', 1000],
    ['1 234,5', ',', 1234.5],
    ['1\u00a0234,5', ',', 1234.5],
    ['1.5e3', '.', 1500],
    ['0', '.', 0],
  ])('"%s" with "%s" as its decimal mark', async (cell, decimal, value) => {
    expect(Number(await read('budget', cell, `decimal: "${decimal}"`))).toBe(value);
  });

  test.each(['--', ' ', 'N/A', 'Select'])('"%s" is missing where the mapping says so', async (cell) => {
    expect(await read('budget', cell, 'missing: ["--", "N/A", "Select"]')).toBeNull();
  });

  test.each([
    ['12%', '.', 0.12],
    ['12.5 %', '.', 0.125],
    ['1,5%', ',', 0.015],
    ['-3%', '.', -0.03],
  ])('"%s" with "%s" is so many hundredths', async (cell, decimal, value) => {
    expect(Number(await read('budget', cell, `decimal: "${decimal}"`))).toBeCloseTo(value, 12);
  });

  test.each(['<10', '> 90 %', '< 10%', '≥5'])('"%s" says only that it is more or less', async (cell) => {
    await expect(read('budget', cell)).rejects.toThrow('reject.bound');
    await bench.empty();
    expect(await read('budget', cell, `missing: ["${cell}"]`)).toBeNull();
  });

  test('its decimal mark is told by the file', async () => {
    taken(await bench.take('lead_id,created_at,budget\na,2026-01-01,"1.234,56"\nb,2026-01-01,"3.000"\n'));
    expect((await bench.rows('lead_version')).map((row) => Number(row['f_budget']))).toEqual([1234.56, 3000]);
  });
});

describe('a boolean', () => {
  test.each(['true', 'Sí', 'si', 'YES', '1', 'verdadero', 'VERDADERO'])('%s is true', async (cell) => {
    expect(await read('member', cell)).toBe(true);
  });
  test.each(['false', 'No', '0', 'falso'])('%s is false', async (cell) => {
    expect(await read('member', cell)).toBe(false);
  });
});

describe('an instant', () => {
  test.each([
    ['13-abr-2026', '2026-04-13T03:00:00'],
    ['13 abr. 2026', '2026-04-13T03:00:00'],
    ['13 de abril de 2026', '2026-04-13T03:00:00'],
    ['3/Apr/26', '2026-04-03T03:00:00'],
    ['10 de dez. de 2022', '2022-12-10T03:00:00'],
    ['10 de março de 2026, 3:05\u202fPM', '2026-03-10T18:05:00'],
    ['Apr 13, 2026', '2026-04-13T03:00:00'],
    ['April 13, 2026 3:05 PM', '2026-04-13T18:05:00'],
    ['1 ene 2026 10:30', '2026-01-01T13:30:00'],
    ['31 dic 2026 10:30:00 +02:00', '2026-12-31T08:30:00'],
  ])('"%s" has its month written out', async (cell, iso) => {
    expect(await instant(cell)).toContain(iso);
  });

  test.each(['31 feb 2026', '13 foo 2026', 'abril 2026', '32 ene 2026'])('"%s" is none', async (cell) => {
    expect(await instant(cell)).toContain('reject.instant');
  });

  test.each([
    ['2026-01-31', '2026-01-31T03:00:00'],
    ['2026-01-31T10:00:00', '2026-01-31T13:00:00'],
    ['2026-01-31 10:00', '2026-01-31T13:00:00'],
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00'],
    ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00'],
    ['2026-01-31T10:00:00.250-0500', '2026-01-31T15:00:00.250'],
    ['2026-01-31T10:00Z', '2026-01-31T10:00:00'],
    ['2026-01-31 10:00:00 UTC', '2026-01-31T10:00:00'],
    ['2026-01-31 10:00 +02', '2026-01-31T08:00:00'],
    // Midnight of that day did not exist; what is written in the gap is read with the offset before it.
    ['2017-10-15', '2017-10-15T03:00:00'],
    ['2017-10-15 00:30', '2017-10-15T03:30:00'],
    ['2017-10-15 01:30', '2017-10-15T03:30:00'],
  ])('%s', async (cell, expected) => {
    expect(await instant(cell)).toContain(expected);
  });

  test.each([
    ['31/01/2026', 'dmy', '2026-01-31T03:00:00'],
    ['1/31/2026', 'mdy', '2026-01-31T03:00:00'],
    ['31.1.2026 10:00', 'dmy', '2026-01-31T13:00:00'],
    ['31-01-2026 10:00:05', 'dmy', '2026-01-31T13:00:05'],
    ['1/31/2026 1:05 PM', 'mdy', '2026-01-31T16:05:00'],
    ['1/31/2026, 12:05 a. m.', 'mdy', '2026-01-31T03:05:00'],
    ['31/01/26', 'dmy', '2026-01-31T03:00:00'],
    ['31/01/2026 10:00:00 +02:00', 'dmy', '2026-01-31T08:00:00'],
    ['31/01/26 10:00', 'dmy', '2026-01-31T13:00:00'],
    ['03/04/2026', 'dmy', '2026-04-03T03:00:00'],
    ['03/04/2026', 'mdy', '2026-03-04T03:00:00'],
    ['2026-01-31', 'dmy', '2026-01-31T03:00:00'],
  ])('%s as %s', async (cell, dates, expected) => {
    expect(await instant(cell, `dates: ${dates}`)).toContain(expected);
  });

  test.each([
    'yesterday',
    '2026-02-30',
    '2026-01-31 25:00',
    '0001-01-01',
    '12345-01-01',
    '2026',
    'infinity',
    '-5',
    '10:00',
  ])('%s is none', async (cell) => {
    expect(await instant(cell)).toBe('2 x reject.instant');
  });

  test('of the source’s zone', async () => {
    expect(await instant('2026-01-31 10:00', 'timezone: Europe/Madrid')).toContain('2026-01-31T09:00:00');
  });
});

describe('a day', () => {
  // The bench's agreement is in São Paulo, where a day begins at three o'clock UTC.
  test.each([
    ['1990-07-31', ''],
    ['1990-07-31', 'timezone: Europe/Madrid'],
    ['1990-07-31', 'timezone: America/Los_Angeles'],
    ['31/07/1990', 'timezone: Europe/Madrid\ndates: dmy'],
  ])('%s is a day of the agreement: %s', async (cell, settings) => {
    expect(String(await read('born', cell, settings))).toContain('1990-07-31T03:00:00');
  });

  test('alone is the first instant of the source’s zone where an instant is wanted', async () => {
    expect(await instant('2026-01-31', 'timezone: Europe/Madrid')).toContain('2026-01-30T23:00:00');
  });
});

test('personal data stands apart, its presence with the lead', async () => {
  taken(await bench.take('lead_id,created_at,phone\na,2026-01-01,+52 55\nb,2026-01-01,\n'));
  expect((await bench.rows('lead_version')).map((row) => row['f_phone'])).toEqual([true, null]);
  expect((await bench.rows('lead_contact')).map((row) => row['f_phone'])).toEqual(['+52 55', null]);
});

describe('told again', () => {
  const HEAD = 'lead_id,created_at,zone\n';

  test('the same rows change nothing, and an overlapping file only brings its own', async () => {
    taken(await bench.take(`${HEAD}a,2026-01-01,x\nb,2026-01-02,y\n`));
    expect(taken(await bench.take(`${HEAD}a,2026-01-01,x\nb,2026-01-02,y\n`)).report).toMatchObject({
      accepted: 0,
      unchanged: 2,
    });
    expect(taken(await bench.take(`${HEAD}b,2026-01-02,y\nc,2026-01-03,z\n`)).report).toMatchObject({
      accepted: 1,
      unchanged: 1,
    });
    expect(taken(await bench.take(`${HEAD}a,2026-01-01,changed\n`)).report).toMatchObject({ accepted: 1 });
    expect(taken(await bench.take(`${HEAD}a,2026-01-01,x\n`)).report).toMatchObject({ accepted: 1 });
  });

  test('the last of one identity in a file wins', async () => {
    const outcome = taken(await bench.take(`${HEAD}a,2026-01-01,x\na,2026-01-01,y\na,2026-01-01,z\n`));
    expect(outcome.report).toMatchObject({ rowsRead: 3, accepted: 1, unchanged: 2, repeated: 2 });
    expect((await bench.rows('lead_version')).map((row) => row['f_zone'])).toEqual(['z']);
  });

  test('activities without ids are told apart by content, and twice in a file is twice', async () => {
    const head = 'lead_id,type,at\n';
    expect(taken(await bench.take(`${head}a,call,2026-01-01\na,call,2026-01-01\n`)).report.accepted).toBe(2);
    expect(taken(await bench.take(`${head}a,call,2026-01-01\nb,call,2026-01-01\n`)).report).toMatchObject({
      accepted: 1,
      unchanged: 1,
    });
    expect(await bench.rows('activity')).toHaveLength(3);
  });

  test('an ad’s figures are corrected by a later file', async () => {
    const head = 'date,campaign,clicks\n';
    taken(await bench.take(`${head}2026-01-01,c,1\n`));
    expect(taken(await bench.take(`${head}2026-01-01,c,2\n2026-01-02,c,1\n`)).report.accepted).toBe(2);
  });

  test('personal data that changed is a change', async () => {
    taken(await bench.take('lead_id,created_at,phone\na,2026-01-01,1\n'));
    expect(taken(await bench.take('lead_id,created_at,phone\na,2026-01-01,1\n')).report.unchanged).toBe(1);
    expect(taken(await bench.take('lead_id,created_at,phone\na,2026-01-01,2\n')).report.accepted).toBe(1);
  });
});

describe('JSON Lines', () => {
  test.each([
    ['"x, 12345678901234567, y"', 'x, 12345678901234567, y'],
    [String.raw`"\", 12345678901234567, y"`, '", 12345678901234567, y'],
    ['12345678901234567', '12345678901234567'],
    ['-12345678901234567 ', '-12345678901234567'],
    ['[12345678901234567, 1]', '["12345678901234567",1]'],
    ['0.5', '0.5'],
  ])('keeps %s as it is', async (json, text) => {
    const line = `{"lead_id":"5","created_at":"2026-01-01T00:00:00Z","zone":${json}}`;
    expect(taken(await bench.take(`${line}\n`)).rejects).toEqual([]);
    expect((await bench.rows('lead_version'))[0]?.['f_zone']).toBe(text);
  });

  test('reads a text of millions of characters beside a long number', async () => {
    const long = `{"lead_id":12345678901234567,"created_at":"2026-01-01","zone":"${'x\\"'.repeat(2_000_000)}"}`;
    expect(taken(await bench.take(`${long}\n`)).report.accepted).toBe(1);
  });

  test('keeps the digits of long ids, and refuses what is no object', async () => {
    const outcome = taken(
      await bench.take(
        '{"lead_id":12023500000000001789,"created_at":"2026-01-01"}\n[1]\nnot json\n{"lead_id":"b","created_at":null,"zone":"x"}\n',
      ),
    );
    expect(outcome.rejects).toEqual(['2 ingest.no_json', '3 ingest.no_json']);
    expect((await bench.rows('lead_version')).map((row) => row['lead_id'])).toEqual([
      '12023500000000001789',
      'b',
    ]);
  });
});
