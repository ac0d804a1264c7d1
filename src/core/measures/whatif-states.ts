import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { today } from '../facts/draft-leads.ts';
import { stageColumns } from '../facts/tables.ts';
import type { Dialect } from '../sql/dialect.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Row } from './measure.ts';
import type { Standing } from './whatif-answer.ts';

export type Side = 'today' | 'draft';

/** NULL where a stage was not reached in a reading: today's local day, which takes less to read; the draft's instant. */
export function reachedIn(side: Side, stage: ReachedStage): Fragment {
  const { at, day } = stageColumns(stage.id);
  return identifier(side === 'today' ? today(day) : at);
}

/** History as it is read today and as a draft reads it. */
export type Readings = Readonly<Record<Side, Agreement>>;

/** Leads that are counted by what a draft may change of them. */
export interface StatesPart {
  readonly name: string;
  /** Which leads are of the part. */
  readonly condition: Fragment;
  /** The only instants that count; without, all do, and so does whether the lead is lost. */
  readonly counts?: (side: Side, stage: ReachedStage) => Fragment;
  /** Conditions that are told apart, by name. */
  readonly segments?: ReadonlyMap<string, Fragment>;
}

/** Those of some places in a row, the last not included. */
function bits(from: number, to: number): Fragment {
  return raw(String(2 ** to - 2 ** from));
}

/** Stages in a row, of which each from the second on is reached only by who reached the one before; with their places. */
function chains(stages: readonly ReachedStage[]): readonly (readonly Placed[])[] {
  const found: Placed[][] = [];
  stages.forEach((stage, place) => {
    const last = found.at(-1);
    if (last !== undefined && stage.requiresPrevious) last.push({ stage, place });
    else found.push([{ stage, place }]);
  });
  return found;
}

interface Placed {
  readonly stage: ReachedStage;
  readonly place: number;
}

/** Which stages a lead reached, and above them whether it is lost, as a number of a bit each; 0 for neither. */
function mask(side: Side, readings: Readings, { condition, counts }: StatesPart, dialect: Dialect): Fragment {
  const stages = reachedStages(readings[side]);
  const holds = (test: Fragment, place: number): Fragment =>
    sql`case when ${test} then ${bits(place, place + 1)} else 0 end`;
  const marks =
    counts === undefined
      ? [
          ...chains(stages).map((chain) => {
            const first = chain[0]?.place ?? 0;
            // Most leads are done with after a stage or two.
            const ends = chain.map(
              ({ stage, place }) => sql`when ${reachedIn(side, stage)} is null then ${bits(first, place)}`,
            );
            return sql`case ${join(ends, ' ')} else ${bits(first, first + chain.length)} end`;
          }),
          holds(sql`${identifier(side === 'today' ? today('status') : 'status')} = 'lost'`, stages.length),
        ]
      : stages.map((stage, place) => holds(counts(side, stage), place));
  return dialect.cast(sql`case when ${condition} then ${join(marks, ' + ')} end`, 'integer');
}

function columnsOf(position: number): Readonly<Record<Side, Fragment>> {
  const column = (side: Side): Fragment => identifier(`${side}_${position}`);
  return { today: column('today'), draft: column('draft') };
}

/** The newest of some leads of the first part. */
export interface LookedFor {
  /** Which leads; without, those for which something changes. */
  readonly condition: Fragment | null;
  readonly most: number;
}

/**
 * The leads of both readings counted by all that a draft may change of them, in one look at all of them: rows
 * for each different state of each part, so that the figures are sums over a few hundred rows; and with those of the
 * first part when the newest of those that are looked for were created, in microseconds.
 */
export function statesQuery(
  relation: Fragment,
  readings: Readings,
  parts: readonly StatesPart[],
  lookedFor: LookedFor | null,
  dialect: Dialect,
): Fragment {
  const sets = parts.map((part, position) => {
    const { today: before, draft } = columnsOf(position);
    const segments = [...(part.segments?.keys() ?? [])].map((name) => identifier(name));
    return [before, draft, ...segments];
  });
  const columns = parts.flatMap((part, position) => {
    const own = columnsOf(position);
    return [
      ...(['today', 'draft'] as const).map(
        (side) => sql`${mask(side, readings, part, dialect)} as ${own[side]}`,
      ),
      ...[...(part.segments ?? [])].map(([name, holds]) => sql`${holds} as ${identifier(name)}`),
    ];
  });
  const isOf = sets.map(
    (_, position) => sql`grouping(${columnsOf(position).today}) = 0 as ${identifier(`of_${position}`)}`,
  );
  const every = join(sets.flat());
  const looked = lookedFor === null ? null : newestOf(lookedFor, readings, dialect);
  // Counted once by all that tells leads apart: each of the sets is then a look at few rows.
  return sql`select ${every}, ${join(isOf)}, ${dialect.cast(dialect.sum(identifier('leads')), 'integer')} as leads,
      ${dialect.sum(identifier('today_sum'))} as today_sum, ${dialect.sum(identifier('draft_sum'))} as draft_sum${tail(
        looked === null ? [] : [sql`${dialect.flat(identifier('newest'))} as newest`],
      )}
    from (select ${every}, count(*) as leads, sum(today_value) as today_sum, sum(value) as draft_sum${tail(
      looked === null ? [] : [sql`${looked.newest} as newest`],
    )}
      from (select ${join(columns)}${tail(looked?.columns ?? [])}, today_value, value
        from ${relation} where ${any(parts.map(({ condition }) => condition))})
      group by ${every})
    group by grouping sets (${join(sets.map((set) => sql`(${join(set)})`))})`;
}

