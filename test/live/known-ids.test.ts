import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../src/core/sql/sql.ts';
import { KnownIds } from '../../src/node/app/known-ids.ts';
import { PendingRows } from '../../src/node/app/pending-rows.ts';
import { openDuckdb } from '../../src/node/warehouse/duckdb.ts';
import type { Warehouse } from '../../src/node/warehouse/warehouse.ts';
import type { RecordRow } from '../../src/node/ingest/records/record-reader.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { AGREEMENT, valueOf } from '../load/taps.ts';

/** The filter of ids may take an unknown one for known, and never a known one for unknown. */

let folder: string;
let warehouse: Warehouse;
let agreement: Agreement;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tregua-known-'));
  warehouse = await openDuckdb({
    path: join(folder, 'w.duckdb'),
    files: folder,
    temporary: join(folder, 'tmp'),
    memory: '512MB',
  });
  agreement = valueOf(parseAgreement(AGREEMENT, 'tregua.yaml'));
  await warehouse.transaction(async (transaction) => {
    await transaction.run(sql`create table lead_version (lead_id VARCHAR, entry BIGINT)`);
    await transaction.run(sql`create table activity (activity_id VARCHAR, entry BIGINT)`);
    await transaction.run(sql`create table meta (key VARCHAR, value VARCHAR)`);
    await transaction.run(sql`insert into meta values ('watermark', '3')`);
    await transaction.run(
      sql`insert into lead_version select 'L' || n, 1 + n % 3 from unnest(range(120000)) t(n)`,
    );
    await transaction.run(sql`insert into activity select 'A' || n, 2 from unnest(range(5000)) t(n)`);
  });
});
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

function rowOf(id: string): RecordRow {
  return { kind: 'leads', identity: id, id, leadId: id, told: null, cells: [id] };
}

/** What the filter sees of a store, with what changes in it. */
class Scene {
  readonly pending = new PendingRows();
  lastId = 3;
  filesRead = 0;
  retried = 0;
  agreement = agreement;
  readonly known = new KnownIds({ lastId: () => Promise.resolve(this.lastId) }, this.pending);

  isReady(): boolean {
    const { filesRead, retried } = this;
    return this.known.isReady({ warehouse, projector: { filesRead, retried } }, this.agreement);
  }

  async becomesReady(): Promise<boolean> {
    for (let nth = 0; nth < 500 && !this.isReady(); nth += 1) await sleep(10);
    return this.isReady();
  }
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, nth) => nth);

test('what the warehouse holds is never unknown, and hardly anything else known', async () => {
  const scene = new Scene();
  expect(scene.isReady()).toBe(false);
  expect(await scene.becomesReady()).toBe(true);
  expect(range(120_000).filter((nth) => scene.known.isUnknown('leads', `L${nth}`))).toEqual([]);
  expect(range(5000).filter((nth) => scene.known.isUnknown('activities', `A${nth}`))).toEqual([]);
  const others = range(20_000).filter((nth) => scene.known.isUnknown('leads', `X${nth}`));
  expect(others.length).toBeGreaterThan(19_800);
  expect(scene.known.isUnknown('leads', 'A1')).toBe(true);
  scene.known.add('leads', 'X1');
  expect(scene.known.isUnknown('leads', 'X1')).toBe(false);
  expect(scene.known.isUnknown('ads', '2026-03-01')).toBe(false);
});

test('nothing is told while a file is read, and what it brought is known after', async () => {
  const scene = new Scene();
  await scene.becomesReady();
  scene.filesRead = 1;
  expect(scene.isReady()).toBe(false);
  await warehouse.transaction(async (transaction) => {
    await transaction.run(sql`insert into lead_version values ('file-1', 4)`);
    await transaction.run(sql`update meta set value = '4' where key = 'watermark'`);
  });
  scene.lastId = 4;
  scene.filesRead = 2;
  expect(scene.isReady()).toBe(false);
  expect(await scene.becomesReady()).toBe(true);
  expect(scene.known.isUnknown('leads', 'file-1')).toBe(false);
  expect(scene.known.isUnknown('leads', 'file-2')).toBe(true);
});

test('an entry that is read late, another agreement, another store: all is taken over anew', async () => {
  const scene = new Scene();
  scene.lastId = 4;
  await scene.becomesReady();
  await warehouse.transaction((transaction) =>
    transaction.run(sql`insert into lead_version values ('late-1', 2)`),
  );
  scene.retried = 1;
  expect(scene.isReady()).toBe(false);
  expect(await scene.becomesReady()).toBe(true);
  expect(scene.known.isUnknown('leads', 'late-1')).toBe(false);
  scene.agreement = { ...agreement };
  expect(scene.isReady()).toBe(false);
  expect(await scene.becomesReady()).toBe(true);
});

test('what is acknowledged and not in the warehouse yet is known to a filter that is made anew', async () => {
  const scene = new Scene();
  scene.lastId = 4;
  await scene.becomesReady();
  const row = rowOf('waiting-1');
  scene.pending.note(row);
  scene.pending.assign(5, [row]);
  scene.lastId = 5;
  scene.agreement = { ...agreement };
  expect(await scene.becomesReady()).toBe(true);
  expect(scene.known.isUnknown('leads', 'waiting-1')).toBe(false);
});

test('of a warehouse that is still being made nothing is told', async () => {
  const scene = new Scene();
  scene.lastId = 9;
  for (const _ of range(20)) {
    expect(scene.isReady()).toBe(false);
    await sleep(5);
  }
});
