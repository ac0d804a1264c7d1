import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import type { Agreement, Target, TargetMetric } from '../../src/core/agreement/agreement.ts';
import { trendAnswer } from '../../src/core/measures/answer.ts';
import { targetsAnswer } from '../../src/core/measures/targets-answer.ts';
import type { TargetsAnswer } from '../../src/core/measures/targets-answer.ts';
import { valueStage } from '../../src/core/facts/value.ts';
import { parseRule } from '../../src/core/rule/rule.ts';
import { askEngine } from '../golden/engine.ts';
import type { Instant, Records } from '../reference/records.ts';
import { countTargets } from '../reference/targets.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { filterRule } from './rules.ts';
import { deriveScene } from './scene.ts';
import { derive, fill, openMemory } from './warehouse.ts';

const RUNS = Math.max(8, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 1000));
const EXTENT = { from: '2026-01-01', to: '2026-05-31' };
const HOUR = 3_600_000_000n;

const scene = fc.tuple(
  agreementText,
  fc.array(leadMaker, { minLength: 60, maxLength: 60 }),
  fc.array(fc.option(filterRule, { nil: undefined }), { minLength: 4, maxLength: 4 }),
);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

/** Targets of every kind on every stage, some of a segment, in place of those that an agreement has. */
function withTargets(agreement: Agreement, rules: readonly (string | undefined)[]): Agreement {
  const stages = reachedStages(agreement).map(({ id }) => id);
  const metrics: TargetMetric[] = [
    ...stages.map((stage): TargetMetric => ({ kind: 'count', stage })),
    ...stages.flatMap((stage) => stages.map((of): TargetMetric => ({ kind: 'share', stage, of }))),
    ...(valueStage(agreement) === null ? [] : [{ kind: 'value' } as const]),
  ];
  const targets = metrics.map((metric, nth): Target => {
    const rule = rules[nth % rules.length];
    const parsed = rule === undefined ? null : parseRule(rule, { kind: 'filter', fields: agreement.fields });
    if (parsed !== null && !parsed.ok) throw new Error(rule);
    return {
      id: `t${nth}`,
      label: {},
      owner: agreement.areas[nth % agreement.areas.length]?.id ?? '',
      metric,
      bound: nth % 2 === 0 ? 'at_least' : 'at_most',
      goal: metric.kind === 'share' ? 0.5 : 5,
      per: (['week', 'month', 'quarter'] as const)[nth % 3] ?? 'month',
      where: parsed?.value ?? null,
    };
  });
  return { ...agreement, targets };
}

function recordsUntil(all: Records, instant: Instant): Records {
  return {
    versions: all.versions.filter((each) => each.recordedAt <= instant),
    activities: all.activities.filter((each) => each.recordedAt <= instant),
    ads: [],
  };
}

test(
  `targets equal the reference's counts and the sums of their days, and later records change nothing (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    for (let run = 0; run < RUNS; run += 1) {
      for (const [source, makers, rules] of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
        const { agreement, records, facts } = await deriveScene(connection, source, makers, (parsed) =>
          withTargets(parsed, rules),
        );
        const ask = async (given: object, asOf: Instant): Promise<TargetsAnswer> =>
          targetsAnswer.parse(await askEngine(connection, agreement, asOf, EXTENT, 'targets', given));
        const told = `TREGUA_SEED=${SEED + run} ${source}`;
        for (const mode of ['period', 'cohort'] as const) {
          const question = { to: '2026-03-30', mode };
          const answer = await ask(question, AS_OF);
          const reference = countTargets({ agreement, asOf: AS_OF }, facts, [], question);
          expect(answer.targets.map(({ id }) => id).toSorted(), told).toEqual(
            agreement.targets.map(({ id }) => id).toSorted(),
          );
          for (const { id, value, numerator, history, forecast, pace } of answer.targets) {
            expect(value, `${id} ${told}`).toBe(reference[id]?.value);
            expect(numerator, `${id} ${told}`).toBe(reference[id]?.numerator);
            for (const past of history)
              expect(past.value, `${id} ${past.from} ${told}`).toBe(reference[id]?.history[past.from]?.value);
            if (mode === 'cohort') expect([forecast, pace]).toEqual([null, null]);
            if (forecast === null) continue;
            expect(forecast.low, `${id} ${told}`).toBeLessThanOrEqual(forecast.high);
            expect(Number.isFinite(forecast.low + forecast.expected + forecast.high), told).toBe(true);
          }
          // The sum of the days of the period is the value.
          for (const target of agreement.targets) {
            if (target.metric.kind !== 'count' || target.where !== null) continue;
            const { stage } = target.metric;
            const { period, value } = answer.targets.find(({ id }) => id === target.id) ?? {};
            const days = trendAnswer.parse(
              await askEngine(connection, agreement, AS_OF, EXTENT, 'trend', {
                from: period?.from,
                to: question.to,
                every: 'day',
                mode,
              }),
            );
            const sum = days.points.reduce((total, { counts }) => total + (counts[stage] ?? 0), 0);
            expect(value, `${target.id} ${told}`).toBe(sum);
          }
        }

        const earlier = AS_OF - HOUR;
        await derive(connection, agreement, earlier);
        const before = await ask({}, earlier);
        await fill(connection, agreement, recordsUntil(records, earlier));
        await derive(connection, agreement, earlier);
        expect(await ask({}, earlier), told).toEqual(before);
      }
    }
  },
);
