import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { handoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { askContext, deriveVersions } from './engine.ts';

/** A promise that changes with the agreement: each lead has that of the version in force when it was created. */

const AS_OF = '2026-06-11T11:00:00Z';

function version(promise: string) {
  const parsed = parseAgreement(`tregua: 1
name: versions
timezone: UTC
currency: EUR
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
  - id: sale
    owner: sales
    criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }]
handoffs:
  - { id: call, owner: sales, from: lead, to: 'activities.exists(a, a.type == "call")', ${promise} }
`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

const LEADS = `lead_id,created_at
night,2026-06-09T18:30:00Z
waits_old,2026-06-09T18:50:00Z
evening,2026-06-10T18:30:00Z
waits_new,2026-06-11T10:00:00Z
`;
// 50 minutes of work later, on the next day; two hours and ten minutes later, 30 minutes of them of work.
const ACTIVITIES = `activity_id,lead_id,type,at
1,night,call,2026-06-10T09:20:00Z
2,evening,call,2026-06-10T20:40:00Z
`;

test('each lead is judged by the promise that was made to it', async () => {
  const { connection, context } = await deriveVersions(
    [
      { version: 1, from: null, agreement: version(`within: 1h, hours: { mon-fri: '09:00-19:00' }`) },
      { version: 2, from: '2026-06-10', agreement: version('within: 2h') },
    ],
    { leads: LEADS, activities: ACTIVITIES },
    AS_OF,
    { from: '2026-06-01', to: '2026-06-30' },
  );
  const ask = (measure: string, question: unknown): Promise<unknown> =>
    askContext(connection, measure, question, context);
  const [call] = handoffsAnswer.parse(await ask('handoffs', {})).handoffs;
  expect(call).toMatchObject({
    entered: 4,
    kept: 1,
    late: 1,
    overdue: 1,
    pending: 1,
    within_seconds: 7200,
    working: false,
  });
  expect(call?.oldest).toMatchObject([
    { id: 'waits_old', waited: 43_800, due_at: '2026-06-10T09:50:00.000Z', overdue: true },
    { id: 'waits_new', waited: 3600, due_at: '2026-06-11T12:00:00.000Z', overdue: false },
  ]);
  const listed = async (answer: string): Promise<readonly string[]> =>
    leadsAnswer.parse(await ask('leads', { handoff: 'call', answer })).leads.map(({ id }) => id);
  expect(await listed('kept')).toEqual(['night']);
  expect(await listed('late')).toEqual(['evening']);
  expect(await listed('overdue')).toEqual(['waits_old']);
});
