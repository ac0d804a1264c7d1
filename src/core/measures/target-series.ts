import type { Agreement, ReachedStage, Target } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { implies, tally } from '../facts/tallies.ts';
import { findDimension } from '../facts/groups.ts';
import type { Rule } from '../rule/expression.ts';
import { all, identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { adQuery } from './ad-query.ts';
import type { MeasureContext, Row } from './measure.ts';
import { filterCondition, ruleCondition } from './selection.ts';
import type { DimensionFilter, Selection } from './selection.ts';
import { collect, figure, tallyQuery } from './tally-query.ts';
import type { Group } from './tally-query.ts';

/** A figure that can be added up over days: of leads, or of what ads report. */
interface Quantity {
  readonly of: 'leads' | 'ads';
  readonly name: string;
}

/** What a target divides by what; a count and a value divide by nothing. */
export interface Quantities {
  readonly top: Quantity;
  readonly bottom: Quantity | null;
}

export function quantitiesOf(target: Target, agreement: Agreement, mode: 'cohort' | 'period'): Quantities {
  const { metric } = target;
  const spend: Quantity = { of: 'ads', name: 'spend' };
  const amount: Quantity = { of: 'leads', name: tally.amount };
  switch (metric.kind) {
    case 'count':
      return { top: countOf(metric.stage, agreement), bottom: null };
    case 'value':
      return { top: amount, bottom: null };
    case 'share':
      return {
        top: togetherWith(metric.of, metric.stage, agreement, mode),
        bottom: countOf(metric.of, agreement),
      };
    case 'cost':
      return { top: spend, bottom: countOf(metric.stage, agreement) };
    case 'return':
      return { top: amount, bottom: spend };
  }
}

function countOf(id: string, agreement: Agreement): Quantity {
  const stage = agreement.stages.find((each) => each.id === id);
  return stage?.kind === 'measured'
    ? { of: 'ads', name: stage.from }
    : { of: 'leads', name: tally.reached(id) };
}

/** Those that reached a stage: in a cohort of those of the other, in a period whatever happened. */
function togetherWith(from: string, to: string, agreement: Agreement, mode: 'cohort' | 'period'): Quantity {
  const stages: readonly ReachedStage[] = reachedStages(agreement);
  const [first, last] = [from, to].map((id) => stages.findIndex((stage) => stage.id === id));
  const apart =
    mode === 'cohort' &&
    first !== undefined &&
    last !== undefined &&
    first >= 0 &&
    first < last &&
    !implies(stages, first, last);
  return apart ? { of: 'leads', name: tally.both(from, to) } : countOf(to, agreement);
}

/** The leads of a target, and how its queries are called. */
export interface Segment {
  readonly name: string;
  readonly selection: Selection;
  /** Figures of leads that are wanted by day. */
  readonly figures: readonly string[];
  readonly ads: Fragment | null;
  readonly wantsAds: boolean;
}

/**
 * What has to be asked: once for all the targets of the same leads. Those of all leads cost days (the rollup);
 * those of a segment are counted from the facts, of the wanted figures only.
 */
export function segmentsOf(
  targets: readonly Target[],
  selection: Selection,
  range: DayRange,
  context: MeasureContext,
): readonly Segment[] {
  const names = [...new Set(targets.map(nameOf))];
  return names.map((source, position): Segment => {
    const own = targets.filter((target) => nameOf(target) === source);
    const rule = own[0]?.where ?? null;
    const quantities = own.flatMap((target) => {
      const { top, bottom } = quantitiesOf(target, context.agreement, selection.mode);
      return bottom === null ? [top] : [top, bottom];
    });
    const narrowed = rule === null ? selection : narrow(selection, rule, context);
    return {
      name: `${position}`,
      selection: narrowed,
      figures: [...new Set(quantities.flatMap(({ of, name }) => (of === 'leads' ? [name] : [])))],
      ads: adQuery(narrowed, range, context),
      wantsAds: quantities.some(({ of }) => of === 'ads'),
    };
  });
}

function nameOf({ where }: Target): string {
  return where?.source.trim() ?? '';
}

export function segmentFor(target: Target, targets: readonly Target[]): string {
  return `${[...new Set(targets.map(nameOf))].indexOf(nameOf(target))}`;
}

export function segmentQueries(
  segments: readonly Segment[],
  range: DayRange,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const queries: Record<string, Fragment> = {};
  for (const { name, selection, figures, ads, wantsAds } of segments) {
    if (figures.length > 0)
      queries[`target_leads_${name}`] = tallyQuery(selection, range, [groupOf(figures)], context, null);
    if (wantsAds && ads !== null) queries[`target_ads_${name}`] = ads;
  }
  return queries;
}

function groupOf(figures: readonly string[]): Group {
  return { dimension: null, byDay: true, figures };
}

/** One row `last`: the last day with ad metrics, of whatever ads; null without any. */
export function adsToQuery({ to }: DayRange, { dialect, tables }: MeasureContext): Fragment {
  return sql`select max(day) as last from ${identifier(tables.adDay)}
    where dimension = '' and day <= ${dialect.cast(sql`${to}`, 'date')}`;
}

/** A rule added to a selection: as a filter where it is one, so that ads and the rollup know it too. */
function narrow(selection: Selection, rule: Rule, context: MeasureContext): Selection {
  const filter = filterOf(rule, context);
  if (filter === null || selection.filters.length > 0)
    return {
      ...selection,
      condition: all([selection.condition, ruleCondition(rule, context.dialect)]),
      hasRule: true,
    };
  return {
    ...selection,
    condition: all([selection.condition, filterCondition(filter, context, null)]),
    filters: [filter],
  };
}

/** `lead.x == "text"` as the filter of a dimension by the latest value of that field. */
function filterOf({ expression }: Rule, { agreement }: MeasureContext): DimensionFilter | null {
  if (expression.kind !== 'compare' || expression.operator !== '==') return null;
  const { left, right } = expression;
  if (left.kind !== 'lead' || left.pii || right.kind !== 'literal' || right.type !== 'string') return null;
  const dimension =
    agreement.dimensions.find(
      (each) => each.kind === 'field' && each.field === left.field && each.value === 'latest',
    ) ?? findDimension(agreement, left.field);
  return dimension?.kind === 'field' && dimension.field === left.field && dimension.value === 'latest'
    ? { dimension, values: [right.value] }
    : null;
}

/** Figures by local day. */
export interface Series {
  at(quantity: Quantity, day: string): number;
  /** Of a quantity over days, both included. */
  sum(quantity: Quantity, days: DayRange): number;
  /** Ads cannot be told by what these leads are told apart by. */
  readonly adsApart: boolean;
  readonly hasSpend: boolean;
}

/** The rows of `segmentQueries` of one segment. */
export function seriesOf({ name, ads }: Segment, rows: Readonly<Record<string, readonly Row[]>>): Series {
  const leads = collect(rows[`target_leads_${name}`] ?? [], groupOf([]));
  const adRows = rows[`target_ads_${name}`] ?? [];
  const byDay = new Map(adRows.map((row) => [String(row['day']), row]));
  const days = [...byDay.keys()].toSorted();
  const at = ({ of, name: figureName }: Quantity, day: string): number => {
    if (of === 'leads') return figure(leads.get(day), figureName);
    const value = byDay.get(day)?.[figureName];
    return typeof value === 'number' ? value : 0;
  };
  return {
    at,
    sum: (quantity, { from, to }) => {
      const known = quantity.of === 'leads' ? [...leads.keys()] : days;
      return known.reduce(
        (sum, day) => (day !== null && day >= from && day <= to ? sum + at(quantity, day) : sum),
        0,
      );
    },
    adsApart: ads === null,
    hasSpend: adRows.some((row) => row['has_spend'] === true),
  };
}
