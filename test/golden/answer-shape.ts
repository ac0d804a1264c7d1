import { z } from 'zod';
import { changesAnswer } from '../../src/core/measures/changes-answer.ts';
import type { SplitChange } from '../../src/core/measures/changes-answer.ts';
import type { IncidenceCurve } from '../../src/core/measures/maturity-answer.ts';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { breakdownAnswer, funnelAnswer, leadsAnswer, trendAnswer } from '../../src/core/measures/answer.ts';
import type { GroupAnswer } from '../../src/core/measures/answer.ts';
import { handoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import { targetsAnswer } from '../../src/core/measures/targets-answer.ts';
import { criteriaAnswer } from '../../src/core/measures/criteria-answer.ts';

/** An answer with its lists told by name, as `case.yaml` writes them. */
export function byName(measure: string, answer: unknown): unknown {
  switch (measure) {
    case 'funnel': {
      const { stages, ...rest } = funnelAnswer.parse(answer);
      return { ...rest, stages: Object.fromEntries(stages.map((stage) => [stage.id, stage])) };
    }
    case 'breakdown': {
      const { groups, panels, ...rest } = breakdownAnswer.parse(answer);
      return {
        ...rest,
        order: groups.map(nameOfGroup),
        groups: groupsByName(groups),
        panel_order: panels.map(({ total }) => nameOfGroup(total)),
        panels: Object.fromEntries(
          panels.map((panel) => [
            nameOfGroup(panel.total),
            { total: panel.total, groups: groupsByName(panel.groups) },
          ]),
        ),
      };
    }
    case 'trend': {
      const { points, ...rest } = trendAnswer.parse(answer);
      return { ...rest, points: Object.fromEntries(points.map((point) => [point.from, point])) };
    }
    case 'criteria': {
      const { stages, ...rest } = criteriaAnswer.parse(answer);
      const named = stages.map(({ id, criteria, missing, ...stage }) => [
        id,
        {
          ...stage,
          criteria: Object.fromEntries(criteria.map((each) => [each.id, each])),
          missing: Object.fromEntries(missing.map((each) => [each.key, each])),
        },
      ]);
      return { ...rest, stages: Object.fromEntries(named) };
    }
    case 'handoffs': {
      const { handoffs, ...rest } = handoffsAnswer.parse(answer);
      const named = handoffs.map(({ id, groups, days, hours, oldest, ...handoff }) => [
        id,
        {
          ...handoff,
          groups: Object.fromEntries(
            groups.map((group) => [group.kind === 'other' ? '(other)' : (group.value ?? ''), group]),
          ),
          days: Object.fromEntries(days.map((each) => [each.day, each])),
          hours: Object.fromEntries(hours.map((each) => [each.value, each])),
          order: oldest.map((lead) => lead.id),
          oldest: Object.fromEntries(oldest.map((lead) => [lead.id, lead])),
        },
      ]);
      return { ...rest, handoffs: Object.fromEntries(named) };
    }
    case 'targets': {
      const { targets, ...rest } = targetsAnswer.parse(answer);
      const named = targets.map(({ history, ...each }) => [
        each.id,
        { ...each, history: Object.fromEntries(history.map((past) => [past.from, past])) },
      ]);
      return { ...rest, order: targets.map(({ id }) => id), targets: Object.fromEntries(named) };
    }
    case 'leads': {
      const { leads, ...rest } = leadsAnswer.parse(answer);
      return { ...rest, ids: leads.map((lead) => lead.id).toSorted() };
    }
    case 'changes': {
      const { count, value, steps, ...rest } = changesAnswer.parse(answer);
      return {
        ...rest,
        count: splitByName(count),
        value: value === null ? null : splitByName(value),
        steps: Object.fromEntries(
          steps.map(({ groups, ...step }) => [
            `${step.stage} ${step.dimension}`,
            {
              ...step,
              groups:
                groups === null ? null : Object.fromEntries(groups.map((group) => [group.value, group])),
            },
          ]),
        ),
      };
    }
    case 'maturity': {
      const { cohorts, curve, reference, ...rest } = maturityAnswer.parse(answer);
      const named = ({ points, quantiles, ...others }: IncidenceCurve): unknown => ({
        ...others,
        points: Object.fromEntries(points.map((point) => [point.day, point])),
        quantiles: Object.fromEntries(quantiles.map(({ share, days }) => [share, days])),
      });
      return {
        ...rest,
        cohorts: Object.fromEntries(cohorts.map((cohort) => [cohort.from, cohort])),
        curve: named(curve),
        reference: named(reference),
      };
    }
    default:
      return z.record(z.string(), z.unknown()).parse(answer);
  }
}

function nameOfGroup({ kind, value }: GroupAnswer): string {
  return kind === 'other' ? '(other)' : (value ?? '');
}

function groupsByName(groups: readonly GroupAnswer[]): unknown {
  return Object.fromEntries(groups.map((group) => [nameOfGroup(group), group]));
}

function splitByName({ parts, by_owner: owners, ...rest }: SplitChange): unknown {
  return {
    ...rest,
    parts: Object.fromEntries(
      parts.map((part) => [part.kind === 'ticket' ? `${part.stage} ticket` : part.stage, part]),
    ),
    by_owner: Object.fromEntries(owners.map(({ owner, part }) => [owner, part])),
  };
}
