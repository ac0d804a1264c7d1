import { Temporal } from 'temporal-polyfill';
import { measuredStages, reachedStages } from '../../src/core/agreement/agreement.ts';
import type { CalendarPart, Dimension } from '../../src/core/agreement/agreement.ts';
import { groupOf, localDay, weekStart } from './groups.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { AdMetric, Instant, Setting } from './records.ts';
import { leadBindings, truthOf } from './rule-truth.ts';

/** A question, as far as it decides what is counted. */
export interface Counting {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly mode?: 'cohort' | 'period' | undefined;
  readonly where?: string | undefined;
  readonly filter?: readonly string[] | undefined;
}

export interface StageCount {
  count: number;
  late: number;
  skipped: number;
  open: number;
  lost: number;
  step: { numerator: number; denominator: number; rate: number | null } | null;
}

export interface FunnelCount {
  readonly stages: Readonly<Record<string, StageCount>>;
  readonly value: number;
  readonly spend: number;
}

type Within = (day: string) => boolean;

/** The funnel by plain loops over the leads' facts. */
export function countFunnel(
  setting: Setting,
  leads: readonly LeadFacts[],
  ads: readonly AdMetric[],
  question: Counting,
): FunnelCount {
  return count(setting, selected(setting, leads, question), ads, question);
}

/** The same by group, of those that have any count; `''` is the missing one. */
export function countGroups(
  setting: Setting,
  leads: readonly LeadFacts[],
  dimensionId: string,
  stage: string,
  question: Counting,
): ReadonlyMap<string, FunnelCount> {
  return countMembers(
    setting,
    membersOf(setting, selected(setting, leads, question, stage), dimensionId, stage),
    question,
  );
}

/** The groups of a dimension among the leads of each group of a second one. */
export function countCrossed(
  setting: Setting,
  leads: readonly LeadFacts[],
  [dimensionId, secondId]: readonly [string, string],
  stage: string,
  question: Counting,
): ReadonlyMap<string, ReadonlyMap<string, FunnelCount>> {
  const panels = membersOf(setting, selected(setting, leads, question, stage), secondId, stage);
  const counted = [...panels].map(
    ([panel, members]) =>
      [panel, countMembers(setting, membersOf(setting, members, dimensionId, stage), question)] as const,
  );
  return new Map(counted.filter(([, groups]) => groups.size > 0));
}

function membersOf(
  setting: Setting,
  leads: readonly LeadFacts[],
  dimensionId: string,
  stage: string,
): ReadonlyMap<string, readonly LeadFacts[]> {
  const dimension = dimensionCalled(setting, dimensionId);
  const groups = new Map<string, LeadFacts[]>();
  for (const lead of leads) {
    const group = groupFor(setting, dimension, stage, lead) ?? '';
    groups.set(group, [...(groups.get(group) ?? []), lead]);
  }
  return groups;
}

function countMembers(
  setting: Setting,
  groups: ReadonlyMap<string, readonly LeadFacts[]>,
  question: Counting,
): ReadonlyMap<string, FunnelCount> {
  const counted = [...groups].map(
    ([group, members]) => [group, count(setting, members, [], question)] as const,
  );
  return new Map(counted.filter(([, { stages }]) => Object.values(stages).some((each) => each.count > 0)));
}

