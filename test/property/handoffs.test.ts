import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Handoff } from '../../src/core/agreement/agreement.ts';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { ANSWERS } from '../../src/core/measures/handoff-outcomes.ts';
import { handoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import type { HandoffAnswer, HandoffCounts } from '../../src/core/measures/handoffs-answer.ts';
import { askEngine } from '../golden/engine.ts';
import { calendarGroup, localDay, localTime } from '../reference/groups.ts';
import { handoffGroup, handoffStanding, quantile, timeBetween } from '../reference/handoffs.ts';
import type { HandoffStanding, Outcome } from '../reference/handoffs.ts';
import { instantOf } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { deriveScene } from './scene.ts';
import { openMemory } from './warehouse.ts';

const RUNS = Math.max(8, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 1000));
const EXTENT = { from: '2026-03-01', to: '2026-05-31' };
const GROUPINGS = ['seller', 'caller', 'zone', 'ages', 'day', 'weekday_hour', 'week'];

const scene = fc.tuple(
  // Of those without a hand-over there is nothing to ask.
  agreementText.filter((text) => !text.includes('"handoffs":[]')),
  fc.array(leadMaker, { minLength: 80, maxLength: 80 }),
  fc.constantFrom(...GROUPINGS),
  fc.constantFrom('2026-03-28', '2026-03-29', '2026-03-30'),
);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

type Standings = readonly (HandoffStanding & { readonly group: string | null })[];

function counts(standings: Standings): Partial<HandoffCounts> {
  const of = (...outcomes: readonly Outcome[]): number =>
    standings.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    entered: standings.length,
    kept: of('kept'),
    late: of('late'),
    overdue: of('overdue'),
    missed: of('missed'),
    pending: of('pending'),
    closed: of('closed'),
    answered: of('kept', 'late'),
    broken: of('late', 'overdue', 'missed'),
    waiting: of('overdue', 'pending'),
  };
}

function byGroup(standings: Standings, group: (each: Standings[number]) => string): Map<string, Standings> {
  const groups = new Map<string, Standings>();
  for (const each of standings) groups.set(group(each), [...(groups.get(group(each)) ?? []), each]);
  return groups;
}

function expectTimes(time: HandoffAnswer['time'], standings: Standings, told: string): void {
  const waits = standings
    .filter(({ outcome }) => outcome === 'kept' || outcome === 'late')
    .map(({ waited }) => waited / 1e6);
  if (waits.length === 0) expect(time, told).toBeNull();
  else {
    expect(time?.p50, told).toBeCloseTo(quantile(waits, 0.5), 5);
    expect(time?.p75, told).toBeCloseTo(quantile(waits, 0.75), 5);
    expect(time?.p90, told).toBeCloseTo(quantile(waits, 0.9), 5);
  }
}

