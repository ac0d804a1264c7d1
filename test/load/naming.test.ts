import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load, makeHome, open, rowsOf, valueOf } from './taps.ts';

/** A person has one id: what a source told as a lead's own id it does not tell as a CRM's later. */

/** As the program's own mapping of HubSpot's contacts was before it gave the CRM's ids. */
const BEFORE = `
source: tap-hubspot
match: { stream: contacts, columns: [property_lifecyclestage] }
timezone: UTC
records: [ { kind: leads, columns: { lead_id: id, created_at: createdAt } } ]
`;

function contacts(...ids: readonly number[]): readonly unknown[] {
  const properties = { id: {}, createdAt: {}, property_lifecyclestage: {} };
  const records = ids.map((id) => ({
    type: 'RECORD',
    stream: 'contacts',
    record: { id: String(id), createdAt: '2026-02-01T10:00:00Z', property_lifecyclestage: 'lead' },
  }));
  return [
    { type: 'SCHEMA', stream: 'contacts', key_properties: ['id'], schema: { properties } },
    ...records,
    { type: 'STATE', value: { last: ids.at(-1) } },
  ];
}

test('a stream that would name everybody anew is refused until all of it is undone', async () => {
  const home = makeHome({ 'mappings/contacts.yaml': BEFORE });
  const workspace = await open(home);
  const leads = async (): Promise<readonly unknown[]> =>
    (await rowsOf(workspace, 'lead_facts')).map((row) => row['lead_id']);
  await load(workspace, contacts(1, 2));
  await load(workspace, contacts(3));
  rmSync(join(home, 'mappings/contacts.yaml'));
  const refused = await load(workspace, contacts(3, 4));
  expect(refused).toMatchObject({ faults: ['load.named_otherwise'], report: { rowsRead: 0 } });
  expect(await leads()).toEqual(['1', '2', '3']);
  expect(JSON.parse((await workspace.sourceState('crm')) ?? '')).toEqual({ last: 3 });
  expect(valueOf(await workspace.undoSource('crm'))).toEqual({ source: 'crm', batches: 2 });
  expect(await workspace.sourceState('crm')).toBeNull();
  expect(await workspace.undoSource('crm')).toMatchObject({
    ok: false,
    faults: [{ code: 'store.nothing_of_source' }],
  });
  expect((await load(workspace, contacts(1, 2, 3, 4))).report).toMatchObject({ accepted: 4 });
  expect(await leads()).toEqual(['hubspot:1', 'hubspot:2', 'hubspot:3', 'hubspot:4']);
  // Told again by the same mapping, nothing stands against it.
  expect((await load(workspace, contacts(4))).report).toMatchObject({ unchanged: 1 });
  await workspace.close();
});

test('so is a file of the same columns, before it is loaded too; one that adds what else it is, is not', async () => {
  const home = makeHome({ 'mappings/other.yaml': BEFORE });
  const workspace = await open(home);
  const map = (columns: string): void =>
    writeFileSync(
      join(home, 'mappings/sheet.yaml'),
      `source: sheet\nmatch: { columns: [Folio] }\nrecords: [ { kind: leads, columns: { ${columns}, created_at: Alta } } ]\n`,
    );
  const take = (rows: string, dryRun = false) => {
    const content = (async function* bytes() {
      yield await Promise.resolve(Buffer.from(`Folio,Alta\n${rows}\n`));
    })();
    return workspace.importFile({ content, fileName: 'sheet.csv', dryRun });
  };
  map('lead_id: Folio');
  const { entry } = valueOf(await take('A,2026-02-01'));
  map('crm_id: Folio');
  for (const dryRun of [true, false])
    expect(await take('B,2026-02-02', dryRun)).toMatchObject({
      ok: false,
      faults: [
        {
          code: 'load.named_otherwise',
          params: { source: 'sheet', batch: entry, column: 'Folio', before: 'lead_id', now: 'crm_id' },
        },
      ],
    });
  map('lead_id: Folio, crm_id: Folio');
  expect(valueOf(await take('C,2026-02-03'))).toMatchObject({ accepted: 1 });
  await workspace.close();
});
