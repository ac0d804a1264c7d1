import { expect, test, vi } from 'vitest';
import { funnelOf, inOrder, load, makeHome, open, rowsOf } from './taps.ts';

vi.setConfig({ testTimeout: 120_000 });

const MAPPINGS = {
  'mappings/people.yaml': `
source: crm
match: { stream: people }
records:
  - kind: leads
    columns: { lead_id: id, created_at: created, effective_at: updated, zone: address.zone, phone: phone }
`,
  'mappings/deals.yaml': `
source: crm
match: { stream: deals }
deleted: row["archived"] == "true"
records:
  - kind: activities
    columns: { lead_id: person, at: opened }
    constants: { type: deal }
  - kind: activities
    when: row["stage"] == "won"
    columns: { lead_id: person, at: closed, amount: amount }
    constants: { type: sale }
`,
};

const PEOPLE = {
  type: 'SCHEMA',
  stream: 'people',
  key_properties: ['id'],
  bookmark_properties: ['updated'],
  schema: {
    definitions: { zone: { properties: { phone: { type: ['null', 'string'] } } } },
    properties: {
      id: { type: 'integer' },
      created: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      updated: { type: 'string' },
      address: { type: ['object', 'null'] },
    },
    allOf: [{ $ref: '#/definitions/zone' }],
  },
};
const DEALS = {
  type: 'schema',
  stream: 'deals',
  key_properties: ['id'],
  schema: {
    properties: Object.fromEntries(
      ['id', 'person', 'opened', 'closed', 'stage', 'amount', 'archived'].map((name) => [name, {}]),
    ),
  },
};

function person(id: unknown, members: object = {}): object {
  const record = { id, created: '2026-02-01T10:00:00Z', address: { zone: 'Norte' }, phone: '55', ...members };
  return { type: 'RECORD', stream: 'people', record, time_extracted: '2026-03-01T00:00:00Z' };
}
function deal(id: number, members: object = {}, more: object = {}): object {
  const record = { id, person: id, opened: '2026-02-02T10:00:00-06:00', stage: 'open', ...members };
  return { type: 'RECORD', stream: 'deals', record, ...more };
}
const WON = { stage: 'won', closed: '2026-02-05', amount: '1000.50' };

test('records, nested members and ids that are numbers or texts become facts', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const state = '{"bookmarks": {"people": {"id": 12345678901234567890}, "n": 1.50}}';
  const { states, report, faults, warnings } = await load(workspace, [
    PEOPLE,
    DEALS,
    person(1),
    person('2'),
    '{"type":"RECORD","stream":"people","record":{"id":12345678901234567890,"created":"2026-02-01T10:00:00Z","address":null}}',
    { type: 'STATE', value: { bookmarks: {} } },
    deal(1, WON),
    deal(2),
    { type: 'METRIC', anything: true },
    `{"type": "STATE", "value": ${state}}`,
  ]);
  expect({ faults, warnings }).toEqual({ faults: [], warnings: [] });
  // The last state, verbatim: no digit of it is lost.
  expect(states).toEqual([state]);
  expect(await workspace.sourceState('crm')).toBe(state);
  expect(report).toMatchObject({ rowsRead: 5, accepted: 5, unchanged: 0, rejected: 0, withdrawn: 0 });
  expect(await funnelOf(workspace)).toMatchObject({ lead: 3, qualified: 2, sale: 1, value: 1000.5 });
  const versions = await rowsOf(workspace, 'lead_version');
  expect(inOrder(versions.map((row) => [row['lead_id'], row['f_zone'], row['row_key']]))).toEqual([
    ['1', 'Norte', 'crm/people/1'],
    ['12345678901234567890', null, 'crm/people/12345678901234567890'],
    ['2', 'Norte', 'crm/people/2'],
  ]);
  // An activity without an id of its own has that of its row.
  const activities = await rowsOf(workspace, 'activity');
  expect(inOrder(activities.map((row) => row['activity_id']))).toEqual([
    'crm/deals/1/deal',
    'crm/deals/1/sale',
    'crm/deals/2/deal',
  ]);
});

test('what is told again changes nothing, and a deal that is open again has no sale', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const messages = [PEOPLE, DEALS, person(1), deal(1, WON)];
  await load(workspace, messages);
  const again = await load(workspace, messages);
  expect(again.report).toMatchObject({ accepted: 0, unchanged: 2, withdrawn: 0 });
  const { as_of: before } = await workspace.status();
  const reopened = await load(workspace, [DEALS, deal(1, { ...WON, stage: 'open' })]);
  // The deal itself is unchanged; its sale is taken back.
  expect(reopened.report).toMatchObject({ rowsRead: 1, withdrawn: 1 });
  expect(await funnelOf(workspace)).toMatchObject({ qualified: 1, sale: 0 });
  // As of before, it was a sale.
  expect(await funnelOf(workspace, { as_of: before })).toMatchObject({ sale: 1, value: 1000.5 });
  await load(workspace, [DEALS, deal(1, WON)]);
  expect(await funnelOf(workspace)).toMatchObject({ sale: 1, value: 1000.5 });
});

