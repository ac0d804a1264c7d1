import type { ReachedStage, Stage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { tally } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import type { Fragment } from '../sql/sql.ts';
import { adQuery, round, sumAds } from './ad-query.ts';
import type { AdFigures } from './ad-query.ts';
import { funnelAnswer } from './answer.ts';
import type { FunnelAnswer, Share, StageAnswer } from './answer.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { funnelQuestion } from './question.ts';
import type { FunnelQuestion } from './question.ts';
import { isYoung, lagQuery, ripeDays } from './ripeness.ts';
import { select } from './selection.ts';
import type { Selection } from './selection.ts';
import { conversion, countOf, reachedOf } from './share.ts';
import { speedQuery } from './speed.ts';
import { stageTargetQueries, stageTargets } from './stage-target.ts';
import { collect, figure, tallyQuery, TOTAL } from './tally-query.ts';
import type { Figures, Group } from './tally-query.ts';

/** Counts, conversions, costs and speed of every stage, from impressions to sales. */
export const funnel: Measure<FunnelQuestion, FunnelAnswer> = {
  name: 'funnel',
  question: funnelQuestion,
  answer: funnelAnswer,
  ask(question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    const hasTimes = question.times && reachedStages(context.agreement).length > 1;
    return success({
      ...funnelQueries(selection.value, context),
      ...(hasTimes ? { speed: speedQuery(selection.value, context) } : {}),
      ...(selection.value.mode === 'cohort' ? { lags: lagQuery(context) } : {}),
    });
  },
  make(rows, question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    const totals = collect(rows['leads'] ?? [], TOTAL).get(null);
    const before =
      rows['before'] === undefined ? undefined : collect(rows['before'], beforeGroup(context)).get(null);
    return makeFunnel(rows, totals, before, selection.value, context);
  },
};

/** The queries of a funnel without its speed. */
export function funnelQueries(
  selection: Selection,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const ads = adQuery(selection, selection.range, context);
  const { compared } = selection;
  const adsBefore = compared === null ? null : adQuery(selection, compared, context);
  return {
    leads: tallyQuery(selection, selection.range, [TOTAL], context, null),
    ...stageTargetQueries(selection, context),
    ...(ads === null ? {} : { ads }),
    ...(compared === null
      ? {}
      : { before: tallyQuery(selection, compared, [beforeGroup(context)], context, null) }),
    ...(adsBefore === null ? {} : { adsBefore }),
  };
}

/** All leads of the range that is compared with, and no more of them than each step is compared by. */
function beforeGroup({ agreement }: MeasureContext): Group {
  const stages = reachedStages(agreement);
  const steps = stages.slice(1).map((stage, position) => tally.both(stages[position]?.id ?? '', stage.id));
  return {
    ...TOTAL,
    figures: [...stages.map(({ id }) => tally.reached(id)), ...steps, tally.amount],
  };
}

interface Side {
  readonly figures: Figures | undefined;
  readonly ads: AdFigures | null;
}

export function makeFunnel(
  rows: Readonly<Record<string, readonly Row[]>>,
  totals: Figures | undefined,
  before: Figures | undefined,
  selection: Selection,
  context: MeasureContext,
): Result<FunnelAnswer> {
  const { agreement } = context;
  const now: Side = { figures: totals, ads: sumAds(rows['ads']) };
  const then: Side | null =
    selection.compared === null ? null : { figures: before, ads: sumAds(rows['adsBefore']) };
  const money = valueStage(agreement);
  const speed = rows['speed']?.[0];
  const targets = stageTargets(rows, selection, context);
  const ripe = ripeDays(rows['lags'] ?? [], context.agreement);
  return success({
    ...heading(selection, context),
    currency: agreement.currency,
    spend: now.ads?.spend ?? null,
    value: money === null ? null : round(figure(now.figures, tally.amount)),
    compared: selection.compared === null ? null : { ...selection.compared, timezone: agreement.timezone },
    previous_spend: then?.ads?.spend ?? null,
    previous_value: money === null || then === null ? null : round(figure(then.figures, tally.amount)),
    stages: agreement.stages.map((stage, position) => ({
      ...makeStage(stage, agreement.stages[position - 1] ?? null, now, then, selection, context, speed),
      target: targets.get(stage.id) ?? null,
      ripe_days: ripe.get(stage.id) ?? null,
      young: isYoung(selection.range.to, ripe.get(stage.id), context),
    })),
  });
}

/** A stage over the one before it. */
function stepOf(
  stage: Stage,
  previous: Stage | null,
  side: Side,
  selection: Selection,
  context: MeasureContext,
): Share | null {
  if (previous === null) return null;
  const denominator = countOf(previous, side.figures, side.ads) ?? 0;
  const numerator =
    stage.kind === 'reached' && previous.kind === 'reached'
      ? reachedOf(context.agreement, side.figures, previous, stage, selection.mode)
      : (countOf(stage, side.figures, side.ads) ?? 0);
  return conversion(previous, stage, numerator, denominator, selection.mode);
}

function makeStage(
  stage: Stage,
  previous: Stage | null,
  now: Side,
  then: Side | null,
  selection: Selection,
  context: MeasureContext,
  speed: Row | undefined,
): Omit<StageAnswer, 'target' | 'ripe_days' | 'young'> {
  const [first] = reachedStages(context.agreement);
  const count = countOf(stage, now.figures, now.ads);
  const step = stepOf(stage, previous, now, selection, context);
  const spend = now.ads?.spend ?? null;
  const reached = stage.kind === 'reached';
  return {
    id: stage.id,
    kind: stage.kind,
    owner: stage.owner,
    count,
    step,
    total:
      reached && first !== undefined && stage !== first
        ? conversion(
            first,
            stage,
            reachedOf(context.agreement, now.figures, first, stage, selection.mode),
            figure(now.figures, tally.reached(first.id)),
            selection.mode,
          )
        : null,
    skipped: reached ? figure(now.figures, tally.skipped(stage.id)) : 0,
    late: reached ? figure(now.figures, tally.late(stage.id)) : 0,
    open: reached ? figure(now.figures, tally.open(stage.id)) : 0,
    lost: reached ? figure(now.figures, tally.lost(stage.id)) : 0,
    cost: spend !== null && count !== null && count > 0 ? round(spend / count) : null,
    time: timeOf(stage, speed),
    change:
      then === null
        ? null
        : changeOf(stage, count, step, stepOf(stage, previous, then, selection, context), then),
  };
}

function changeOf(
  stage: Stage,
  count: number | null,
  step: Share | null,
  stepBefore: Share | null,
  then: Side,
): StageAnswer['change'] {
  const before = countOf(stage, then.figures, then.ads);
  if (before === null) return null;
  const rate = step?.rate ?? null;
  const rateBefore = stepBefore?.rate ?? null;
  return {
    count: before,
    relative: before > 0 && count !== null ? (count - before) / before : null,
    step_rate: rateBefore,
    step_points: rate !== null && rateBefore !== null ? rate - rateBefore : null,
  };
}

function timeOf(stage: Stage, speed: Row | undefined): StageAnswer['time'] {
  const quantiles = speed?.[speedName(stage)];
  if (!Array.isArray(quantiles)) return null;
  const [p50, p75, p90] = quantiles;
  return typeof p50 === 'number' && typeof p75 === 'number' && typeof p90 === 'number'
    ? { p50, p75, p90 }
    : null;
}

function speedName(stage: Stage | ReachedStage): string {
  return `time_${stage.id}`;
}
