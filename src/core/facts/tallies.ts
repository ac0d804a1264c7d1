import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { lateAt, reachedAt, reachedDay, skippedAt } from './columns.ts';
import type { Grouping } from './groups.ts';
import { valueStage } from './value.ts';

export type CountingMode = 'cohort' | 'period';

/** Names of the additive figures of a group of leads. */
export const tally = {
  reached: (stage: string) => `n_${stage}`,
  open: (stage: string) => `open_${stage}`,
  lost: (stage: string) => `lost_${stage}`,
  late: (stage: string) => `late_${stage}`,
  skipped: (stage: string) => `skip_${stage}`,
  /** Leads that reached both, where the later stage does not imply the earlier. */
  both: (from: string, to: string) => `both_${from}__${to}`,
  amount: 'amount',
} as const;

/** True where every lead that reached the stage at `to` also reached the one at `from`. */
export function implies(stages: readonly ReachedStage[], from: number, to: number): boolean {
  return stages.slice(from + 1, to + 1).every((stage) => stage.requiresPrevious);
}

/** The pairs of stages whose common count must be kept. */
export function loosePairs(agreement: Agreement): readonly (readonly [ReachedStage, ReachedStage])[] {
  const stages = reachedStages(agreement);
  return stages.flatMap((from, i) =>
    stages.flatMap((to, j): (readonly [ReachedStage, ReachedStage])[] =>
      i < j && !implies(stages, i, j) ? [[from, to]] : [],
    ),
  );
}

/** All the figures, in the order of the rollup's columns; the last is money, the rest are counts. */
export function tallyNames(agreement: Agreement): readonly string[] {
  return [
    ...reachedStages(agreement).flatMap(({ id }) => [
      tally.reached(id),
      tally.open(id),
      tally.lost(id),
      tally.late(id),
      tally.skipped(id),
    ]),
    ...loosePairs(agreement).map(([from, to]) => tally.both(from.id, to.id)),
    tally.amount,
  ];
}

/** A way to count: rows of a relation, each standing at a local day, with the figures that it adds to. */
interface Branch {
  readonly relation: Fragment;
  readonly day: Fragment;
  readonly figures: ReadonlyMap<string, Fragment>;
  readonly where: Fragment;
}

function standing(stage: ReachedStage, status: 'open' | 'lost', dialect: Dialect): Fragment {
  return sql`status = ${raw(`'${status}'`)} and at_stage = ${dialect.literal('string', stage.id)}`;
}

function cohort(agreement: Agreement, facts: Fragment, dialect: Dialect): Branch {
  const figures = new Map<string, Fragment>();
  for (const stage of reachedStages(agreement)) {
    figures.set(tally.reached(stage.id), sql`count(${reachedAt(stage)})`);
    figures.set(tally.open(stage.id), dialect.countIf(standing(stage, 'open', dialect)));
    figures.set(tally.lost(stage.id), dialect.countIf(standing(stage, 'lost', dialect)));
    figures.set(tally.late(stage.id), sql`count(${lateAt(stage)})`);
    figures.set(tally.skipped(stage.id), sql`count(${skippedAt(stage)})`);
  }
  for (const [from, to] of loosePairs(agreement)) {
    figures.set(
      tally.both(from.id, to.id),
      dialect.countIf(sql`${reachedAt(from)} is not null and ${reachedAt(to)} is not null`),
    );
  }
  figures.set(tally.amount, dialect.sum(identifier('value')));
  return { relation: facts, day: identifier('created_day'), figures, where: raw('true') };
}

function period(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  dialect: Dialect,
): readonly Branch[] {
  const localDay = (instant: Fragment): Fragment =>
    dialect.dayOf(dialect.localTime(instant, agreement.timezone));
  const branches = reachedStages(agreement).flatMap((stage): Branch[] => [
    {
      relation: facts,
      day: reachedDay(stage),
      figures: new Map([
        [tally.reached(stage.id), raw('count(*)')],
        [tally.open(stage.id), dialect.countIf(standing(stage, 'open', dialect))],
        [tally.lost(stage.id), dialect.countIf(standing(stage, 'lost', dialect))],
      ]),
      where: sql`${reachedDay(stage)} is not null`,
    },
    ...(stage.within === null
      ? []
      : [
          {
            relation: facts,
            day: localDay(lateAt(stage)),
            figures: new Map([[tally.late(stage.id), raw('count(*)')]]),
            where: sql`${lateAt(stage)} is not null`,
          },
        ]),
    {
      relation: facts,
      day: localDay(skippedAt(stage)),
      figures: new Map([[tally.skipped(stage.id), raw('count(*)')]]),
      where: sql`${skippedAt(stage)} is not null`,
    },
  ]);
  if (valueStage(agreement) === null) return branches;
  return [
    ...branches,
    {
      relation: sql`(select v.day as value_day, v.amount as value_amount, f.*
        from ${values} v join ${facts} f on f.lead_id = v.lead_id)`,
      day: identifier('value_day'),
      figures: new Map([[tally.amount, dialect.sum(identifier('value_amount'))]]),
      where: raw('true'),
    },
  ];
}