/** The same by day, week or month, cut to the range: by the unit's first day in it. */
export function countTrend(
  setting: Setting,
  leads: readonly LeadFacts[],
  ads: readonly AdMetric[],
  every: 'day' | 'week' | 'month',
  question: Counting & { readonly from: string; readonly to: string },
): ReadonlyMap<string, FunnelCount> {
  const units = new Map<string, { from: string; to: string }>();
  const last = Temporal.PlainDate.from(question.to);
  for (
    let day = Temporal.PlainDate.from(question.from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const unit = unitOf(setting, every, day);
    const known = units.get(unit);
    units.set(unit, { from: known?.from ?? day.toString(), to: day.toString() });
  }
  return new Map(
    [...units.values()].map((unit) => [
      unit.from,
      countFunnel(setting, leads, ads, { ...question, ...unit }),
    ]),
  );
}

function unitOf({ agreement }: Setting, every: 'day' | 'week' | 'month', day: Temporal.PlainDate): string {
  if (every === 'week') return weekStart(day, agreement.weekStarts).toString();
  return every === 'day' ? day.toString() : day.toPlainYearMonth().toString();
}

function count(
  setting: Setting,
  leads: readonly LeadFacts[],
  ads: readonly AdMetric[],
  question: Counting,
): FunnelCount {
  const { agreement } = setting;
  const inRange: Within = (day) => day >= (question.from ?? '') && day <= (question.to ?? '9999');
  const period = question.mode === 'period';
  const counts = (lead: LeadFacts, instant: Instant | null): boolean =>
    instant !== null && inRange(localDay(period ? instant : lead.createdAt, agreement.timezone));
  const stages: Record<string, StageCount> = {};
  let previous: { readonly id: string; readonly measured: boolean } | null = null;
  const adsInRange = ads.filter((ad) => inRange(ad.day));
  for (const stage of measuredStages(agreement)) {
    const measured = adsInRange.reduce((sum, ad) => sum + ad[stage.from], 0);
    const denominator: number = previous === null ? 0 : (stages[previous.id]?.count ?? 0);
    stages[stage.id] = {
      count: measured,
      ...{ late: 0, skipped: 0, open: 0, lost: 0 },
      step: previous === null ? null : shareOf(measured, denominator),
    };
    previous = { id: stage.id, measured: true };
  }
  for (const stage of reachedStages(agreement)) {
    const of = (lead: LeadFacts) => lead.stages.get(stage.id);
    const there = leads.filter((lead) => counts(lead, of(lead)?.reachedAt ?? null));
    const before = previous;
    const both =
      before === null || before.measured || period
        ? there
        : there.filter((lead) => (lead.stages.get(before.id)?.reachedAt ?? null) !== null);
    stages[stage.id] = {
      count: there.length,
      late: leads.filter((lead) => counts(lead, of(lead)?.lateAt ?? null)).length,
      skipped: leads.filter((lead) => counts(lead, of(lead)?.skipAt ?? null)).length,
      open: there.filter((lead) => lead.atStage === stage.id && lead.status === 'open').length,
      lost: there.filter((lead) => lead.atStage === stage.id && lead.status === 'lost').length,
      step: before === null ? null : shareOf(both.length, stages[before.id]?.count ?? 0),
    };
    previous = { id: stage.id, measured: false };
  }
  const amounts = leads.flatMap((lead) => lead.amounts.filter(({ at }) => counts(lead, at)));
  return {
    stages,
    value: amounts.reduce((sum, each) => sum + each.amount, 0),
    spend: adsInRange.reduce((sum, ad) => sum + ad.spend, 0),
  };
}

function shareOf(numerator: number, denominator: number): NonNullable<StageCount['step']> {
  return { numerator, denominator, rate: denominator === 0 ? null : numerator / denominator };
}

/** The leads that a question is about; the range is the counting's concern. */
export function selected(
  setting: Setting,
  leads: readonly LeadFacts[],
  question: Counting,
  stage: string = reachedStages(setting.agreement).at(-1)?.id ?? '',
): readonly LeadFacts[] {
  const wanted = new Map<string, Set<string>>();
  for (const text of question.filter ?? []) {
    const [id = '', ...value] = text.split('=');
    wanted.set(id, (wanted.get(id) ?? new Set<string>()).add(value.join('=')));
  }
  return leads.filter((lead) => {
    const { where } = question;
    const state = { createdAt: lead.createdAt, attributes: lead.latest, activities: [] };
    if (where !== undefined && truthOf(where, leadBindings(state, setting.agreement.fields)) !== true)
      return false;
    return [...wanted].every(([id, values]) =>
      values.has(groupFor(setting, dimensionCalled(setting, id), stage, lead) ?? ''),
    );
  });
}

const PARTS: readonly CalendarPart[] = ['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour'];

function dimensionCalled({ agreement }: Setting, id: string): Dimension {
  const declared = agreement.dimensions.find((dimension) => dimension.id === id);
  if (declared !== undefined) return declared;
  if (agreement.fields.some((field) => field.name === id)) {
    return { kind: 'field', id, label: {}, field: id, value: 'latest' };
  }
  const part = PARTS.find((each) => each === id);
  if (part === undefined) throw new RangeError(`no dimension: ${id}`);
  return { kind: 'calendar', id, label: {}, part };
}

function groupFor(setting: Setting, dimension: Dimension, stage: string, lead: LeadFacts): string | null {
  if (dimension.kind === 'activity') return lead.groups.get(`${dimension.id}__${stage}`) ?? null;
  return groupOf(setting.agreement, dimension, lead);
}
