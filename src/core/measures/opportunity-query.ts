import type { Dimension, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { localDay } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { loosePairs, tally } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import { visit } from '../rule/walk.ts';
import { identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { SMALL } from './breakdown-cells.ts';
import type { MeasureContext } from './measure.ts';
import type { Selection } from './selection.ts';
import { tallyQuery } from './tally-query.ts';
import type { Group } from './tally-query.ts';

/** Two stages that leads reach one after the other, and the dimensions by which their step is looked at. */
export interface Step {
  readonly from: ReachedStage;
  readonly to: ReachedStage;
  readonly dimensions: readonly Dimension[];
}

/** What a lead is worth later is read from so many days at least: a short range has too few sales. */
const WORTH_DAYS = 365;
/** Groups that a step gives to look at: the largest. */
const MOST_GROUPS = 5000;

/** The stage that counts as the sale: the one that carries money, else the last. */
export function saleStage(context: MeasureContext): ReachedStage | null {
  return valueStage(context.agreement)?.stage ?? reachedStages(context.agreement).at(-1) ?? null;
}

/** The steps up to the sale. */
export function stepsOf(context: MeasureContext): readonly Step[] {
  const reached = reachedStages(context.agreement);
  const sale = saleStage(context);
  const wanted = sale === null ? [] : reached.slice(0, reached.indexOf(sale) + 1);
  return wanted.flatMap((to, position) => {
    const from = wanted[position - 1];
    return from === undefined ? [] : [{ from, to, dimensions: dimensionsOf(to, context) }];
  });
}

/**
 * The dimensions in which groups of leads can be compared at a step: those of the agreement, and the weekday
 * and hour of creation. Left out are
 * - days, weeks and months: what they tell is a trend;
 * - dimensions over activities: whom they credit depends on whether the stage was reached;
 * - fields that the stage's own criteria read: they would find the agreement.
 */
function dimensionsOf(to: ReachedStage, { agreement }: MeasureContext): readonly Dimension[] {
  const read = new Set<string>();
  for (const { rule } of to.criteria) {
    visit(rule.expression, (node) => {
      if (node.kind === 'lead') read.add(node.field);
    });
  }
  const declared = agreement.dimensions.filter((dimension) => {
    switch (dimension.kind) {
      case 'field':
      case 'bands':
        return !read.has(dimension.field);
      case 'calendar':
        return ['weekday', 'hour', 'weekday_hour'].includes(dimension.part);
      case 'activity':
        return false;
    }
  });
  const parts = (['weekday', 'hour'] as const).filter(
    (part) =>
      !agreement.dimensions.some(
        (each) => each.id === part || (each.kind === 'calendar' && each.part === part),
      ),
  );
  return [...declared, ...parts.map((part): Dimension => ({ kind: 'calendar', id: part, label: {}, part }))];
}

/** The last day of which something is known: ages are counted up to it. */
export function lastDay(selection: Selection, context: MeasureContext): string {
  const today = localDay(context.asOf, context.agreement.timezone);
  const end = context.extent?.to ?? selection.range.to;
  return end < today ? end : today;
}

/** The days over which the worth of a lead is read: a year up to the end of the range, or all of the range. */
export function worthRange({ from, to }: DayRange): DayRange {
  const year = addDays(to, 1 - WORTH_DAYS);
  return { from: year < from ? year : from, to };
}

/** A step of whose leads some are old enough to have passed it. */
export interface RipeStep {
  readonly step: Step;
  /** The last day of creation of the leads that are looked at, in the range or in the days that tell their worth. */
  readonly until: string;
}

/** `n` days after its creation, nineteen of twenty leads that pass the step have: the last day that is so old. */
export function lastRipe(days: number, selection: Selection, context: MeasureContext): string {
  const oldest = addDays(lastDay(selection, context), -days);
  const { to } = selection.range;
  return oldest > to ? to : oldest;
}

/**
 * The leads of each step that are old enough to have passed it, looked at once for all steps. Rows `step` (the
 * id of its second stage), `part` (`groups`: the range, in all and by group; `worth`: in all, over
 * `worthRange`) and those of `tallyQuery`. Groups of fewer than 30 leads are left out, but for the missing one.
 */
export function stepsQuery(
  steps: readonly RipeStep[],
  selection: Selection,
  context: MeasureContext,
  creditStage: string | null,
): Fragment {
  const { dialect } = context;
  const { range } = selection;
  const spans = [...new Set(steps.map(({ until }) => until))].toSorted();
  const last = spans.at(-1) ?? range.to;
  const counts = reachedStages(context.agreement).map(({ id }) => tally.reached(id));
  const both = loosePairs(context.agreement).map(([from, to]) => tally.both(from.id, to.id));
  const figures = [...counts, ...both, tally.amount];
  const whole: Group = { dimension: null, byDay: true, figures };
  const dimensions = new Map(steps.flatMap(({ step }) => step.dimensions.map((each) => [each.id, each])));
  const groups = [...dimensions.values()].map((dimension): Group => ({ dimension, byDay: true, figures }));
  const tallied = (from: string, wanted: readonly Group[]): Fragment =>
    tallyQuery(selection, { from, to: last }, wanted, context, creditStage, spans);
  const sums = figures.map((name) => sql`sum(${identifier(name)}) as ${identifier(name)}`);
  const part = (name: string, { step, until }: RipeStep, where: Fragment): Fragment => sql`select
      ${dialect.literal('string', step.to.id)} as step, ${dialect.literal('string', name)} as part, dimension,
      ${raw('false')} as by_day, ${dialect.nothing('date')} as day, value${tail(sums)}
    from ${identifier(name)} where day <= ${dialect.cast(sql`${until}`, 'date')} and ${where}
    group by dimension, value`;
  const parts = steps.flatMap((ripe) => {
    const { step } = ripe;
    const leads = identifier(tally.reached(step.from.id));
    const own = ['', ...step.dimensions.map(({ id }) => id)].map((id) => dialect.literal('string', id));
    return [
      sql`select * from (${part('worth', ripe, raw("dimension = ''"))}) as worth`,
      sql`select * from (select * from (${part('groups', ripe, sql`dimension in (${join(own)})`)}) as counted
        where ${leads} >= ${raw(String(SMALL))} or dimension = '' or coalesce(value, '') = ''
        order by coalesce(value, '') <> '', ${leads} desc limit ${raw(String(MOST_GROUPS))}) as largest`,
    ];
  });
  const { from } = worthRange(range);
  const worth = from === range.from ? sql`select * from groups` : tallied(from, [whole]);
  return sql`with groups as materialized (${tallied(range.from, [whole, ...groups])}),
    worth as materialized (${worth})
    ${join(parts, ' union all ')}`;
}
