import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { addDays } from '../../src/core/calendar/add-days.ts';
import { firstInstant, localDay, previousRange } from '../../src/core/calendar/days.ts';
import { changesAnswer } from '../../src/core/measures/changes-answer.ts';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { askEngine } from '../golden/engine.ts';
import { countFunnel, countGroups } from '../reference/counts.ts';
import type { Counting, FunnelCount } from '../reference/counts.ts';
import type { LeadFacts } from '../reference/lead-facts.ts';
import { isoOf } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { deriveScene } from './scene.ts';
import { openMemory } from './warehouse.ts';

/** What changed and maturity, over random leads and agreements, against plain loops over the reference's facts. */

const RUNS = Math.max(6, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 500));
const LEADS = 80;
const DAY = 86_400_000_000;
/** The last day with data is that of the instant asked for. */
const EXTENT = { from: '2026-03-01', to: '2026-03-30' };
const DIMENSIONS = ['zone', 'zone_first', 'ages', 'vip', 'month', 'weekday', 'weekday_hour', 'caller'];

const range = fc
  .tuple(fc.integer({ min: 28, max: 31 }), fc.integer({ min: 28, max: 31 }))
  .map(([a, b]) => ({ from: `2026-03-${Math.min(a, b)}`, to: `2026-03-${Math.max(a, b)}` }));
const question = fc.record({
  days: range,
  mode: fc.constantFrom('cohort' as const, 'period' as const),
  dimension: fc.constantFrom(...DIMENSIONS),
  pair: fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })),
});
const scene = fc.tuple(
  agreementText,
  fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }),
  fc.array(question, { minLength: 6, maxLength: 6 }),
);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

/** A step's leads and those of them that passed, of each group that has either. */
function passing(groups: ReadonlyMap<string, FunnelCount>, stage: string, of: string): unknown {
  return new Map(
    [...groups].flatMap(([group, { stages }]) => {
      const [from, to] = [stages[of]?.count ?? 0, stages[stage]?.step?.numerator ?? 0];
      return from === 0 && to === 0 ? [] : [[group, { from, to }] as const];
    }),
  );
}

/** The expected sales of a cohort, lead by lead: the curve of all, and of each open one what it has left. */
function expectedOf(cohort: readonly End[], all: readonly End[]): number | null {
  const days = [...new Set(all.map(({ day }) => day))].toSorted((a, b) => a - b);
  const at = new Map<number, { readonly risk: number; readonly reached: number; readonly gone: number }>();
  for (const day of days) {
    const risk = all.filter((each) => each.day >= day).length;
    if (risk < 10) break;
    const own = all.filter((each) => each.day === day);
    const reached = own.filter(({ end }) => end === 'reached').length;
    at.set(day, { risk, reached, gone: own.filter(({ end }) => end !== 'open').length });
  }
  if (all.length < 30 || at.size === 0) return null;
  const left = (age: number): number => {
    let [standing, sum] = [1, 0];
    for (const [day, { risk, reached, gone }] of at) {
      if (day <= age) continue;
      sum += (standing * reached) / risk;
      standing *= 1 - gone / risk;
    }
    return sum;
  };
  const sure = cohort.filter(({ end }) => end === 'reached').length;
  return cohort.reduce((sum, { end, day }) => (end === 'open' ? sum + left(day) : sum), sure);
}

interface End {
  readonly day: number;
  /** Of the whole days that it was followed for. */
  readonly end: 'reached' | 'lost' | 'open';
  readonly now: 'reached' | 'lost' | 'open';
}

function endOf(lead: LeadFacts, from: string, to: string, until: bigint): End | null {
  const began = lead.stages.get(from)?.reachedAt ?? null;
  if (began === null) return null;
  const reached = lead.stages.get(to)?.reachedAt ?? null;
  const day = (instant: bigint): number => Math.max(0, Math.ceil(Number(instant - began) / DAY));
  const now = reached !== null ? 'reached' : lead.lostAt === null ? 'open' : 'lost';
  const followed = Math.floor(Number(until - began) / DAY);
  if (reached !== null && day(reached) <= followed) return { day: day(reached), end: 'reached', now };
  if (reached === null && lead.lostAt !== null && day(lead.lostAt) <= followed)
    return { day: day(lead.lostAt), end: 'lost', now };
  return { day: Math.max(0, followed), end: 'open', now };
}

