import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { leadAnswer } from '../../src/core/measures/answer.ts';
import { derive, fill, openMemory } from '../property/warehouse.ts';
import { instantOf } from '../reference/records.ts';
import type { Activity, Instant } from '../reference/records.ts';
import { askEngine } from './engine.ts';

const AGREEMENT = `
tregua: 1
name: taken back
timezone: UTC
currency: EUR
areas: { sales: {} }
fields: { zone: { type: string } }
funnel:
  - { id: lead, owner: sales }
  - { id: called, owner: sales, criteria: [{ id: call, rule: 'activities.exists(a, a.type == "call")' }] }
`;

const [MARCH, APRIL, MAY, JUNE] = ['03', '04', '05', '06'].map((month) =>
  instantOf(`2026-${month}-01T00:00:00Z`),
);

/** What a stream told of the activity A1, and from when to when it stood. */
function told(type: string, recordedAt: Instant, withdrawnAt: Instant | null): Activity {
  return {
    ...{ activityId: 'A1', leadId: 'L1', type, at: MARCH ?? 0n },
    ...{ outcome: null, seller: null, amount: null, currency: null, reason: null },
    ...{ recordedAt, withdrawnAt, entry: Number(recordedAt), part: 0 },
  };
}

test.each([
  ['a lead of one state', []],
  ['a lead of several', ['south']],
])('as of when two records of an activity stood, it is told once: %s', async (_, later) => {
  const parsed = parseAgreement(AGREEMENT);
  if (!parsed.ok || MARCH === undefined || APRIL === undefined || MAY === undefined || JUNE === undefined)
    throw new Error('no agreement');
  const agreement = parsed.value;
  const connection = await openMemory();
  const version = { leadId: 'L1', createdAt: MARCH, recordedAt: MARCH, part: 0 };
  await fill(connection, agreement, {
    versions: [
      { ...version, effectiveAt: null, attributes: new Map([['zone', 'north']]), entry: 0 },
      ...later.map((zone) => ({
        ...{ ...version, createdAt: null, effectiveAt: MARCH + 1_000_000n },
        ...{ attributes: new Map([['zone', zone]]), entry: 1 },
      })),
    ],
    // In May the second is taken back: today there is one record of A1.
    activities: [told('note', MARCH, null), told('call', APRIL, MAY)],
    ads: [],
  });
  const types = async (asOf: Instant, tables?: Awaited<ReturnType<typeof derive>>): Promise<unknown> => {
    const answer = await askEngine(connection, agreement, asOf, null, 'lead', { id: 'L1' }, tables);
    return leadAnswer
      .parse(answer)
      .timeline.flatMap((entry) => (entry.kind === 'activity' ? [entry.type] : []));
  };
  await derive(connection, agreement, JUNE);
  expect(await types(JUNE)).toEqual(['note']);
  const earlier = { facts: 'f', rollup: 'r', adDay: 'a', value: 'v', credit: 'c' };
  const then = MAY - 1_000_000n;
  expect(await types(then, await derive(connection, agreement, then, earlier))).toEqual(['call']);
});
