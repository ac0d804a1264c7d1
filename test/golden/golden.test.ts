import { beforeAll, describe, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { leadAnswer } from '../../src/core/measures/answer.ts';
import { derive, factsBySql, fill, openMemory } from '../property/warehouse.ts';
import { readRecords } from '../reference/canonical-csv.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import type { Records } from '../reference/records.ts';
import { instantOf } from '../reference/records.ts';
import { byName } from './answer-shape.ts';
import { askEngine } from './engine.ts';
import type { Extent } from './engine.ts';
import { contradictions } from './partial.ts';
import { referenceAnswer } from './reference-answers.ts';
import { scenarios } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const LATER = '2030-01-01T00:00:00Z';
const ALL_DAYS: Extent = { from: '2000-01-01', to: '2029-12-31' };

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

function agreementOf(scenario: Scenario): Agreement {
  const agreement = parseAgreement(scenario.agreement, `${scenario.name}/tregua.yaml`);
  if (!agreement.ok) throw new Error(JSON.stringify(agreement.faults, null, 1));
  return agreement.value;
}

interface Told {
  readonly agreement: Agreement;
  readonly records: Records;
  readonly asOf: bigint;
}

function read(scenario: Scenario): Told {
  const agreement = agreementOf(scenario);
  return {
    agreement,
    records: readRecords(agreement, scenario.files),
    asOf: instantOf(scenario.as_of ?? LATER),
  };
}

const all = scenarios();

test('there are at least 45 scenarios', () => {
  expect(all.length).toBeGreaterThanOrEqual(45);
});

describe.each(all)('$name', (scenario) => {
  test('the reference interpreter', () => {
    const setting = read(scenario);
    const facts = leadFacts(setting, setting.records);
    const told = Object.fromEntries(facts.map((lead) => [lead.leadId, describeFacts(lead)]));
    expect(contradictions(scenario.leads, told)).toEqual([]);
    for (const question of scenario.questions) {
      const answer = referenceAnswer(setting, facts, setting.records, question);
      if (answer !== null) expect(contradictions(question.expected, answer, true)).toEqual([]);
    }
  });

  test('the measures over SQL', async () => {
    const { agreement, records, asOf } = read(scenario);
    await fill(connection, agreement, records);
    await derive(connection, agreement, asOf);
    const bySql = await factsBySql(connection, agreement);
    expect(contradictions(scenario.leads, Object.fromEntries(bySql))).toEqual([]);
    for (const lead of leadFacts({ agreement, asOf }, records)) {
      expect(contradictions(describeFacts(lead), bySql.get(lead.leadId))).toEqual([]);
    }
    for (const { measure, members, expected } of scenario.questions) {
      const answer = await askEngine(connection, agreement, asOf, ALL_DAYS, measure, members);
      expect(contradictions(expected, byName(measure, answer))).toEqual([]);
    }
    for (const [id, stages] of Object.entries(scenario.explain)) {
      const answer = leadAnswer.parse(await askEngine(connection, agreement, asOf, ALL_DAYS, 'lead', { id }));
      const told = Object.fromEntries(
        answer.stages.map((stage) => [
          stage.id,
          Object.fromEntries(stage.criteria.map((each) => [each.id, each])),
        ]),
      );
      expect(contradictions(stages, told)).toEqual([]);
    }
  });
});