test(`what changed and maturity equal the reference's (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  let expected = 0;
  let split = 0;
  for (let run = 0; run < RUNS; run += 1) {
    for (const [source, makers, questions] of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
      const { agreement, setting, facts } = await deriveScene(connection, source, makers);
      const stages = reachedStages(agreement);
      const ask = (measure: string, given: object): Promise<unknown> =>
        askEngine(connection, agreement, AS_OF, EXTENT, measure, given);
      for (const { days, mode, dimension, pair } of questions) {
        const told = `TREGUA_SEED=${SEED + run} ${JSON.stringify({ days, mode, dimension, pair })} ${source}`;
        const changes = changesAnswer.parse(
          await ask('changes', { ...days, mode, dimension, equal_age: false, top: 1000 }),
        );
        const [now, before] = [days, previousRange(days)].map((each): Counting => ({ ...each, mode }));
        if (now === undefined || before === undefined) throw new RangeError('two periods');
        const [is, was] = [now, before].map((each) => countFunnel(setting, facts, [], each));
        const last = stages.at(-1)?.id ?? '';
        expect([changes.count.before, changes.count.after], told).toEqual([
          was?.stages[last]?.count,
          is?.stages[last]?.count,
        ]);
        for (const { parts, by_owner, change } of [changes.count, changes.value ?? changes.count]) {
          const sum = (all: readonly { readonly part: number }[]): number =>
            all.reduce((whole, { part }) => whole + part, 0);
          const slack =
            1e-9 * Math.abs(change) + 1e-12 * Math.max(1, ...parts.map((each) => Math.abs(each.part)));
          expect(Math.abs(sum(parts) - change), told).toBeLessThanOrEqual(slack);
          expect(Math.abs(sum(by_owner) - change), told).toBeLessThanOrEqual(slack);
        }
        stages.slice(1).forEach((stage, nth) => {
          const of = stages[nth]?.id ?? '';
          const step = changes.steps.find((each) => each.stage === stage.id);
          const [after, then] = [now, before].map((each) =>
            passing(countGroups(setting, facts, dimension, stage.id, each), stage.id, of),
          );
          if (step === undefined) {
            expect(Math.min(is?.stages[of]?.count ?? 0, was?.stages[of]?.count ?? 0), told).toBe(0);
            return;
          }
          split += 1;
          const groups = (which: 'before' | 'after'): unknown =>
            new Map(
              (step.groups ?? [])
                .filter((group) => group[which].from > 0 || group[which].to > 0)
                .map((group) => [group.value ?? '', group[which]] as const),
            );
          expect(groups('after'), `${told} ${stage.id}`).toEqual(after);
          expect(groups('before'), `${told} ${stage.id}`).toEqual(then);
          expect(step.rate_effect + step.mix_effect, told).toBeCloseTo(step.after - step.before, 12);
        });

        const [first, second] = [Math.min(...pair), Math.max(...pair)];
        const [from, to] = [stages[first]?.id, stages[second]?.id];
        if (from === undefined || to === undefined || from === to) continue;
        const maturity = maturityAnswer.parse(await ask('maturity', { ...days, stages: `${from},${to}` }));
        expect(maturity.known_to, told).toBe(EXTENT.to);
        const dayEnd = firstInstant(addDays(EXTENT.to, 1), agreement.timezone);
        const until = dayEnd < AS_OF ? dayEnd : AS_OF;
        const ends = (range: { readonly from: string; readonly to: string }): readonly End[] =>
          facts.flatMap((lead) => {
            const created = localDay(isoOf(lead.createdAt), agreement.timezone);
            if (created < range.from || created > range.to) return [];
            const end = endOf(lead, from, to, until);
            return end === null ? [] : [end];
          });
        const all = ends({ from: addDays(EXTENT.to, -539), to: EXTENT.to });
        for (const cohort of [...maturity.cohorts, maturity.total]) {
          const own = ends(cohort);
          expect(cohort.leads, told).toBe(own.length);
          const reference = expectedOf(own, all);
          if (reference === null || cohort.expected === null) {
            expect(cohort.expected, told).toBe(reference);
            continue;
          }
          expected += 1;
          expect(cohort.expected, told).toBeCloseTo(Math.max(cohort.observed, reference), 9);
        }
      }
    }
  }
  expect(split).toBeGreaterThan(RUNS * 6);
  expect(expected).toBeGreaterThan(RUNS * 2);
});
