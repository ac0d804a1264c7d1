import type { Dimension, Stage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { crossGroups, dayGroup } from '../facts/groups.ts';
import type { Grouping } from '../facts/groups.ts';
import { GROWTH, isRolledUp, WEEKDAY_HOUR } from '../facts/rollup.ts';
import { figuresWanted, loosePairs, spanOf, tallies, tally, tallyNames } from '../facts/tallies.ts';
import { isDayPart } from '../sql/dialect.ts';
import { any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext, Row } from './measure.ts';
import { factsRelation, groupingOf } from './selection.ts';
import type { DimensionFilter, Selection } from './selection.ts';

/** What to count by: all leads (`dimension` null) or the groups of a dimension; by day or over the range. */
export interface Group {
  readonly dimension: Dimension | null;
  /** A dimension that the first is crossed with. */
  readonly second?: Dimension;
  readonly byDay: boolean;
  /** The two stages that are wanted of a cohort's groups; without them, every figure is counted. */
  readonly pair?: readonly [Stage, Stage];
  /** Only how many reached each stage, and each pair of stages. */
  readonly onlyReached?: boolean;
  /** These figures and no others. */
  readonly figures?: readonly string[];
}

export const TOTAL: Group = { dimension: null, byDay: false };
export const DAYS: Group = { dimension: null, byDay: true };

/**
 * The figures that a group is asked for; `null` for all. What happened in a period may show in one figure
 * only, so that there all of them tell which groups there are.
 */
function figuresOf(group: Group, selection: Selection, context: MeasureContext): readonly string[] | null {
  if (group.figures !== undefined) return group.figures;
  if (selection.mode === 'period') return null;
  const stages = reachedStages(context.agreement);
  if (group.byDay) return [...stages.map((stage) => tally.reached(stage.id)), tally.amount];
  if (group.onlyReached === true) {
    return [
      ...stages.map((stage) => tally.reached(stage.id)),
      ...loosePairs(context.agreement).map(([from, to]) => tally.both(from.id, to.id)),
    ];
  }
  if (group.pair === undefined) return null;
  const wanted = new Set(group.pair.map((stage) => tally.reached(stage.id)));
  return tallyNames(context.agreement).filter(
    (name) => wanted.has(name) || name === tally.both(group.pair?.[0].id ?? '', group.pair?.[1].id ?? ''),
  );
}

/** What tells the rows of a group from those of others. */
function groupId({ dimension, second }: Group): string {
  return second === undefined ? (dimension?.id ?? '') : `${dimension?.id ?? ''}×${second.id}`;
}

function groupingAsked(
  { dimension, second }: Group,
  context: MeasureContext,
  creditStage: string | null,
): Grouping | null {
  if (dimension === null) return null;
  const first = groupingOf(dimension, context, creditStage);
  return second === undefined
    ? first
    : crossGroups(first, groupingOf(second, context, creditStage), context.dialect);
}

function isNarrow({ pair, onlyReached = false, figures }: Group): boolean {
  return pair !== undefined || onlyReached || figures !== undefined;
}

/** Of an earlier day there is no other way to the figures of all: the days add up to them. */
function wantedFigures(
  group: Group,
  selection: Selection,
  until: string | null,
  context: MeasureContext,
): readonly string[] | null {
  return until === null || isNarrow(group) ? figuresOf(group, selection, context) : null;
}

/** Additive figures by name (see `tally`). */
export type Figures = Readonly<Record<string, number>>;

/**
 * The leads of a selection counted by several groups in one statement: from the daily rollup where it can
 * answer, else from the facts; of a range `until` a day, by cohort, as they stood at its end. Rows `dimension` (''
 * for all leads), `by_day`, `day`, `value` and the figures that some group wants.
 *
 * @param spans last days of spans, ascending, the last no earlier than the range's: what is counted by day is
 *   told by the last day of the span that it lies in
 */
export function tallyQuery(
  selection: Selection,
  { from, to, until = null }: DayRange & { readonly until?: string | null },
  groups: readonly Group[],
  context: MeasureContext,
  creditStage: string | null,
  spans: readonly string[] | null = null,
): Fragment {
  const range = { from, to };
  const filter = rollupFilter(selection, context);
  const wanted = groups.map((group) => wantedFigures(group, selection, until, context));
  const names = figuresWanted(context.agreement, wanted);
  const fromRollup = groups.map((group) =>
    filter === 'unkept'
      ? null
      : rollupQuery(group, names, selection, filter, { ...range, until }, context, spans),
  );
  const rest = groups.filter((_, position) => fromRollup[position] === null);
  const parts = fromRollup.filter((part) => part !== null);
  if (rest.length > 0) {
    const dimensions = [
      ...rest.flatMap(({ dimension, second }) => [
        ...(dimension === null ? [] : [dimension]),
        ...(second === undefined ? [] : [second]),
      ]),
      ...selection.filters.map((filter) => filter.dimension),
    ];
    const query = tallies(
      context.agreement,
      factsRelation(context, dimensions),
      identifier(context.tables.value),
      {
        mode: selection.mode,
        range,
        until,
        spans,
        names,
        condition: selection.condition,
        groups: rest.map((group) => ({
          id: groupId(group),
          byDay: group.byDay,
          figures: wantedFigures(group, selection, until, context),
          grouping: groupingAsked(group, context, creditStage),
        })),
      },
      context.dialect,
    );
    parts.push(
      sql`select dimension, by_day, tally_day as day, value${tail(
        names.map((name) => identifier(name)),
      )} from (${query})`,
    );
  }
  return join(parts, ' union all ');
}

/** The filter by which the rollup's rows are to be picked, `null` for all leads; it keeps them apart by one dimension. */
function rollupFilter(
  { filters, hasRule }: Selection,
  context: MeasureContext,
): DimensionFilter | null | 'unkept' {
  const [filter, ...others] = filters;
  if (hasRule || others.length > 0) return 'unkept';
  if (filter === undefined) return null;
  return isKept(filter.dimension, context) ? filter : 'unkept';
}

/** True of a dimension whose groups the rollup keeps. */
function isKept(dimension: Dimension, { agreement }: MeasureContext): boolean {
  return isRolledUp(dimension) && agreement.dimensions.some(({ id }) => id === dimension.id);
}

/** The rollup's rows that hold a group, and the group's text; `null` where it does not keep it. */
function rollupGroup(
  group: Group,
  mode: 'cohort' | 'period',
  filter: DimensionFilter | null,
  until: string | null,
  context: MeasureContext,
): { readonly dimension: string; readonly value: Fragment } | null {
  const { dimension, second } = group;
  const { dialect } = context;
  if (second !== undefined) return null;
  // How cohorts grew is kept of all leads only.
  if (until !== null && filter !== null) return null;
  const all = until === null ? (filter?.dimension.id ?? '') : GROWTH;
  if (dimension === null) return { dimension: all, value: dialect.nothing('text') };
  if (isRolledUp(dimension)) {
    const isApart = filter === null || filter.dimension.id === dimension.id;
    if (until !== null || !isApart || !isKept(dimension, context)) return null;
    return { dimension: dimension.id, value: identifier('value') };
  }
  if (dimension.kind !== 'calendar') return null;
  const { part } = dimension;
  if (mode === 'cohort' && isDayPart(part))
    return { dimension: all, value: dayGroup(context.agreement, part, identifier('day'), dialect) };
  if (until !== null || filter !== null) return null;
  if (part === 'weekday') return { dimension: WEEKDAY_HOUR, value: raw('substr(value, 1, 1)') };
  if (part === 'weekday_hour') return { dimension: WEEKDAY_HOUR, value: identifier('value') };
  if (part === 'hour') {
    const hour = dialect.cast(dialect.cast(raw('substr(value, 3, 2)'), 'integer'), 'text');
    return { dimension: WEEKDAY_HOUR, value: hour };
  }
  return null;
}

function rollupQuery(
  group: Group,
  names: readonly string[],
  selection: Selection,
  filter: DimensionFilter | null,
  { from, to, until }: DayRange & { readonly until: string | null },
  context: MeasureContext,
  spans: readonly string[] | null,
): Fragment | null {
  const kept = rollupGroup(group, selection.mode, filter, until, context);
  if (kept === null) return null;
  const { dialect } = context;
  const wanted = wantedFigures(group, selection, until, context);
  const figures = names.map((name) =>
    (wanted?.includes(name) ?? true)
      ? sql`sum(${identifier(name)}) as ${identifier(name)}`
      : sql`0 as ${identifier(name)}`,
  );
  const day = spanOf(identifier('day'), spans, dialect);
  // What is the same in all rows is no key: to add up without one takes half as long.
  const keys = [
    ...(group.dimension === null ? [] : [identifier('group_text')]),
    ...(group.byDay ? [identifier('told_day')] : []),
  ];
  const text = group.dimension === null ? kept.value : identifier('group_text');
  return sql`select ${dialect.literal('string', group.dimension?.id ?? '')} as dimension,
      ${raw(String(group.byDay))} as by_day, ${group.byDay ? identifier('told_day') : dialect.nothing('date')} as day, ${text} as value${tail(figures)}
    from (select *, ${kept.value} as group_text, ${day} as told_day from ${identifier(context.tables.rollup)})
    where mode = ${selection.mode} and dimension = ${kept.dimension}
      and day between ${dialect.cast(sql`${from}`, 'date')} and ${dialect.cast(sql`${to}`, 'date')}
      and ${until === null ? raw('true') : sql`value <= ${until}`}
      and ${filter === null ? raw('true') : isOfValues(filter)}
    ${keys.length === 0 ? raw('having count(*) > 0') : sql`group by ${join(keys)}`}`;
}

/** True of the rollup's rows of the groups that a filter takes. */
function isOfValues({ values }: DimensionFilter): Fragment {
  return any(values.map((value) => (value === null ? raw('value is null') : sql`value = ${value}`)));
}

/** The figures of the rows of one group, by the group's text (null: missing) or, by day, by the day. */
export function collect(rows: readonly Row[], group: Group): ReadonlyMap<string | null, Figures> {
  const id = groupId(group);
  const sums = new Map<string | null, Record<string, number>>();
  for (const row of rows) {
    if (row['dimension'] !== id || row['by_day'] !== group.byDay) continue;
    const text = group.byDay ? row['day'] : row['value'];
    const key = typeof text === 'string' && text !== '' ? text : null;
    sums.set(key, addTo(sums.get(key) ?? {}, row));
  }
  return sums;
}

/** The figures of all groups together. */
export function addUp(groups: ReadonlyMap<string | null, Figures>): Figures {
  return [...groups.values()].reduce<Record<string, number>>(addTo, {});
}

function addTo(sums: Record<string, number>, row: Row): Record<string, number> {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

export function figure(figures: Figures | undefined, name: string): number {
  return figures?.[name] ?? 0;
}
