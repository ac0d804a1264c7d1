import type { CalendarPart } from '../agreement/agreement.ts';
import type { ValueType } from '../rule/expression.ts';
import type { Fragment, Quoting } from './sql.ts';

/** The types of our columns, by what they hold. */
export type ColumnType =
  | 'text'
  /** A text that hardly any two rows share: an id, a phone number. */
  | 'distinct_text'
  /** Such a text that is written with each record and seldom read. */
  | 'resting_text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  /** Microseconds of UTC, without a zone. */
  | 'instant'
  | 'money'
  | 'small_integer'
  | 'json';

/** The handful of expressions in which engines differ. Nothing above it knows the engine. */
export interface Dialect extends Quoting {
  readonly name: 'duckdb' | 'clickhouse';
  /** A column as `create table` has it. */
  columnDefinition(name: string, type: ColumnType): Fragment;
  cast(value: Fragment, type: ColumnType): Fragment;
  /** NULL instead of an error when arithmetic overflows or divides by zero. */
  attempt(value: Fragment): Fragment;
  /** Integer division that truncates toward zero. */
  integerQuotient(dividend: Fragment, divisor: Fragment): Fragment;
  /** An instant (UTC) as the wall clock of a time zone. */
  localTime(instant: Fragment, timezone: string): Fragment;
  /** The first instant (UTC) of a local day. */
  startOfDay(day: Fragment, timezone: string): Fragment;
  dayOf(localTime: Fragment): Fragment;
  /** 0 to 23. */
  hourOf(localTime: Fragment): Fragment;
  /** 1 (Monday) to 7 (Sunday), of a date. */
  weekdayOf(day: Fragment): Fragment;
  /** The first day of the unit that holds a date. */
  startOf(unit: 'week' | 'month' | 'quarter', day: Fragment, weekStarts: 'monday' | 'sunday'): Fragment;
  /** An instant from microseconds since 1970 UTC. */
  instant(microseconds: Fragment): Fragment;
  /** Microseconds since 1970 UTC of an instant. */
  microseconds(instant: Fragment): Fragment;
  /** Count of the rows for which a condition is true. */
  countIf(condition: Fragment): Fragment;
  minIf(value: Fragment, condition: Fragment): Fragment;
  /** The nth of the values that satisfy a condition, from the least; NULL where they are fewer. */
  nthLeastIf(value: Fragment, nth: number, condition: Fragment): Fragment;
  maxIf(value: Fragment, condition: Fragment): Fragment;
  /** The greatest so many of the values that satisfy a condition, as an array; NULL over no rows. */
  greatestIf(value: Fragment, most: number, condition: Fragment): Fragment;
  /** Arrays of several rows as one, as an aggregate. */
  flat(arrays: Fragment): Fragment;
  /** NULL over no rows. */
  sumIf(value: Fragment, condition: Fragment): Fragment;
  /** A NULL of a type. */
  nothing(type: ColumnType): Fragment;
  plusSeconds(instant: Fragment, seconds: number): Fragment;
  /** The latest of some instants; NULL where any of them is. */
  latestOf(values: readonly Fragment[]): Fragment;
  /** The earliest of those instants that are not NULL. */
  earliestOf(values: readonly Fragment[]): Fragment;
  /** The latest of those instants that are not NULL. */
  latestKnown(values: readonly Fragment[]): Fragment;
  /** Aggregate: the value, even NULL, of the row with the greatest order among those for which it holds. */
  byGreatestIf(value: Fragment, order: readonly Fragment[], condition: Fragment): Fragment;
  /** Aggregate: the value, even NULL, of the row with the least order among those for which it holds. */
  byLeastIf(value: Fragment, order: readonly Fragment[], condition: Fragment): Fragment;
  /** Over a window of the rows so far: the value, even NULL, of the latest for which it holds. */
  latestSoFar(value: Fragment, condition: Fragment, window: Fragment): Fragment;
  /** Sum that is 0 over no rows. */
  sum(value: Fragment): Fragment;
  /** Exact quantiles with linear interpolation, as an array. */
  quantiles(value: Fragment, levels: readonly number[]): Fragment;
  /** One of the whole numbers that we computed, by its place from 0. */
  integerAt(values: readonly number[], place: Fragment): Fragment;
  /** A relation of the whole numbers that we computed, a row each: `n`. */
  integers(values: readonly number[]): Fragment;
  /** A digest of a text, for comparing: 32 hexadecimal digits. */
  digest(text: Fragment): Fragment;
  length(text: Fragment): Fragment;
  lowerAscii(text: Fragment): Fragment;
  contains(text: Fragment, part: Fragment): Fragment;
  startsWith(text: Fragment, part: Fragment): Fragment;
  endsWith(text: Fragment, part: Fragment): Fragment;
  /** An RE2 pattern found anywhere. */
  matches(text: Fragment, pattern: Fragment): Fragment;
  /** A literal of a rule's type, as a bound parameter cast to it. */
  literal(type: ValueType, value: string | number | boolean): Fragment;
}

/** The calendar parts that are computed from the local day alone. */
export function isDayPart(part: CalendarPart): part is 'day' | 'week' | 'month' | 'weekday' {
  return part !== 'hour' && part !== 'weekday_hour';
}