/** What to count by: the total (`id` is ''), or a dimension; by day as well or over all days. */
export interface TallyGroup {
  readonly id: string;
  readonly grouping: Grouping | null;
  readonly byDay: boolean;
}

export interface TallyRequest {
  readonly mode: CountingMode;
  readonly groups: readonly TallyGroup[];
  /** Local days, both included; `null` for all. */
  readonly range: { readonly from: string; readonly to: string } | null;
  /** Over the columns of `lead_facts`. */
  readonly condition: Fragment;
}

/**
 * Counts leads by several groups at once.
 *
 * @param facts relation of the columns of `lead_facts`
 * @param values relation of the columns of `lead_value`
 * @returns a query of rows `dimension, by_day, tally_day, value, n_…, open_…, …, amount`; a group may come in
 *   several rows, to be added up
 */
export function tallies(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  request: TallyRequest,
  dialect: Dialect,
): Fragment {
  const branches =
    request.mode === 'cohort'
      ? [cohort(agreement, facts, dialect)]
      : period(agreement, facts, values, dialect);
  return join(
    branches.map((branch) => branchQuery(agreement, branch, request, dialect)),
    ' union all ',
  );
}

function branchQuery(
  agreement: Agreement,
  branch: Branch,
  request: TallyRequest,
  dialect: Dialect,
): Fragment {
  const { groups, range } = request;
  const day = identifier('tally_day');
  const keyed = groups.flatMap((group, position) =>
    group.grouping === null ? [] : [{ group, key: identifier(`k${position}`), grouping: group.grouping }],
  );
  const names = tallyNames(agreement);
  const needsDay = groups.some((group) => group.byDay);
  const within =
    range === null
      ? raw('true')
      : sql`${branch.day} between ${dialect.cast(sql`${range.from}`, 'date')} and ${dialect.cast(sql`${range.to}`, 'date')}`;
  const rows = sql`(select *, ${branch.day} as ${day}${tail(
    keyed.map(({ key, grouping }) => sql`${grouping.key} as ${key}`),
  )} from ${branch.relation} where ${branch.where} and ${within} and ${request.condition})`;
  const sets = groups.map((group, position) => {
    const parts = [
      ...(group.byDay ? [day] : []),
      ...(group.grouping === null ? [] : [identifier(`k${position}`)]),
    ];
    return sql`(${join(parts)})`;
  });
  // Which of the sets a row is of: a column that is grouped by says 0.
  const isOf = (position: number): Fragment => {
    const group = groups[position];
    const others = keyed.filter(({ group: other }) => other !== group);
    const parts = [
      ...(needsDay ? [sql`grouping(${day}) = ${raw(group?.byDay === true ? '0' : '1')}`] : []),
      ...(group?.grouping === null ? [] : [sql`grouping(${identifier(`k${position}`)}) = 0`]),
      ...others.map(({ key }) => sql`grouping(${key}) = 1`),
    ];
    return parts.length === 0 ? raw('true') : join(parts, ' and ');
  };
  const set =
    groups.length === 1
      ? raw('0')
      : sql`case ${join(
          groups.map((_, position) => sql`when ${isOf(position)} then ${raw(String(position))}`),
          ' ',
        )} end`;
  const figures = names.map((name) => branch.figures.get(name) ?? raw('0'));
  const counted = sql`(select ${set} as grouped, ${needsDay ? day : dialect.nothing('date')} as ${day}${tail(
    keyed.map(({ key }) => key),
  )}${tail(figures.map((figure, position) => sql`${figure} as ${identifier(names[position] ?? '')}`))}
    from ${rows} group by grouping sets (${join(sets)}))`;
  const dimension = sql`case grouped ${join(
    groups.map(
      (group, position) => sql`when ${raw(String(position))} then ${dialect.literal('string', group.id)}`,
    ),
    ' ',
  )} end`;
  const value =
    keyed.length === 0
      ? dialect.nothing('text')
      : sql`case grouped ${join(
          groups.flatMap((group, position) =>
            group.grouping === null
              ? []
              : [sql`when ${raw(String(position))} then ${group.grouping.text(identifier(`k${position}`))}`],
          ),
          ' ',
        )} end`;
  const byDay = sql`case grouped ${join(
    groups.map((group, position) => sql`when ${raw(String(position))} then ${raw(String(group.byDay))}`),
    ' ',
  )} end`;
  return sql`select ${dimension} as dimension, ${byDay} as by_day, ${day}, ${value} as value${tail(
    names.map((name) => identifier(name)),
  )} from ${counted}`;
}