test('a row that says that it was deleted is gone, and as of before it is there', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  await load(workspace, [PEOPLE, DEALS, person(1), person(2), deal(1, WON), deal(2, WON)]);
  const { as_of: before } = await workspace.status();
  const { report } = await load(workspace, [
    PEOPLE,
    DEALS,
    { type: 'RECORD', stream: 'people', record: { id: 2, _sdc_deleted_at: '2026-03-01T00:00:00Z' } },
    deal(1, { archived: true }),
    deal(3, { archived: true }),
  ]);
  // Deal 3 was never known: its end changes nothing.
  expect(report).toMatchObject({ rowsRead: 3, accepted: 2, unchanged: 1, rejected: 0, withdrawn: 3 });
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, sale: 0 });
  expect(await funnelOf(workspace, { as_of: before })).toMatchObject({ lead: 2, sale: 2 });
  // It comes back where it came from.
  await load(workspace, [PEOPLE, person(2)]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 2, sale: 1 });
});

test('deleted and made anew in one batch, it stands; made and deleted, it does not', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  await load(workspace, [PEOPLE, DEALS, person(1), deal(1, WON)]);
  await load(workspace, [
    PEOPLE,
    DEALS,
    deal(1, { archived: true }),
    deal(1, WON),
    person(2),
    { type: 'RECORD', stream: 'people', record: { id: 2, _sdc_deleted_at: '2026-03-01' } },
  ]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, sale: 1, value: 1000.5 });
});

test('ACTIVATE_VERSION takes back the rows of the stream that the new version does not bring', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const version = (number: number) => ({ version: number });
  await load(workspace, [
    PEOPLE,
    DEALS,
    person(1),
    person(2),
    person(3),
    deal(1, WON, version(1)),
    deal(2, WON, version(1)),
    deal(3, WON, version(1)),
    { type: 'ACTIVATE_VERSION', stream: 'deals', version: 1 },
  ]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 3, sale: 3 });
  // Of the second reading a part comes, then the tap is broken off: nothing is taken back yet.
  await load(workspace, [DEALS, deal(1, WON, version(2))]);
  expect(await funnelOf(workspace)).toMatchObject({ sale: 3 });
  const { report } = await load(workspace, [
    DEALS,
    deal(1, WON, version(2)),
    deal(2, { ...WON, amount: 7 }, version(2)),
    { type: 'ACTIVATE_VERSION', stream: 'deals', version: 2 },
  ]);
  expect(report).toMatchObject({ accepted: 1, unchanged: 1, withdrawn: 2 });
  // The people are another stream.
  expect(await funnelOf(workspace)).toMatchObject({ lead: 3, sale: 2, value: 1007.5 });
  // An empty version empties the stream.
  await load(workspace, [DEALS, { type: 'ACTIVATE_VERSION', stream: 'deals', version: 3 }]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 3, sale: 0 });
});

test('a changed schema in the middle is taken; what it adds is kept', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const { report, faults } = await load(workspace, [
    PEOPLE,
    person(1),
    { ...PEOPLE, schema: { properties: { ...PEOPLE.schema.properties, colour: {} } } },
    person(2, { colour: 'red' }),
    { ...PEOPLE, key_properties: ['id', 'region'] },
    person(3, { region: 'MX' }),
  ]);
  expect({ faults, batches: report.batches.length }).toEqual({ faults: [], batches: 3 });
  const versions = await rowsOf(workspace, 'lead_version');
  expect(inOrder(versions.map((row) => row['row_key']))).toEqual([
    'crm/people/1',
    'crm/people/2',
    'crm/people/3/MX',
  ]);
  expect(
    versions.map((row) => String(row['extra'])).filter((text) => text.includes('"colour":"red"')),
  ).toHaveLength(1);
});

test('a stream without a key: the same record is one, however often it comes', async () => {
  const workspace = await open(
    makeHome({
      'mappings/calls.yaml': `
source: crm
match: { stream: calls }
records: [ { kind: activities, columns: { lead_id: person, at: at }, constants: { type: deal } } ]
`,
    }),
  );
  const schema = { type: 'SCHEMA', stream: 'calls', key_properties: [], schema: { properties: {} } };
  const call = (person: number, at: string) => ({ type: 'RECORD', stream: 'calls', record: { person, at } });
  const swapped = { type: 'RECORD', stream: 'calls', record: { at: '2026-02-02', person: 1 } };
  await load(workspace, [schema, call(1, '2026-02-02'), call(1, '2026-02-02'), call(1, '2026-02-03')]);
  await load(workspace, [schema, swapped, call(2, '2026-02-03')]);
  expect(await rowsOf(workspace, 'activity')).toHaveLength(3);
});

