import type { Handoff } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { workingDeadlines } from '../calendar/working-deadline.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { workingHoursOf } from '../facts/handoffs.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { heading } from './heading.ts';
import { handoffsAnswer, handoffsQuestion } from './handoffs-answer.ts';
import type {
  HandoffAnswer,
  HandoffsAnswer,
  HandoffsQuestion,
  HandoffTimes,
  WaitingLead,
} from './handoffs-answer.ts';
import { handoffGrouping, sellerOf, weekdayHourKey, weekdayHourText } from './handoff-groups.ts';
import type { HandoffGrouping } from './handoff-groups.ts';
import type { HandedOver } from './handoff-states.ts';
import {
  handedOverCount,
  handoffNamed,
  handoffStates,
  isOutcome,
  nowOf,
  promisesOf,
} from './handoff-states.ts';
import { OUTCOMES, OUTCOMES_OF } from './handoff-outcomes.ts';
import { countsOf, tellApart } from './handoff-counts.ts';
import type { Tally } from './handoff-counts.ts';
import { SMALL } from './breakdown-cells.ts';
import { textOrNull } from './leads.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { select } from './selection.ts';
import type { Selection } from './selection.ts';

const LEVELS = [0.5, 0.75, 0.9] as const;

/** Whether each hand-over of the agreement is kept, by whom, when, and who waits now. */
export const handoffs: Measure<HandoffsQuestion, HandoffsAnswer> = {
  name: 'handoffs',
  question: handoffsQuestion,
  answer: handoffsAnswer,
  ask(question, context) {
    const parts = resolve(question, context);
    if (!parts.ok) return parts;
    const { grouping, asked } = parts.value;
    return success(
      Object.fromEntries(
        asked.flatMap(({ handoff, selection }) => [
          [`counts_${handoff.id}`, countsQuery(handoff, grouping, question.oldest, selection, context)],
          [`earlier_${handoff.id}`, earlierQuery(handoff, selection, context)],
        ]),
      ),
    );
  },
  // Once it is known in which hours the oldest came: to sort all who wait takes longer than to count them.
  more(rows, question, context): Readonly<Record<string, Fragment>> {
    const parts = resolve(question, context);
    if (!parts.ok || question.oldest === 0) return {};
    return Object.fromEntries(
      parts.value.asked.flatMap(({ handoff, selection }) => {
        const hours = hoursOfOldest(rows[`counts_${handoff.id}`] ?? [], selection.range.to);
        if (hours === null) return [];
        const query = oldestQuery(handoff, question.oldest, hours, selection, context);
        return [[`oldest_${handoff.id}`, query] as const];
      }),
    );
  },
  make(rows, question, context) {
    const parts = resolve(question, context);
    if (!parts.ok) return parts;
    const { grouping, asked, selection } = parts.value;
    const { dimension } = grouping;
    return success({
      ...heading(selection, context),
      now: isoOf(nowOf(context)),
      by: {
        dimension: grouping.id,
        kind: dimension.kind,
        part: dimension.kind === 'calendar' ? dimension.part : null,
      },
      handoffs: asked.map((each) => answerHandoff(each, rows, grouping, question, context)),
    });
  },
};

interface AskedHandoff {
  readonly handoff: Handoff;
  readonly selection: Selection;
}

interface Parts {
  readonly grouping: HandoffGrouping;
  readonly asked: readonly AskedHandoff[];
  readonly selection: Selection;
}

function resolve(question: HandoffsQuestion, context: MeasureContext): Result<Parts> {
  const grouping = handoffGrouping(question.by, context);
  if (!grouping.ok) return grouping;
  const selection = select(question, context, null);
  if (!selection.ok) return selection;
  const named = question.handoff;
  const only = named === undefined ? null : handoffNamed(named, context.agreement);
  if (only !== null && !only.ok) return only;
  const asked: AskedHandoff[] = [];
  for (const handoff of only === null ? context.agreement.handoffs : [only.value]) {
    const own = select(question, context, handoff.from);
    if (!own.ok) return own;
    asked.push({ handoff, selection: own.value });
  }
  return success({ grouping: grouping.value, asked, selection: selection.value });
}

