import type { Agreement, Dimension } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { hasSameCriteria } from '../agreement/rulebook.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { bandOf } from './bands.ts';
import { answerColumns } from './credits.ts';
import {
  fieldValue,
  firstValueColumn,
  firstValueFields,
  handedAt,
  lateAt,
  plainFields,
  reachedAt,
  reachedDay,
  skippedAt,
} from './columns.ts';
import { waitColumns, withWaits } from './handoffs.ts';
import { kindColumn, OTHER_KINDS } from './kinds.ts';
import type { ActivityKind } from './kinds.ts';
import { matchColumn } from './matches.ts';
import type { Match } from './matches.ts';
import type { Scope } from './sources.ts';
import { criterionColumn, dimensionColumn, stageColumns } from './tables.ts';
import { valueStage } from './value.ts';

/**
 * Input: a relation of a row a lead with `created_at`, `at_…`, `late_…`, `skip_…`, `lost_…`, `c_…`, `hand_…`, `amount`, the
 * fields and the first values. Output: the rows of `lead_facts`. The time zone's work is done here, once.
 *
 * @param agreement in whose form the leads are counted
 * @param judgement by which those of the relation were judged
 * @param matches from which a draft is judged; only the short way has them
 * @param kinds by which other matches are told, where they are kept; of the short way as well
 */
export function finish(
  agreement: Agreement,
  judgement: Judgement,
  matches: readonly Match[],
  kinds: readonly ActivityKind[] | undefined,
  way: 'plain' | 'timeline',
  relation: Fragment,
  scope: Scope,
): Fragment {
  const { dialect, timezone } = scope;
  const stages = reachedStages(agreement);
  const last = stages.at(-1);
  const won = last === undefined ? raw('false') : sql`${reachedAt(last)} is not null`;
  const money = valueStage(agreement);
  const value =
    money === null
      ? dialect.nothing('money')
      : sql`case when ${reachedAt(money.stage)} is not null then ${dialect.cast(sql`coalesce(amount, 0)`, 'money')} end`;
  const days = stages.map((stage, position) => {
    // The first stage of most agreements is the creation itself.
    const judged = reachedStages(judgement.agreement)[position];
    const day =
      position === 0 && judged?.criteria.length === 0
        ? identifier('created_day')
        : dialect.dayOf(dialect.localTime(reachedAt(stage), timezone));
    return sql`${day} as ${reachedDay(stage)}`;
  });
  // A rule may ask whether a personal datum is there.
  const presences = agreement.fields
    .filter((field) => field.pii !== null)
    .map((field) => fieldValue(field.name));
  const kept = matches.map((match) => {
    const column = identifier(matchColumn(match));
    return way === 'plain'
      ? column
      : sql`${dialect.nothing(match.what === 'unknown' ? 'integer' : 'instant')} as ${column}`;
  });
  const keptKinds = (kinds ?? []).map((_, position) => {
    const column = kindColumn(position);
    return way === 'plain' ? column : sql`${dialect.nothing('instant')} as ${column}`;
  });
  if (kinds !== undefined) keptKinds.push(way === 'plain' ? OTHER_KINDS : sql`false as ${OTHER_KINDS}`);
  const local = sql`(select *, ${dialect.localTime(identifier('created_at'), timezone)} as created_local
    from ${relation})`;
  const calendar = sql`(select *, ${dialect.dayOf(identifier('created_local'))} as created_day,
    ${dialect.hourOf(identifier('created_local'))} as created_hour from ${local})`;
  return sql`select lead_id, created_at, created_day, created_hour,
    ${dialect.weekdayOf(identifier('created_day'))} as created_weekday${tail(
      plainFields(agreement).map((field) => fieldValue(field.name)),
    )}${tail(firstValueFields(agreement).map((name) => identifier(firstValueColumn(name))))}${tail(
      agreement.dimensions.flatMap((dimension) => bandColumn(agreement, dimension, scope)),
    )}${tail(stages.flatMap((stage) => [reachedAt(stage), lateAt(stage), skippedAt(stage)]))}${tail(days)},
    lost_at, lost_rule, lost_reason${tail(criteria(agreement, judgement, dialect))}${tail(handoffs(agreement, scope))},
    case when ${won} then 'won' when lost_at is not null then 'lost' else 'open' end as status,
    ${furthestStage(agreement, dialect)} as at_stage,
    ${value} as value, amount, by_timeline, ${raw(String(judgement.version))} as agreement_version${tail(presences)}${tail(kept)}${tail(keptKinds)}
    from ${withWaits(agreement, judgement.agreement, calendar, scope)}`;
}

/** Whether each criterion holds; NULL for leads that are judged by others. */
function criteria(agreement: Agreement, judgement: Judgement, dialect: Dialect): readonly Fragment[] {
  return reachedStages(agreement).flatMap((stage) => {
    const isOwn = hasSameCriteria(stage, judgement);
    return stage.criteria.map((criterion) => {
      const column = identifier(criterionColumn(stage.id, criterion.id));
      return isOwn ? column : sql`${dialect.nothing('boolean')} as ${column}`;
    });
  });
}

/** The furthest stage that a lead reached, over `at_…`; NULL for none. */
export function furthestStage(agreement: Agreement, dialect: Dialect): Fragment {
  const stages = reachedStages(agreement).toReversed();
  if (stages.length === 0) return dialect.nothing('text');
  return sql`case ${join(
    stages.map(
      (stage) => sql`when ${reachedAt(stage)} is not null then ${dialect.literal('string', stage.id)}`,
    ),
    ' ',
  )} end`;
}

/** When each hand-over was done and by whom, how its wait ended, and the local hour at which its stage was reached. */
function handoffs(agreement: Agreement, { dialect, timezone }: Scope): readonly Fragment[] {
  const from = new Set(agreement.handoffs.map((handoff) => handoff.from));
  const hours = reachedStages(agreement)
    .filter((stage) => from.has(stage.id))
    .map(
      (stage) =>
        sql`${dialect.hourOf(dialect.localTime(reachedAt(stage), timezone))} as ${identifier(stageColumns(stage.id).hour)}`,
    );
  // Found later, by the activities and the facts together.
  const answers = answerColumns(agreement).map(
    (name) => sql`${dialect.nothing('text')} as ${identifier(name)}`,
  );
  return [...agreement.handoffs.map(handedAt), ...waitColumns(agreement), ...hours, ...answers];
}

function bandColumn(agreement: Agreement, dimension: Dimension, scope: Scope): readonly Fragment[] {
  if (dimension.kind !== 'bands') return [];
  const field = agreement.fields.find((each) => each.name === dimension.field);
  const column =
    dimension.value === 'first' ? identifier(firstValueColumn(dimension.field)) : fieldValue(dimension.field);
  return [
    sql`${bandOf(dimension, field?.type === 'integer', column, scope.dialect)} as ${identifier(dimensionColumn(dimension.id))}`,
  ];
}
