import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import type { LeadRecords } from './leads.ts';
import { derive, factsBySql, fill, openMemory } from './warehouse.ts';
import type { ToldFacts } from './warehouse.ts';

const LEADS = 50;
const CASES = Number(process.env['TREGUA_CASES'] ?? 2500);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

interface Difference {
  readonly lead: LeadRecords;
  readonly leadId: string;
  readonly reference: ToldFacts;
  readonly sql: ToldFacts;
}

function readAgreement(source: string): Agreement {
  const agreement = parseAgreement(source);
  if (!agreement.ok) throw new Error(`the agreement is refused: ${source} ${JSON.stringify(agreement)}`);
  return agreement.value;
}

/** The first lead of which SQL and the reference do not say the same, in all that is derived. */
async function firstDifference(
  agreement: Agreement,
  leads: readonly LeadRecords[],
): Promise<Difference | null> {
  const records = {
    versions: leads.flatMap((lead) => lead.versions),
    activities: leads.flatMap((lead) => lead.activities),
    ads: [],
  };
  await fill(connection, agreement, records);
  await derive(connection, agreement, AS_OF);
  const bySql = await factsBySql(connection, agreement);
  const byReference = new Map(
    leadFacts({ agreement, asOf: AS_OF }, records).map((facts) => [facts.leadId, describeFacts(facts)]),
  );
  for (const lead of leads) {
    const leadId = lead.versions[0]?.leadId ?? '';
    const mine = byReference.get(leadId) ?? {};
    const theirs = told(bySql.get(leadId) ?? {});
    const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
    const differing = names.filter((name) => (mine[name] ?? null) !== (theirs[name] ?? null));
    const only = (facts: ToldFacts): ToldFacts =>
      Object.fromEntries(differing.map((name) => [name, facts[name] ?? null]));
    if (differing.length > 0) return { lead, leadId, reference: only(mine), sql: only(theirs) };
  }
  return null;
}

function told(facts: ToldFacts): ToldFacts {
  const value = facts['value'] ?? null;
  return { ...facts, ...(value === null ? {} : { value: Number(value).toFixed(4) }) };
}

/** The difference with as few records as still show it. */
async function shrunk(agreement: Agreement, difference: Difference): Promise<Difference> {
  const { versions, activities } = difference.lead;
  const smaller = [
    ...versions.slice(1).map((out) => ({ activities, versions: versions.filter((each) => each !== out) })),
    ...activities.map((out) => ({ versions, activities: activities.filter((each) => each !== out) })),
  ];
  for (const lead of smaller) {
    const found = await firstDifference(agreement, [lead]);
    if (found !== null) return shrunk(agreement, found);
  }
  return difference;
}

const scenes = fc.tuple(agreementText, fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }));

test(
  `SQL and the reference agree on every lead, stage and instant (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    for (let checked = 0; checked < CASES; checked += LEADS) {
      const seed = SEED + checked;
      for (const [source, makers] of fc.sample(scenes, { seed, numRuns: 1 })) {
        const agreement = readAgreement(source);
        const leads = makers.map((make, nth) => make(`lead-${nth}`));
        const difference = await firstDifference(agreement, leads);
        if (difference !== null) expect.fail(report(seed, source, await shrunk(agreement, difference)));
      }
    }
  },
);

function report(seed: number, source: string, { lead, reference, sql }: Difference): string {
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `${value}` : value instanceof Map ? Object.fromEntries(value) : value;
  return [
    `TREGUA_SEED=${seed} shows it at once`,
    source,
    JSON.stringify(lead, plain, 1),
    `reference ${JSON.stringify(reference)}`,
    `sql       ${JSON.stringify(sql)}`,
  ].join('\n');
}
