import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { translateTo } from '../../src/node/server/language.ts';
import { parseMapping } from '../../src/node/ingest/mapping-document.ts';
import { IngestBench, taken } from './bench.ts';

/** What a mapping may not say, for each command after it would meet it, and what odd things it may. */

const FIELDS = ['zone', 'age'];
const records = 'records: [ { kind: leads, columns: { lead_id: id, created_at: c } } ]';

describe('a mapping is refused, with the place', () => {
  test.each([
    [
      `source: s\ntimezone: Mars/Phobos\n${records}`,
      'mapping.unknown_timezone',
      { name: 'Mars/Phobos' },
      [2, 11],
    ],
    [`source: s\ntimezone: "+02:00"\n${records}`, 'mapping.unknown_timezone', { name: '+02:00' }, [2, 11]],
    [`source: s\ntimezone: ""\n${records}`, 'mapping.unknown_timezone', { name: '' }, [2, 11]],
    [
      'source: s\nrecords:\n  - kind: leads\n    columns: { lead_id: id, zone: z }\n    constants: { zone: x }',
      'mapping.told_twice',
      { name: 'zone', kind: 'leads' },
      [5, 18],
    ],
  ])('%s', (text, code, params, [line, column]) => {
    const parsed = parseMapping(text, 'm.yaml', FIELDS);
    expect(parsed.ok ? [] : parsed.faults).toEqual([
      expect.objectContaining({ code, params, at: { file: 'm.yaml', line, column } }),
    ]);
  });

  test.each(['es', 'en'] as const)('and says what to do in %s', (language) => {
    const translate = translateTo(language);
    for (const code of ['mapping.unknown_timezone', 'mapping.told_twice'])
      for (const key of [code, `${code}.hint`])
        expect(translate(key, { name: 'x', kind: 'leads' })).not.toBe(key);
  });

  test('but for the zones that there are', () => {
    for (const zone of ['America/Mexico_City', 'UTC', 'Etc/GMT+5', 'Asia/Calcutta'])
      expect(parseMapping(`source: s\ntimezone: ${zone}\n${records}`, 'm.yaml', FIELDS).ok).toBe(true);
  });
});

describe('an odd mapping is read', () => {
  let bench: IngestBench;
  beforeAll(async () => {
    bench = await IngestBench.open();
  });
  afterAll(() => bench.close());

  test.each([
    ['one column for all', 'columns: { lead_id: id, created_at: c, zone: id, phone: id }'],
    [
      'constants alone',
      'columns: {}, constants: { lead_id: k, created_at: 2026-01-01, member: true, age: 3 }',
    ],
    ['no records of a row', 'columns: { lead_id: id }, when: \'row["id"] == "never"\''],
    ['a constant with NUL', 'columns: { lead_id: id }, constants: { zone: "a\\0b" }'],
    ['a constant that is no number', 'columns: { lead_id: id }, constants: { age: many }'],
    ['a rule with a pattern', 'columns: { lead_id: id }, when: \'row["id"].matches("^[a-z]{1,500}$")\''],
    ['nothing', 'columns: {}'],
    ['a long constant', `columns: { lead_id: id }, constants: { zone: ${'x'.repeat(100_000)} }`],
  ])('%s', async (_, record) => {
    const mapping = `source: s\nmissing: ["\\0", "'", ""]\nrecords: [ { kind: leads, ${record} } ]`;
    taken(await bench.take('id,c\na,2026-01-01\nb,2026-01-02\n', { mapping }));
  });

  test('several columns for one value, of which the first with a value counts, cut', async () => {
    const mapping =
      'source: s\nrecords: [ { kind: leads, columns: { lead_id: [no, b, id], created_at: c }, cut: { lead_id: 3 } } ]';
    await bench.take('id,b,c\nidentity,,2026-01-01\nother,beside,2026-01-01\n', { mapping });
    const ids = (await bench.rows('lead_version')).map((row) => row['lead_id']);
    expect(ids).toEqual(expect.arrayContaining(['ide', 'bes']));
  });

  test('twenty records of one row', async () => {
    const each = '{ kind: ads, columns: { date: c, campaign: id }, constants: { clicks: 1 } }';
    const mapping = `source: s\nrecords: [ ${Array.from({ length: 20 }, () => each).join(', ')} ]`;
    expect(taken(await bench.take('id,c\na,2026-01-01\n', { mapping })).report.accepted).toBe(1);
  });
});