/**
 * The leads of a hand-over counted in one statement: rows `part` (`all`, `group`, `day`, `hour`, and `oldest`: from the
 * first to the last hour in which so many came who wait longest), `value`, a count for each outcome, and `times`: the
 * quantiles of the microseconds to the answer, of `all` and `group`.
 */
function countsQuery(
  handoff: Handoff,
  grouping: HandoffGrouping,
  oldest: number,
  selection: Selection,
  context: MeasureContext,
): Fragment {
  const { dialect } = context;
  const waiting = join(
    OUTCOMES_OF.waiting.map((outcome) => identifier(outcome)),
    ' + ',
  );
  const hourText = sql`substr(${dialect.cast(sql`${identifier('hour')} + 100`, 'text')}, 2, 2)`;
  const asked = { handoff, days: selection.range, waiting: false, selection };
  const states = handoffStates(asked, grouping, context);
  const counted = join(
    OUTCOMES.map((outcome) => sql`${dialect.countIf(isOutcome([outcome]))} as ${identifier(outcome)}`),
  );
  const summed = join(
    OUTCOMES.map(
      (outcome) =>
        sql`${dialect.cast(sql`sum(${identifier(outcome)})`, 'integer')} as ${identifier(outcome)}`,
    ),
  );
  const names = join(OUTCOMES.map((outcome) => identifier(outcome)));
  const times = sql`${dialect.quantiles(identifier('until_answer'), LEVELS)} as times`;
  const untimed = sql`${dialect.quantiles(dialect.nothing('number'), LEVELS)} as times`;
  return sql`with states as (select outcome, case when answered then waited end as until_answer, day, hour, group_key from ${states}),
    by_hour as (select day, hour, ${counted} from states group by day, hour)
    select 'all' as part, ${dialect.nothing('text')} as value, ${summed}, any_value(times) as times
      from by_hour, (select ${times} from states) as timed
    union all select 'group' as part, ${grouping.text(identifier('group_key'))} as value, ${names}, times
      from (select group_key, ${counted}, ${times} from states group by group_key)
    union all select 'day' as part, ${dialect.cast(identifier('day'), 'text')} as value, ${summed}, ${untimed}
      from by_hour group by day
    union all select 'oldest' as part, min(slot) || ' ' || max(slot) as value, ${summed}, ${untimed}
      from (select *, ${dialect.cast(identifier('day'), 'text')} || ' ' || ${hourText} as slot,
          sum(${waiting}) over (order by day, hour) - (${waiting}) as before
        from by_hour where ${waiting} > 0) as slots where before < ${raw(String(oldest))}
    union all select 'hour' as part, ${weekdayHourText(identifier('week_hour'), dialect)} as value, ${summed}, ${untimed}
      from (select *, ${weekdayHourKey(dialect)} as week_hour from by_hour) group by week_hour`;
}

/** The days in which those came who wait longest, and of a day the hours. */
type HoursOfOldest = Pick<HandedOver, 'days' | 'hours'>;

/** Null where nobody waits. */
function hoursOfOldest(counted: readonly Row[], lastDay: string): HoursOfOldest | null {
  const told = textOrNull(counted.find((row) => row['part'] === 'oldest')?.['value']);
  if (told === null) return null;
  const [from = '', first, to = '', last] = told.split(' ');
  // Where the clock was put back, who came later may be told by the hour before: the next one is looked at, too.
  const next = Number(last) + 1;
  if (from === to && next < 24) return { days: { from, to }, hours: { from: Number(first), to: next } };
  return { days: { from, to: next < 24 || to >= lastDay ? to : addDays(to, 1) } };
}

/** Those waiting, the oldest first: rows `lead_id`, `since`, `waited`, `overdue`, `promise`, `seller`. */
function oldestQuery(
  handoff: Handoff,
  most: number,
  hours: HoursOfOldest,
  selection: Selection,
  context: MeasureContext,
): Fragment {
  const { agreement, dialect } = context;
  const own = sellerOf(agreement, dialect) ?? dialect.nothing('text');
  const bySeller: HandoffGrouping = {
    id: '',
    dimension: { kind: 'field', id: '', label: {}, field: '', value: 'latest' },
    columns: () => [sql`${own} as seller`],
    key: identifier('seller'),
    text: (key) => key,
  };
  const asked = { handoff, ...hours, waiting: true, oldest: most, selection };
  return sql`select lead_id, since, waited, ${isOutcome(['overdue'])} as overdue, promise, group_key as seller
    from ${handoffStates(asked, bySeller, context)} order by since, lead_id limit ${most}`;
}

