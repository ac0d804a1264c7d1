import { InvariantError } from '../diagnostic/errors.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Agreement, Dimension } from '../agreement/agreement.ts';
import { tally } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Estimate } from '../stats/difference.ts';
import type { Proportion } from '../stats/two-proportions.ts';
import { round } from './ad-query.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { opportunitiesAnswer, opportunitiesQuestion } from './opportunities-answer.ts';
import type {
  EstimateAnswer,
  OpportunitiesAnswer,
  OpportunitiesQuestion,
  Opportunity,
} from './opportunities-answer.ts';
import { shortfalls } from './opportunity-cells.ts';
import type { Shortfall, Slice } from './opportunity-cells.ts';
import { lastRipe, saleStage, stepsOf, stepsQuery, worthRange } from './opportunity-query.ts';
import type { RipeStep, Step } from './opportunity-query.ts';
import { lagQuery, ripeDays } from './ripeness.ts';
import { select } from './selection.ts';
import type { Selection } from './selection.ts';
import { conversion, reachedOf } from './share.ts';
import { collect, figure, TOTAL } from './tally-query.ts';
import type { Figures } from './tally-query.ts';

/** A group of few sales borrows so many of the company's mean to tell what its sales bring. */
const BORROWED_SALES = 30;
/** Two groups of so many leads with the very same counts are taken to be the same leads. */
const TWINS = 100;

/** Where sales are being lost: the groups of leads that pass a step less often than they should. */
export const opportunities: Measure<OpportunitiesQuestion, OpportunitiesAnswer> = {
  name: 'opportunities',
  question: opportunitiesQuestion,
  answer: opportunitiesAnswer,
  ask(question, context) {
    const selection = select(question, context, null);
    return selection.ok ? success({ lag: lagQuery(context) }) : selection;
  },
  more(rows, question, context) {
    const queries: Record<string, Fragment> = {};
    const ripe = ripeSteps(rows, question, context);
    // Whom an activity credits may differ by step, and with it whom a filter takes; all other filters do not.
    const differ = ripe.some(({ selection }) =>
      selection.filters.some(({ dimension }) => dimension.kind === 'activity'),
    );
    const looks = differ ? ripe.map((each) => [each]) : [ripe];
    for (const steps of looks) {
      const [first] = steps;
      if (first === undefined) continue;
      queries[`of_${first.step.to.id}`] = stepsQuery(steps, first.selection, context, first.step.from.id);
    }
    return queries;
  },
  make(rows, question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    return makeOpportunities(rows, question, selection.value, context);
  },
};

/** The steps some of whose leads, in the range or in the days that tell their worth, are old enough. */
function ripeSteps(
  rows: Readonly<Record<string, readonly Row[]>>,
  question: OpportunitiesQuestion,
  context: MeasureContext,
): readonly (RipeStep & { readonly selection: Selection })[] {
  const ripe = ripeDays(rows['lag'] ?? [], context.agreement, 1);
  return stepsOf(context).flatMap((step) => {
    const selection = select(question, context, step.from.id);
    const days = ripe.get(step.to.id);
    if (!selection.ok || days === undefined) return [];
    const until = lastRipe(days, selection.value, context);
    return until < worthRange(selection.value.range).from
      ? []
      : [{ step, until, selection: selection.value }];
  });
}

/** A step with what was counted of it. */
interface Counted {
  readonly step: Step;
  readonly ripeDays: number | null;
  /** The last day of creation; null where no lead of the range is old enough. */
  readonly until: string | null;
  readonly whole: Proportion;
  readonly slices: readonly StepSlice[];
  /** Of the leads from which worth is read. */
  readonly worth: Figures | undefined;
}

/** What the sales of a group brought, of all its leads that are old enough. */
interface Money {
  readonly sales: number;
  readonly amount: number;
}

interface StepSlice extends Slice {
  readonly step: Step;
  readonly until: string | null;
  readonly dimension: Dimension;
  readonly money: ReadonlyMap<string, Money>;
}

