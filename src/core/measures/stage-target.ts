import type { Target } from '../agreement/agreement.ts';
import { valueStage } from '../facts/value.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext, Row } from './measure.ts';
import type { Selection } from './selection.ts';
import type { StageTarget } from './target-shape.ts';
import { judgeAll, planTargets, targetQueries } from './targets.ts';
import type { TargetPlan } from './targets.ts';

/** The stage at which a target stands in the funnel; the return on spend stands at none. */
function stageOf({ metric }: Target, context: MeasureContext): string | null {
  switch (metric.kind) {
    case 'count':
    case 'share':
    case 'cost':
      return metric.stage;
    case 'value':
      return valueStage(context.agreement)?.stage.id ?? null;
    case 'return':
      return null;
  }
}

/**
 * The targets that the stages of a funnel show: of each the first one of all leads, what it costs coming after what it
 * brings. None where the question is about some of the leads. They are judged as `targets` judges them, by period.
 */
function planOf(selection: Selection, context: MeasureContext): TargetPlan | null {
  if (selection.filters.length > 0 || selection.hasRule || context.extent === null) return null;
  const { targets } = context.agreement;
  const ordered = [
    ...targets.filter(({ metric }) => metric.kind !== 'cost'),
    ...targets.filter(({ metric }) => metric.kind === 'cost'),
  ];
  const first = new Map<string, Target>();
  for (const target of ordered) {
    const stage = stageOf(target, context);
    if (stage !== null && target.where === null && !first.has(stage)) first.set(stage, target);
  }
  if (first.size === 0) return null;
  return planTargets([...first.values()], { ...selection, mode: 'period' }, 0, null, context);
}

export function stageTargetQueries(
  selection: Selection,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const plan = planOf(selection, context);
  return plan === null ? {} : targetQueries(plan, context);
}

/** By stage. */
export function stageTargets(
  rows: Readonly<Record<string, readonly Row[]>>,
  selection: Selection,
  context: MeasureContext,
): ReadonlyMap<string, StageTarget> {
  const plan = planOf(selection, context);
  if (plan === null) return new Map();
  const judged = judgeAll(rows, plan, context);
  return new Map(
    judged.flatMap(({ period, ...answer }, position): [string, StageTarget][] => {
      const target = plan.targets[position];
      const stage = target === undefined ? null : stageOf(target, context);
      if (stage === null) return [];
      const { id, owner, kind, metric, bound, goal, per, value, attainment, status } = answer;
      return [
        [
          stage,
          {
            ...{ id, owner, kind, metric, bound, goal, per },
            ...{ from: period.from, to: period.to, value, attainment, status },
          },
        ],
      ];
    }),
  );
}
