import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { underOne } from '../../src/core/agreement/rulebook.ts';
import { COMMIT, derivation, dropTemporaryTables, STORED_TABLES } from '../../src/core/facts/derive.ts';
import type { Step } from '../../src/core/facts/derive.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { execute, fill, openMemory } from '../property/warehouse.ts';
import { readRecords } from '../reference/canonical-csv.ts';

/** A derivation of all leads commits on the way: who asks meanwhile, or after a crash, has what was there before. */

const parsed = parseAgreement(`tregua: 1
name: commit
timezone: UTC
currency: EUR
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
  - id: sale
    owner: sales
    criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }]
handoffs:
  - { id: call, owner: sales, from: lead, to: 'activities.exists(a, a.type == "call")', within: 1h }
`);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const agreement = parsed.value;

const LEAD_BEFORE = `lead_id,created_at
one,2026-06-09T18:30:00Z
`;
// A lead that was sold to before it was created is judged moment by moment: its row is taken out and made anew.
const LEADS = `${LEAD_BEFORE}two,2026-06-10T18:30:00Z
three,2026-06-10T19:30:00Z
`;
const ACTIVITIES = `activity_id,lead_id,type,at,seller
1,one,call,2026-06-09T19:00:00Z,ana
2,two,sale,2026-06-09T10:00:00Z,ana
3,three,sale,2026-06-10T20:00:00Z,ana
`;

test('until all of it is done, nothing of it is told', async () => {
  const connection = await openMemory();
  const facts = async (): Promise<readonly unknown[]> => {
    const rows = await connection.runAndReadAll(
      `select lead_id, status, answer_seller_call from ${STORED_TABLES.facts} order by lead_id`,
    );
    return rows.getRows();
  };
  const all = (): readonly Step[] => [
    ...derivation(underOne(agreement), duckdb, { asOf: '2026-06-11T11:00:00Z', scope: 'all' }),
    ...dropTemporaryTables(),
  ];
  await fill(connection, agreement, readRecords(agreement, { leads: LEAD_BEFORE, activities: ACTIVITIES }));
  for (const step of all()) await execute(connection, step);
  const before = [['one', 'open', 'ana']];
  expect(await facts()).toEqual(before);

  await fill(connection, agreement, readRecords(agreement, { leads: LEADS, activities: ACTIVITIES }));
  const steps = all();
  const committed = steps.indexOf(COMMIT);
  expect(committed).toBeGreaterThan(0);
  for (const step of steps.slice(0, committed)) await execute(connection, step);
  expect(await facts()).toEqual(before);

  // After a crash all is done from the beginning.
  for (const step of all()) await execute(connection, step);
  expect(await facts()).toEqual([
    ['one', 'open', 'ana'],
    ['three', 'won', null],
    ['two', 'won', null],
  ]);
});
