import type { Handoff, Target, TargetMetric, WeekdayName } from './agreement.ts';
import type { AgreementCheck } from './agreement-check.ts';
import type { AgreementFile, HandoffFile, TargetFile } from './schema.ts';

type Path = readonly (string | number)[];

/** What each area promises to bring. */
export function readTargets(file: AgreementFile, check: AgreementCheck): readonly Target[] {
  check.unique(
    file.targets.map((target) => target.id),
    'targets',
  );
  return file.targets.map((target, position) => readTarget(target, ['targets', position], file, check));
}

function readTarget(target: TargetFile, path: Path, file: AgreementFile, check: AgreementCheck): Target {
  const metric = readMetric(target.metric, [...path, 'metric'], file, check);
  const bound = target.at_least === undefined ? 'at_most' : 'at_least';
  const goal = target[bound];
  if ((target.at_least === undefined) === (target.at_most === undefined)) {
    check.fault('agreement.one_bound', path, { id: target.id });
  }
  const percent = typeof goal === 'string';
  if (goal !== undefined && percent !== (metric.kind === 'share')) {
    check.fault(
      metric.kind === 'share' ? 'agreement.share_without_percent' : 'agreement.percent_without_share',
      [...path, bound],
    );
  }
  return {
    id: target.id,
    label: target.label ?? {},
    owner: check.owner(target.owner, [...path, 'owner']),
    metric,
    bound,
    goal: percent ? Number.parseFloat(goal) / 100 : (goal ?? 0),
    per: target.per,
    where: target.where === undefined ? null : check.rule(target.where, 'filter', [...path, 'where']),
  };
}

function readMetric(text: string, path: Path, file: AgreementFile, check: AgreementCheck): TargetMetric {
  const [left = '', right] = text.split('/').map((part) => part.trim());
  if (right === undefined) {
    if (left !== 'value') return { kind: 'count', stage: check.stage(left, path) };
    if (!carriesValue(file)) check.fault('agreement.no_value', path);
    return { kind: 'value' };
  }
  if (left === 'value' && right === 'spend') {
    if (!carriesValue(file)) check.fault('agreement.no_value', path);
    return { kind: 'return' };
  }
  if (left === 'spend') return { kind: 'cost', stage: check.stage(right, path) };
  return { kind: 'share', stage: check.stage(left, path), of: check.stage(right, path) };
}

function carriesValue(file: AgreementFile): boolean {
  return file.funnel.some((stage) => stage.value !== undefined);
}

const DAYS: readonly WeekdayName[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export function readHandoffs(file: AgreementFile, check: AgreementCheck): readonly Handoff[] {
  check.unique(
    file.handoffs.map((handoff) => handoff.id),
    'handoffs',
  );
  return file.handoffs.map((handoff, position): Handoff => {
    const path = ['handoffs', position] as const;
    const measured = file.funnel.some((stage) => stage.id === handoff.from && stage.from !== undefined);
    if (measured) check.fault('agreement.handoff_of_measured', [...path, 'from'], { name: handoff.from });
    handoff.holidays?.forEach((day, nth) => check.day(day, [...path, 'holidays', nth]));
    return {
      id: handoff.id,
      label: handoff.label ?? {},
      owner: check.owner(handoff.owner, [...path, 'owner']),
      from: check.stage(handoff.from, [...path, 'from']),
      to: check.rule(handoff.to, 'lead', [...path, 'to']),
      within: check.span(handoff.within),
      hours: readHours(handoff, path, check),
      holidays: handoff.holidays ?? [],
    };
  });
}

/** `mon-fri: "09:00-19:00"` as minutes of each day. */
function readHours(handoff: HandoffFile, path: Path, check: AgreementCheck): Handoff['hours'] {
  if (handoff.hours === undefined) return null;
  const hours: Partial<Record<WeekdayName, { from: number; to: number }>> = {};
  for (const [days, span] of Object.entries(handoff.hours)) {
    const [first = '', last = first] = days.split('-');
    const from = DAYS.findIndex((day) => day === first);
    const to = DAYS.findIndex((day) => day === last);
    const [opens = 0, closes = 0] = span.split('-').map((time) => {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      return hour * 60 + minute;
    });
    if (from < 0 || to < from || closes <= opens || closes > 1440) {
      check.fault('agreement.bad_hours', [...path, 'hours', days], { days });
      continue;
    }
    for (const day of DAYS.slice(from, to + 1)) hours[day] = { from: opens, to: closes };
  }
  // Time that never passes would keep every promise for ever.
  if (Object.keys(handoff.hours).length === 0) check.fault('agreement.no_hours', [...path, 'hours']);
  return hours;
}
