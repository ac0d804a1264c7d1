import type { ReachedStage } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { joinRanges, localDay } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { reachedAt } from '../facts/columns.ts';
import { any, identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { EndCounts } from '../stats/incidence.ts';
import type { MeasureContext, Row } from './measure.ts';
import { factsRelation } from './selection.ts';
import type { Selection } from './selection.ts';

const DAY = 86_400_000_000;

const OPEN = 0;
const REACHED = 1;
const LOST = 2;

/** The last local day on which leads were followed: the last one with data, or that of the instant asked for. */
export function knownTo({ asOf, extent, agreement }: MeasureContext): string {
  const today = localDay(asOf, agreement.timezone);
  return extent === null || extent.to > today ? today : extent.to;
}

/** The instant up to which leads were followed, in microseconds: the end of the last day, or as of. */
function followedTo(context: MeasureContext): Fragment {
  const { dialect, agreement } = context;
  const next = dialect.cast(sql`${addDays(knownTo(context), 1)}`, 'date');
  const end = dialect.startOfDay(next, agreement.timezone);
  const asOf = dialect.instant(dialect.cast(sql`${microsecondsOf(context.asOf)}`, 'integer'));
  return dialect.microseconds(dialect.earliestOf([end, asOf]));
}

/** The first days of the pieces into which ranges cut the calendar, in order. */
function startsOf(ranges: readonly DayRange[]): readonly string[] {
  return [...new Set(ranges.flatMap(({ from, to }) => [from, addDays(to, 1)]))].toSorted();
}

/**
 * The leads that reached a stage, counted by how and when it ended for them: one scan for all the ranges, cut
 * where any of them begins or ends. Rows `piece` (its position among those of `startsOf`), `day`, `ended`,
 * `leads`, and `reached` and `lost`: how many of them have reached the second stage by now, or are lost.
 *
 * A lead is followed for the whole days since it reached the first stage. What happened in its last, begun day
 * is left out of the curve: those of its age who did nothing were not followed for the whole of that day
 * either, and to count only who did something would flatter it.
 */
export function maturityQuery(
  from: ReachedStage,
  to: ReachedStage,
  ranges: readonly DayRange[],
  selection: Selection,
  context: MeasureContext,
): Fragment {
  const { dialect } = context;
  const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
  const within = any(
    joinRanges(ranges).map((range) => sql`created_day between ${day(range.from)} and ${day(range.to)}`),
  );
  const facts = factsRelation(
    context,
    selection.filters.map((filter) => filter.dimension),
  );
  const began = dialect.microseconds(reachedAt(from));
  const wholeDays = (microseconds: Fragment): Fragment =>
    dialect.integerQuotient(microseconds, raw(String(DAY)));
  // The day in which it ended: 3 where that was more than two whole days and not more than three after.
  const endedOn = (instant: Fragment): Fragment => {
    const passed = sql`(${dialect.microseconds(instant)} - ${began})`;
    return sql`case when ${passed} > 0 then ${wholeDays(sql`(${passed} + ${raw(String(DAY - 1))})`)} when ${passed} <= 0 then 0 end`;
  };
  const spans = sql`(select created_day, ${reachedAt(to)} as reached_at,
      ${wholeDays(sql`(${followedTo(context)} - ${began})`)} as followed,
      ${endedOn(reachedAt(to))} as reached_day,
      case when ${reachedAt(to)} is null then ${endedOn(identifier('lost_at'))} end as lost_day
    from ${facts} where ${reachedAt(from)} is not null and (${within}) and ${selection.condition})`;
  const ends = sql`(select created_day, reached_at, lost_day,
      case when reached_day <= followed then ${raw(String(REACHED))}
        when lost_day <= followed then ${raw(String(LOST))} else ${raw(String(OPEN))} end as ended,
      case when reached_day <= followed then reached_day when lost_day <= followed then lost_day
        when followed > 0 then followed else 0 end as day
    from ${spans})`;
  const days = sql`(select created_day, ended, day, count(*) as leads, count(reached_at) as reached,
      count(lost_day) as lost
    from ${ends} group by created_day, ended, day)`;
  const piece = startsOf(ranges)
    .map((start, position) => sql`when created_day >= ${day(start)} then ${raw(String(position))} `)
    .toReversed()
    .reduce((left, right) => sql`${left}${right}`);
  return sql`select piece, day, ended, sum(leads) as leads, sum(reached) as reached, sum(lost) as lost
    from (select case ${piece} end as piece, day, ended, leads, reached, lost from ${days})
    group by piece, day, ended`;
}

/** What is known of the leads of a range. */
export interface Followed {
  readonly leads: number;
  /** Those that have reached the second stage by now. */
  readonly reached: number;
  /** Those that are lost by now, without it. */
  readonly lost: number;
  readonly counts: readonly EndCounts[];
}

/** The rows of `maturityQuery` put together again for one of its ranges. */
export function followedIn(range: DayRange, ranges: readonly DayRange[], rows: readonly Row[]): Followed {
  const starts = startsOf(ranges);
  const number = (row: Row, name: string): number => Number(row[name] ?? 0);
  const own = rows.filter((row) => {
    const start = starts[number(row, 'piece')] ?? '';
    return start >= range.from && start <= range.to;
  });
  const total = (name: string): number => own.reduce((sum, row) => sum + number(row, name), 0);
  return {
    leads: total('leads'),
    reached: total('reached'),
    lost: total('lost'),
    counts: own.map((row) => {
      const leads = number(row, 'leads');
      const ended = number(row, 'ended');
      return {
        time: number(row, 'day'),
        reached: ended === REACHED ? leads : 0,
        lost: ended === LOST ? leads : 0,
        open: ended === OPEN ? leads : 0,
      };
    }),
  };
}
