import { expect, test } from 'vitest';
import { parseAgreement } from '../agreement/parse.ts';
import { underOne } from '../agreement/rulebook.ts';
import { STORED_TABLES } from '../facts/derive.ts';
import { duckdb } from '../sql/duckdb.ts';
import type { MeasureContext } from './measure.ts';
import { isYoung, ripeDays } from './ripeness.ts';

const parsed = parseAgreement(`
tregua: 1
name: ripeness
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
funnel: [{ id: lead, owner: sales }, { id: meeting, owner: sales }, { id: sale, owner: sales }]
`);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const context: MeasureContext = {
  agreement: parsed.value,
  version: 1,
  judgements: underOne(parsed.value).judgements,
  absent: [],
  dialect: duckdb,
  asOf: '2026-06-30T23:00:00.000Z',
  extent: { from: '2026-01-01', to: '2026-06-30' },
  tables: STORED_TABLES,
};

test('a stage is ripe when nineteen of twenty that reach it have', () => {
  const rows = [
    { days: 40, n_lead: 0, n_meeting: 0, n_sale: 5 },
    { days: 2, n_lead: 0, n_meeting: 0, n_sale: 50 },
    { days: 9, n_lead: 0, n_meeting: 0, n_sale: 45 },
    { days: 1, n_lead: 0, n_meeting: 29, n_sale: 0 },
    { days: 0, n_lead: 400, n_meeting: 0, n_sale: 0 },
  ];
  // 95 of the 100 sales within nine days; 29 meetings are too few to tell.
  expect([...ripeDays(rows, parsed.value)]).toEqual([
    ['lead', 0],
    ['sale', 9],
  ]);
});

test('leads are young for a stage until their last ones are as old as it takes', () => {
  const young = (to: string, ripe: number | undefined): boolean | null => isYoung(to, ripe, context);
  expect(young('2026-06-21', 9)).toBe(false);
  expect(young('2026-06-22', 9)).toBe(true);
  // Every lead is one on its first day.
  expect(young('2026-06-30', 0)).toBe(false);
  expect(young('2026-06-30', undefined)).toBe(null);
  // The day as of which is asked ends what is known, in the agreement's zone.
  const earlier = { ...context, asOf: '2026-06-11T03:00:00.000Z' };
  expect(isYoung('2026-06-02', 9, earlier)).toBe(true);
  expect(isYoung('2026-06-01', 9, earlier)).toBe(false);
});
