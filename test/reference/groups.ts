import { Temporal } from 'temporal-polyfill';
import type { Agreement, CalendarPart, Dimension } from '../../src/core/agreement/agreement.ts';
import type { Instant, Value } from './records.ts';
import { isoOf } from './records.ts';

/** What a lead is grouped by. */
export interface Grouped {
  readonly createdAt: Instant;
  readonly latest: ReadonlyMap<string, Value>;
  readonly first: ReadonlyMap<string, Value>;
}

export function localTime(instant: Instant, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(isoOf(instant)).toZonedDateTimeISO(timezone);
}

export function localDay(instant: Instant, timezone: string): string {
  return localTime(instant, timezone).toPlainDate().toString();
}

/** The group of a lead; null is the missing one. */
export function groupOf(
  agreement: Agreement,
  dimension: Exclude<Dimension, { kind: 'activity' }>,
  lead: Grouped,
): string | null {
  if (dimension.kind === 'calendar') {
    const local = localTime(lead.createdAt, agreement.timezone);
    return calendarGroup(dimension.part, local.toPlainDate(), local.hour, agreement);
  }
  const value = lead[dimension.value].get(dimension.field);
  if (value === undefined) return null;
  const type = agreement.fields.find((field) => field.name === dimension.field)?.type;
  if (dimension.kind === 'bands') return band(Number(value), dimension.edges, type === 'integer');
  if (type === 'date' && typeof value === 'bigint') return localDay(value, agreement.timezone);
  if (type === 'timestamp' && typeof value === 'bigint')
    return localTime(value, agreement.timezone).toPlainDateTime().toString().replace('T', ' ');
  return String(value);
}

export function calendarGroup(
  part: CalendarPart,
  day: Temporal.PlainDate,
  hour: number,
  agreement: Agreement,
): string {
  switch (part) {
    case 'day':
      return day.toString();
    case 'week':
      return weekStart(day, agreement.weekStarts).toString();
    case 'month':
      return day.toPlainYearMonth().toString();
    case 'weekday':
      return String(day.dayOfWeek);
    case 'hour':
      return String(hour);
    case 'weekday_hour':
      return `${day.dayOfWeek}-${String(hour).padStart(2, '0')}`;
  }
}

export function weekStart(day: Temporal.PlainDate, starts: 'monday' | 'sunday'): Temporal.PlainDate {
  return day.subtract({ days: starts === 'monday' ? day.dayOfWeek - 1 : day.dayOfWeek % 7 });
}

function band(value: number, edges: readonly number[], whole: boolean): string {
  const above = edges.findLastIndex((edge) => value >= edge);
  const from = edges[above];
  const to = edges[above + 1];
  if (from === undefined) return `<${edges[0]}`;
  if (to === undefined) return `${from}+`;
  if (!whole) return `${from}–<${to}`;
  return to - from === 1 ? String(from) : `${from}–${to - 1}`;
}
