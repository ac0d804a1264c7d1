import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { leadAnswer } from '../../src/core/measures/answer.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { readRecords } from '../reference/canonical-csv.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import { instantOf } from '../reference/records.ts';
import { byName } from './answer-shape.ts';
import { contradictions } from './partial.ts';
import { scenarios } from './scenario.ts';
import type { Scenario } from './scenario.ts';

/** The scenarios through the program itself: a home, its agreement, files taken in, questions asked. */

let homes: string;
beforeAll(async () => {
  homes = await mkdtemp(join(tmpdir(), 'tregua-golden-'));
});
afterAll(() => rm(homes, { recursive: true, force: true }));

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

async function workspaceOf(scenario: Scenario): Promise<Workspace> {
  const home = await mkdtemp(join(homes, `${scenario.name}-`));
  await copyFile(join(scenario.folder, 'tregua.yaml'), join(home, 'tregua.yaml'));
  const workspace = valueOf(await openWorkspace(home));
  const kinds = (['leads', 'activities', 'ads'] as const).filter(
    (kind) => scenario.files[kind] !== undefined,
  );
  for (const kind of kinds) {
    const content = createReadStream(join(scenario.folder, `${kind}.csv`));
    const moreFollow = kind !== kinds.at(-1);
    const report = valueOf(
      await workspace.importFile({ content, fileName: `${kind}.csv`, as: kind, moreFollow }),
    );
    expect(report).toMatchObject({ kept: true, rejected: 0 });
  }
  return workspace;
}

/** What the program says of a lead, by the names of the reference. */
async function toldOf(workspace: Workspace, id: string): Promise<Readonly<Record<string, unknown>>> {
  const lead = leadAnswer.parse(valueOf(await workspace.ask('lead', { id })));
  return {
    created_at: lead.created_at,
    status: lead.status,
    at_stage: lead.at_stage,
    lost_reason: lead.lost_reason,
    value: lead.value,
    ...Object.fromEntries(lead.stages.map((stage) => [`at_${stage.id}`, stage.reached_at])),
    ...Object.fromEntries(
      lead.stages.flatMap((stage) =>
        stage.criteria.map(({ id, value: holds }) => [
          `c_${stage.id}__${id}`,
          holds === 'unknown' ? null : holds,
        ]),
      ),
    ),
  };
}

// What was learnt when is the clock's to say in an import: such scenarios are for the other judges.
describe.each(scenarios().filter((scenario) => !scenario.recorded))('$name', (scenario) => {
  test('the program', async () => {
    const workspace = await workspaceOf(scenario);
    try {
      for (const { measure, members, expected } of scenario.questions) {
        const answer = valueOf(await workspace.ask(measure, members));
        expect(contradictions(expected, byName(measure, answer))).toEqual([]);
      }
      const agreement = valueOf(parseAgreement(scenario.agreement));
      const asOf = instantOf('2030-01-01T00:00:00Z');
      const records = readRecords(agreement, scenario.files);
      for (const facts of leadFacts({ agreement, asOf }, records).slice(0, 12)) {
        const { value, ...reference } = describeFacts(facts);
        const told = await toldOf(workspace, facts.leadId);
        const expected = { ...reference, value: value === null ? null : Number(value) };
        expect(contradictions(expected, told, true)).toEqual([]);
      }
    } finally {
      await workspace.close();
    }
  });
});
