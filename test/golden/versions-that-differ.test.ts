import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { askContext, deriveVersions } from './engine.ts';

/** Each lead is judged by the version of its time; all are counted together in the form of the latest. */

const AS_OF = '2026-04-01T00:00:00.000Z';

function version(window: string, money: string) {
  const parsed = parseAgreement(`tregua: 1
name: versions
timezone: UTC
currency: EUR
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
  - id: called
    owner: sales
    ${window}
    criteria: [{ id: call, rule: 'activities.exists(a, a.type == "call")' }]
  - id: sale
    owner: sales
    requires: none
    value: { sum: amount, where: 'activity.type == "${money}"' }
    criteria: [{ id: paid, rule: 'activities.exists(a, a.type == "sale")' }]
`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

// «before» is called after three days where the version of its time gives one: late, although the latest gives any.
// «after» is called after three days too. Both have a sale of 100 and a payment of 50; money was the sale, and is the
// payment now.
test('a window that was given up is told of those who had it, and money by the rule of its time', async () => {
  const { connection, context } = await deriveVersions(
    [
      { version: 1, from: null, agreement: version('within: 1d', 'sale') },
      { version: 2, from: '2026-03-03', agreement: version('', 'payment') },
    ],
    {
      leads: `lead_id,created_at
before,2026-03-01T09:00:00Z
after,2026-03-04T09:00:00Z
`,
      activities: `activity_id,lead_id,type,at,amount,currency
1,before,call,2026-03-04T09:00:00Z,,
2,after,call,2026-03-07T09:00:00Z,,
3,before,sale,2026-03-10T09:00:00Z,100,EUR
4,before,payment,2026-03-11T09:00:00Z,50,EUR
5,after,sale,2026-03-10T09:00:00Z,100,EUR
6,after,payment,2026-03-11T09:00:00Z,50,EUR
`,
    },
    AS_OF,
    { from: '2026-03-01', to: '2026-03-31' },
  );
  const answer = funnelAnswer.parse(await askContext(connection, 'funnel', {}, context));
  expect(answer.stages).toMatchObject([
    { id: 'lead', count: 2 },
    { id: 'called', count: 1, late: 1 },
    { id: 'sale', count: 2 },
  ]);
  expect(answer.value).toBe(150);
});
