import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load, makeHome, open, valueOf } from './taps.ts';

/** A stream that no mapping reads, until somebody writes one: its state stands for records that are not here. */

const MAPPING = `
source: crm
match: { stream: deals }
records: [ { kind: activities, columns: { lead_id: person, at: won }, constants: { type: sale } } ]
`;

function told(...days: readonly number[]): readonly unknown[] {
  const records = days.map((day) => ({
    type: 'RECORD',
    stream: 'deals',
    record: { id: day, person: 'L1', won: `2026-02-0${day}` },
  }));
  const schema = { properties: { id: {}, person: {}, won: {} } };
  return [
    { type: 'SCHEMA', stream: 'deals', key_properties: ['id'], schema },
    ...records,
    { type: 'STATE', value: { last: days.at(-1) } },
  ];
}

function write(home: string): void {
  mkdirSync(join(home, 'mappings'), { recursive: true });
  writeFileSync(join(home, 'mappings', 'deals.yaml'), MAPPING);
}

test('is told once it is read, and again where that is undone', async () => {
  const home = makeHome();
  const workspace = await open(home);
  const first = await load(workspace, told(1, 2));
  expect(first.report).toMatchObject({ rowsRead: 0, unmapped: [{ stream: 'deals', records: 2 }] });
  expect(first.warnings).toEqual([]);
  expect(await workspace.passedOver('crm')).toEqual(['deals']);
  // A reading that brings nothing of it leaves it as it was.
  await load(workspace, [{ type: 'STATE', value: { last: 2 } }]);
  expect(await workspace.passedOver('crm')).toEqual(['deals']);
  write(home);
  const second = await load(workspace, told(3));
  expect(second.report).toMatchObject({ accepted: 1 });
  expect(second.warnings).toEqual(['load.passed_before']);
  expect(await workspace.passedOver('crm')).toEqual([]);
  const third = await load(workspace, told(4));
  expect(third.warnings).toEqual([]);
  valueOf(await workspace.undo(second.report.batches[0] ?? 0));
  expect(await workspace.passedOver('crm')).toEqual(['deals']);
  expect((await load(workspace, told(3, 4))).warnings).toHaveLength(1);
});

test('is nothing of a source that is taken back as a whole', async () => {
  const home = makeHome();
  const workspace = await open(home);
  write(home);
  await load(workspace, told(1));
  expect(await workspace.passedOver('crm')).toEqual([]);
  valueOf(await workspace.undoSource('crm'));
  expect(await workspace.passedOver('crm')).toEqual([]);
});
