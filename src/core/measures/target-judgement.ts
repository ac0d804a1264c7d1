import type { Agreement, Target } from '../agreement/agreement.ts';
import { metricText } from '../agreement/view.ts';
import type { DayRange } from '../calendar/days.ts';
import { addDays } from '../calendar/add-days.ts';
import { daysOf, periodOf, periodsBefore, weekdayOf } from '../calendar/periods.ts';
import { forecastAmount, forecastCount, forecastRatio, LEAST_DAYS } from '../stats/period-forecast.ts';
import type { PeriodForecast } from '../stats/period-forecast.ts';
import { weekdayPattern } from '../stats/weekday-pattern.ts';
import { round } from './ad-query.ts';
import type { PastPeriod, TargetAnswer, TargetForecast } from './targets-answer.ts';
import { quantitiesOf } from './target-series.ts';
import type { Quantities, Series } from './target-series.ts';

/** Days from which the weekday pattern and the run rate are read. */
export const PATTERN_DAYS = 56;

/** What is known, and up to when. */
export interface Known {
  /** The first local day with data. */
  readonly from: string;
  /** The last day asked for: nothing after it is looked at. */
  readonly until: string;
  /** The last whole day of which all leads are known. */
  readonly leadsTo: string;
  /** The last whole day of which ads are known; null without any. */
  readonly adsTo: string | null;
}

export interface Judging {
  readonly agreement: Agreement;
  readonly mode: 'cohort' | 'period';
  readonly known: Known;
  /** The question is about some of the leads that the goal is about. */
  readonly isFiltered: boolean;
  /** From `historyFrom` on where that is given, else so many. */
  readonly history: number;
  readonly historyFrom: string | null;
}

type Value = Pick<TargetAnswer, 'value' | 'numerator' | 'denominator'>;

const NO_VALUE: Value = { value: null, numerator: null, denominator: null };

/** The judgement of one target in the period that holds the last day asked for, and in those before. */
export function judge(target: Target, series: Series, judging: Judging): TargetAnswer {
  const { agreement, mode, known } = judging;
  const quantities = quantitiesOf(target, agreement, mode);
  const usesAds = quantities.top.of === 'ads' || quantities.bottom?.of === 'ads';
  const reason = reasonOf(target, quantities, series, judging, usesAds);
  const period = periodOf(known.until, target.per, agreement.weekStarts);
  const knownTo =
    usesAds && known.adsTo !== null && known.adsTo < known.leadsTo ? known.adsTo : known.leadsTo;
  const complete = knownTo >= period.to;
  const cannot = reason === 'segment_of_ads' || reason === 'no_ads';
  const current = cannot
    ? NO_VALUE
    : valueIn(quantities, series, { ...period, to: min(period.to, known.until) });
  const isJudged = reason === null;
  const outlook =
    cannot || mode === 'cohort' ? null : outlookOf(target, quantities, series, period, knownTo, known.from);
  const pace = isJudged && !complete ? (outlook?.pace ?? null) : null;
  const forecast = complete ? null : notBelow(current.value, outlook?.forecast ?? null, quantities);
  const attainment = isJudged ? attainmentOf(current.value, target) : null;
  return {
    id: target.id,
    owner: target.owner,
    kind: target.metric.kind,
    metric: metricText(target.metric),
    bound: target.bound,
    goal: target.goal,
    per: target.per,
    where: target.where?.source.trim() ?? null,
    period: { ...period, complete },
    known_to: knownTo,
    ...current,
    attainment,
    pace,
    forecast,
    status: isJudged ? statusOf(target, current.value, complete, pace, forecast) : 'unknown',
    reason: reason ?? (current.value === null ? 'nothing_yet' : null),
    history: cannot ? [] : pastOf(target, quantities, series, period, judging, isJudged),
  };
}

