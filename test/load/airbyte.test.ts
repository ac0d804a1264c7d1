import { expect, test, vi } from 'vitest';
import { funnelOf, load, makeHome, open } from './taps.ts';

vi.setConfig({ testTimeout: 120_000 });

const MAPPING = {
  'mappings/people.yaml': `
source: crm
match: { stream: public.people }
key: [id]
records: [ { kind: leads, columns: { lead_id: id, created_at: created, zone: place.zone } } ]
`,
};

function person(id: number, more: object = {}): object {
  const data = { id, created: '2026-02-01T10:00:00', place: { zone: 'Sur' }, ...more };
  return {
    type: 'RECORD',
    record: { namespace: 'public', stream: 'people', data, emitted_at: 1763892000000 },
  };
}

function state(stream: string, cursor: string): string {
  return `{"type":"STATE", "state": {"type":"STREAM","stream":{"stream_descriptor":{"name":"${stream}"},"stream_state":{"cursor":${cursor}}}}}`;
}

const AIRBYTE = { format: 'airbyte' } as const;

test('records count, each state is answered once they are kept, and the last of each stream is kept', async () => {
  const workspace = await open(makeHome(MAPPING));
  const log = { type: 'LOG', log: { level: 'INFO', message: 'on it' } };
  const status = { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1 } };
  const { states, faults, report } = await load(
    workspace,
    [
      'starting up',
      log,
      status,
      person(1),
      state('people', '1'),
      person(2),
      state('people', '12345678901234567890'),
      state('b', '7'),
    ],
    AIRBYTE,
  );
  expect({ faults, states }).toEqual({
    faults: [],
    states: [state('people', '1'), state('people', '12345678901234567890'), state('b', '7')],
  });
  expect(report).toMatchObject({ accepted: 2 });
  expect(await funnelOf(workspace)).toMatchObject({ lead: 2 });
  const kept = (await workspace.sourceState('crm')) ?? '';
  expect(kept).toContain('12345678901234567890');
  expect(JSON.parse(kept)).toHaveLength(2);
  await load(workspace, [state('b', '8')], AIRBYTE);
  expect(JSON.parse((await workspace.sourceState('crm')) ?? '')).toMatchObject([
    { type: 'STREAM', stream: { stream_descriptor: { name: 'people' } } },
    { stream: { stream_state: { cursor: 8 } } },
  ]);
});

test('by the key of the mapping a row is told again, and a deleted one is gone', async () => {
  const workspace = await open(makeHome(MAPPING));
  await load(workspace, [person(1), person(2)], AIRBYTE);
  const { report } = await load(
    workspace,
    [person(1), person(2, { _ab_cdc_deleted_at: '2026-03-01T00:00:00Z' })],
    AIRBYTE,
  );
  expect(report).toMatchObject({ accepted: 1, unchanged: 1, withdrawn: 1 });
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1 });
});

test('a source that says that it failed has failed; what it wrote is kept', async () => {
  const workspace = await open(makeHome(MAPPING));
  const error = { type: 'TRACE', trace: { type: 'ERROR', error: { message: 'token expired' } } };
  const { faults, states } = await load(workspace, [person(1), state('people', '1'), error], AIRBYTE);
  expect(faults).toEqual(['load.source_failed']);
  expect(states).toHaveLength(1);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1 });
});
