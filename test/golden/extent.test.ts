import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { STORED_TABLES } from '../../src/core/facts/derive.ts';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { extentOf, extentQuery } from '../../src/node/app/extent.ts';
import { derive, fill, openMemory } from '../property/warehouse.ts';
import { readRecords } from '../reference/canonical-csv.ts';
import { instantOf, isoOf } from '../reference/records.ts';
import { askEngine, rowsOf } from './engine.ts';

const AGREEMENT = `
tregua: 1
name: all lost
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
  - { id: sale, owner: sales, criteria: [{ id: paid, rule: 'activities.exists(a, a.type == "sale")' }] }
lost:
  - { id: gone, rule: 'activities.exists(a, a.type == "disqualified")' }
`;

const IDS = Array.from({ length: 40 }, (_, nth) => `L${nth}`);

test('that leads were lost is known of the days on which they were, even where nothing else happened', async () => {
  const parsed = parseAgreement(AGREEMENT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const agreement = parsed.value;
  const connection = await openMemory();
  // All come on 1 March and are lost on 10 April at 23:30 of the agreement's zone.
  await fill(
    connection,
    agreement,
    readRecords(agreement, {
      leads: ['lead_id,created_at', ...IDS.map((id) => `${id},2026-03-01T18:00:00Z`)].join('\n'),
      activities: [
        'activity_id,lead_id,type,at',
        ...IDS.map((id) => `${id}-1,${id},disqualified,2026-04-11T05:30:00Z`),
      ].join('\n'),
    }),
  );
  const told = async (instant: string): Promise<unknown> => {
    const asOf = instantOf(instant);
    await derive(connection, agreement, asOf);
    const [row] = await rowsOf(connection, extentQuery(STORED_TABLES));
    const extent = extentOf(row, isoOf(asOf), agreement.timezone);
    const maturity = await askEngine(connection, agreement, asOf, extent, 'maturity', {});
    const { known_to, total } = maturityAnswer.parse(maturity);
    return { extent, known_to, open: total.open };
  };
  expect(await told('2026-06-01T00:00:00Z')).toEqual({
    extent: { from: '2026-03-01', to: '2026-04-10' },
    known_to: '2026-04-10',
    open: 0,
  });
  expect(await told('2026-04-01T00:00:00Z')).toEqual({
    extent: { from: '2026-03-01', to: '2026-03-01' },
    known_to: '2026-03-01',
    open: 40,
  });
});