/** A sum that today, which has only begun, has already brought farther ends no lower. */
function notBelow(
  value: number | null,
  forecast: TargetForecast | null,
  { bottom }: Quantities,
): TargetForecast | null {
  if (forecast === null || value === null || bottom !== null) return forecast;
  const { expected, low, high } = forecast;
  return {
    ...forecast,
    expected: Math.max(value, expected),
    low: Math.max(value, low),
    high: Math.max(value, high),
  };
}

function reasonOf(
  { metric, where }: Target,
  { bottom }: Quantities,
  series: Series,
  { isFiltered }: Judging,
  usesAds: boolean,
): TargetAnswer['reason'] {
  if (usesAds && series.adsApart) return 'segment_of_ads';
  if ((metric.kind === 'cost' || metric.kind === 'return') && !series.hasSpend)
    return isFiltered || where !== null ? 'segment_of_ads' : 'no_ads';
  return isFiltered && bottom === null ? 'filtered' : null;
}

function min(left: string, right: string): string {
  return left < right ? left : right;
}

function valueIn({ top, bottom }: Quantities, series: Series, days: DayRange): Value {
  const above = round(series.sum(top, days));
  if (bottom === null) return { value: above, numerator: above, denominator: null };
  const below = round(series.sum(bottom, days));
  return { value: below > 0 ? above / below : null, numerator: above, denominator: below };
}

/** 1 is met; where less is better the goal over the value. */
function attainmentOf(value: number | null, { bound, goal }: Target): number | null {
  if (value === null) return null;
  const [over, under] = bound === 'at_least' ? [value, goal] : [goal, value];
  return under > 0 ? over / under : null;
}

export function meets(value: number, { bound, goal }: Pick<Target, 'bound' | 'goal'>): boolean {
  return bound === 'at_least' ? value >= goal : value <= goal;
}

function statusOf(
  target: Target,
  value: number | null,
  complete: boolean,
  pace: TargetAnswer['pace'],
  forecast: TargetForecast | null,
): TargetAnswer['status'] {
  if (value === null && forecast === null) return 'unknown';
  const isSum = target.metric.kind === 'count' || target.metric.kind === 'value';
  if (complete) return value === null ? 'unknown' : meets(value, target) ? 'met' : 'missed';
  // A sum only grows: at least so much once reached stays so, at most so much once passed too.
  if (isSum && value !== null && meets(value, target) === (target.bound === 'at_least'))
    return target.bound === 'at_least' ? 'met' : 'missed';
  if (forecast !== null) {
    const { low, high } = forecast;
    const [worse, better] = target.bound === 'at_least' ? [low, high] : [high, low];
    if (meets(worse, target)) return 'safe';
    if (!meets(better, target)) return 'out_of_reach';
  }
  if (pace !== null) {
    const isAhead = target.bound === 'at_least' ? pace.value >= pace.expected : pace.value <= pace.expected;
    return isAhead ? 'on_pace' : 'behind';
  }
  return forecast === null ? 'open' : meets(forecast.expected, target) ? 'on_pace' : 'behind';
}

interface Outlook {
  readonly pace: TargetAnswer['pace'];
  readonly forecast: TargetForecast | null;
}

