import type { Agreement, Handoff, ReachedStage, WeekdayName } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { workingClock } from '../calendar/working-time.ts';
import type { WorkingHours } from '../calendar/working-time.ts';
import { takesActivity } from '../rule/takes-activity.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { isAnsweredOf, handedAt, reachedAt, waitedFor } from './columns.ts';
import type { Scope } from './sources.ts';
import { withElapsed, withWorked } from './working-clock.ts';

const WEEK: readonly WeekdayName[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * The first day of the clock by which waits are kept with the facts: the same whatever is derived, so that leads that
 * change are told as all of them would be. Waits that began before are worked out when they are asked for.
 */
export const CLOCK_FROM = '2020-01-01';

/** A hand-over as an agreement has it: from what on somebody waits, and what ends that beside the answer. */
export interface HandoffTerms {
  readonly handoff: Handoff;
  readonly stage: ReachedStage;
  /** Later stages that take an activity: one that its data alone reach is nobody's answer. */
  readonly ending: readonly ReachedStage[];
}

/** @returns null where the agreement has no such hand-over */
export function termsOf(id: string, agreement: Agreement): HandoffTerms | null {
  const handoff = agreement.handoffs.find((each) => each.id === id);
  const stages = reachedStages(agreement);
  const position = stages.findIndex((each) => each.id === handoff?.from);
  const stage = stages[position];
  if (handoff === undefined || stage === undefined) return null;
  const ending = stages
    .slice(position + 1)
    .filter(({ criteria }) => criteria.some(({ rule }) => takesActivity(rule.expression)));
  return { handoff, stage, ending };
}

/** The working hours of a hand-over; `null` where the calendar counts. */
export function workingHoursOf({ hours, holidays }: Handoff, { timezone }: Agreement): WorkingHours | null {
  if (hours === null) return null;
  return { timezone, week: WEEK.map((day) => hours[day] ?? null), holidays: new Set(holidays) };
}

/**
 * The instant at which nobody waits any more without having been answered; NULL where that is not so: the lead
 * was lost, or reached a later stage that takes an activity.
 */
export function closedAt({ stage, ending }: HandoffTerms, dialect: Dialect): Fragment {
  const first = dialect.earliestOf([identifier('lost_at'), ...ending.map(reachedAt)]);
  // A stage that requires none may have come before.
  return dialect.latestOf([first, reachedAt(stage)]);
}

/** True of a wait that its answer ended: of equal instants the answer comes first. */
export function isAnswered(answeredAt: Fragment, closed: Fragment): Fragment {
  return sql`${answeredAt} is not null and (${closed} is null or ${answeredAt} <= ${closed})`;
}

/**
 * A relation with `at_…`, `hand_…` and `lost_at`, and beside its columns how the wait of each hand-over ended:
 * `answered_…` (NULL while somebody waits) and `waited_…`, in microseconds, of working time where the hand-over has hours
 * (NULL as well where it began before the clock did).
 *
 * @param counted whose hand-overs are kept
 * @param judged what they are by the version that judged these leads
 */
export function withWaits(
  counted: Agreement,
  judged: Agreement,
  relation: Fragment,
  { dialect, asOf }: Scope,
): Fragment {
  return counted.handoffs.reduce((before, counting, nth) => {
    const answered = isAnsweredOf(counting);
    const waited = waitedFor(counting);
    const terms = termsOf(counting.id, judged);
    if (terms === null)
      return sql`(select *, ${dialect.nothing('boolean')} as ${answered}, ${dialect.nothing('integer')} as ${waited}
        from ${before})`;
    // No name of the agreement's has a blank.
    const mark = ` ${nth}`;
    const own = (name: string): Fragment => identifier(name + mark);
    const hand = handedAt(counting);
    const closed = sql`(select *, ${reachedAt(terms.stage)} as ${own('since')}, ${closedAt(terms, dialect)} as ${own('closed')}
      from ${before})`;
    const ended = sql`(select *, ${dialect.earliestOf([hand, own('closed')])} as ${own('until')},
        case when ${hand} is not null or ${own('closed')} is not null then ${isAnswered(hand, own('closed'))} end as ${answered}
      from ${closed})`;
    const hours = workingHoursOf(terms.handoff, judged);
    const clock = hours === null ? null : workingClock(hours, CLOCK_FROM, Number(asOf));
    const timed =
      clock === null ? withElapsed(ended, dialect, mark) : withWorked(ended, clock, dialect, mark);
    const isTold =
      clock === null
        ? raw('true')
        : sql`${own('since')} >= ${dialect.instant(dialect.cast(raw(String(clock.origin)), 'integer'))}`;
    return sql`(select *, case when ${own('until')} is not null and ${isTold} then ${own('waited')} end as ${waited}
      from ${timed})`;
  }, relation);
}

/** What `withWaits` adds. */
export function waitColumns({ handoffs }: Agreement): readonly Fragment[] {
  return handoffs.flatMap((handoff) => [isAnsweredOf(handoff), waitedFor(handoff)]);
}
