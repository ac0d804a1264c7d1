import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { today } from '../facts/draft-leads.ts';
import { stageColumns } from '../facts/tables.ts';
import type { Dialect } from '../sql/dialect.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Row } from './measure.ts';

export type Side = 'today' | 'draft';

/** When a stage was reached, in a reading. */
export function reachedIn(side: Side, stage: ReachedStage): Fragment {
  const { at } = stageColumns(stage.id);
  return identifier(side === 'today' ? today(at) : at);
}

/** Which stages a lead reached, as a number of a bit a stage in the agreement's order. */
function mask(
  side: Side,
  agreement: Agreement,
  counts: (at: Fragment) => Fragment,
  dialect: Dialect,
): Fragment {
  const bits = reachedStages(agreement).map(
    (stage, position) =>
      sql`case when ${counts(reachedIn(side, stage))} then ${raw(String(2 ** position))} else 0 end`,
  );
  return dialect.cast(join(bits, ' + '), 'integer');
}

export interface StatesRequest {
  readonly relation: Fragment;
  readonly readings: Readonly<Record<Side, Agreement>>;
  readonly condition: Fragment;
  /** Which instants count; all that are there, without. */
  readonly counts?: (at: Fragment) => Fragment;
  /** Conditions that are told apart, by name. */
  readonly segments?: ReadonlyMap<string, Fragment>;
}

/**
 * The leads of both readings counted by all that a draft may change of them: a row for each different state, so
 * that the figures are sums over a few hundred rows.
 */
export function statesQuery(request: StatesRequest, dialect: Dialect): Fragment {
  const { relation, readings, condition, counts = (at) => sql`${at} is not null` } = request;
  const segments = [...(request.segments ?? [])].map(([name, holds]) => sql`${holds} as ${identifier(name)}`);
  const names = [
    ...['today_mask', 'draft_mask', 'today_status', 'today_at_stage', 'draft_status', 'draft_at_stage'],
    ...(request.segments?.keys() ?? []),
  ].map((name) => identifier(name));
  return sql`select ${join(names)}, count(*) as leads, ${dialect.sum(identifier('today_value'))} as today_sum,
      ${dialect.sum(identifier('value'))} as draft_sum
    from (select ${mask('today', readings.today, counts, dialect)} as today_mask,
        ${mask('draft', readings.draft, counts, dialect)} as draft_mask,
        today_status, today_at_stage, status as draft_status, at_stage as draft_at_stage,
        today_value, value${tail(segments)}
      from ${relation} where ${condition})
    group by ${join(names)}`;
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
}

export function readStates(
  rows: readonly Row[],
  readings: Readonly<Record<Side, Agreement>>,
): readonly State[] {
  const bits = (side: Side): ReadonlyMap<string, number> =>
    new Map(reachedStages(readings[side]).map(({ id }, position) => [id, 2 ** position]));
  const places: Readonly<Record<Side, ReadonlyMap<string, number>>> = {
    today: bits('today'),
    draft: bits('draft'),
  };
  return rows.map((row) => ({
    row,
    leads: numberIn(row, 'leads'),
    has(side, stage) {
      const bit = places[side].get(stage);
      // No `&`: it would cut an agreement of more than 31 stages.
      return bit !== undefined && Math.floor(numberIn(row, `${side}_mask`) / bit) % 2 === 1;
    },
  }));
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
