import type { Agreement, CalendarPart, Dimension, Handoff } from '../agreement/agreement.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { dayGroup, findDimension, groupOfLead } from '../facts/groups.ts';
import { answerColumn } from '../facts/tables.ts';
import { isDayPart } from '../sql/dialect.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext } from './measure.ts';
import { dimensionOf } from './selection.ts';

/** Who answered, else the lead's own seller: what hand-overs are told apart by unless asked otherwise. */
export const SELLER = 'seller';

/** How the leads of a hand-over are put into groups. */
export interface HandoffGrouping {
  readonly id: string;
  readonly dimension: Dimension;
  /** Columns that it needs of the facts, by the names that `key` uses. */
  readonly columns: (handoff: Handoff) => readonly Fragment[];
  /** Over those, `answered`, `day` and `hour`. */
  readonly key: Fragment;
  readonly text: (key: Fragment) => Fragment;
}

/** A grouping by the id of a dimension, a field or a part of the calendar, or by `seller`. */
export function handoffGrouping(id: string, context: MeasureContext): Result<HandoffGrouping> {
  const { agreement, dialect } = context;
  if (id === SELLER) return success(answerGrouping(id, SELLER, sellerOf(agreement, dialect), context));
  const found = dimensionOf(agreement, id);
  if (!found.ok) return found;
  const dimension = found.value;
  switch (dimension.kind) {
    case 'activity':
      return success(
        answerGrouping(
          id,
          dimension.member,
          dimension.member === SELLER ? sellerOf(agreement, dialect) : null,
          context,
        ),
      );
    case 'calendar':
      return success(calendarGrouping(dimension, dimension.part, context));
    case 'field':
    case 'bands': {
      const grouping = groupOfLead(agreement, dimension, dialect);
      return success({
        id,
        dimension,
        columns: () => [sql`${grouping.key} as own_group`],
        key: identifier('own_group'),
        text: (key) => grouping.text(key, key),
      });
    }
  }
}

/** The seller that a lead itself names, as text; `null` where the agreement has no such field. */
export function sellerOf(agreement: Agreement, dialect: Dialect): Fragment | null {
  const own = [findDimension(agreement, SELLER), fieldNamed(agreement)].find(
    (each) => each?.kind === 'field',
  );
  if (own?.kind !== 'field') return null;
  const grouping = groupOfLead(agreement, own, dialect);
  return grouping.text(grouping.key, grouping.key);
}

function fieldNamed(agreement: Agreement): Dimension | null {
  const field = agreement.fields.find(({ name, pii }) => name === SELLER && pii === null);
  return field === undefined
    ? null
    : { kind: 'field', id: SELLER, label: field.label, field: SELLER, value: 'latest' };
}

function answerGrouping(
  id: string,
  member: Extract<Dimension, { kind: 'activity' }>['member'],
  own: Fragment | null,
  { agreement, dialect }: MeasureContext,
): HandoffGrouping {
  const declared = agreement.dimensions.find((each) => each.id === id);
  return {
    id,
    dimension: { kind: 'activity', id, label: declared?.label ?? {}, member },
    columns: (handoff) => [
      sql`${identifier(answerColumn(member, handoff.id))} as answer_group`,
      sql`${own ?? dialect.nothing('text')} as own_group`,
    ],
    key: sql`coalesce(case when answered then answer_group end, own_group)`,
    text: (key) => key,
  };
}

function calendarGrouping(
  dimension: Dimension,
  part: CalendarPart,
  { agreement, dialect }: MeasureContext,
): HandoffGrouping {
  const common = { id: dimension.id, dimension, columns: () => [] };
  const text = (key: Fragment): Fragment => dialect.cast(key, 'text');
  if (isDayPart(part)) {
    return {
      ...common,
      key: unitOf(part, agreement, dialect),
      // A week is named by its first day, and so is a month here: both are units of that very day.
      text: (key) => (part === 'weekday' ? text(key) : dayGroup(agreement, part, key, dialect)),
    };
  }
  if (part === 'hour') return { ...common, key: identifier('hour'), text };
  return { ...common, key: weekdayHourKey(dialect), text: (key) => weekdayHourText(key, dialect) };
}

/** The unit of `day` that a part of the calendar groups by. */
function unitOf(
  part: 'day' | 'week' | 'month' | 'weekday',
  agreement: Agreement,
  dialect: Dialect,
): Fragment {
  const day = identifier('day');
  switch (part) {
    case 'day':
      return day;
    case 'week':
    case 'month':
      return dialect.startOf(part, day, agreement.weekStarts);
    case 'weekday':
      return dialect.weekdayOf(day);
  }
}

/** 9 on a Monday is 109, over `day` and `hour`. */
export function weekdayHourKey(dialect: Dialect): Fragment {
  return sql`(${dialect.weekdayOf(identifier('day'))} * 100 + ${identifier('hour')})`;
}

export function weekdayHourText(key: Fragment, dialect: Dialect): Fragment {
  const text = dialect.cast(key, 'text');
  return sql`substr(${text}, 1, 1) || '-' || substr(${text}, 2, 2)`;
}
