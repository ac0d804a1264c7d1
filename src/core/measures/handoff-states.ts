import type { Agreement, Handoff, ReachedStage, WeekdayName } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { firstInstant, localDay } from '../calendar/days.ts';
import { workingClock } from '../calendar/working-time.ts';
import type { WorkingHours } from '../calendar/working-time.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { handedAt, reachedAt, reachedDay } from '../facts/columns.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { stageColumns } from '../facts/tables.ts';
import { takesActivity } from '../rule/takes-activity.ts';
import type { Dialect } from '../sql/dialect.ts';
import { all, any, empty, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { HandoffGrouping } from './handoff-groups.ts';
import { OUTCOMES } from './handoff-outcomes.ts';
import type { Outcome } from './handoff-outcomes.ts';
import { knownTo } from './maturity-query.ts';
import type { MeasureContext } from './measure.ts';
import { factsRelation } from './selection.ts';
import type { Selection } from './selection.ts';
import { withElapsed, withWorked } from './working-clock.ts';

const WEEK: readonly WeekdayName[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
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

/** The working hours of a hand-over; `null` where the calendar counts. */
export function workingHoursOf({ hours, holidays }: Handoff, { timezone }: Agreement): WorkingHours | null {
  if (hours === null) return null;
  return { timezone, week: WEEK.map((day) => hours[day] ?? null), holidays: new Set(holidays) };
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

function stageFrom(handoff: Handoff, agreement: Agreement): ReachedStage {
  const stage = reachedStages(agreement).find(({ id }) => id === handoff.from);
  if (stage === undefined) throw new InvariantError(`a hand-over from no stage: ${handoff.from}`);
  return stage;
}

/** A promise as one version of the agreement has it, and to whom: leads by the local day of their creation. */
export interface Promised {
  readonly handoff: Handoff;
  readonly stage: ReachedStage;
  /** Later stages that take an activity: one that its data alone reach is nobody's answer. */
  readonly ending: readonly ReachedStage[];
  /** True where all later stages do. */
  readonly allEnd: boolean;
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
    const handoff = agreement.handoffs.find((each) => each.id === id);
    if (handoff === undefined) continue;
    const stages = reachedStages(agreement);
    const later = stages.slice(stages.findIndex((stage) => stage.id === handoff.from) + 1);
    const ending = later.filter(({ criteria }) =>
      criteria.some(({ rule }) => takesActivity(rule.expression)),
    );
    const next: Promised = {
      handoff,
      stage: stageFrom(handoff, agreement),
      ending,
      allEnd: ending.length === later.length,
      from,
      until,
    };
    const last = promises.at(-1);
    if (last === undefined || !isSame(last, next)) promises.push(next);
    else promises[promises.length - 1] = { ...next, from: last.from };
  }
  return promises;
}

function isSame(one: Promised, other: Promised): boolean {
  const [told, toldOther] = [one, other].map(({ handoff, stage, ending, allEnd }) =>
    JSON.stringify([
      stage.id,
      ending.map(({ id }) => id),
      allEnd,
      handoff.within.seconds,
      handoff.hours,
      handoff.holidays,
    ]),
  );
  return told === toldOther;
}

/**
 * The instant at which nobody waits any more without having been answered; NULL where that is not so: the lead
 * was lost, or reached a later stage that takes an activity.
 */
function closedAt({ stage, ending }: Promised, { dialect }: MeasureContext): Fragment {
  const first = dialect.earliestOf([identifier('lost_at'), ...ending.map(reachedAt)]);
  // A stage that requires none may have come before.
  return dialect.latestOf([first, reachedAt(stage)]);
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
    ...(waiting ? stillWaiting(promised, dialect) : []),
    selection.condition,
  ]);
}

/** What is true of leads that nobody answered, and whose wait is not over: `closedAt` and the answer are NULL. */
function stillWaiting({ handoff, stage, ending, allEnd }: Promised, dialect: Dialect): readonly Fragment[] {
  const absent = [handedAt(handoff), identifier('lost_at')].map((column) => sql`${column} is null`);
  // By the furthest stage, or by the days: both take less to read than the instants that `closedAt` is made of.
  return allEnd
    ? [...absent, sql`at_stage = ${dialect.literal('string', stage.id)}`]
    : [...absent, ...ending.map((each) => sql`${reachedDay(each)} is null`)];
}

/** How many leads that is. */
export function handedOverCount(asked: HandedOver, context: MeasureContext): Fragment {
  const facts = factsRelation(
    context,
    asked.selection.filters.map((filter) => filter.dimension),
  );
  const conditions = promisesOf(asked.handoff, context).map((each) => conditionOf(each, asked, context));
  return sql`select count(*) as leads from ${facts} where ${any(conditions)}`;
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
  const parts = promisesOf(asked.handoff, context).map((promised, position) =>
    statesOf(promised, position, asked, grouping, context),
  );
  return sql`(${join(parts, ' union all ')})`;
}

function statesOf(
  promised: Promised,
  nth: number,
  asked: HandedOver,
  grouping: HandoffGrouping,
  context: MeasureContext,
): Fragment {
  const { agreement, dialect } = context;
  const { handoff, stage } = promised;
  const facts = factsRelation(
    context,
    asked.selection.filters.map((filter) => filter.dimension),
  );
  const now = dialect.instant(dialect.cast(raw(String(nowOf(context))), 'integer'));
  // Before their waits are worked out: only of those that are told.
  const oldest = asked.oldest === undefined ? empty : sql` order by since, lead_id limit ${asked.oldest}`;
  const base = sql`(select lead_id, ${reachedAt(stage)} as since, ${reachedDay(stage)} as day,
      ${hourOf(stage, context)} as hour, ${handedAt(handoff)} as answered_at,
      ${closedAt(promised, context)} as closed_at${tail(grouping.columns(handoff))}
    from ${facts} where ${conditionOf(promised, asked, context)}${oldest})`;
  const ended = sql`(select *, coalesce(${dialect.earliestOf([identifier('answered_at'), identifier('closed_at')])}, ${now}) as until,
      answered_at is not null and (closed_at is null or answered_at <= closed_at) as answered
    from ${base})`;
  const hours = workingHoursOf(handoff, agreement);
  const waited =
    hours === null
      ? withElapsed(ended, dialect)
      : withWorked(ended, workingClock(hours, clockStart(asked.days, context), clockEnd(context)), dialect);
  const inside = sql`waited <= ${raw(String(handoff.within.seconds * 1_000_000))}`;
  const position = (outcome: Outcome): Fragment => raw(String(OUTCOMES.indexOf(outcome)));
  const either = (kept: Outcome, broken: Outcome): Fragment =>
    sql`case when ${inside} then ${position(kept)} else ${position(broken)} end`;
  return sql`select lead_id, since, day, hour, answered, waited,
      case when answered then ${either('kept', 'late')}
        when closed_at is not null then ${either('closed', 'missed')}
        else ${either('pending', 'overdue')} end as outcome,
      ${raw(String(nth))} as promise, ${grouping.key} as group_key
    from ${waited}`;
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
