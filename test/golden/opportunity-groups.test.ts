import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { opportunitiesAnswer } from '../../src/core/measures/opportunities-answer.ts';
import { derive, fill, openMemory } from '../property/warehouse.ts';
import { readRecords } from '../reference/canonical-csv.ts';
import { instantOf } from '../reference/records.ts';
import { askEngine } from './engine.ts';

const AGREEMENT = `
tregua: 1
name: groups
timezone: UTC
currency: EUR
areas: { sales: {} }
fields: { zone: { type: string } }
funnel:
  - { id: lead, owner: sales }
  - { id: sale, owner: sales, criteria: [{ id: paid, rule: 'activities.exists(a, a.type == "sale")' }] }
`;

/** Ten weeks of five leads a day, of which every other one buys at once. */
const LEADS = Array.from({ length: 350 }, (_, nth) => {
  const created = new Date(Date.UTC(2026, 0, 5 + Math.floor(nth / 5), 4 * (nth % 5))).toISOString();
  return { id: `L${nth}`, created, buys: nth % 2 === 0 };
});

test('a weekday is one group from the daily rollup and, with a filter, from the facts', async () => {
  const parsed = parseAgreement(AGREEMENT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const connection = await openMemory();
  const records = readRecords(parsed.value, {
    leads: ['lead_id,created_at,zone', ...LEADS.map(({ id, created }) => `${id},${created},north`)].join(
      '\n',
    ),
    activities: [
      'activity_id,lead_id,type,at',
      ...LEADS.filter(({ buys }) => buys).map(({ id, created }) => `${id},${id},sale,${created}`),
    ].join('\n'),
  });
  const asOf = instantOf('2026-06-01T00:00:00Z');
  await fill(connection, parsed.value, records);
  await derive(connection, parsed.value, asOf);
  const extent = { from: '2026-01-05', to: '2026-05-31' };
  const ask = async (question: object): Promise<ReturnType<typeof opportunitiesAnswer.parse>> =>
    opportunitiesAnswer.parse(
      await askEngine(connection, parsed.value, asOf, extent, 'opportunities', question),
    );
  // Seven weekdays of fifty leads, and five hours of seventy.
  const plain = await ask({});
  expect(plain.steps).toMatchObject([{ leads: 350, groups: 12, dimensions: ['weekday', 'hour'] }]);
  const filtered = await ask({ filter: ['zone=north'] });
  expect(filtered.steps).toEqual(plain.steps);
});
