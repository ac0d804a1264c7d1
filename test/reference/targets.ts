import { Temporal } from 'temporal-polyfill';
import type { Target } from '../../src/core/agreement/agreement.ts';
import { countFunnel } from './counts.ts';
import type { Counting, FunnelCount } from './counts.ts';
import { localDay, weekStart } from './groups.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { AdMetric, Setting } from './records.ts';

/** What a target comes to, as far as it can be counted: pace and forecast are the statistics' concern. */
export interface TargetCount {
  readonly period: { readonly from: string; readonly to: string };
  readonly numerator: number;
  readonly value: number | null;
  readonly history: Readonly<Record<string, { readonly value: number | null }>>;
}

const PAST = 6;

/**
 * Every target by plain loops over the leads' facts, of its period up to a day and of the whole ones before; those
 * whose spend is of some leads are left to the other judges.
 */
export function countTargets(
  setting: Setting,
  leads: readonly LeadFacts[],
  ads: readonly AdMetric[],
  question: Counting & { readonly to: string },
): Readonly<Record<string, TargetCount>> {
  const { agreement } = setting;
  const today = localDay(setting.asOf, agreement.timezone);
  const until = question.to < today ? question.to : today;
  const isFiltered = (question.filter ?? []).length > 0 || question.where !== undefined;
  const counted = agreement.targets.flatMap((target): [string, TargetCount][] => {
    const { metric } = target;
    const readsAds = [
      metric.kind === 'cost' || metric.kind === 'return',
      ...stagesOf(target).map(isMeasured),
    ];
    if (readsAds.includes(true) && (isFiltered || target.where !== null)) return [];
    const where = [target.where?.source, question.where].filter((rule) => rule !== undefined);
    const within = (from: string, to: string): Sides => {
      const counting = {
        ...question,
        from,
        to,
        mode: question.mode ?? 'period',
        where: where.length === 0 ? undefined : where.map((rule) => `(${rule})`).join(' && '),
      } as const;
      return sidesOf(target, countFunnel(setting, leads, ads, counting), counting.mode, () =>
        countBoth(setting, leads, counting, target),
      );
    };
    const period = periodOf(until, target.per, agreement.weekStarts);
    const now = within(period.from, until);
    const history: Record<string, { value: number | null }> = {};
    let start = period.from;
    for (let nth = 0; nth < PAST; nth += 1) {
      const before = Temporal.PlainDate.from(start).subtract({ days: 1 }).toString();
      const past = periodOf(before, target.per, agreement.weekStarts);
      history[past.from] = { value: valueOf(within(past.from, past.to)) };
      start = past.from;
    }
    return [[target.id, { period, numerator: now.top, value: valueOf(now), history }]];
  });
  return Object.fromEntries(counted);

  function isMeasured(id: string): boolean {
    return agreement.stages.some((stage) => stage.id === id && stage.kind === 'measured');
  }
}

function stagesOf({ metric }: Target): readonly string[] {
  switch (metric.kind) {
    case 'count':
    case 'cost':
      return [metric.stage];
    case 'share':
      return [metric.stage, metric.of];
    case 'value':
    case 'return':
      return [];
  }
}

interface Sides {
  readonly top: number;
  readonly bottom: number | null;
}

function valueOf({ top, bottom }: Sides): number | null {
  if (bottom === null) return top;
  return bottom > 0 ? top / bottom : null;
}

function sidesOf(
  { metric }: Target,
  { stages, value, spend }: FunnelCount,
  mode: 'cohort' | 'period',
  both: () => number,
): Sides {
  const count = (id: string): number => stages[id]?.count ?? 0;
  switch (metric.kind) {
    case 'count':
      return { top: count(metric.stage), bottom: null };
    case 'value':
      return { top: value, bottom: null };
    case 'cost':
      return { top: spend, bottom: count(metric.stage) };
    case 'return':
      return { top: value, bottom: spend };
    case 'share':
      return { top: mode === 'cohort' ? both() : count(metric.stage), bottom: count(metric.of) };
  }
}

/** Of a cohort's leads at the one stage, those that reached the other: counted by leaving out all others. */
function countBoth(
  setting: Setting,
  leads: readonly LeadFacts[],
  counting: Counting,
  { metric }: Target,
): number {
  if (metric.kind !== 'share') return 0;
  const at = (lead: LeadFacts, id: string): boolean => (lead.stages.get(id)?.reachedAt ?? null) !== null;
  const { of, stage } = metric;
  const order = setting.agreement.stages.map((each) => each.id);
  const isAhead = order.indexOf(of) < order.indexOf(stage);
  const chosen = isAhead ? leads.filter((lead) => at(lead, of)) : leads;
  return countFunnel(setting, chosen, [], counting).stages[stage]?.count ?? 0;
}

function periodOf(day: string, per: Target['per'], weekStarts: 'monday' | 'sunday'): TargetCount['period'] {
  const date = Temporal.PlainDate.from(day);
  if (per === 'week') {
    const from = weekStart(date, weekStarts);
    return { from: from.toString(), to: from.add({ days: 6 }).toString() };
  }
  const months = per === 'month' ? 1 : 3;
  const month = Math.floor((date.month - 1) / months) * months + 1;
  const from = Temporal.PlainDate.from({ year: date.year, month, day: 1 });
  return { from: from.toString(), to: from.add({ months }).subtract({ days: 1 }).toString() };
}