test('a null key is refused with its reason, the rest is kept', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const { report } = await load(workspace, [PEOPLE, person(null), person(1), person(2, { created: 'soon' })]);
  expect(report).toMatchObject({ accepted: 1, rejected: 2 });
  expect(report.examples.map(({ code, line, value }) => [line, code, value])).toEqual([
    [1, 'reject.no_key', null],
    [3, 'reject.instant', 'soon'],
  ]);
});

test.each([
  ['no message', ['[1, 2]'], 'load.no_message'],
  ['a log line', ['INFO starting'], 'load.no_message'],
  ['a record before its schema', [deal(1)], 'load.no_schema'],
  ['files', [{ type: 'BATCH', stream: 'people', encoding: {}, manifest: [] }], 'load.batch'],
  ['a schema without a stream', [{ type: 'SCHEMA', schema: {} }], 'load.bad_message'],
  ['a record that is none', [{ type: 'RECORD', stream: 'people', record: [] }], 'load.bad_message'],
])('%s ends the load; what came before is kept', async (_, messages, code) => {
  const workspace = await open(makeHome(MAPPINGS));
  const { faults, states } = await load(workspace, [
    PEOPLE,
    person(1),
    { type: 'STATE', value: { n: 1 } },
    person(2),
    ...messages,
    person(3),
    { type: 'STATE', value: { n: 2 } },
  ]);
  expect({ faults, states }).toEqual({ faults: [code], states: ['{"n":1}'] });
  expect(await workspace.sourceState('crm')).toBe('{"n":1}');
  expect(await funnelOf(workspace)).toMatchObject({ lead: 2 });
});

test('a line of more than 1 MB is read, one of more than 8 MB is refused, and memory stays', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const { report } = await load(workspace, [
    PEOPLE,
    person(1, { note: 'x'.repeat(2 << 20) }),
    person(2, { note: 'y'.repeat(9 << 20) }),
    person(3),
  ]);
  expect(report).toMatchObject({ rowsRead: 3, accepted: 2, rejected: 1 });
});

test('streams without a mapping are told, and states go on', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const schema = {
    type: 'SCHEMA',
    stream: 'owners',
    key_properties: ['id'],
    schema: { properties: { id: {} } },
  };
  const { report, states } = await load(workspace, [
    schema,
    { type: 'RECORD', stream: 'owners', record: { id: 1 } },
    { type: 'RECORD', stream: 'owners', record: { id: 2 } },
    { type: 'STATE', value: 1 },
  ]);
  expect(report).toMatchObject({ rowsRead: 0, batches: [], unmapped: [{ stream: 'owners', records: 2 }] });
  expect(states).toEqual(['1']);
});

test('columns that are called as Tregua calls them need no mapping', async () => {
  const workspace = await open(makeHome());
  const columns = ['lead_id', 'created_at', 'zone', 'city'];
  const properties = Object.fromEntries(columns.map((name) => [name, {}]));
  await load(workspace, [
    { type: 'SCHEMA', stream: 'x', key_properties: ['lead_id'], schema: { properties } },
    {
      type: 'RECORD',
      stream: 'x',
      record: { lead_id: 'a', created_at: '2026-02-01', zone: 'Sur', city: 'X' },
    },
  ]);
  const [row] = await rowsOf(workspace, 'lead_version');
  expect(row).toMatchObject({ lead_id: 'a', f_zone: 'Sur', extra: '{"city":"X"}' });
});

test('a mapping that names what the stream does not have says so', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const { warnings } = await load(workspace, [
    { ...PEOPLE, schema: { properties: { id: {}, created: {}, phone: {}, adress: {} } } },
  ]);
  expect(warnings).toEqual(['load.no_column', 'load.no_column']);
});

test('values are read as those of files: months by name, bounds', async () => {
  const workspace = await open(makeHome(MAPPINGS));
  const { report } = await load(workspace, [
    PEOPLE,
    DEALS,
    person(1, { created: '3 de marzo de 2026' }),
    person(2, { created: 'Mar 3, 2026 3:05 PM' }),
    person(3, { created: '3 de foo de 2026' }),
    deal(1, { ...WON, closed: '5 mar 2026', amount: '< 100' }),
    deal(2, { ...WON, closed: '5 mar 2026' }),
  ]);
  expect(report).toMatchObject({ accepted: 3, rejected: 2 });
  expect(report.examples.map(({ code, value }) => [code, value])).toEqual([
    ['reject.instant', '3 de foo de 2026'],
    ['reject.bound', '< 100'],
  ]);
  expect((await rowsOf(workspace, 'lead_version')).map((row) => row['created_at'])).toEqual([
    '2026-03-03T06:00:00.000Z',
    '2026-03-03T21:05:00.000Z',
  ]);
  await workspace.close();
});
