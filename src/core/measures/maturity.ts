import type { ReachedStage } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { daysBetween, unitsOf } from '../calendar/days.ts';
import type { DayRange, UnitRange } from '../calendar/days.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { cumulativeIncidence, incidenceInterval, pointAt, quantileOfReached } from '../stats/incidence.ts';
import type { IncidencePoint } from '../stats/incidence.ts';
import { outlook } from '../stats/outlook.ts';
import { difference } from '../stats/difference.ts';
import type { Estimate } from '../stats/difference.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import { heading } from './heading.ts';
import { maturityAnswer, maturityQuestion } from './maturity-answer.ts';
import type { IncidenceCurve, MaturityAnswer, MaturityCohort, MaturityQuestion } from './maturity-answer.ts';
import { followedIn, knownTo, maturityQuery } from './maturity-query.ts';
import type { Followed } from './maturity-query.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { select, stagePair } from './selection.ts';
import type { Selection } from './selection.ts';

/** Eighteen months: recent enough to be like today's leads, and long enough to see how they end. */
const REFERENCE_DAYS = 540;
/** With fewer leads than this to learn from, nothing is expected of others. */
const LEAST_REFERENCE = 30;
/** A curve ends where fewer than this are still followed: beyond, one lead would move it too far. */
const LEAST_AT_RISK = 10;
/** A cohort is mature when this part of what is expected is there. */
const MATURE = 0.95;
/** A cohort of fewer leads is not worth a sentence. */
const LEAST_YOUNG = 30;
/** Ranges up to so many days are cut into weeks, longer ones into months. */
const MOST_DAYS_OF_WEEKS = 45;
const MOST_POINTS = 60;
const NEARLY_ALL = 0.99;
const SHARES = [0.25, 0.5, 0.75] as const;

/** How long leads take from one stage to another, and how young cohorts will end. */
export const maturity: Measure<MaturityQuestion, MaturityAnswer> = {
  name: 'maturity',
  question: maturityQuestion,
  answer: maturityAnswer,
  ask(question, context) {
    const plan = planOf(question, context);
    if (!plan.ok) return plan;
    const { from, to, ranges, selection } = plan.value;
    return success({ ends: maturityQuery(from, to, ranges, selection, context) });
  },
  make(rows, question, context) {
    const plan = planOf(question, context);
    if (!plan.ok) return plan;
    return success(makeMaturity(rows['ends'] ?? [], question, plan.value, context));
  },
};

interface Plan {
  readonly from: ReachedStage;
  readonly to: ReachedStage;
  readonly selection: Selection;
  readonly every: 'week' | 'month';
  readonly cohorts: readonly UnitRange[];
  readonly reference: DayRange;
  /** All that is asked for in one scan. */
  readonly ranges: readonly DayRange[];
}

function planOf(question: MaturityQuestion, context: MeasureContext): Result<Plan> {
  const pair = stagePair(context.agreement, question.stages);
  if (!pair.ok) return pair;
  const [from, to] = pair.value;
  if (from.kind !== 'reached') return failure(fault('question.measured_leads', { name: from.id }));
  if (to.kind !== 'reached') return failure(fault('question.measured_leads', { name: to.id }));
  const selection = select({ ...question, mode: 'cohort', equal_age: false }, context, to.id);
  if (!selection.ok) return selection;
  const { range, compared } = selection.value;
  const every = question.every ?? (daysBetween(range.from, range.to) < MOST_DAYS_OF_WEEKS ? 'week' : 'month');
  const known = knownTo(context);
  const cohorts = unitsOf(range, every, context.agreement.weekStarts).filter((unit) => unit.from <= known);
  const reference = { from: addDays(known, 1 - REFERENCE_DAYS), to: known };
  const ranges = [range, ...cohorts, reference, ...(compared === null ? [] : [compared])];
  return success({ from, to, selection: selection.value, every, cohorts, reference, ranges });
}

function makeMaturity(
  rows: readonly Row[],
  question: MaturityQuestion,
  plan: Plan,
  context: MeasureContext,
): MaturityAnswer {
  const { selection, reference, ranges } = plan;
  const { range, compared } = selection;
  const followed = (days: DayRange): Followed => followedIn(days, ranges, rows);
  const known = knownTo(context);
  const model = supported(followed(reference));
  const enough = followed(reference).leads >= LEAST_REFERENCE && model.length > 0;
  const cohort = (days: DayRange): MaturityCohort =>
    cohortOf(days, followed(days), enough ? model : null, known);
  const cohorts = plan.cohorts.map(cohort);
  const whole = cohorts.filter((each, index) => plan.cohorts[index]?.complete === true && each.to <= known);
  return {
    ...heading(selection, context),
    mode: 'cohort',
    stages: [plan.from.id, plan.to.id],
    every: plan.every,
    known_to: known,
    total: cohort(range),
    cohorts,
    young: whole.findLast((each) => each.mature === false && each.leads >= LEAST_YOUNG) ?? null,
    curve: curveOf(range, followed(range)),
    reference: curveOf(reference, followed(reference)),
    compared:
      compared === null
        ? null
        : { from: compared.from, to: compared.to, timezone: context.agreement.timezone },
    comparison:
      compared === null
        ? null
        : question.equal_age
          ? atEqualAge(
              { followed: followed(range), days: range },
              { followed: followed(compared), days: compared },
              known,
            )
          : asTheyStand(followed(range), followed(compared)),
  };
}

