import type { Agreement, CalendarPart, Dimension } from '../agreement/agreement.ts';
import { isDayPart } from '../sql/dialect.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { fieldValue, firstValueColumn, plainFields } from './columns.ts';
import { dimensionColumn, isAdKey } from './tables.ts';

const CALENDAR_PARTS: readonly CalendarPart[] = ['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour'];

/** A dimension by its id: of the agreement, else a field of that name, else a part of the calendar. */
export function findDimension(agreement: Agreement, id: string): Dimension | null {
  const declared = agreement.dimensions.find((dimension) => dimension.id === id);
  if (declared) return declared;
  const field = plainFields(agreement).find((each) => each.name === id);
  if (field) return { kind: 'field', id, label: field.label, field: id, value: 'latest' };
  const part = CALENDAR_PARTS.find((each) => each === id);
  return part ? { kind: 'calendar', id, label: {}, part } : null;
}

/** How leads are put into groups: a cheap key to group by, and the group's text made of it afterwards. */
export interface Grouping {
  readonly key: Fragment;
  /** Where two dimensions are crossed, the key of the second. */
  readonly second: Fragment | null;
  text(key: Fragment, second: Fragment): Fragment;
}

const asItIs = (key: Fragment): Fragment => key;

/** Stands between the texts of two dimensions that are crossed; no text of a person's has it. */
const CROSSED = '\u001F';

/** Two dimensions at once: the group is the text of one and of the other, a missing one blank. */
export function crossGroups(one: Grouping, other: Grouping, dialect: Dialect): Grouping {
  const blank = (text: Fragment): Fragment => sql`coalesce(${text}, '')`;
  return {
    key: one.key,
    second: other.key,
    text: (key, second) =>
      sql`${blank(one.text(key, key))} || ${dialect.literal('string', CROSSED)} || ${blank(other.text(second, second))}`,
  };
}

/** The texts of both dimensions of a crossed group; null is the missing one. */
export function crossedTexts(group: string): readonly [string | null, string | null] {
  const [one = '', other = ''] = group.split(CROSSED);
  return [one === '' ? null : one, other === '' ? null : other];
}

/**
 * A lead's group, over the columns of `lead_facts`; NULL is the missing group. Calendar parts as text: day
 * `2026-01-31`, week by its first day, month `2026-01`, weekday `1` to `7` from Monday, hour `0` to `23`,
 * weekday and hour `1-09`.
 */
export function groupOfLead(
  agreement: Agreement,
  dimension: Exclude<Dimension, { kind: 'activity' }>,
  dialect: Dialect,
): Grouping {
  switch (dimension.kind) {
    case 'field':
      return fieldGroup(agreement, dimension, dialect);
    case 'bands':
      return { key: identifier(dimensionColumn(dimension.id)), second: null, text: asItIs };
    case 'calendar':
      return calendarGroup(agreement, dimension.part, dialect);
  }
}

function fieldGroup(
  agreement: Agreement,
  dimension: Extract<Dimension, { kind: 'field' }>,
  dialect: Dialect,
): Grouping {
  const column =
    dimension.value === 'first' ? identifier(firstValueColumn(dimension.field)) : fieldValue(dimension.field);
  return { key: column, second: null, text: (key) => fieldText(agreement, dimension.field, key, dialect) };
}

function fieldText(agreement: Agreement, name: string, value: Fragment, dialect: Dialect): Fragment {
  const type = agreement.fields.find((field) => field.name === name)?.type;
  if (type === 'string') return value;
  if (type === 'date' || type === 'timestamp') {
    const local = dialect.localTime(value, agreement.timezone);
    return dialect.cast(type === 'date' ? dialect.dayOf(local) : local, 'text');
  }
  if (type === 'number') {
    // 12 rather than 12.0.
    return sql`case when ${value} = floor(${value}) and abs(${value}) < 1e15
      then ${dialect.cast(dialect.cast(value, 'integer'), 'text')} else ${dialect.cast(value, 'text')} end`;
  }
  return dialect.cast(value, 'text');
}

function calendarGroup(agreement: Agreement, part: CalendarPart, dialect: Dialect): Grouping {
  const text = (key: Fragment): Fragment => dialect.cast(key, 'text');
  if (isDayPart(part)) {
    return {
      key: identifier('created_day'),
      second: null,
      text: (key) => dayGroup(agreement, part, key, dialect),
    };
  }
  if (part === 'hour') return { key: identifier('created_hour'), second: null, text };
  // 9 on a Monday is 109: a number groups many times faster than a text put together a row.
  return {
    key: sql`(created_weekday * 100 + created_hour)`,
    second: null,
    text: (key) => sql`substr(${text(key)}, 1, 1) || '-' || substr(${text(key)}, 2, 2)`,
  };
}

/** The calendar part of a day, as text. */
export function dayGroup(
  agreement: Agreement,
  part: 'day' | 'week' | 'month' | 'weekday',
  day: Fragment,
  dialect: Dialect,
): Fragment {
  switch (part) {
    case 'day':
      return dialect.cast(day, 'text');
    case 'week':
      return dialect.cast(dialect.startOf('week', day, agreement.weekStarts), 'text');
    case 'month':
      return sql`substr(${dialect.cast(day, 'text')}, 1, 7)`;
    case 'weekday':
      return dialect.cast(dialect.weekdayOf(day), 'text');
  }
}

/** The group of an ad metric, or `null` where ads do not have that dimension. */
export function groupOfAd(agreement: Agreement, dimension: Dimension, dialect: Dialect): Fragment | null {
  switch (dimension.kind) {
    case 'activity':
    case 'bands':
      return null;
    case 'calendar':
      return isDayPart(dimension.part)
        ? dayGroup(agreement, dimension.part, identifier('day'), dialect)
        : null;
    case 'field':
      return isAdKey(dimension.field)
        ? identifier(dimension.field)
        : fieldText(agreement, dimension.field, fieldValue(dimension.field), dialect);
  }
}