/** When the newest were created, as an aggregate over columns of each lead. */
function newestOf(
  { condition, most }: LookedFor,
  readings: Readings,
  dialect: Dialect,
): { readonly columns: readonly Fragment[]; readonly newest: Fragment } {
  const created = sql`${dialect.microseconds(identifier('created_at'))} as created`;
  const greatest = (holds: Fragment): Fragment => dialect.greatestIf(identifier('created'), most, holds);
  const ids = (side: Side): string => JSON.stringify(reachedStages(readings[side]).map(({ id }) => id));
  const first = columnsOf(0);
  if (condition === null && ids('today') === ids('draft'))
    return { columns: [created], newest: greatest(sql`${first.today} <> ${first.draft}`) };
  const is = identifier('is_looked_for');
  return { columns: [created, sql`${condition ?? changes(readings)} as ${is}`], newest: greatest(is) };
}

/** The stages that both readings have, in the draft's order. */
export function sharedStages(readings: Readings): readonly ReachedStage[] {
  const before = new Set(reachedStages(readings.today).map(({ id }) => id));
  return reachedStages(readings.draft).filter(({ id }) => before.has(id));
}

/** True of leads for which something changes: a stage that both readings have, or whether they count as lost. */
export function changes(readings: Readings): Fragment {
  const stages = sharedStages(readings).map(
    (stage) => sql`(${reachedIn('today', stage)} is null) <> (${reachedIn('draft', stage)} is null)`,
  );
  return any([...stages, raw('status <> today_status')]);
}

/** One state and how many leads are in it. */
export interface State {
  readonly row: Row;
  readonly leads: number;
  has(side: Side, stage: string): boolean;
  standing(side: Side): Standing;
}

/** The states of a part of `statesQuery`, by its name. */
export function readStates(
  rows: readonly Row[],
  parts: readonly StatesPart[],
  name: string,
  readings: Readings,
): readonly State[] {
  const position = parts.findIndex((part) => part.name === name);
  const ids = (side: Side): readonly string[] => reachedStages(readings[side]).map(({ id }) => id);
  const stages: Readonly<Record<Side, readonly string[]>> = { today: ids('today'), draft: ids('draft') };
  return rows
    .filter((row) => row[`of_${position}`] === true && row[`today_${position}`] !== null)
    .map((row) => {
      // No `&`: it would cut an agreement of more than 31 stages.
      const is = (side: Side, place: number): boolean =>
        place >= 0 && Math.floor(numberIn(row, `${side}_${position}`) / 2 ** place) % 2 === 1;
      return {
        row,
        leads: numberIn(row, 'leads'),
        has: (side, stage) => is(side, stages[side].indexOf(stage)),
        standing(side) {
          const last = stages[side].length - 1;
          return {
            stage: stages[side].findLast((_, place) => is(side, place)) ?? null,
            status: is(side, last) ? 'won' : is(side, last + 1) ? 'lost' : 'open',
          };
        },
      };
    });
}

/** When the newest leads were created that were looked for, in microseconds, the newest first. */
export function newestCreated(rows: readonly Row[]): readonly number[] {
  return rows
    .filter((row) => row['of_0'] === true && row['today_0'] !== null)
    .flatMap(({ newest }) => (Array.isArray(newest) ? newest : []))
    .filter((created) => typeof created === 'number')
    .toSorted((one, other) => other - one);
}

export function numberIn(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
}

export function sumOf(states: readonly State[], test: (state: State) => boolean): number {
  return states.reduce((sum, state) => (test(state) ? sum + state.leads : sum), 0);
}

/** True of the leads of a range. */
export function createdIn(
  { from, to }: { readonly from: string; readonly to: string },
  condition: Fragment,
  dialect: Dialect,
): Fragment {
  const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
  return all([sql`created_day between ${day(from)} and ${day(to)}`, condition]);
}
