import type { Dimension } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { dayGroup, groupOfAd } from '../facts/groups.ts';
import { isDayPart } from '../sql/dialect.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext, Row } from './measure.ts';
import type { Selection } from './selection.ts';

/** Days, and the last of them on which ads are counted where that is earlier. */
type AdRange = DayRange & { readonly until?: string | null };

function lastOf({ to, until = null }: AdRange): string {
  return until !== null && until < to ? until : to;
}

export interface AdFigures {
  readonly impressions: number;
  readonly clicks: number;
  /** null: none of the rows has a spend. */
  readonly spend: number | null;
}

/**
 * The ad metrics of a selection by day, or `null` where they cannot be told: they have no leads to filter,
 * and take part in a filter only by one dimension of their own.
 */
export function adQuery(selection: Selection, range: AdRange, context: MeasureContext): Fragment | null {
  const { dialect } = context;
  const table = identifier(context.tables.adDay);
  const within = sql`day between ${dialect.cast(sql`${range.from}`, 'date')} and ${dialect.cast(sql`${lastOf(range)}`, 'date')}`;
  const sums = raw(
    'day, sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend, max(has_spend) as has_spend',
  );
  if (selection.hasRule || selection.filters.length > 1) return null;
  const [filter] = selection.filters;
  if (filter === undefined)
    return sql`select ${sums} from ${table} where dimension = '' and ${within} group by day`;
  if (filter.dimension.kind !== 'field' || filter.values.includes(null)) return null;
  const values = join(filter.values.map((value) => sql`${value}`));
  return sql`select ${sums} from ${table}
    where dimension = ${filter.dimension.id} and value in (${values}) and ${within} group by day`;
}

/**
 * The groups of a dimension over a range, or `null` where ads do not have it: of their own fields those that
 * the agreement names, and the days, weeks, months and weekdays of the ads' days.
 */
export function adGroupQuery(dimension: Dimension, range: AdRange, context: MeasureContext): Fragment | null {
  const { agreement, dialect } = context;
  const isField =
    dimension.kind === 'field' &&
    agreement.dimensions.some((each) => each.id === dimension.id) &&
    groupOfAd(agreement, dimension, dialect) !== null;
  const isDay = dimension.kind === 'calendar' && isDayPart(dimension.part);
  if (!isField && !isDay) return null;
  const group = isDay ? dayGroup(agreement, dimension.part, identifier('day'), dialect) : identifier('value');
  return sql`select ${dialect.literal('string', dimension.id)} as dimension, group_text as value,
      sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend, max(has_spend) as has_spend
    from (select *, ${group} as group_text from ${identifier(context.tables.adDay)})
    where dimension = ${isField ? dimension.id : ''}
      and day between ${dialect.cast(sql`${range.from}`, 'date')} and ${dialect.cast(sql`${lastOf(range)}`, 'date')}
    group by group_text`;
}

function number(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
}

export function sumAds(rows: readonly Row[] | undefined): AdFigures | null {
  if (rows === undefined || rows.length === 0) return null;
  return {
    impressions: rows.reduce((sum, row) => sum + number(row, 'impressions'), 0),
    clicks: rows.reduce((sum, row) => sum + number(row, 'clicks'), 0),
    spend: rows.some((row) => row['has_spend'] === true)
      ? round(rows.reduce((sum, row) => sum + number(row, 'spend'), 0))
      : null,
  };
}

/** Money to four decimals: sums of exact decimals must not show the error of binary ones. */
export function round(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
