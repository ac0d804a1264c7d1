import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { breakdownAnswer, funnelAnswer, leadsAnswer, trendAnswer } from '../../src/core/measures/answer.ts';
import { askEngine } from '../golden/engine.ts';
import { countCrossed, countFunnel, countGroups, countTrend } from '../reference/counts.ts';
import type { Counting, FunnelCount } from '../reference/counts.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { filterRule } from './rules.ts';
import { deriveScene } from './scene.ts';
import { openMemory } from './warehouse.ts';

const RUNS = Math.max(8, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 500));
const EXTENT = { from: '2026-03-01', to: '2026-05-31' };
const DIMENSIONS = [
  'zone',
  'zone_first',
  'age',
  'ages',
  'budgets',
  'vip',
  'day',
  'week',
  'month',
  'weekday',
  'hour',
  'weekday_hour',
  'caller',
];

const day = fc.integer({ min: 26, max: 31 }).map((nth) => `2026-03-${nth}`);
const question = fc.record({
  days: fc.tuple(day, day).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
  mode: fc.constantFrom('cohort', 'period'),
  where: fc.option(filterRule, { nil: undefined, freq: 2 }),
  filter: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    // Of one dimension alone, the rollup tells.
    { weight: 1, arbitrary: fc.subarray(['zone=north', 'zone=', 'zone=ñandú'], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.subarray(['vip=true', 'vip='], { minLength: 1 }) },
    {
      weight: 1,
      arbitrary: fc.subarray(['zone=north', 'zone=', 'zone=ñandú', 'vip=true', 'ages=18–29', 'vip=']),
    },
  ),
  every: fc.constantFrom('day', 'week', 'month'),
  dimension: fc.constantFrom(...DIMENSIONS),
  second: fc.constantFrom(...DIMENSIONS),
});
const scene = fc.tuple(
  agreementText,
  fc.array(leadMaker, { minLength: 60, maxLength: 60 }),
  fc.array(question, { minLength: 12, maxLength: 12 }),
);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

function counts(
  funnel: FunnelCount | undefined,
  stages: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(stages.map((id) => [id, funnel?.stages[id]?.count ?? 0]));
}

