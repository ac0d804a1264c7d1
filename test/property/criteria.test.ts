import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { criteriaAnswer } from '../../src/core/measures/criteria-answer.ts';
import { askEngine } from '../golden/engine.ts';
import type { LeadFacts } from '../reference/lead-facts.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import { deriveScene } from './scene.ts';
import { openMemory } from './warehouse.ts';

const RUNS = Math.max(8, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 1000));
const EXTENT = { from: '2026-03-01', to: '2026-05-31' };

const scene = fc.tuple(agreementText, fc.array(leadMaker, { minLength: 80, maxLength: 80 }));

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

test(
  `criteria equal the reference's counts, and every count lists its leads (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    let undecided = 0;
    for (let run = 0; run < RUNS; run += 1) {
      for (const [source, makers] of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
        const { agreement, facts } = await deriveScene(connection, source, makers);
        const stages = reachedStages(agreement);
        const sale = stages.at(-1)?.id ?? '';
        const reached = (lead: LeadFacts, id: string): boolean => lead.stages.get(id)?.reachedAt != null;
        const sold = (lead: LeadFacts): boolean =>
          reached(lead, sale) ||
          (stages.at(-1)?.criteria ?? []).every(({ id }) => lead.criteria.get(`${sale}__${id}`) === true);
        const told = `TREGUA_SEED=${SEED + run} ${source}`;
        const ask = (measure: string, given: object): Promise<unknown> =>
          askEngine(connection, agreement, AS_OF, EXTENT, measure, given);
        const listed = async (given: object): Promise<number> =>
          leadsAnswer.parse(await ask('leads', { ...given, limit: 1 })).total;

        const answer = criteriaAnswer.parse(await ask('criteria', {}));
        expect(
          answer.stages.map(({ id }) => id),
          told,
        ).toEqual(stages.filter((stage) => stage.criteria.length > 0).map(({ id }) => id));
        for (const stage of answer.stages) {
          const { of } = stage;
          const asked = facts.filter((lead) => of === null || reached(lead, of));
          expect(stage.asked, told).toBe(asked.length);
          expect(stage.sales, told).toBe(asked.filter(sold).length);
          for (const { id, pass, fail, unknown } of stage.criteria) {
            const criterion = `${stage.id}.${id}`;
            const truth = (lead: LeadFacts): boolean | null =>
              reached(lead, stage.id) || (lead.criteria.get(`${stage.id}__${id}`) ?? null);
            for (const [result, value, side] of [
              ['pass', true, pass],
              ['fail', false, fail],
              ['unknown', null, unknown],
            ] as const) {
              const leads = asked.filter((lead) => truth(lead) === value);
              expect(side.leads, `${told} ${criterion} ${result}`).toBe(leads.length);
              expect(side.sales, `${told} ${criterion} ${result}`).toBe(leads.filter(sold).length);
              expect(side.uncounted, told).toBe(
                leads.filter((lead) => sold(lead) && !reached(lead, sale)).length,
              );
              expect(await listed({ criterion, result }), told).toBe(side.leads);
              expect(await listed({ criterion, result, sold: 'yes' }), told).toBe(side.sales);
              expect(await listed({ criterion, result, sold: 'uncounted' }), told).toBe(side.uncounted);
            }
            expect(pass.leads + fail.leads + unknown.leads, told).toBe(stage.asked);
          }
          expect(await listed({ missing: stage.id }), told).toBe(stage.unknown);
          expect(await listed({ missing: stage.id, alone: 'yes' }), told).toBe(stage.undecided);
          undecided += stage.undecided;
          let alone = 0;
          for (const datum of stage.missing) {
            const missing = `${stage.id}.${datum.key}`;
            expect(await listed({ missing }), `${told} ${missing}`).toBe(datum.leads);
            expect(await listed({ missing, alone: 'yes' }), `${told} ${missing}`).toBe(datum.alone);
            expect(await listed({ missing, alone: 'yes', stage: sale }), told).toBe(datum.sales);
            // What a lead alone lacks is one thing, of a lead that is asked.
            alone += datum.alone;
            expect(datum.comparable, told).toBeLessThanOrEqual(stage.asked - datum.alone);
            for (const estimate of [datum.at_stage, datum.expected_sales]) {
              if (estimate === null) continue;
              expect(estimate.low, told).toBeLessThanOrEqual(estimate.value + 1e-9);
              expect(estimate.value, told).toBeLessThanOrEqual(estimate.high + 1e-9);
              expect(estimate.high, told).toBeLessThanOrEqual(datum.alone);
            }
          }
          expect(alone, told).toBeLessThanOrEqual(stage.undecided);
          // A lead that cannot be told lacks something that is named.
          expect(
            stage.missing.reduce((sum, datum) => sum + datum.leads, 0),
            told,
          ).toBeGreaterThanOrEqual(stage.unknown);
        }
      }
    }
    expect(undecided).toBeGreaterThan(0);
  },
);