/** Where it should be at the end of the last known day, and where it ends if things go on. */
function outlookOf(
  target: Target,
  quantities: Quantities,
  series: Series,
  period: DayRange,
  knownTo: string,
  knownFrom: string,
): Outlook {
  const start = addDays(knownTo, 1 - PATTERN_DAYS);
  const days = daysOf({ from: start < knownFrom ? knownFrom : start, to: knownTo });
  const future = daysOf({ from: period.from > knownTo ? period.from : addDays(knownTo, 1), to: period.to });
  const elapsed = daysOf({ from: period.from, to: min(knownTo, period.to) });
  const { top, bottom } = quantities;
  const so = valueIn(quantities, series, { from: period.from, to: knownTo });
  const weekdays = future.map(weekdayOf);
  if (bottom === null) {
    const history = days.map((day) => ({ weekday: weekdayOf(day), amount: series.at(top, day) }));
    const isMoney = target.metric.kind === 'value';
    const end = (isMoney ? forecastAmount : forecastCount)(so.value ?? 0, history, weekdays);
    const weights = days.length < LEAST_DAYS ? null : weekdayPattern(history, isMoney ? 0 : 1).means;
    const share = shareOf(elapsed.map(weekdayOf), weekdays, weights);
    return {
      pace:
        elapsed.length === 0
          ? null
          : { to: knownTo, value: so.value ?? 0, expected: round(target.goal * share) },
      forecast:
        end === null
          ? null
          : {
              ...answered(end, isMoney),
              days_left: future.length,
              needed: perDay(target, target.goal - (so.value ?? 0), future.length),
              recent: round((end.expected - (so.value ?? 0)) / Math.max(1, future.length)),
            },
    };
  }
  const history = days.map((day) => ({
    weekday: weekdayOf(day),
    top: series.at(top, day),
    bottom: series.at(bottom, day),
  }));
  const sides = { top: so.numerator ?? 0, bottom: so.denominator ?? 0 };
  const end = forecastRatio(sides, history, weekdays, target.metric.kind === 'share');
  return {
    pace: so.value === null ? null : { to: knownTo, value: so.value, expected: target.goal },
    forecast: end === null ? null : ratioAnswer(target, end, sides, future.length),
  };
}

/** The part of the period that its days up to now are worth; by their number where no weekday is known. */
function shareOf(
  elapsed: readonly number[],
  future: readonly number[],
  weights: readonly number[] | null,
): number {
  const worth = (days: readonly number[]): number =>
    days.reduce((sum, day) => sum + (weights === null ? 1 : (weights[day] ?? 0)), 0);
  const whole = worth(elapsed) + worth(future);
  return whole > 0 ? worth(elapsed) / whole : elapsed.length / (elapsed.length + future.length);
}

function answered(
  { expected, low, high }: PeriodForecast,
  isMoney: boolean,
): Pick<TargetForecast, 'expected' | 'low' | 'high'> {
  return isMoney
    ? { expected: round(expected), low: round(low), high: round(high) }
    : { expected, low, high };
}

/** What is missing to the goal, a day; null where nothing is, or where less is better. */
function perDay({ bound }: Target, missing: number, days: number): number | null {
  return bound === 'at_least' && missing > 0 && days > 0 ? round(missing / days) : null;
}

function ratioAnswer(
  target: Target,
  end: NonNullable<ReturnType<typeof forecastRatio>>,
  so: { readonly top: number; readonly bottom: number },
  daysLeft: number,
): TargetForecast {
  const { bottomToCome: rest, expected, low, high } = end;
  const alone = (ratio: number): number => (ratio * (so.bottom + rest) - so.top) / rest;
  const needed = rest > 0 ? alone(target.goal) : -1;
  const isThere = so.bottom > 0 && meets(so.top / so.bottom, target);
  const isPossible = needed >= 0 && (target.metric.kind !== 'share' || needed <= 1);
  return {
    expected,
    low,
    high,
    days_left: daysLeft,
    needed: isThere || !isPossible ? null : needed,
    recent: rest > 0 ? alone(expected) : expected,
  };
}

/** The whole periods before, as far as the data reach back. */
function pastOf(
  target: Target,
  quantities: Quantities,
  series: Series,
  current: DayRange,
  judging: Judging,
  isJudged: boolean,
): PastPeriod[] {
  const { known, history, historyFrom, agreement } = judging;
  const all = periodsBefore(
    current,
    historyFrom === null ? history : MOST_PERIODS,
    target.per,
    agreement.weekStarts,
  );
  return all
    .filter((past) => past.from >= known.from && (historyFrom === null || past.to >= historyFrom))
    .map((past): PastPeriod => {
      const { value } = valueIn(quantities, series, past);
      return {
        ...past,
        value,
        attainment: isJudged ? attainmentOf(value, target) : null,
        met: isJudged && value !== null ? meets(value, target) : null,
      };
    });
}

/** The longest history that is looked at where it is asked from a day on. */
export const MOST_PERIODS = 36;
