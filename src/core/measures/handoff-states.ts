import type { Agreement, Handoff, ReachedStage } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { firstInstant, localDay } from '../calendar/days.ts';
import { workingClock } from '../calendar/working-time.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { handedAt, isAnsweredOf, reachedAt, reachedDay, waitedFor } from '../facts/columns.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { CLOCK_FROM, closedAt, isAnswered, termsOf, workingHoursOf } from '../facts/handoffs.ts';
import type { HandoffTerms } from '../facts/handoffs.ts';
import { stageColumns } from '../facts/tables.ts';
import { withElapsed, withWorked } from '../facts/working-clock.ts';
import { all, any, empty, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { HandoffGrouping } from './handoff-groups.ts';
import { OUTCOMES } from './handoff-outcomes.ts';
import type { Outcome } from './handoff-outcomes.ts';
import { knownTo } from './maturity-query.ts';
import type { MeasureContext } from './measure.ts';
import { factsRelation } from './selection.ts';
import type { Selection } from './selection.ts';

/** Working time is looked up for so many years; a lead that waits since before has waited that long. */
const MOST_YEARS = 200;

/** A hand-over of the agreement by its id. */
export function handoffNamed(name: string, { handoffs }: Agreement): Result<Handoff> {
  const found = handoffs.find(({ id }) => id === name);
  if (found) return success(found);
  const known = handoffs.map(({ id }) => id);
  return failure(
    fault('question.unknown_handoff', {
      name,
      known: known.join(', '),
      nearest: nearest(name, known) ?? '',
    }),
  );
}

/**
 * The instant up to which those waiting are followed, in microseconds: that of the question, or the end of the
 * last day with data. Whoever was called after the file was made is not known to have been.
 */
export function nowOf(context: MeasureContext): number {
  const { timezone } = context.agreement;
  const end = Number(firstInstant(addDays(knownTo(context), 1), timezone));
  return Math.min(Number(microsecondsOf(context.asOf)), end);
}

/** A promise as one version of the agreement has it, and to whom: leads by the local day of their creation. */
export interface Promised extends HandoffTerms {
  /** Included; `null` for the beginning. */
  readonly from: string | null;
  /** Not included; `null` for no end. */
  readonly until: string | null;
}

/**
 * The promises of a hand-over by the versions in force when leads were created, in the order of their days;
 * versions that follow each other with the same one are told once.
 */
export function promisesOf({ id }: Handoff, { judgements }: MeasureContext): readonly Promised[] {
  const promises: Promised[] = [];
  for (const { agreement, from, until } of judgements) {
    const terms = termsOf(id, agreement);
    if (terms === null) continue;
    const next: Promised = { ...terms, from, until };
    const last = promises.at(-1);
    if (last === undefined || !isSame(last, next)) promises.push(next);
    else promises[promises.length - 1] = { ...next, from: last.from };
  }
  return promises;
}

function isSame(one: Promised, other: Promised): boolean {
  const [told, toldOther] = [one, other].map(({ handoff, stage, ending }) =>
    JSON.stringify([
      stage.id,
      ending.map(({ id }) => id),
      handoff.within.seconds,
      handoff.hours,
      handoff.holidays,
    ]),
  );
  return told === toldOther;
}

/** Whose hand-over is asked about: when they reached its stage, and whether only those who wait. */
export interface HandedOver {
  readonly handoff: Handoff;
  /** Local days of reaching the stage, both included; `null` for all before the last. */
  readonly days: { readonly from: string | null; readonly to: string };
  readonly waiting: boolean;
  /** Of the days, only between these hours, both included. */
  readonly hours?: { readonly from: number; readonly to: number };
  /** Of each promise, only so many: those that reached the stage first. */
  readonly oldest?: number;
  readonly selection: Selection;
}

/** Of the facts: the leads that one promise was given to, of those asked about. */
function conditionOf(promised: Promised, asked: HandedOver, context: MeasureContext): Fragment {
  const { dialect } = context;
  const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
  const { stage, from, until } = promised;
  const { days, hours, waiting, selection } = asked;
  return all([
    sql`${reachedDay(stage)} <= ${day(days.to)}`,
    ...(days.from === null ? [] : [sql`${reachedDay(stage)} >= ${day(days.from)}`]),
    ...(from === null ? [] : [sql`created_day >= ${day(from)}`]),
    ...(until === null ? [] : [sql`created_day < ${day(until)}`]),
    ...(hours === undefined
      ? []
      : [sql`${hourOf(stage, context)} between ${raw(String(hours.from))} and ${raw(String(hours.to))}`]),
    ...(waiting ? [sql`${isAnsweredOf(promised.handoff)} is null`] : []),
    selection.condition,
  ]);
}

/** How many leads that is. */
export function handedOverCount(asked: HandedOver, context: MeasureContext): Fragment {
  const conditions = promisesOf(asked.handoff, context).map((each) => conditionOf(each, asked, context));
  return sql`select count(*) as leads from ${factsOf(asked, context)} where ${any(conditions)}`;
}

/**
 * The leads of a hand-over: a relation of a row a lead with `lead_id`, `since` (when it reached the stage),
 * `day` and `hour` (of that, local), `answered`, `waited` (microseconds until the answer, until the wait ended
 * without one, or until now; of working time where the hand-over has hours), `outcome` (the position in
 * `OUTCOMES`), `promise` (the position in `promisesOf`) and `group_key`.
 *
 * The wait ends with what comes first: the answer, the loss, or a later stage; of equal instants the answer.
 */
export function handoffStates(
  asked: HandedOver,
  grouping: HandoffGrouping,
  context: MeasureContext,
): Fragment {
  const parts = promisesOf(asked.handoff, context).flatMap((promised, nth) => {
    const open = openStates(promised, nth, asked, grouping, context);
    return asked.waiting ? [open] : [endedStates(promised, nth, asked, grouping, context), open];
  });
  return sql`(${join(parts, ' union all ')})`;
}

type StatesOf = (
  promised: Promised,
  nth: number,
  asked: HandedOver,
  grouping: HandoffGrouping,
  context: MeasureContext,
) => Fragment;

/** Of waits that are over and kept with the facts. */
const endedStates: StatesOf = (promised, nth, asked, grouping, context) => {
  const { handoff } = promised;
  const waited = waitedFor(handoff);
  return outcomes(
    sql`(select ${columnsOf(promised, grouping, context)}, ${isAnsweredOf(handoff)} as answered, true as is_over, ${waited} as waited
      from ${factsOf(asked, context)} where ${conditionOf(promised, asked, context)} and ${waited} is not null)`,
    promised,
    nth,
    grouping,
  );
};

/** Of those who wait, and of waits of so long ago that they are not kept. */
const openStates: StatesOf = (promised, nth, asked, grouping, context) => {
  const { agreement, dialect } = context;
  const { handoff } = promised;
  const hours = workingHoursOf(handoff, agreement);
  const start = clockStart(asked.days, context);
  // Then nobody's wait has ended of whom it is not kept, and what might have ended it need not be read.
  const areAllKept = hours === null || start >= CLOCK_FROM;
  const [answeredAt, over] = areAllKept
    ? [dialect.nothing('instant'), dialect.nothing('instant')]
    : [handedAt(handoff), closedAt(promised, dialect)];
  const now = dialect.instant(dialect.cast(raw(String(nowOf(context))), 'integer'));
  // Before their waits are worked out: only of those that are told.
  const oldest = asked.oldest === undefined ? empty : sql` order by since, lead_id limit ${asked.oldest}`;
  const base = sql`(select ${columnsOf(promised, grouping, context)}, ${answeredAt} as answered_at, ${over} as closed_at
    from ${factsOf(asked, context)}
    where ${conditionOf(promised, asked, context)} and ${waitedFor(handoff)} is null${oldest})`;
  const ended = sql`(select *, coalesce(${dialect.earliestOf([identifier('answered_at'), identifier('closed_at')])}, ${now}) as until,
      ${isAnswered(identifier('answered_at'), identifier('closed_at'))} as answered, closed_at is not null as is_over
    from ${base})`;
  const waited =
    hours === null
      ? withElapsed(ended, dialect)
      : withWorked(ended, workingClock(hours, start, clockEnd(context)), dialect);
  return outcomes(waited, promised, nth, grouping);
};

/** The columns that are told of a relation with `answered`, `is_over` (somebody's answer or not) and `waited`. */
function outcomes(
  relation: Fragment,
  { handoff }: Promised,
  nth: number,
  grouping: HandoffGrouping,
): Fragment {
  const position = (outcome: Outcome): Fragment => raw(String(OUTCOMES.indexOf(outcome)));
  const either = (inside: Outcome, outside: Outcome): Fragment =>
    sql`case when waited <= ${raw(String(handoff.within.seconds * 1_000_000))}
      then ${position(inside)} else ${position(outside)} end`;
  return sql`select lead_id, since, day, hour, answered, waited,
      case when answered then ${either('kept', 'late')} when is_over then ${either('closed', 'missed')}
        else ${either('pending', 'overdue')} end as outcome,
      ${raw(String(nth))} as promise, ${grouping.key} as group_key
    from ${relation}`;
}

function factsOf({ selection }: HandedOver, context: MeasureContext): Fragment {
  return factsRelation(
    context,
    selection.filters.map((filter) => filter.dimension),
  );
}

function columnsOf(
  { handoff, stage }: Promised,
  grouping: HandoffGrouping,
  context: MeasureContext,
): Fragment {
  return sql`lead_id, ${reachedAt(stage)} as since, ${reachedDay(stage)} as day,
    ${hourOf(stage, context)} as hour${tail(grouping.columns(handoff))}`;
}

/** The local hour of reaching a stage: it is kept of the stages that hand over today, not of those that did once. */
function hourOf(stage: ReachedStage, { agreement, dialect }: MeasureContext): Fragment {
  return agreement.handoffs.some(({ from }) => from === stage.id)
    ? identifier(stageColumns(stage.id).hour)
    : dialect.hourOf(dialect.localTime(reachedAt(stage), agreement.timezone));
}

export function isOutcome(outcomes: readonly Outcome[]): Fragment {
  return any(outcomes.map((outcome) => sql`outcome = ${raw(String(OUTCOMES.indexOf(outcome)))}`));
}

/** No lead of the range reached its stage before its first day, nor before the first with data. */
function clockStart({ from }: HandedOver['days'], { extent, asOf, agreement }: MeasureContext): string {
  const today = localDay(asOf, agreement.timezone);
  const least = addDays(today, -366 * MOST_YEARS);
  const known = extent?.from ?? today;
  const first = from !== null && from > known ? from : known;
  if (first < least) return least;
  return first > today ? today : first;
}

/** Nothing that is known happened later. */
function clockEnd({ asOf }: MeasureContext): number {
  return Number(microsecondsOf(asOf));
}