function makeOpportunities(
  rows: Readonly<Record<string, readonly Row[]>>,
  question: OpportunitiesQuestion,
  selection: Selection,
  context: MeasureContext,
): Result<OpportunitiesAnswer> {
  const { agreement } = context;
  const { lag = [], ...looks } = rows;
  const ripe = ripeDays(lag, agreement, 1);
  const found = Object.values(looks).flat();
  const counted = stepsOf(context).map((step) =>
    count(
      step,
      ripe.get(step.to.id) ?? null,
      found.filter((row) => row['step'] === step.to.id),
      selection,
      context,
    ),
  );
  const worths = worthsOf(counted, context);
  const verdict = shortfalls(counted.flatMap(({ slices }) => slices));
  const meanValue = meanValueOf(counted, context);
  const items = verdict.below.map((each) =>
    answerItem(each, worths.get(each.slice.step) ?? null, meanValue, question, selection),
  );
  const listed = items
    .filter((item) => !isFolded(item, items) && !twinsOf(item, items).before)
    .map((item) => ({ ...item, also: twinsOf(item, items).names }));
  return success({
    ...heading(selection, context),
    currency: agreement.currency,
    sale: saleStage(context)?.id ?? null,
    mean_value: meanValue === null ? null : round(meanValue),
    tested: verdict.tested,
    below: verdict.below.length,
    above: verdict.above,
    folded: items.length - listed.length,
    steps: counted.map(({ step, ripeDays, until, whole, slices }) => ({
      from: step.from.id,
      to: step.to.id,
      owner: step.to.owner,
      ripe_days: ripeDays,
      until,
      leads: whole.denominator,
      groups: slices.reduce((sum, { cells }) => sum + cells.length, 0),
      dimensions: step.dimensions.map(({ id }) => id),
      worth: worths.get(step) ?? null,
    })),
    opportunities: listed
      .toSorted((left, right) => weightOf(right) - weightOf(left) || left.q - right.q)
      .slice(0, question.top),
  });
}

/** By the sales at stake; where they cannot be told, by the leads that would pass. */
function weightOf({ sales, gap, rate }: Opportunity): number {
  return sales?.value ?? gap.value * rate.denominator;
}

function count(
  step: Step,
  ripeDaysOfStep: number | null,
  rows: readonly Row[],
  selection: Selection,
  context: MeasureContext,
): Counted {
  const groups = rows.filter((row) => row['part'] === 'groups');
  const proportion = (figures: Figures | undefined): Proportion => ({
    numerator: reachedOf(context.agreement, figures, step.from, step.to, selection.mode),
    denominator: figure(figures, tally.reached(step.from.id)),
  });
  const whole = proportion(collect(groups, TOTAL).get(null));
  const target = targetOf(step, context.agreement);
  const last = ripeDaysOfStep === null ? null : lastRipe(ripeDaysOfStep, selection, context);
  const until = last === null || last < selection.range.from ? null : last;
  return {
    step,
    ripeDays: ripeDaysOfStep,
    until,
    whole,
    slices: step.dimensions.map((dimension): StepSlice => {
      const found = collect(groups, { dimension, byDay: false });
      // Many fields are filled in as a lead advances: to lack the datum is then to have stayed behind.
      const missing = proportion(found.get(null));
      return {
        step,
        until,
        dimension,
        target,
        whole: {
          numerator: whole.numerator - missing.numerator,
          denominator: whole.denominator - missing.denominator,
        },
        cells: [...found].flatMap(([value, figures]) =>
          value === null ? [] : [{ value, ...proportion(figures) }],
        ),
        money: new Map([...found].map(([value, figures]) => [value ?? '', moneyOf(figures, context)])),
      };
    }),
    worth: collect(
      rows.filter((row) => row['part'] === 'worth'),
      TOTAL,
    ).get(null),
  };
}

/** The share that the agreement promises of this very step, of all leads; the highest, if it names several. */
function targetOf({ from, to }: Step, agreement: Agreement): number | null {
  const goals = agreement.targets.flatMap(({ metric, bound, goal, where }) =>
    metric.kind === 'share' &&
    metric.stage === to.id &&
    metric.of === from.id &&
    bound === 'at_least' &&
    where === null
      ? [goal]
      : [],
  );
  return goals.length === 0 ? null : Math.max(...goals);
}

