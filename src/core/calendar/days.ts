import { Temporal } from 'temporal-polyfill';
import { addDays } from './add-days.ts';

/** Local days, ISO 8601 (YYYY-MM-DD), both included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export type CalendarUnit = 'day' | 'week' | 'month';

export interface UnitRange extends DayRange {
  /** The whole unit lies in the range. */
  readonly complete: boolean;
}

export function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** Days from one to another: 0 for the same. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** The local day of an instant (ISO 8601). */
export function localDay(instant: string, timezone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timezone).toPlainDate().toString();
}

/** The last millisecond of a local day, as an instant in UTC (ISO 8601): a day may have 23 or 25 hours. */
export function endOfDay(day: string, timezone: string): string {
  const next = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timezone).startOfDay();
  return new Date(next.epochMilliseconds - 1).toISOString();
}

/** The first instant of a local day, in microseconds since 1970 UTC. Midnight may not exist. */
export function firstInstant(day: string, timezone: string): bigint {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(timezone).startOfDay();
  return start.toInstant().epochNanoseconds / 1000n;
}

/** The first day of the unit that holds a day. */
export function startOfUnit(day: string, unit: CalendarUnit, weekStarts: 'monday' | 'sunday'): string {
  const date = Temporal.PlainDate.from(day);
  switch (unit) {
    case 'day':
      return day;
    case 'week': {
      const behind = weekStarts === 'monday' ? date.dayOfWeek - 1 : date.dayOfWeek % 7;
      return date.subtract({ days: behind }).toString();
    }
    case 'month':
      return date.with({ day: 1 }).toString();
  }
}

function endOfUnit(start: string, unit: CalendarUnit): string {
  const date = Temporal.PlainDate.from(start);
  switch (unit) {
    case 'day':
      return start;
    case 'week':
      return date.add({ days: 6 }).toString();
    case 'month':
      return date.with({ day: date.daysInMonth }).toString();
  }
}

/** The units that a range touches, clipped to it, in order. */
export function unitsOf(
  range: DayRange,
  unit: CalendarUnit,
  weekStarts: 'monday' | 'sunday',
): readonly UnitRange[] {
  const units: UnitRange[] = [];
  let start = startOfUnit(range.from, unit, weekStarts);
  while (start <= range.to) {
    const end = endOfUnit(start, unit);
    const from = start < range.from ? range.from : start;
    const to = end > range.to ? range.to : end;
    units.push({ from, to, complete: from === start && to === end });
    start = addDays(end, 1);
  }
  return units;
}

/** The unit in which a range has a readable number of points. */
export function chooseUnit({ from, to }: DayRange): CalendarUnit {
  const days = daysBetween(from, to) + 1;
  if (days <= 45) return 'day';
  return days <= 200 ? 'week' : 'month';
}

/** The last whole week, month or quarter that ends on a day or before it. */
export function lastWholePeriod(
  per: 'week' | 'month' | 'quarter',
  until: string,
  weekStarts: 'monday' | 'sunday',
): DayRange {
  const next = Temporal.PlainDate.from(until).add({ days: 1 });
  if (per === 'week') {
    const end = addDays(startOfUnit(next.toString(), 'week', weekStarts), -1);
    return { from: addDays(end, -6), to: end };
  }
  const months = per === 'month' ? 1 : 3;
  const begun = next.with({ day: 1 }).subtract({ months: (next.month - 1) % months });
  return { from: begun.subtract({ months }).toString(), to: begun.subtract({ days: 1 }).toString() };
}

/**
 * The period before: whole calendar months give the months before them, any other range the same number of
 * days.
 */
export function previousRange({ from, to }: DayRange): DayRange {
  const first = Temporal.PlainDate.from(from);
  const last = Temporal.PlainDate.from(to);
  if (first.day === 1 && last.day === last.daysInMonth) {
    const months = (last.year - first.year) * 12 + last.month - first.month + 1;
    return { from: first.subtract({ months }).toString(), to: first.subtract({ days: 1 }).toString() };
  }
  const days = daysBetween(from, to) + 1;
  return { from: addDays(from, -days), to: addDays(from, -1) };
}

/** The same days a year before; 29 February gives the 28th. */
export function yearBefore({ from, to }: DayRange): DayRange {
  return {
    from: Temporal.PlainDate.from(from).subtract({ years: 1 }).toString(),
    to: Temporal.PlainDate.from(to).subtract({ years: 1 }).toString(),
  };
}

/** The days of some ranges as the fewest, in their order: those that overlap or follow each other are one. */
export function joinRanges(ranges: readonly DayRange[]): readonly DayRange[] {
  const joined: DayRange[] = [];
  for (const { from, to } of ranges.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || from > addDays(last.to, 1)) joined.push({ from, to });
    else if (to > last.to) joined[joined.length - 1] = { from: last.from, to };
  }
  return joined;
}