/** The curve of some leads, as far as enough of them are followed. */
function supported({ counts }: Followed): readonly IncidencePoint[] {
  const points = cumulativeIncidence(counts);
  const end = points.findIndex((point) => point.atRisk < LEAST_AT_RISK);
  return end < 0 ? points : points.slice(0, end);
}

function curveOf({ from, to }: DayRange, followed: Followed): IncidenceCurve {
  const points = supported(followed);
  return {
    from,
    to,
    leads: followed.leads,
    horizon_days: points.at(-1)?.time ?? null,
    points: thinned(points).map((point) => ({
      day: point.time,
      reached: point.incidence,
      ...incidenceInterval(point),
      at_risk: point.atRisk,
    })),
    quantiles: SHARES.map((share) => ({ share, days: quantileOfReached(points, share) })),
  };
}

/** At most sixty of the points: evenly over the days in which nearly all who reach it do, and the last. */
function thinned(points: readonly IncidencePoint[]): readonly IncidencePoint[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length <= MOST_POINTS) return points;
  const span = (quantileOfReached(points, NEARLY_ALL) ?? last.time) - first.time;
  const steps = MOST_POINTS - 2;
  const chosen = Array.from({ length: MOST_POINTS - 1 }, (_, step) =>
    pointAt(points, first.time + (span * step) / steps),
  );
  return [...new Set([...chosen.filter((point) => point !== null), last])];
}

function cohortOf(
  { from, to }: DayRange,
  { leads, reached, lost, counts }: Followed,
  model: readonly IncidencePoint[] | null,
  known: string,
): MaturityCohort {
  // As of the whole days that each lead was followed, as the curve is: a sale of today is a sale, and its lead
  // one that was open this morning.
  const open = counts.filter((each) => each.open > 0).map((each) => ({ age: each.time, count: each.open }));
  const before = counts.reduce((sum, each) => sum + each.reached, 0);
  const rest = model === null ? null : outlook(model, open);
  const atLeast = (count: number): number => Math.max(reached, before + count);
  const expected = rest === null ? null : atLeast(rest.expected);
  const low = rest === null ? null : atLeast(rest.low);
  const high = rest === null ? null : atLeast(rest.high);
  const rate = (count: number | null): number | null => (count === null ? null : count / leads);
  return {
    from,
    to,
    leads,
    open: leads - reached - lost,
    observed: reached,
    expected,
    low,
    high,
    rates:
      leads === 0
        ? null
        : { observed: reached / leads, expected: rate(expected), low: rate(low), high: rate(high) },
    age_days: to >= known ? 0 : daysBetween(to, known),
    mature: expected === null || leads === 0 ? null : reached >= MATURE * expected,
  };
}

type Comparison = NonNullable<MaturityAnswer['comparison']>;

/**
 * Both periods by the same age: that of the middle of the younger one, so that at least about half of its leads
 * have been followed for so long; those that have not are censored. Less where a curve ends before.
 */
function atEqualAge(
  now: { readonly followed: Followed; readonly days: DayRange },
  before: { readonly followed: Followed; readonly days: DayRange },
  known: string,
): Comparison | null {
  const [points, pointsBefore] = [supported(now.followed), supported(before.followed)];
  const younger = now.days.to > before.days.to ? now.days : before.days;
  const end = younger.to > known ? known : younger.to;
  if (younger.from > end) return null;
  const middle = addDays(younger.from, Math.floor(daysBetween(younger.from, end) / 2));
  const age = Math.min(daysBetween(middle, known), points.at(-1)?.time ?? 0, pointsBefore.at(-1)?.time ?? 0);
  const [point, pointBefore] = [heldAt(points, age), heldAt(pointsBefore, age)];
  if (point === null || pointBefore === null) return null;
  const estimate = (each: IncidencePoint): Estimate => ({
    value: each.incidence,
    ...incidenceInterval(each),
  });
  return comparisonOf(
    { ...estimate(point), leads: now.followed.leads },
    { ...estimate(pointBefore), leads: before.followed.leads },
    age,
  );
}

/** The point that holds at an age; where nothing has ended until then, nobody has reached and all are at risk. */
function heldAt(points: readonly IncidencePoint[], age: number): IncidencePoint | null {
  const [first] = points;
  if (first === undefined) return null;
  const nothing = {
    time: 0,
    atRisk: first.atRisk,
    reached: 0,
    lost: 0,
    standing: 1,
    incidence: 0,
    variance: 0,
  };
  return pointAt(points, age) ?? nothing;
}

function asTheyStand(now: Followed, before: Followed): Comparison | null {
  const interval = wilsonInterval(now.reached, now.leads);
  const intervalBefore = wilsonInterval(before.reached, before.leads);
  if (interval === null || intervalBefore === null) return null;
  return comparisonOf(
    { value: now.reached / now.leads, ...interval, leads: now.leads },
    { value: before.reached / before.leads, ...intervalBefore, leads: before.leads },
    null,
  );
}

type Side = Estimate & { readonly leads: number };

function comparisonOf(now: Side, before: Side, age: number | null): Comparison {
  const { value, low, high } = difference(now, before);
  const told = (side: Side): Comparison['now'] => ({
    leads: side.leads,
    rate: side.value,
    low: side.low,
    high: side.high,
  });
  return {
    equal_age: age !== null,
    age_days: age,
    now: told(now),
    before: told(before),
    difference: value,
    low,
    high,
  };
}
