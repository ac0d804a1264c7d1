import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { load, makeHome, open, rowsOf, valueOf } from './taps.ts';

/** A batch of a tap that is undone: its state goes back with it, so that nothing is missing for ever. */

const SCHEMA = {
  type: 'SCHEMA',
  stream: 'leads',
  key_properties: ['lead_id'],
  schema: { properties: { lead_id: {}, created_at: {}, zone: {} } },
};

function told(...ids: readonly number[]): readonly unknown[] {
  const records = ids.map((id) => ({
    type: 'RECORD',
    stream: 'leads',
    record: { lead_id: `L${id}`, created_at: '2026-02-01T10:00:00Z', zone: 'Norte' },
  }));
  return [SCHEMA, ...records, { type: 'STATE', value: { last: ids.at(-1) } }];
}

/** What a tap would tell that goes on from a state. */
function after(state: string | null, upTo: number): readonly unknown[] {
  const { last = 0 }: { last?: number } = JSON.parse(state ?? '{}');
  return told(...Array.from({ length: upTo - last }, (_, n) => last + n + 1));
}

test('the state is where it stood before the batch, and the next reading tells again what it brought', async () => {
  const workspace = await open(makeHome());
  const leads = async (): Promise<readonly unknown[]> =>
    (await rowsOf(workspace, 'lead_version')).map((row) => row['lead_id']);
  await load(workspace, told(1, 2));
  const { report } = await load(workspace, told(3, 4));
  await load(workspace, told(5, 6));
  const [second = 0] = report.batches;
  expect(valueOf(await workspace.undo(second))).toMatchObject({ source: 'crm', rewound: true });
  expect(await leads()).toEqual(['L1', 'L2', 'L5', 'L6']);
  const state = await workspace.sourceState('crm');
  expect(JSON.parse(state ?? '')).toEqual({ last: 2 });
  const again = await load(workspace, after(state, 6));
  expect(again.report).toMatchObject({ rowsRead: 4, accepted: 2, unchanged: 2 });
  expect(await leads()).toEqual(['L1', 'L2', 'L3', 'L4', 'L5', 'L6']);
  expect(JSON.parse((await workspace.sourceState('crm')) ?? '')).toEqual({ last: 6 });
});

test('the first batch takes it back to the beginning; a later one moves it no further ahead', async () => {
  const workspace = await open(makeHome());
  const first = await load(workspace, told(1, 2));
  const second = await load(workspace, told(3, 4));
  const batch = ({ report }: typeof first): number => report.batches[0] ?? 0;
  expect(valueOf(await workspace.undo(batch(first)))).toMatchObject({ rewound: true });
  expect(await workspace.sourceState('crm')).toBeNull();
  expect(valueOf(await workspace.undo(batch(second)))).toMatchObject({ rewound: false });
  expect(await workspace.sourceState('crm')).toBeNull();
  await load(workspace, after(null, 4));
  expect(await rowsOf(workspace, 'lead_version')).toHaveLength(4);
  expect(await workspace.undo(batch(first))).toMatchObject({ ok: false });
});

test('each source has its own, and a file has none', async () => {
  const workspace = await open(makeHome());
  const one = await load(workspace, told(1), { source: 'crm' });
  await load(workspace, told(2), { source: 'other' });
  const content = (async function* bytes(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('lead_id,created_at\nL9,2026-01-01\n'));
  })();
  const file = valueOf(await workspace.importFile({ content, fileName: 'leads.csv' }));
  expect(valueOf(await workspace.undo(file.entry))).toMatchObject({ rewound: false });
  expect(valueOf(await workspace.undo(one.report.batches[0] ?? 0))).toMatchObject({ rewound: true });
  expect(JSON.parse((await workspace.sourceState('other')) ?? '')).toEqual({ last: 2 });
});

test('while its source is being read a batch cannot be undone', async () => {
  const workspace = await open(makeHome());
  const { report } = await load(workspace, told(1));
  const batch = report.batches[0] ?? 0;
  const reading = workspace.load({
    source: 'crm',
    format: 'singer',
    content: (async function* lines(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(''));
      expect(await workspace.undo(batch)).toMatchObject({ ok: false, faults: [{ code: 'load.busy' }] });
    })(),
  });
  for await (const event of reading) expect(event.kind).toBe('end');
  expect(await workspace.undo(batch)).toMatchObject({ ok: true });
});

test('of a ledger of before, which did not note where it had stood: from the beginning', async () => {
  const home = makeHome();
  const workspace = valueOf(await openWorkspace(home));
  await load(workspace, told(1, 2));
  const { report } = await load(workspace, told(3));
  await workspace.close();
  const ledger = new Database(join(home, '.tregua', 'ledger.sqlite'));
  ledger.exec('drop table state_before; alter table source_state drop column entry');
  ledger.close();
  const again = await open(home);
  expect(valueOf(await again.undo(report.batches[0] ?? 0))).toMatchObject({ rewound: true });
  expect(await again.sourceState('crm')).toBeNull();
});
