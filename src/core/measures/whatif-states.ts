import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { today } from '../facts/draft-leads.ts';
import { stageColumns } from '../facts/tables.ts';
import type { Dialect } from '../sql/dialect.ts';
import { all, any, identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Row } from './measure.ts';
import type { Standing } from './whatif-answer.ts';

export type Side = 'today' | 'draft';

/** NULL where a stage was not reached in a reading: today's local day, which takes less to read; the draft's instant. */
export function reachedIn(side: Side, stage: ReachedStage): Fragment {
  const { at, day } = stageColumns(stage.id);
  return identifier(side === 'today' ? today(day) : at);
}

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

function bit(position: number): Fragment {
  return raw(String(2 ** position));
}

/** Which stages a lead reached, and above them whether it is lost, as a number of a bit each; 0 for neither. */
function mask(
  side: Side,
  agreement: Agreement,
  { condition, counts }: StatesPart,
  dialect: Dialect,
): Fragment {
  const stages = reachedStages(agreement);
  const holds = (test: Fragment, position: number): Fragment =>
    sql`case when ${test} then ${bit(position)} else 0 end`;
  if (counts !== undefined) {
    const bits = stages.map((stage, position) => holds(counts(side, stage), position));
    return dialect.cast(join(bits, ' + '), 'integer');
  }
  const status = identifier(side === 'today' ? today('status') : 'status');
  const bits = [
    ...stages.map((stage, position) => holds(sql`${reachedIn(side, stage)} is not null`, position)),
    holds(sql`${status} = 'lost'`, stages.length),
  ];
  return dialect.cast(sql`case when ${condition} then ${join(bits, ' + ')} end`, 'integer');
}

function columnsOf(position: number): Readonly<Record<Side, Fragment>> {
  const column = (side: Side): Fragment => identifier(`${side}_${position}`);
  return { today: column('today'), draft: column('draft') };
}

/** The column of the day of the leads that are looked for. */
const LOOKED_FOR = identifier('looked_for_day');

/**
 * The leads of both readings counted by all that a draft may change of them, in one look at all of them: rows
 * for each different state of each part, so that the figures are sums over a few hundred rows; and how many
 * leads of each day are `looked_for`.
 */
export function statesQuery(
  relation: Fragment,
  readings: Readonly<Record<Side, Agreement>>,
  parts: readonly StatesPart[],
  lookedFor: Fragment,
  dialect: Dialect,
): Fragment {
  const keys = parts.map((part, position) => {
    const { today: before, draft } = columnsOf(position);
    const segments = [...(part.segments?.keys() ?? [])].map((name) => identifier(name));
    return [before, draft, ...segments];
  });
  const columns = parts.flatMap((part, position) => {
    const own = columnsOf(position);
    return [
      ...(['today', 'draft'] as const).map(
        (side) => sql`${mask(side, readings[side], part, dialect)} as ${own[side]}`,
      ),
      ...[...(part.segments ?? [])].map(([name, holds]) => sql`${holds} as ${identifier(name)}`),
    ];
  });
  const sets = [...keys, [LOOKED_FOR]];
  const isOf = sets.map(
    ([first], position) => sql`grouping(${first ?? LOOKED_FOR}) = 0 as ${identifier(`of_${position}`)}`,
  );
  const every = join(sets.flat());
  // Counted once by all that tells leads apart: each of the sets is then a look at few rows.
  return sql`select ${every}, ${join(isOf)}, ${dialect.cast(dialect.sum(identifier('leads')), 'integer')} as leads,
      ${dialect.sum(identifier('today_sum'))} as today_sum, ${dialect.sum(identifier('draft_sum'))} as draft_sum
    from (select ${every}, count(*) as leads, sum(today_value) as today_sum, sum(value) as draft_sum
      from (select ${join(columns)}, case when ${lookedFor} then created_day end as ${LOOKED_FOR}, today_value, value
        from ${relation} where ${any(parts.map(({ condition }) => condition))})
      group by ${every})
    group by grouping sets (${join(sets.map((set) => sql`(${join(set)})`))})`;
}

/** The stages that both readings have, in the draft's order. */
export function sharedStages(readings: Readonly<Record<Side, Agreement>>): readonly ReachedStage[] {
  const before = new Set(reachedStages(readings.today).map(({ id }) => id));
  return reachedStages(readings.draft).filter(({ id }) => before.has(id));
}

/** True of leads for which something changes: a stage that both readings have, or whether they count as lost. */
export function changes(readings: Readonly<Record<Side, Agreement>>): Fragment {
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
  readings: Readonly<Record<Side, Agreement>>,
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

/** The latest days on which as many leads were created that are looked for, or all of them. */
export function daysOfNewest(
  rows: readonly Row[],
  parts: readonly StatesPart[],
  leads: number,
): readonly string[] {
  const days = rows
    .filter((row) => row[`of_${parts.length}`] === true && row['looked_for_day'] !== null)
    .map((row) => ({ day: String(row['looked_for_day']), leads: numberIn(row, 'leads') }))
    .toSorted((one, other) => (one.day < other.day ? 1 : -1));
  let found = 0;
  const enough = days.findIndex((each) => (found += each.leads) >= leads);
  return days.slice(0, enough < 0 ? days.length : enough + 1).map(({ day }) => day);
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
