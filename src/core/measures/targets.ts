import type { Target } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { addDays } from '../calendar/add-days.ts';
import { localDay } from '../calendar/days.ts';
import { periodOf, periodsBefore } from '../calendar/periods.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Fragment } from '../sql/sql.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { select } from './selection.ts';
import type { Selection } from './selection.ts';
import { judge, MOST_PERIODS, PATTERN_DAYS } from './target-judgement.ts';
import { adsToQuery, segmentFor, segmentQueries, segmentsOf, seriesOf } from './target-series.ts';
import type { Segment } from './target-series.ts';
import { targetsAnswer, targetsQuestion } from './targets-answer.ts';
import type { TargetAnswer, TargetsAnswer, TargetsQuestion } from './targets-answer.ts';

/** Every target of the agreement: attainment, pace, and the forecast of its period; and the periods before. */
export const targets: Measure<TargetsQuestion, TargetsAnswer> = {
  name: 'targets',
  question: targetsQuestion,
  answer: targetsAnswer,
  ask(question, context) {
    const plan = planOf(question, context);
    return plan.ok ? success(targetQueries(plan.value, context)) : plan;
  },
  make(rows, question, context) {
    const plan = planOf(question, context);
    if (!plan.ok) return plan;
    const { selection, today, span } = plan.value;
    const order = context.agreement.areas.map((area) => area.id);
    const judged = judgeAll(rows, plan.value, context);
    return success({
      ...heading({ ...selection, range: context.extent === null ? selection.range : span }, context),
      currency: context.agreement.currency,
      today,
      data_to: context.extent?.to ?? null,
      targets: order.flatMap((area) => judged.filter(({ owner }) => owner === area)),
    });
  },
};

/** What is judged, over which days. */
export interface TargetPlan {
  readonly targets: readonly Target[];
  readonly selection: Selection;
  readonly today: string;
  readonly until: string;
  readonly leadsTo: string;
  /** The days that judged periods span, up to the last one asked for. */
  readonly span: DayRange;
  /** The days that are read: also those of the weekday pattern. */
  readonly read: DayRange;
  readonly segments: readonly Segment[];
  readonly history: number;
  readonly historyFrom: string | null;
}

function planOf(question: TargetsQuestion, context: MeasureContext): Result<TargetPlan> {
  const selection = select({ ...question, compare: 'none' }, context, null);
  if (!selection.ok) return selection;
  return success(
    planTargets(context.agreement.targets, selection.value, question.history, question.from ?? null, context),
  );
}

/**
 * @param selection its range's last day is the last that is looked at
 * @param history how many periods before are judged, where `historyFrom` does not say from when on
 */
export function planTargets(
  chosen: readonly Target[],
  selection: Selection,
  history: number,
  historyFrom: string | null,
  context: MeasureContext,
): TargetPlan {
  const { agreement, extent } = context;
  const today = localDay(context.asOf, agreement.timezone);
  const until = selection.range.to < today ? selection.range.to : today;
  const yesterday = addDays(today, -1);
  const leadsTo = [until, yesterday, extent?.to ?? until].toSorted()[0] ?? until;
  const starts = chosen.map(({ per }) => {
    const current = periodOf(until, per, agreement.weekStarts);
    const count = historyFrom === null ? history : MOST_PERIODS;
    const past = periodsBefore(current, count, per, agreement.weekStarts);
    return past.find(({ to }) => historyFrom === null || to >= historyFrom)?.from ?? current.from;
  });
  const first = starts.toSorted()[0] ?? until;
  const patternFrom = addDays(leadsTo, 1 - 2 * PATTERN_DAYS);
  const read = { from: first < patternFrom ? first : patternFrom, to: until };
  return {
    targets: chosen,
    selection,
    today,
    until,
    leadsTo,
    span: { from: extent !== null && extent.from > first ? min(extent.from, until) : first, to: until },
    read,
    segments: segmentsOf(chosen, selection, read, context),
    history,
    historyFrom,
  };
}

function min(left: string, right: string): string {
  return left < right ? left : right;
}

export function targetQueries(
  { segments, read }: TargetPlan,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  return {
    ...segmentQueries(segments, read, context),
    ...(segments.some(({ wantsAds }) => wantsAds) ? { target_ads_to: adsToQuery(read, context) } : {}),
  };
}

/** The judgements in the order of the plan's targets. */
export function judgeAll(
  rows: Readonly<Record<string, readonly Row[]>>,
  plan: TargetPlan,
  context: MeasureContext,
): readonly TargetAnswer[] {
  const { selection, segments, until, leadsTo } = plan;
  const last = rows['target_ads_to']?.[0]?.['last'];
  const adsTo = typeof last === 'string' ? (last < leadsTo ? last : leadsTo) : null;
  const known = { from: context.extent?.from ?? until, until, leadsTo, adsTo };
  const series = new Map(segments.map((segment) => [segment.name, seriesOf(segment, rows)]));
  return plan.targets.flatMap((target) => {
    const own = series.get(segmentFor(target, plan.targets));
    return own === undefined
      ? []
      : [
          judge(target, own, {
            agreement: context.agreement,
            mode: selection.mode,
            known,
            isFiltered: selection.filters.length > 0 || selection.hasRule,
            history: plan.history,
            historyFrom: plan.historyFrom,
          }),
        ];
  });
}
