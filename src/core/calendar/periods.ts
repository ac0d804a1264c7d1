import { Temporal } from 'temporal-polyfill';
import { addDays } from './add-days.ts';
import { daysBetween, startOfUnit } from './days.ts';
import type { DayRange } from './days.ts';

export type PeriodUnit = 'week' | 'month' | 'quarter';

/** The whole week, month or quarter that holds a day. */
export function periodOf(day: string, unit: PeriodUnit, weekStarts: 'monday' | 'sunday'): DayRange {
  if (unit === 'week') {
    const from = startOfUnit(day, 'week', weekStarts);
    return { from, to: addDays(from, 6) };
  }
  const date = Temporal.PlainDate.from(day);
  const month = unit === 'month' ? date.month : date.month - ((date.month - 1) % 3);
  const first = date.with({ day: 1, month });
  const after = first.add({ months: unit === 'month' ? 1 : 3 });
  return { from: first.toString(), to: after.subtract({ days: 1 }).toString() };
}

/** The periods before one, the nearest last. */
export function periodsBefore(
  { from }: DayRange,
  count: number,
  unit: PeriodUnit,
  weekStarts: 'monday' | 'sunday',
): readonly DayRange[] {
  const periods: DayRange[] = [];
  let start = from;
  while (periods.length < count) {
    const period = periodOf(addDays(start, -1), unit, weekStarts);
    periods.unshift(period);
    start = period.from;
  }
  return periods;
}

/** The days of a range in order; none where it ends before it begins. */
export function daysOf({ from, to }: DayRange): readonly string[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, day) => addDays(from, day));
}

/** 0 (Monday) to 6 (Sunday). */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1;
}
