import { isActivityMember } from '../rule/environment.ts';
import type { Criterion, LostRule, Stage } from './agreement.ts';
import type { AgreementCheck } from './agreement-check.ts';
import type { AgreementFile, StageFile } from './schema.ts';

/** The stages in order, measured ones first. */
export function readFunnel(file: AgreementFile, check: AgreementCheck): readonly Stage[] {
  check.unique(
    file.funnel.map((stage) => stage.id),
    'funnel',
    'agreement.repeated_stage',
  );
  const stages = file.funnel.map((stage, position) => readStage(stage, position, check));
  stages.forEach((stage, position) => {
    if (stage.kind === 'measured' && stages[position - 1]?.kind === 'reached') {
      check.fault('agreement.measured_after_reached', ['funnel', position, 'from'], { id: stage.id });
    }
  });
  const first = stages.findIndex((stage) => stage.kind === 'reached');
  if (first < 0) check.fault('agreement.no_reached_stage', ['funnel']);
  else if (file.funnel[first]?.within !== undefined) {
    check.fault('agreement.within_of_first', ['funnel', first, 'within'], { id: stages[first]?.id ?? '' });
  }
  const carriers = file.funnel.flatMap((stage, position) => (stage.value ? [position] : []));
  const second = carriers[1];
  if (second !== undefined) check.fault('agreement.two_values', ['funnel', second, 'value']);
  return stages;
}

/** What a target's metric means by these is no stage. */
const RESERVED: ReadonlySet<string> = new Set(['value', 'spend']);

function readStage(stage: StageFile, position: number, check: AgreementCheck): Stage {
  const path = ['funnel', position] as const;
  if (RESERVED.has(stage.id)) check.fault('agreement.reserved_stage', [...path, 'id'], { name: stage.id });
  const common = {
    id: stage.id,
    label: stage.label ?? {},
    owner: check.owner(stage.owner, [...path, 'owner']),
  };
  if (stage.from !== undefined) {
    for (const key of ['criteria', 'requires', 'within', 'value'] as const) {
      if (stage[key] !== undefined)
        check.fault('agreement.measured_with', [...path, key], { key, id: stage.id });
    }
    return { kind: 'measured', ...common, from: stage.from === 'ads.clicks' ? 'clicks' : 'impressions' };
  }
  const criteria = (stage.criteria ?? []).map((criterion, nth): Criterion => ({
    id: criterion.id,
    label: criterion.label ?? {},
    rule: check.rule(criterion.rule, 'lead', [...path, 'criteria', nth, 'rule']),
  }));
  criteria.forEach((criterion, nth) => {
    if (criteria.findIndex((other) => other.id === criterion.id) !== nth) {
      check.fault('agreement.repeated_id', [...path, 'criteria', nth, 'id'], {
        id: criterion.id,
        list: 'criteria',
      });
    }
  });
  return {
    kind: 'reached',
    ...common,
    criteria,
    requiresPrevious: stage.requires !== 'none',
    within: stage.within === undefined ? null : check.span(stage.within),
    value:
      stage.value === undefined
        ? null
        : { sum: 'amount', where: check.rule(stage.value.where, 'activity', [...path, 'value', 'where']) },
  };
}

export function readLost(file: AgreementFile, check: AgreementCheck): readonly LostRule[] {
  check.unique(
    file.lost.map((lost) => lost.id),
    'lost',
  );
  return file.lost.map((lost, position): LostRule => {
    const path = ['lost', position] as const;
    return {
      id: lost.id,
      label: lost.label ?? {},
      rule: check.rule(lost.rule, 'lead', [...path, 'rule']),
      reason: lost.reason === undefined ? null : readReason(lost.reason, [...path, 'reason'], check),
    };
  });
}

function readReason(
  reason: string,
  path: readonly (string | number)[],
  check: AgreementCheck,
): LostRule['reason'] {
  const [from = '', name = ''] = reason.split('.');
  if (from === 'activity') {
    if (!isActivityMember(name)) check.fault('agreement.unknown_member', path, { name });
    return { from: 'activity', member: name };
  }
  const field = check.field(name, path);
  if (field?.pii) check.fault('agreement.personal_reason', path, { name });
  return { from: 'lead', field: name };
}