test(
  `hand-overs equal the reference's, and every count lists its leads (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    const seen = new Set<Outcome>();
    for (let run = 0; run < RUNS; run += 1) {
      for (const [source, makers, by, from] of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
        const { agreement, setting, facts } = await deriveScene(connection, source, makers);
        const told = `TREGUA_SEED=${SEED + run} by ${by} from ${from} ${source}`;
        const ask = (measure: string, given: object): Promise<unknown> =>
          askEngine(connection, agreement, AS_OF, EXTENT, measure, given);
        const answer = handoffsAnswer.parse(await ask('handoffs', { from, by, top: 1000, oldest: 1000 }));
        expect(answer.handoffs.map(({ id }) => id)).toEqual(agreement.handoffs.map(({ id }) => id));
        const few = handoffsAnswer.parse(await ask('handoffs', { from, by, top: 1000, oldest: 1 }));
        expect(
          few.handoffs.map(({ oldest }) => oldest),
          told,
        ).toEqual(answer.handoffs.map(({ oldest }) => oldest.slice(0, 1)));

        for (const handoff of agreement.handoffs) {
          const own = answer.handoffs.find(({ id }) => id === handoff.id);
          if (own === undefined) throw new Error(told);
          const everyone: Standings = facts.flatMap((lead) => {
            const standing = handoffStanding(setting, handoff, lead, AS_OF);
            return standing === null
              ? []
              : [{ ...standing, group: handoffGroup(setting, handoff, lead, standing, by) }];
          });
          const day = ({ since }: HandoffStanding): string => localDay(since, agreement.timezone);
          const standings = everyone.filter((each) => day(each) >= from);
          for (const { outcome } of standings) seen.add(outcome);
          expect(own, told).toMatchObject(counts(standings));
          expectTimes(own.time, standings, told);

          const groups = byGroup(standings, ({ group }) => group ?? '');
          expect(own.groups.map(({ value }) => value ?? '').toSorted(), told).toEqual(
            [...groups.keys()].toSorted(),
          );
          for (const group of own.groups) {
            const members = groups.get(group.value ?? '') ?? [];
            expect(group, told).toMatchObject(counts(members));
            expectTimes(group.time, members, told);
          }
          const days = byGroup(standings, day);
          expect(
            own.days.map((each) => each.day),
            told,
          ).toEqual([...days.keys()].toSorted());
          for (const each of own.days) expect(each, told).toMatchObject(counts(days.get(each.day) ?? []));
          const hours = byGroup(standings, ({ since }) => {
            const local = localTime(since, agreement.timezone);
            return calendarGroup('weekday_hour', local.toPlainDate(), local.hour, agreement);
          });
          expect(
            own.hours.map(({ value }) => value),
            told,
          ).toEqual([...hours.keys()].toSorted());
          for (const hour of own.hours) expect(hour, told).toMatchObject(counts(hours.get(hour.value) ?? []));

          expectOldest(own, standings, handoff, setting, told);
          const waiting = ({ outcome }: HandoffStanding): boolean =>
            outcome === 'pending' || outcome === 'overdue';
          expect(own.earlier.waiting, told).toBe(
            everyone.filter((each) => day(each) < from && waiting(each)).length,
          );

          const listed = async (given: object): Promise<number> =>
            leadsAnswer.parse(await ask('leads', { from, handoff: handoff.id, limit: 1, ...given })).total;
          expect(await listed({}), told).toBe(own.entered);
          for (const each of ANSWERS) {
            expect(await listed({ answer: each }), `${told} ${each}`).toBe(own[each]);
            expect(await listed({ answer: each, mode: 'period' }), told).toBe(own[each]);
          }
          for (const group of own.groups.slice(0, 6)) {
            for (const each of ['kept', 'broken', 'waiting'] as const)
              expect(await listed({ answer: each, by, group: group.value }), `${told} ${each}`).toBe(
                group[each],
              );
          }
          for (const hour of own.hours.slice(0, 4))
            expect(await listed({ by: 'weekday_hour', group: hour.value }), told).toBe(hour.entered);
          for (const each of own.days)
            expect(await listed({ from: each.day, to: each.day, answer: 'kept' }), told).toBe(each.kept);
          const earlier = { from: EXTENT.from, to: own.earlier.to, answer: 'waiting' };
          expect(await listed(earlier), told).toBe(own.earlier.waiting);
        }
      }
    }
    expect([...seen].toSorted()).toEqual(['closed', 'kept', 'late', 'missed', 'overdue', 'pending']);
  },
);

/** Those waiting are listed oldest first, each with its wait and the last instant inside its promise. */
function expectOldest(
  own: HandoffAnswer,
  standings: Standings,
  handoff: Handoff,
  setting: Parameters<typeof timeBetween>[0],
  told: string,
): void {
  const waiting = standings
    .filter(({ outcome }) => outcome === 'pending' || outcome === 'overdue')
    .toSorted((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.leadId < b.leadId ? -1 : 1));
  expect(
    own.oldest.map(({ id }) => id),
    told,
  ).toEqual(waiting.map(({ leadId }) => leadId));
  own.oldest.forEach((lead, nth) => {
    const expected = waiting[nth];
    if (expected === undefined) return;
    expect(lead.waited, told).toBeCloseTo(expected.waited / 1e6, 5);
    expect(lead.overdue, told).toBe(expected.outcome === 'overdue');
    expect(instantOf(lead.since), told).toBe(expected.since);
    const due = instantOf(lead.due_at);
    expect(due < setting.asOf, told).toBe(lead.overdue);
    if (due - expected.since > 10n * 86_400_000_000n) return;
    // `due_at` is told to the millisecond.
    const promised = handoff.within.seconds * 1e6;
    expect(timeBetween(setting, handoff, expected.since, due), told).toBeLessThanOrEqual(promised);
    expect(timeBetween(setting, handoff, expected.since, due + 1000n), told).toBeGreaterThan(promised - 1);
  });
}
