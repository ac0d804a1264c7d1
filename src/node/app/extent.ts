import { localDay } from '../../core/calendar/days.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import type { MeasureContext, Row } from '../../core/measures/measure.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';

/**
 * The first and the last day on which a lead came, reached a stage or an ad ran, and the last instant at which one
 * was lost: one row `first, last, lost`.
 */
export function extentQuery(tables: FactTables): Fragment {
  return sql`select min(day) as first, max(day) as last,
    (select max(lost_at) from ${identifier(tables.facts)}) as lost from (
    select day from ${identifier(tables.rollup)} where dimension = ''
    union all select day from ${identifier(tables.adDay)} where dimension = '')`;
}

/** The days that a question without dates is about: none after that of the instant (ISO 8601, UTC). */
export function extentOf(row: Row | undefined, asOf: string, timezone: string): MeasureContext['extent'] {
  const from = row?.['first'];
  const to = row?.['last'];
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  const today = localDay(asOf, timezone);
  const lost = typeof row?.['lost'] === 'string' ? localDay(row['lost'], timezone) : to;
  const last = lost > to ? lost : to;
  // Ads may be told ahead of their day: where there is nothing else, there is nothing yet.
  return from > today ? null : { from, to: last > today ? today : last };
}
