import type { Dimension, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays, localDay } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { tally, tallyNames } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import { visit } from '../rule/walk.ts';
import { identifier, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { SMALL } from './breakdown-cells.ts';
import type { MeasureContext } from './measure.ts';
import { lagQuery } from './ripeness.ts';
import type { Selection } from './selection.ts';
import { tallyQuery, TOTAL } from './tally-query.ts';
import type { Aged } from './tally-query.ts';

/** Two stages that leads reach one after the other, and the dimensions by which their step is looked at. */
export interface Step {
  readonly from: ReachedStage;
  readonly to: ReachedStage;
  readonly dimensions: readonly Dimension[];
}

/** Nineteen of twenty that pass have passed by then. */
const RIPE = 0.95;
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

/**
 * One step over the leads old enough to have passed it: `ripe_days` after their creation nineteen of twenty of
 * those that pass have done so. Rows of `tallyQuery` with `part` (`groups`: the range, in all and by group;
 * `worth`: in all, with every figure, over `worthRange`) and `ripe_days`. Groups of fewer than 30 leads are
 * left out, but for the missing one.
 */
export function stepQuery(
  { from, to, dimensions }: Step,
  selection: Selection,
  context: MeasureContext,
): Fragment {
  const aged: Aged = { days: sql`(select days from ripe)`, by: lastDay(selection, context) };
  const pair = [from, to] as const;
  const money = valueStage(context.agreement);
  const also = money === null ? [] : [tally.reached(money.stage.id), tally.amount];
  const groups = [
    { ...TOTAL, pair },
    ...dimensions.map((dimension) => ({ dimension, byDay: false, pair, also })),
  ];
  const { range } = selection;
  const figures = tallyNames(context.agreement).map(
    (name) => sql`sum(${identifier(name)}) as ${identifier(name)}`,
  );
  // A group may come in several rows (a weekday in one a day): whether it is large shows in their sum only.
  const counted = sql`select dimension, by_day, day, value${tail(figures)}
    from (${tallyQuery(selection, range, groups, context, from.id, aged)}) as parts
    group by dimension, by_day, day, value`;
  const worth = tallyQuery(selection, worthRange(range), [TOTAL], context, from.id, aged);
  const leads = identifier(tally.reached(from.id));
  return sql`with lag as (select days, ${identifier(tally.reached(to.id))} as n from (${lagQuery(context)}) as passed
      where ${identifier(tally.reached(to.id))} > 0),
    ripe as (select min(case when running >= ${raw(String(RIPE))} * total then days end) as days
      from (select days, sum(n) over (order by days) as running, sum(n) over () as total from lag) as summed)
    select 'worth' as part, ripe.days as ripe_days, counted.* from (${worth}) as counted cross join ripe
    union all
    select * from (
      select 'groups' as part, ripe.days as ripe_days, counted.* from (${counted}) as counted cross join ripe
      where ${leads} >= ${raw(String(SMALL))} or dimension = '' or coalesce(value, '') = ''
      order by coalesce(value, '') <> '', ${leads} desc limit ${raw(String(MOST_GROUPS))}) as largest`;
}