test(
  `measures equal the reference's counts, and each other (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    for (let run = 0; run < RUNS; run += 1) {
      for (const [source, makers, questions] of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
        const { agreement, setting, facts } = await deriveScene(connection, source, makers);
        const stages = reachedStages(agreement);
        const ask = (measure: string, given: object): Promise<unknown> =>
          askEngine(connection, agreement, AS_OF, EXTENT, measure, given);
        for (const { days, mode, where, filter, every, dimension, second } of questions) {
          const counting = {
            ...days,
            mode: mode === 'period' ? 'period' : 'cohort',
            where,
            filter,
          } as const satisfies Counting;
          const common = { ...days, mode, filter, ...(where === undefined ? {} : { where }) };
          const told = `TREGUA_SEED=${SEED + run} ${JSON.stringify(common)} ${dimension} ${source}`;

          const funnel = funnelAnswer.parse(await ask('funnel', common));
          const reference = countFunnel(setting, facts, [], counting);
          const figures = Object.fromEntries(
            funnel.stages.map(({ id, count, late, skipped, open, lost, step }) => [
              id,
              {
                count,
                late,
                skipped,
                open,
                lost,
                step: step && { numerator: step.numerator, denominator: step.denominator, rate: step.rate },
              },
            ]),
          );
          expect(figures, told).toEqual(reference.stages);
          expect(funnel.value ?? 0, told).toBeCloseTo(reference.value, 6);
          if (mode === 'cohort') {
            stages.forEach((stage, nth) => {
              if (nth === 0 || !stage.requiresPrevious) return;
              expect(funnel.stages[nth]?.count, told).toBeLessThanOrEqual(funnel.stages[nth - 1]?.count ?? 0);
            });
          }

          const first = stages[0]?.id ?? '';
          const last = stages.at(-1)?.id ?? '';
          const breakdown = breakdownAnswer.parse(
            await ask('breakdown', { ...common, dimension, top: 1000 }),
          );
          const groups = countGroups(setting, facts, dimension, last, counting);
          const shown = breakdown.groups.map((group) => [group.value ?? '', group.counts] as const);
          expect(nonEmpty(shown), told).toEqual(
            nonEmpty([...groups].map(([name, group]) => [name, counts(group, [first, last])])),
          );
          const crossed = breakdownAnswer.parse(
            await ask('breakdown', { ...common, dimension, second, top: 1000 }),
          );
          const panels = countCrossed(setting, facts, [dimension, second], last, counting);
          // No more than twelve panels are told apart: the rest stand together, and still add up.
          if (panels.size <= 12) {
            const ofSql = crossed.panels.map(
              ({ total, groups: cells }) =>
                [total.value ?? '', cells.map((cell) => [cell.value ?? '', cell.counts] as const)] as const,
            );
            const ofReference = [...panels].map(
              ([panel, cells]) =>
                [
                  panel,
                  [...cells].map(([name, cell]) => [name, counts(cell, [first, last])] as const),
                ] as const,
            );
            expect(nonEmptyPanels(ofSql), `${told} × ${second}`).toEqual(nonEmptyPanels(ofReference));
          }
          for (const { value, counts: whole } of crossed.groups) {
            for (const id of [first, last]) {
              const sum = crossed.panels.reduce(
                (total, panel) =>
                  total + (panel.groups.find((cell) => cell.value === value)?.counts[id] ?? 0),
                0,
              );
              expect(sum, `${told} × ${second} ${value}`).toBe(whole[id]);
            }
          }

          for (const id of [first, last]) {
            const folded = breakdownAnswer.parse(await ask('breakdown', { ...common, dimension, top: 2 }));
            const sum = folded.groups.reduce((total, group) => total + (group.counts[id] ?? 0), 0);
            expect(sum, told).toBe(folded.total.counts[id]);
          }

          const trend = trendAnswer.parse(await ask('trend', { ...common, every }));
          const points = countTrend(setting, facts, [], every, counting);
          expect(
            trend.points.map((point) => [point.from, point.counts]),
            told,
          ).toEqual(
            [...points].map(([from, point]) => [
              from,
              counts(
                point,
                stages.map(({ id }) => id),
              ),
            ]),
          );

          const listed = async (given: object): Promise<readonly string[]> =>
            leadsAnswer.parse(await ask('leads', { ...common, ...given })).leads.map((lead) => lead.id);
          for (const sort of ['-created_at', 'created_at']) {
            const whole = await listed({ sort, limit: 1000 });
            const windows: string[] = [];
            const limit = Math.max(7, Math.ceil(whole.length / 3));
            for (let offset = 0; offset < whole.length; offset += limit)
              windows.push(...(await listed({ sort, limit, offset })));
            expect(windows, `${told} by ${sort}`).toEqual(whole);
          }

          for (const { id, count, late, skipped, open, lost } of funnel.stages) {
            const list = async (given: object): Promise<number> =>
              leadsAnswer.parse(await ask('leads', { ...common, stage: id, ...given, limit: 1 })).total;
            expect(await list({}), `${told} ${id}`).toBe(count);
            expect(await list({ status: 'late' }), `${told} ${id} late`).toBe(late);
            expect(await list({ status: 'skipped' }), `${told} ${id} skipped`).toBe(skipped);
            expect(await list({ status: 'open' }), `${told} ${id} open`).toBe(open);
            expect(await list({ status: 'lost' }), `${told} ${id} lost`).toBe(lost);
          }
        }
      }
    }
  },
);

type Counted = readonly (readonly [string, Readonly<Record<string, number | null>>])[];

function nonEmptyPanels(panels: readonly (readonly [string, Counted])[]): unknown {
  return Object.fromEntries(
    panels
      .filter(([, cells]) =>
        cells.some(([, counted]) => Object.values(counted).some((each) => (each ?? 0) > 0)),
      )
      .map(([panel, cells]) => [panel, nonEmpty(cells)]),
  );
}

/** Groups with a count, by name: one without any may or may not be shown. */
function nonEmpty(groups: readonly (readonly [string, Readonly<Record<string, number | null>>])[]): unknown {
  return Object.fromEntries(
    groups
      .filter(([, counted]) => Object.values(counted).some((count) => (count ?? 0) > 0))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
