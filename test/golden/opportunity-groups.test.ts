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

test('leads are old enough when 19 of 20 that pass have, and groups have thirty leads', async () => {
  const parsed = parseAgreement(AGREEMENT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const connection = await openMemory();
  // 250 leads, ten a day for 25 days, all sold: 15 of 25 after two days, 9 after five, one after nine.
  const leads = Array.from({ length: 250 }, (_, nth) => {
    const lag = nth % 25 < 15 ? 2 : nth % 25 < 24 ? 5 : 9;
    const day = (days: number): string => new Date(Date.UTC(2026, 0, 5 + days, 12)).toISOString();
    const created = Math.floor(nth / 10);
    return {
      id: `L${nth}`,
      created: day(created),
      sold: day(created + lag),
      zone: nth < 29 ? 'south' : 'north',
    };
  });
  const records = readRecords(parsed.value, {
    leads: [
      'lead_id,created_at,zone',
      ...leads.map(({ id, created, zone }) => `${id},${created},${zone}`),
    ].join('\n'),
    activities: [
      'activity_id,lead_id,type,at',
      ...leads.map(({ id, sold }) => `${id},${id},sale,${sold}`),
    ].join('\n'),
  });
  const asOf = instantOf('2026-06-01T00:00:00Z');
  await fill(connection, parsed.value, records);
  await derive(connection, parsed.value, asOf);
  // The data end on 31 January: by then those of the 26th and before are five days old.
  const extent = { from: '2026-01-05', to: '2026-01-31' };
  const answer = opportunitiesAnswer.parse(
    await askEngine(connection, parsed.value, asOf, extent, 'opportunities', {}),
  );
  // 22 days of ten leads: each weekday has at least thirty, the only hour all of them.
  expect(answer.steps).toMatchObject([{ ripe_days: 5, until: '2026-01-26', leads: 220, groups: 8 }]);
  const zoned = parseAgreement(`${AGREEMENT}dimensions: [{ id: zone, field: zone }]\n`);
  if (!zoned.ok) throw new Error(JSON.stringify(zoned.faults));
  await fill(connection, zoned.value, records);
  await derive(connection, zoned.value, asOf);
  // North; south's 29 are too few.
  expect(
    opportunitiesAnswer.parse(await askEngine(connection, zoned.value, asOf, extent, 'opportunities', {}))
      .steps,
  ).toMatchObject([{ groups: 9, dimensions: ['zone', 'weekday', 'hour'] }]);
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
