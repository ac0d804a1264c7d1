import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { underOne } from '../../src/core/agreement/rulebook.ts';
import { derivation, dropTemporaryTables, STORED_TABLES } from '../../src/core/facts/derive.ts';
import type { FactTables } from '../../src/core/facts/derive.ts';
import { kindColumn, OTHER_KINDS } from '../../src/core/facts/kinds.ts';
import type { ActivityKind } from '../../src/core/facts/kinds.ts';
import { compactRollup } from '../../src/core/facts/rollup.ts';
import { tallyNames } from '../../src/core/facts/tallies.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { any, identifier, join, render, sql, tail } from '../../src/core/sql/sql.ts';
import type { Fragment } from '../../src/core/sql/sql.ts';
import { isoOf } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import type { LeadRecords } from './leads.ts';
import { derive, execute, fill, kindsOf, openMemory } from './warehouse.ts';

/** Deriving the leads that changed leaves what deriving all of them would make. */

const LEADS = 40;
const CASES = Math.ceil(Number(process.env['TREGUA_CASES'] ?? 2500) / 150);
const WHOLE: FactTables = {
  facts: 'whole_facts',
  rollup: 'whole_rollup',
  adDay: 'whole_ad_day',
  value: 'whole_value',
  credit: 'whole_credit',
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

async function count(query: Fragment): Promise<number> {
  const { text, values } = render(sql`select count(*) as n from (${query})`, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  return Number(reader.getRowObjects()[0]?.['n']);
}

/** Rows that stand in one of two queries and not, as often, in the other. */
function differing(one: Fragment, other: Fragment): Fragment {
  return sql`((${one}) except all (${other})) union all ((${other}) except all (${one}))`;
}

/** The rollup is additive: what counts is each group's sums, and groups of nothing are none. */
function summed(agreement: Agreement, table: string): Fragment {
  const names = tallyNames(agreement).map(identifier);
  const sums = names.map((name) => sql`sum(${name}) as ${name}`);
  const some = join(
    names.map((name) => sql`${name} <> 0`),
    ' or ',
  );
  return sql`select * from (select mode, dimension, day, value, ${join(sums)} from ${identifier(table)}
    group by all) where ${some}`;
}

function known(leads: readonly LeadRecords[]): Parameters<typeof fill>[2] {
  return {
    versions: leads.flatMap((lead) => lead.versions),
    activities: leads.flatMap((lead) => lead.activities),
    ads: [],
  };
}

/** What was known of a lead before its last records came. */
function earlier(lead: LeadRecords, nth: number): LeadRecords {
  return nth % 3 === 0
    ? { versions: [], activities: [] }
    : {
        versions: lead.versions.slice(0, Math.max(1, lead.versions.length - (nth % 2))),
        activities: lead.activities.slice(0, lead.activities.length - 1),
      };
}

/**
 * To whom the activities of a lead were put down before, by its place among eight: of a changed lead (even) to one
 * that nothing else touches, and of one that nothing touches to that same one; and two more.
 */
const PUT_DOWN: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [3, -2],
  [5, 1],
  [2, 2],
]);

/** The records of activities that others say are another lead's. */
function misplaced(leads: readonly LeadRecords[]): LeadRecords['activities'] {
  return leads.flatMap(({ activities }, nth) => {
    const other = leads[nth + (PUT_DOWN.get(nth % 8) ?? 0)]?.versions[0]?.leadId;
    return other === undefined || !PUT_DOWN.has(nth % 8)
      ? []
      : activities.map((each) => ({ ...each, leadId: other, entry: -1 }));
  });
}

/** Facts with the kinds that some tables keep, where these may keep more: the rest are other kinds. */
function factsOf({ facts, kinds = [] }: FactTables, kept: readonly ActivityKind[]): Fragment {
  const isKept = (kind: ActivityKind): boolean =>
    kept.some(({ type, outcome }) => type === kind.type && outcome === kind.outcome);
  const columns = kinds.map((kind, position) => ({ kind, column: kindColumn(position) }));
  const others = columns.filter(({ kind }) => !isKept(kind)).map(({ column }) => sql`${column} is not null`);
  const own = columns.filter(({ kind }) => isKept(kind)).map(({ column }) => column);
  return sql`select * exclude (${join([...columns.map(({ column }) => column), OTHER_KINDS])})${tail(own)},
    ${any([OTHER_KINDS, ...others])} as ${OTHER_KINDS} from ${identifier(facts)}`;
}

/** Of some leads that change, the activity that comes last is of a kind that no other has. */
function withNewKind(lead: LeadRecords, nth: number): LeadRecords {
  const last = lead.activities.length - 1;
  return nth % 4 > 0
    ? lead
    : {
        ...lead,
        activities: lead.activities.map((each, place) =>
          place === last ? { ...each, outcome: 'new' } : each,
        ),
      };
}

const scenes = fc.tuple(agreementText, fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }));

test(
  `what changed, derived anew, equals all derived anew (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    let counted = 0;
    for (let checked = 0; checked < CASES; checked += 1) {
      const seed = SEED + checked;
      for (const [source, makers] of fc.sample(scenes, { seed, numRuns: 1 })) {
        const parsed = parseAgreement(source);
        if (!parsed.ok) throw new Error(source);
        const agreement = parsed.value;
        const leads = makers.map((make, nth) => withNewKind(make(`lead-${nth}`), nth));
        const changed = leads.filter((_, nth) => nth % 2 === 0);
        const before = leads.map((lead, nth) => (nth % 2 === 0 ? earlier(lead, nth) : lead));

        const elsewhere = { versions: [], activities: misplaced(leads) };
        await fill(connection, agreement, known([...before, elsewhere]));
        const stored = await derive(connection, agreement, AS_OF);
        await fill(connection, agreement, known([...leads, elsewhere]));
        const ids = changed.map((lead) => sql`(${lead.versions[0]?.leadId ?? ''})`);
        await execute(
          connection,
          sql`create or replace temp table changed_lead as
        select * from (values ${join(ids)}) as v(lead_id)`,
        );
        const options = { asOf: isoOf(AS_OF) };
        const whole = { ...WHOLE, kinds: await kindsOf(connection) };
        for (const step of [
          ...derivation(underOne(agreement), duckdb, { ...options, scope: 'changed', tables: stored }),
          ...dropTemporaryTables(),
          ...derivation(underOne(agreement), duckdb, { ...options, scope: 'all', tables: whole }),
          ...dropTemporaryTables(),
        ]) {
          await execute(connection, step);
        }
        for (const name of ['facts', 'value', 'credit', 'adDay'] as const) {
          const all = (tables: FactTables): Fragment =>
            name === 'facts'
              ? factsOf(tables, stored.kinds ?? [])
              : sql`select * from ${identifier(tables[name])}`;
          expect(await count(differing(all(stored), all(whole))), `${name}, seed ${seed}\n${source}`).toBe(0);
        }
        const rollups = differing(summed(agreement, STORED_TABLES.rollup), summed(agreement, WHOLE.rollup));
        expect(await count(rollups), `rollup, seed ${seed}\n${source}`).toBe(0);
        const compact = compactRollup(agreement, identifier(STORED_TABLES.rollup), duckdb);
        const compacted = differing(compact, summed(agreement, WHOLE.rollup));
        expect(await count(compacted), `compact rollup, seed ${seed}\n${source}`).toBe(0);
        counted += await count(summed(agreement, WHOLE.rollup));
      }
    }
    expect(counted).toBeGreaterThan(0);
  },
);
