import type { Stage } from '../agreement/agreement.ts';
import { chooseUnit, unitsOf } from '../calendar/days.ts';
import type { CalendarUnit, DayRange } from '../calendar/days.ts';
import { success } from '../diagnostic/result.ts';
import { tally } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import { adQuery, round, sumAds } from './ad-query.ts';
import { trendAnswer } from './answer.ts';
import type { TrendAnswer } from './answer.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { trendQuestion } from './question.ts';
import type { TrendQuestion } from './question.ts';
import { isYoung, lagQuery, ripeDays } from './ripeness.ts';
import { select } from './selection.ts';
import type { Selection } from './selection.ts';
import { countOf } from './share.ts';
import { collect, DAYS, figure, tallyQuery } from './tally-query.ts';
import type { Figures } from './tally-query.ts';

type Point = TrendAnswer['points'][number];

/** Every stage's count by day, week or month. */
export const trend: Measure<TrendQuestion, TrendAnswer> = {
  name: 'trend',
  question: trendQuestion,
  answer: trendAnswer,
  ask(question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    const { range, compared } = selection.value;
    const ads = adQuery(selection.value, range, context);
    const adsBefore = compared === null ? null : adQuery(selection.value, compared, context);
    return success({
      leads: tallyQuery(selection.value, range, [DAYS], context, null),
      ...(selection.value.mode === 'cohort' ? { lags: lagQuery(context) } : {}),
      ...(ads === null ? {} : { ads }),
      ...(compared === null ? {} : { before: tallyQuery(selection.value, compared, [DAYS], context, null) }),
      ...(adsBefore === null ? {} : { adsBefore }),
    });
  },
  make(rows, question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    return success(makeTrend(rows, question.every, selection.value, context));
  },
};

export function makeTrend(
  rows: Readonly<Record<string, readonly Row[]>>,
  asked: CalendarUnit | undefined,
  selection: Selection,
  context: MeasureContext,
): TrendAnswer {
  const every = asked ?? chooseUnit(selection.range);
  const { compared } = selection;
  return {
    ...heading(selection, context),
    every,
    stages: context.agreement.stages.map((stage) => stage.id),
    points: pointsOf(selection.range, every, rows['leads'] ?? [], rows['ads'], context).map((point) => ({
      ...point,
      young: youngStages(point.to, rows['lags'], context),
    })),
    compared: compared === null ? null : { ...compared, timezone: context.agreement.timezone },
    previous:
      compared === null ? null : pointsOf(compared, every, rows['before'] ?? [], rows['adsBefore'], context),
  };
}

/** The stages for which leads created up to a day are too young; null where lags were not asked for. */
function youngStages(to: string, lags: readonly Row[] | undefined, context: MeasureContext): string[] | null {
  if (lags === undefined) return null;
  const ripe = ripeDays(lags, context.agreement);
  return [...ripe].flatMap(([stage, days]) => (isYoung(to, days, context) === true ? [stage] : []));
}

function pointsOf(
  range: DayRange & { readonly until?: string | null },
  every: CalendarUnit,
  leads: readonly Row[],
  ads: readonly Row[] | undefined,
  context: MeasureContext,
): Point[] {
  const days = collect(leads, DAYS);
  // A day without ads is one of none; where there are none at all they cannot be told.
  const hasAds = ads !== undefined && ads.length > 0;
  const end = range.until ?? context.extent?.to ?? range.to;
  return unitsOf(range, every, context.agreement.weekStarts).map((unit): Point => {
    const inside = (day: unknown): boolean => typeof day === 'string' && day >= unit.from && day <= unit.to;
    const figures = sum([...days].filter(([day]) => inside(day)).map(([, each]) => each));
    const adFigures = sumAds(ads?.filter((row) => inside(row['day'])));
    return {
      from: unit.from,
      to: unit.to,
      complete: unit.complete && unit.to <= end,
      counts: Object.fromEntries(
        context.agreement.stages.map((stage: Stage) => [
          stage.id,
          countOf(stage, figures, adFigures) ?? (hasAds ? 0 : null),
        ]),
      ),
      young: null,
      spend: adFigures?.spend ?? null,
      value: valueStage(context.agreement) === null ? null : round(figure(figures, tally.amount)),
    };
  });
}

function sum(all: readonly Figures[]): Figures {
  const sums: Record<string, number> = {};
  for (const figures of all) {
    for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}
