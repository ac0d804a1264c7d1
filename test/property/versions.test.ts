import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement, ReachedStage, Stage } from '../../src/core/agreement/agreement.ts';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { rulebookOf } from '../../src/core/agreement/rulebook.ts';
import type { AgreementVersion } from '../../src/core/agreement/rulebook.ts';
import { derivation, dropTemporaryTables, STORED_TABLES } from '../../src/core/facts/derive.ts';
import { tallies } from '../../src/core/facts/tallies.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { identifier, raw, render, sql } from '../../src/core/sql/sql.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import type { Instant, Records } from '../reference/records.ts';
import { isoOf } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { execute, factsBySql, fill, openMemory } from './warehouse.ts';

/** Each lead is judged by the version of the agreement that was in force when it was created. */

const LEADS = 40;
const CASES = Math.ceil(Number(process.env['TREGUA_CASES'] ?? 2500) / 125);
/** Leads are created around the night in which clocks change in Rome. */
const DAYS = [null, '2026-03-29', '2026-03-30'] as const;

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

function isReached(stage: Stage | undefined): stage is ReachedStage {
  return stage?.kind === 'reached';
}

/** A version's rules for the stages that the latest has: those it does not know are the latest's. */
function rulesFor(latest: Agreement, version: Agreement): Agreement {
  const own = (id: string): ReachedStage | undefined =>
    reachedStages(version).find((stage) => stage.id === id);
  return {
    ...latest,
    lost: version.lost,
    handoffs: latest.handoffs.map((handoff) => {
      const same = version.handoffs.find(({ id }) => id === handoff.id);
      return same !== undefined && latest.stages.some(({ id }) => id === same.from) ? same : handoff;
    }),
    stages: latest.stages.map((stage, position) => {
      const old = own(stage.id);
      if (old === undefined || !isReached(stage)) return stage;
      const { criteria, requiresPrevious, within, value } = old;
      return {
        ...stage,
        criteria,
        requiresPrevious,
        within: position === 0 ? null : within,
        value: stage.value === null ? null : (value ?? stage.value),
      };
    }),
  };
}

function versionAt(versions: readonly AgreementVersion[], createdAt: Instant): AgreementVersion {
  const zone = versions.at(-1)?.agreement.timezone ?? 'UTC';
  const day = Temporal.Instant.from(isoOf(createdAt)).toZonedDateTimeISO(zone).toPlainDate().toString();
  const found = versions.findLast(({ from }) => from === null || from <= day);
  if (found === undefined) throw new Error('no version');
  return found;
}

function asked(stage: ReachedStage | undefined): string {
  return JSON.stringify(stage?.criteria.map(({ id, rule }) => [id, rule.source]));
}

async function numbers(agreement: Agreement): Promise<Readonly<Record<string, number>>> {
  const query = tallies(
    agreement,
    identifier(STORED_TABLES.facts),
    identifier(STORED_TABLES.value),
    {
      mode: 'cohort',
      range: null,
      condition: raw('true'),
      groups: [{ id: '', grouping: null, byDay: false, figures: null }],
    },
    duckdb,
  );
  const { text, values } = render(sql`select * from (${query})`, duckdb);
  const [row = {}] = (await connection.runAndReadAll(text, [...values])).getRowObjects();
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

const scenes = fc.tuple(
  fc.array(agreementText, { minLength: 2, maxLength: 3 }),
  fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }),
);

test(`history under the versions of its time (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  let judgedByAnOlder = 0;
  for (let checked = 0; checked < CASES; checked += 1) {
    const seed = SEED + checked;
    for (const [sources, makers] of fc.sample(scenes, { seed, numRuns: 1 })) {
      const versions = sources.map((source, nth): AgreementVersion => {
        const parsed = parseAgreement(source);
        if (!parsed.ok) throw new Error(source);
        return { version: nth + 1, from: DAYS[nth] ?? null, agreement: parsed.value };
      });
      const latest = versions.at(-1)?.agreement;
      if (latest === undefined) throw new Error('no version');
      const book = rulebookOf(versions);
      if (!book.ok) throw new Error(JSON.stringify(book.faults));
      const leads = makers.map((make, nth) => make(`lead-${nth}`));
      const records: Records = {
        versions: leads.flatMap((lead) => lead.versions),
        activities: leads.flatMap((lead) => lead.activities),
        ads: [],
      };
      await fill(connection, book.value.counted, records);
      for (const step of [
        ...derivation(book.value, duckdb, { asOf: isoOf(AS_OF), scope: 'all' }),
        ...dropTemporaryTables(),
      ])
        await execute(connection, step);
      const bySql = await factsBySql(connection, book.value.counted);
      const place = `seed ${seed}\n${sources.join('\n')}`;
      for (const version of versions) {
        const agreement = rulesFor(latest, version.agreement);
        for (const facts of leadFacts({ agreement, asOf: AS_OF }, records)) {
          if (versionAt(versions, facts.createdAt) !== version) continue;
          if (version.agreement !== latest) judgedByAnOlder += 1;
          const expected: Record<string, string | null> = { ...describeFacts(facts) };
          for (const name of Object.keys(expected)) if (name.startsWith('c_')) delete expected[name];
          for (const [position, stage] of reachedStages(latest).entries()) {
            const isSame = asked(stage) === asked(reachedStages(agreement)[position]);
            for (const { id } of stage.criteria) {
              const truth = facts.criteria.get(`${stage.id}__${id}`) ?? null;
              expected[`c_${stage.id}__${id}`] = isSame && truth !== null ? String(truth) : null;
            }
          }
          const actual = bySql.get(facts.leadId) ?? {};
          const value = actual['value'] ?? null;
          const told = { ...actual, ...(value === null ? {} : { value: Number(value).toFixed(4) }) };
          expect({ lead: facts.leadId, ...told }, place).toEqual({ lead: facts.leadId, ...expected });
        }
      }
      const sums = await numbers(book.value.counted);
      const everyLead = new Set(records.versions.map(({ leadId }) => leadId));
      for (const stage of reachedStages(latest)) {
        expect(sums[`n_${stage.id}`], place).toBe(
          [...bySql.values()].filter((facts) => facts[`at_${stage.id}`] !== null).length,
        );
      }
      expect(bySql.size, place).toBeLessThanOrEqual(everyLead.size);
    }
  }
  expect(judgedByAnOlder).toBeGreaterThan(CASES);
});