/** How many wait who came before the range. */
function earlierQuery(handoff: Handoff, selection: Selection, context: MeasureContext): Fragment {
  const days = { from: null, to: addDays(selection.range.from, -1) };
  return handedOverCount({ handoff, days, waiting: true, selection }, context);
}

function answerHandoff(
  { handoff, selection }: AskedHandoff,
  rows: Readonly<Record<string, readonly Row[]>>,
  grouping: HandoffGrouping,
  question: HandoffsQuestion,
  context: MeasureContext,
): HandoffAnswer {
  const counted = rows[`counts_${handoff.id}`] ?? [];
  const ofPart = (part: string): readonly Tally[] =>
    counted
      .filter((row) => row['part'] === part)
      .map((row) => ({ value: textOrNull(row['value']), counts: countsOf(row), time: timesOf(row) }));
  const [all] = ofPart('all');
  const byValue = (left: Tally, right: Tally): number => ((left.value ?? '') < (right.value ?? '') ? -1 : 1);
  const waiting = rows[`earlier_${handoff.id}`]?.[0]?.['leads'];
  return {
    id: handoff.id,
    owner: handoff.owner,
    from: handoff.from,
    within_seconds: handoff.within.seconds,
    working: handoff.hours !== null,
    ...(all?.counts ?? countsOf({})),
    time: all?.time ?? null,
    groups: tellApart(ofPart('group'), grouping.dimension, question.top, context.agreement),
    days: ofPart('day')
      .toSorted(byValue)
      .map(({ value, counts }) => ({ ...counts, day: value ?? '' })),
    hours: ofPart('hour')
      .toSorted(byValue)
      .map(({ value, counts }) => ({
        ...counts,
        value: value ?? '',
        small: counts.share.denominator < SMALL,
      })),
    oldest: waitingLeads(rows[`oldest_${handoff.id}`] ?? [], handoff, context),
    earlier: {
      waiting: typeof waiting === 'number' ? waiting : 0,
      to: addDays(selection.range.from, -1),
    },
  };
}

function waitingLeads(rows: readonly Row[], handoff: Handoff, context: MeasureContext): WaitingLead[] {
  const sinceOf = (row: Row): number => Number(microsecondsOf(textOrNull(row['since']) ?? ''));
  const [oldest] = rows;
  if (oldest === undefined) return [];
  const deadlines = promisesOf(handoff, context).map((promised) => {
    const hours = workingHoursOf(promised.handoff, context.agreement);
    const promise = promised.handoff.within.seconds * 1_000_000;
    if (hours === null) return (since: number): number => since + promise;
    const deadlineOf = workingDeadlines(hours, sinceOf(oldest));
    return (since: number): number => deadlineOf(since, promise);
  });
  return rows.map((row) => {
    const deadlineOf = deadlines[Number(row['promise'])];
    if (deadlineOf === undefined) throw new InvariantError('a lead without a promise');
    return {
      id: textOrNull(row['lead_id']) ?? '',
      since: textOrNull(row['since']) ?? '',
      waited: typeof row['waited'] === 'number' ? row['waited'] / 1_000_000 : 0,
      due_at: isoOf(deadlineOf(sinceOf(row))),
      overdue: row['overdue'] === true,
      seller: textOrNull(row['seller']),
    };
  });
}

function timesOf(row: Row): HandoffTimes {
  const { times } = row;
  if (!Array.isArray(times)) return null;
  const [p50, p75, p90] = times.map((microseconds) => Number(microseconds) / 1_000_000);
  return p50 === undefined || p75 === undefined || p90 === undefined ? null : { p50, p75, p90 };
}

function isoOf(microseconds: number): string {
  return new Date(Math.floor(microseconds / 1000)).toISOString();
}
