import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aliasRows } from '../../src/core/facts/identity-links.ts';
import type { Row } from '../../src/core/measures/measure.ts';
import { raw, sql } from '../../src/core/sql/sql.ts';
import { openDuckdb } from '../../src/node/warehouse/duckdb.ts';
import type { Warehouse } from '../../src/node/warehouse/warehouse.ts';

/** The ways from ids to their leads, however long. */

let folder: string;
let warehouse: Warehouse;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-ways-'));
  warehouse = await openDuckdb({
    path: join(folder, 'ways.duckdb'),
    files: folder,
    temporary: folder,
    memory: '500MB',
  });
});
afterEach(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true });
});

async function pointers(query: string): Promise<void> {
  await warehouse.transaction((transaction) =>
    transaction.run(sql`create or replace table identity_pointer as ${raw(query)}`),
  );
}

function aliases(): Promise<readonly Row[]> {
  return warehouse.query(sql`select lead_id, rung, count(*) as ids, max(recorded_at) as recorded_at
    from (${aliasRows()}) group by lead_id, rung order by ids, lead_id`);
}

test('a chain of ten thousand leads to its first id, by the least sure step, known when the last was', async () => {
  // n1 → n0 is by phone (rung 5) and told last, each other by the CRM's id.
  await pointers(`select 'n' || (i + 1) as source_id, 'n' || i as lead_id, if(i = 0, 5, 2) as rung,
    if(i = 0, timestamp '2026-03-02', timestamp '2026-03-01') as recorded_at from range(10000) t(i)`);
  expect(await aliases()).toMatchObject([{ lead_id: 'n0', rung: 'phone', ids: 10_000 }]);
});

test('ids that point round in a circle are their own, and so is who points at them', async () => {
  await pointers(`select * from (values ('a', 'b', 2, now()::timestamp), ('b', 'a', 2, now()::timestamp),
    ('c', 'a', 2, now()::timestamp), ('d', 'L1', 2, now()::timestamp), ('e', 'd', 2, now()::timestamp))
    t(source_id, lead_id, rung, recorded_at)`);
  expect(await aliases()).toMatchObject([{ lead_id: 'L1', rung: 'crm_id', ids: 2 }]);
});
