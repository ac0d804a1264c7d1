import { reachedStages } from '../agreement/agreement.ts';
import { reachedAt, reachedDay } from '../facts/columns.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext } from './measure.ts';
import { factsRelation } from './selection.ts';
import type { Selection } from './selection.ts';

const LEVELS = [0.5, 0.75, 0.9] as const;

/**
 * The median and the 75th and 90th percentile of the seconds from each stage to the next, over the leads that
 * got there: one row with an array a stage, `time_<stage>`.
 */
export function speedQuery(selection: Selection, context: MeasureContext): Fragment {
  const { dialect } = context;
  const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
  const within = (column: Fragment): Fragment =>
    sql`${column} between ${day(selection.range.from)} and ${day(selection.range.to)}`;
  const stages = reachedStages(context.agreement);
  const times = stages.slice(1).flatMap((stage, position) => {
    const previous = stages[position];
    if (previous === undefined) return [];
    const there = selection.mode === 'cohort' ? within(identifier('created_day')) : within(reachedDay(stage));
    const seconds = sql`(${dialect.microseconds(reachedAt(stage))} - ${dialect.microseconds(reachedAt(previous))}) / 1e6`;
    return [
      sql`${dialect.quantiles(sql`case when ${there} then ${seconds} end`, LEVELS)} as ${identifier(`time_${stage.id}`)}`,
    ];
  });
  const facts = factsRelation(
    context,
    selection.filters.map((filter) => filter.dimension),
  );
  return sql`select ${join(times)} from ${facts} where ${selection.condition}`;
}