/** By step: the sales to expect of a lead that reaches its second stage, the later conversions multiplied. */
function worthsOf(counted: readonly Counted[], context: MeasureContext): ReadonlyMap<Step, number | null> {
  const worths = new Map<Step, number | null>();
  let worth: number | null = 1;
  for (const { step, worth: figures } of counted.toReversed()) {
    worths.set(step, worth);
    const leads = figure(figures, tally.reached(step.from.id));
    const passed = reachedOf(context.agreement, figures, step.from, step.to, 'cohort');
    worth = worth === null || leads === 0 ? null : (worth * passed) / leads;
  }
  return worths;
}

function moneyOf(figures: Figures | undefined, { agreement }: MeasureContext): Money {
  const stage = valueStage(agreement)?.stage;
  return {
    sales: stage === undefined ? 0 : figure(figures, tally.reached(stage.id)),
    amount: figure(figures, tally.amount),
  };
}

function meanValueOf(counted: readonly Counted[], context: MeasureContext): number | null {
  const { sales, amount } = moneyOf(counted.at(-1)?.worth, context);
  return sales === 0 ? null : amount / sales;
}

/** What a sale of a group brings: its own mean, with so many sales of the company's mean added to it. */
function ticketOf(money: Money | undefined, meanValue: number): number {
  const { sales, amount } = money ?? { sales: 0, amount: 0 };
  return (amount + BORROWED_SALES * meanValue) / (sales + BORROWED_SALES);
}

function answerItem(
  { slice, cell, reference, shrunk, gap, q }: Shortfall<StepSlice>,
  worth: number | null,
  meanValue: number | null,
  question: OpportunitiesQuestion,
  selection: Selection,
): Opportunity {
  const { dimension, until } = slice;
  const { from, to } = slice.step;
  if (until === null) throw new InvariantError('a group of leads none of which is old enough');
  const leads = cell.denominator;
  const ticket = meanValue === null ? null : ticketOf(slice.money.get(cell.value), meanValue);
  const others = question.filter.filter((each) => !each.startsWith(`${dimension.id}=`));
  return {
    from: from.id,
    to: to.id,
    owner: to.owner,
    dimension: dimension.id,
    part: dimension.kind === 'calendar' ? dimension.part : null,
    value: cell.value,
    rate: conversion(from, to, cell.numerator, leads, 'cohort'),
    reference: {
      kind: reference.kind,
      rate: reference.rate,
      numerator: reference.counts?.numerator ?? null,
      denominator: reference.counts?.denominator ?? null,
    },
    shrunk: times(shrunk, 1),
    gap: times(gap, 1),
    sales: worth === null ? null : times(gap, leads * worth),
    value_at_stake: worth === null || ticket === null ? null : times(gap, leads * worth * ticket),
    ticket: ticket === null ? null : round(ticket),
    q,
    also: [],
    opens: {
      from: selection.range.from,
      to: until,
      stage: from.id,
      unreached: to.id,
      filter: [...others, `${dimension.id}=${cell.value}`],
      total: leads - cell.numerator,
    },
  };
}

function times({ value, low, high }: Estimate, factor: number): EstimateAnswer {
  return { value: value * factor, low: low * factor, high: high * factor };
}

/** An hour of one weekday is no news where that hour of all days, or that weekday, is listed. */
function isFolded(item: Opportunity, items: readonly Opportunity[]): boolean {
  if (item.part !== 'weekday_hour') return false;
  const [day = '', hour = ''] = item.value.split('-');
  return items.some(
    ({ to, part, value }) =>
      to === item.to &&
      ((part === 'hour' && Number(value) === Number(hour)) || (part === 'weekday' && value === day)),
  );
}

/** Groups of other dimensions with the very same counts (a source that runs one campaign). */
function twinsOf(
  item: Opportunity,
  items: readonly Opportunity[],
): { readonly names: Opportunity['also']; readonly before: boolean } {
  const place = items.indexOf(item);
  const twins = items.flatMap((other, position) =>
    other.to === item.to &&
    other.dimension !== item.dimension &&
    item.rate.denominator >= TWINS &&
    other.rate.denominator === item.rate.denominator &&
    other.rate.numerator === item.rate.numerator
      ? [{ other, position }]
      : [],
  );
  return {
    names: twins.map(({ other: { dimension, part, value } }) => ({ dimension, part, value })),
    before: twins.some(({ position }) => position < place),
  };
}
