import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { empty, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { lateAt, reachedDay, skippedAt } from './columns.ts';
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

/** The figures that some of the groups want, in their order: to plan and to read columns of zeros takes its time. */
export function figuresWanted(
  agreement: Agreement,
  groups: readonly (readonly string[] | null)[],
): readonly string[] {
  const names = tallyNames(agreement);
  return groups.includes(null)
    ? names
    : names.filter((name) => groups.some((group) => group?.includes(name)));
}

/** What a row adds to a figure: one where the mark is not NULL, or the amount that it is. */
interface Mark {
  readonly kind: 'count' | 'sum';
  readonly of: Fragment;
}

/** A way to count: rows of a relation, each standing at a local day, with the figures that it adds to. */
interface Branch {
  readonly relation: Fragment;
  readonly day: Fragment;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly where: Fragment;
}

function count(of: Fragment): Mark {
  return { kind: 'count', of };
}

/** True of one where the condition is, else NULL: worked out once a row, not once a row and group. */
function mark(condition: Fragment): Mark {
  return count(sql`case when ${condition} then true end`);
}

function standing(stage: ReachedStage, status: 'open' | 'lost', dialect: Dialect): Mark {
  return mark(sql`status = ${raw(`'${status}'`)} and at_stage = ${dialect.literal('string', stage.id)}`);
}

/** False of the last: none comes after it. */
function canBeSkipped(agreement: Agreement, stage: ReachedStage): boolean {
  return stage !== reachedStages(agreement).at(-1);
}

function canBeLate(stage: ReachedStage): boolean {
  return stage.within !== null;
}

/**
 * A cohort as it stood at the end of an earlier local day: what had been reached by then, of the leads created
 * by then, and the money that had come. Where it was open, lost, late or skipped then is not told.
 */
function cohortUntil(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  until: string,
  dialect: Dialect,
): readonly Branch[] {
  const end = dialect.cast(sql`${until}`, 'date');
  const by = (stage: ReachedStage): Fragment => sql`${reachedDay(stage)} <= ${end}`;
  const marks = new Map<string, Mark>();
  for (const stage of reachedStages(agreement)) marks.set(tally.reached(stage.id), mark(by(stage)));
  for (const [from, to] of loosePairs(agreement))
    marks.set(tally.both(from.id, to.id), mark(sql`${by(from)} and ${by(to)}`));
  const day = identifier('created_day');
  const money = valueStage(agreement);
  // What came later is taken away again: few leads have any, and to find the rest takes a look at all amounts.
  if (money !== null)
    marks.set(tally.amount, {
      kind: 'sum',
      of: sql`case when ${by(money.stage)} then value end`,
    });
  const counted: Branch = { day, where: sql`created_day <= ${end}`, relation: facts, marks };
  if (money === null) return [counted];
  const later: Branch = {
    day,
    where: raw('true'),
    relation: sql`(select f.*, v.amount as later_amount
      from (select lead_id, amount from ${values} where day > ${end} and bought_day <= ${end} and created_day <= ${end}) v
      join ${facts} f on f.lead_id = v.lead_id)`,
    marks: new Map([[tally.amount, { kind: 'sum', of: raw('-later_amount') }]]),
  };
  return [counted, later];
}

/** Whether a stage was reached is read off its day: days take less to read than instants. */
function cohort(agreement: Agreement, facts: Fragment, dialect: Dialect): Branch {
  const marks = new Map<string, Mark>();
  for (const stage of reachedStages(agreement)) {
    marks.set(tally.reached(stage.id), count(reachedDay(stage)));
    marks.set(tally.open(stage.id), standing(stage, 'open', dialect));
    marks.set(tally.lost(stage.id), standing(stage, 'lost', dialect));
    if (canBeLate(stage)) marks.set(tally.late(stage.id), count(lateAt(stage)));
    if (canBeSkipped(agreement, stage)) marks.set(tally.skipped(stage.id), count(skippedAt(stage)));
  }
  for (const [from, to] of loosePairs(agreement)) {
    marks.set(
      tally.both(from.id, to.id),
      mark(sql`${reachedDay(from)} is not null and ${reachedDay(to)} is not null`),
    );
  }
  marks.set(tally.amount, { kind: 'sum', of: identifier('value') });
  return { relation: facts, day: identifier('created_day'), marks, where: raw('true') };
}

function period(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  isWeighted: boolean,
  dialect: Dialect,
): readonly Branch[] {
  const localDay = (instant: Fragment): Fragment =>
    dialect.dayOf(dialect.localTime(instant, agreement.timezone));
  const every = count(raw('true'));
  const at = (instant: Fragment, figure: string): Branch => ({
    relation: facts,
    day: localDay(instant),
    marks: new Map([[figure, every]]),
    where: sql`${instant} is not null`,
  });
  const branches = reachedStages(agreement).flatMap((stage): Branch[] => [
    {
      relation: facts,
      day: reachedDay(stage),
      marks: new Map([
        [tally.reached(stage.id), every],
        [tally.open(stage.id), standing(stage, 'open', dialect)],
        [tally.lost(stage.id), standing(stage, 'lost', dialect)],
      ]),
      where: sql`${reachedDay(stage)} is not null`,
    },
    ...(canBeLate(stage) ? [at(lateAt(stage), tally.late(stage.id))] : []),
    ...(canBeSkipped(agreement, stage) ? [at(skippedAt(stage), tally.skipped(stage.id))] : []),
  ]);
  if (valueStage(agreement) === null) return branches;
  return [
    ...branches,
    {
      relation: sql`(select v.day as value_day, v.amount as value_amount, f.*
        from ${values} v join ${facts} f on f.lead_id = v.lead_id${isWeighted ? sql` and f.${WEIGHT} = v.${WEIGHT}` : empty})`,
      day: identifier('value_day'),
      marks: new Map([[tally.amount, { kind: 'sum', of: identifier('value_amount') }]]),
      where: raw('true'),
    },
  ];
}

/** The local day on which a lead got to where it is counted. */
export const EVENT_DAY = identifier('event_day');

/**
 * How cohorts grew: by the day of creation, and `EVENT_DAY` to group by, what was reached, what was reached of
 * two stages, and the money that came of those who had bought. Summed up to a day it is `cohortUntil`.
 */
function growth(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  isWeighted: boolean,
  dialect: Dialect,
): readonly Branch[] {
  const on = (figure: string, day: Fragment, where: Fragment): Branch => ({
    relation: sql`(select *, ${day} as ${EVENT_DAY} from ${facts} where ${where})`,
    day: identifier('created_day'),
    marks: new Map([[figure, count(raw('true'))]]),
    where: raw('true'),
  });
  const money = valueStage(agreement);
  return [
    ...reachedStages(agreement).map((stage) =>
      on(tally.reached(stage.id), reachedDay(stage), sql`${reachedDay(stage)} is not null`),
    ),
    ...loosePairs(agreement).map(([from, to]) =>
      on(
        tally.both(from.id, to.id),
        dialect.latestOf([reachedDay(from), reachedDay(to)]),
        sql`${reachedDay(from)} is not null and ${reachedDay(to)} is not null`,
      ),
    ),
    ...(money === null
      ? []
      : [
          {
            relation: sql`(select ${dialect.latestOf([sql`v.day`, sql`f.${reachedDay(money.stage)}`])} as ${EVENT_DAY},
                v.amount as value_amount, f.*
              from ${values} v join ${facts} f on f.lead_id = v.lead_id${isWeighted ? sql` and f.${WEIGHT} = v.${WEIGHT}` : empty}
              where f.${reachedDay(money.stage)} is not null)`,
            day: identifier('created_day'),
            marks: new Map([[tally.amount, { kind: 'sum', of: identifier('value_amount') } as const]]),
            where: raw('true'),
          },
        ]),
  ];
}

/** What to count by: the total (`id` is ''), or a dimension; by day as well or over all days. */
export interface TallyGroup {
  readonly id: string;
  readonly grouping: Grouping | null;
  readonly byDay: boolean;
  /** The names of the figures that are wanted of it, the rest being 0; `null` for all. */
  readonly figures: readonly string[] | null;
}

export interface TallyRequest {
  /** `growth`: cohorts, by the day of what they reached as well (see `EVENT_DAY`). */
  readonly mode: CountingMode | 'growth';
  readonly groups: readonly TallyGroup[];
  /** The columns of figures, where those of all groups are not all that there are (see `figuresWanted`). */
  readonly names?: readonly string[];
  /** Local days, both included; `null` for all. */
  readonly range: { readonly from: string; readonly to: string } | null;
  /** Over the columns of `lead_facts`. */
  readonly condition: Fragment;
  /** A row of the facts and of the values counts as often as its `weight` says: 1, or −1 to be taken away. */
  readonly isWeighted?: boolean;
  /** By cohort: only what had happened by the end of this local day. */
  readonly until?: string | null;
  /** Last days of spans, ascending: days are told by the last one of the span that they lie in. */
  readonly spans?: readonly string[] | null;
}

/** The last day of the span in which a day lies; the day itself without spans. */
export function spanOf(day: Fragment, spans: readonly string[] | null, dialect: Dialect): Fragment {
  if (spans === null || spans.length === 0) return day;
  const ends = spans.map((last) => dialect.cast(sql`${last}`, 'date'));
  return sql`case ${join(
    ends.map((end) => sql`when ${day} <= ${end} then ${end}`),
    ' ',
  )} end`;
}

const WEIGHT = identifier('weight');

/**
 * Counts leads by several groups at once: those of which the same figures are wanted in one pass.
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
  const branches = branchesOf(agreement, facts, values, request, dialect);
  const alike = new Map<string, TallyGroup[]>();
  for (const group of request.groups) {
    const key = JSON.stringify(group.figures);
    alike.set(key, [...(alike.get(key) ?? []), group]);
  }
  const queries = [...alike.values()].flatMap((groups) => {
    const wanted = groups[0]?.figures ?? null;
    const counted = branches.flatMap((branch) => {
      const marks = [...branch.marks].filter(([name]) => wanted?.includes(name) ?? true);
      return marks.length === 0 ? [] : [{ ...branch, marks: new Map(marks) }];
    });
    // Of few leads, as those that changed are, planning takes the time: what is counted in each way is put together first.
    const parts = request.isWeighted === true ? [counted] : counted.map((branch) => [branch]);
    return parts.map((part) => groupedQuery(agreement, part, groups, request, dialect));
  });
  return join(queries, ' union all ');
}

function branchesOf(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  { mode, until = null, isWeighted = false }: TallyRequest,
  dialect: Dialect,
): readonly Branch[] {
  if (mode === 'growth') return growth(agreement, facts, values, isWeighted, dialect);
  if (mode === 'period') return period(agreement, facts, values, isWeighted, dialect);
  return until === null
    ? [cohort(agreement, facts, dialect)]
    : cohortUntil(agreement, facts, values, until, dialect);
}

/** Rows of several ways to count, put together and counted by all groups. */
function groupedQuery(
  agreement: Agreement,
  branches: readonly Branch[],
  groups: readonly TallyGroup[],
  request: TallyRequest,
  dialect: Dialect,
): Fragment {
  const { range, isWeighted = false, spans = null } = request;
  const kinds = new Map(branches.flatMap(({ marks }) => [...marks].map(([name, { kind }]) => [name, kind])));
  const day = identifier('tally_day');
  const keyed = groups.flatMap((group, position) =>
    group.grouping === null
      ? []
      : [
          {
            group,
            key: identifier(`k${position}`),
            second: identifier(`s${position}`),
            grouping: group.grouping,
          },
        ],
  );
  const columns = keyed.flatMap(({ key, second, grouping }) =>
    grouping.second === null ? [key] : [key, second],
  );
  const names = request.names ?? tallyNames(agreement);
  const needsDay = groups.some((group) => group.byDay);
  const within = (branch: Branch): Fragment =>
    range === null
      ? raw('true')
      : sql`${branch.day} between ${dialect.cast(sql`${range.from}`, 'date')} and ${dialect.cast(sql`${range.to}`, 'date')}`;
  /** Beside others a mark has to be of the type that theirs are. */
  const markOf = ({ marks }: Branch, name: string, kind: Mark['kind']): Fragment => {
    const found = marks.get(name);
    if (found === undefined) return dialect.nothing(kind === 'sum' ? 'money' : 'boolean');
    return kind === 'sum' || branches.length === 1
      ? found.of
      : sql`case when ${found.of} is not null then true end`;
  };
  const rows = sql`(${join(
    branches.map(
      (branch) => sql`select ${spanOf(branch.day, spans, dialect)} as ${day}${tail(
        keyed.flatMap(({ key, second, grouping }) => [
          sql`${grouping.key} as ${key}`,
          ...(grouping.second === null ? [] : [sql`${grouping.second} as ${second}`]),
        ]),
      )}${tail([...kinds].map(([name, kind]) => sql`${markOf(branch, name, kind)} as ${identifier(name)}`))}${tail(isWeighted ? [WEIGHT] : [])}
        from ${branch.relation} where ${branch.where} and ${within(branch)} and ${request.condition}`,
    ),
    ' union all ',
  )})`;
  const sets = groups.map((group, position) => {
    const parts = [
      ...(group.byDay ? [day] : []),
      ...(group.grouping === null ? [] : [identifier(`k${position}`)]),
      ...(group.grouping?.second == null ? [] : [identifier(`s${position}`)]),
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
  const figures = names.map((name) => {
    const kind = kinds.get(name);
    if (kind === undefined) return raw('0');
    const of = identifier(name);
    if (!isWeighted) return kind === 'count' ? sql`count(${of})` : dialect.sum(of);
    return dialect.sum(
      kind === 'count' ? sql`case when ${of} is not null then ${WEIGHT} end` : sql`${of} * ${WEIGHT}`,
    );
  });
  const counted = sql`(select ${set} as grouped, ${needsDay ? day : dialect.nothing('date')} as ${day}${tail(columns)}${tail(figures.map((figure, position) => sql`${figure} as ${identifier(names[position] ?? '')}`))}
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
              : [
                  sql`when ${raw(String(position))} then ${group.grouping.text(identifier(`k${position}`), identifier(`s${position}`))}`,
                ],
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
