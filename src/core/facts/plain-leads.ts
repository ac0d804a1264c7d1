import type { Agreement, LostRule } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Expression } from '../rule/expression.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { before, extend, reach, skipsAndLast } from './chain.ts';
import { fieldValue, firstValueColumn, firstValueFields, fulfilledAt, fulfilledUntil } from './columns.ts';
import { earliestLoss, reasonColumn, reasonOfLead } from './lost.ts';
import { isOfKinds, kindColumn, kindValues, matchOfKinds, OTHER_KINDS, otherKinds } from './kinds.ts';
import type { ActivityKind } from './kinds.ts';
import { countedMacros, matchColumn, namedMatch } from './matches.ts';
import type { Match } from './matches.ts';
import type { MacroIndex } from './nodes.ts';
import { isMacro, readsActivities } from './nodes.ts';
import {
  firstMatch,
  inTheEnd,
  lastMatch,
  momentOf,
  unknownMatches,
  withoutActivities,
} from './plain-rules.ts';
import { asOfInstant, AT, createdWithin, knownActivities, standing, versionRecords } from './sources.ts';
import type { Scope } from './sources.ts';
import { isLasting, isMonotone, spanOf } from './spans.ts';
import type { Span } from './spans.ts';
import { criterionColumn, handoffColumn, stageColumns } from './tables.ts';
import { valueStage } from './value.ts';

/** A lost rule whose instants can be told from the first and the last matching activity, mostly. */
function isPlainLoss(lost: LostRule): boolean {
  return !readsActivities(lost.rule.expression) || isLasting(lost.rule.expression);
}

/**
 * The short way for the many: leads with one version, which holds from their creation, and no activity
 * before it, under rules of which each is true for one stretch of time. One pass over the activities finds the first
 * match of each predicate, or the one that makes enough or too many; the rest is arithmetic on instants.
 *
 * Input: `lead_version`, `activity`, `repeated_lead`, `repeated_activity`. Output: a relation of a row a lead
 * as `finish` takes it; `by_timeline` is true where the short way cannot tell and the row must be made by
 * `timeline-leads.ts`.
 *
 * @param kinds of which each lead keeps the first activity: where all leads are in scope, all kinds that there are
 */
export function plainLeads(
  agreement: Agreement,
  index: MacroIndex,
  matches: readonly Match[],
  kinds: readonly ActivityKind[] | undefined,
  scope: Scope,
): Fragment {
  const { dialect } = scope;
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  const nullInstant = dialect.nothing('instant');
  const handoffs = agreement.handoffs.map((handoff) => handoff.to.expression);
  const monotone = handoffs.every(isMonotone) && isPlain(agreement);
  const reasons = agreement.lost.flatMap((lost) => {
    const expression = lost.rule.expression;
    if (lost.reason?.from !== 'activity' || !isMacro(expression) || !isLasting(expression)) return [];
    const holds = expressionSql(expression.predicate, activityScope(dialect), dialect);
    return [
      sql`${dialect.byLeastIf(
        dialect.cast(identifier(lost.reason.member), 'text'),
        [AT, identifier('activity_id')],
        holds,
      )} as ${reasonColumn(lost)}`,
    ];
  });
  const money = valueStage(agreement);
  const amount =
    money === null
      ? []
      : [
          sql`${dialect.sumIf(
            identifier('amount'),
            expressionSql(money.value.where.expression, activityScope(dialect), dialect),
          )} as amount`,
        ];
  const activities = firstActivities(matches, kinds, [...reasons, ...amount], scope);
  const gathered = [
    ...matches.map((match) => identifier(matchColumn(match))),
    ...(kinds ?? []).map((_, position) => kindColumn(position)),
    ...agreement.lost
      .filter((lost) => lost.reason?.from === 'activity' && isLasting(lost.rule.expression))
      .map(reasonColumn),
    ...(money === null ? [] : [identifier('amount')]),
  ];
  const needsTimeline = any([
    sql`v.effective_at <> v.created_at`,
    sql`a.first_activity_at < v.created_at`,
    ...(monotone ? [] : [sql`a.first_activity_at is not null`]),
    // A count that cannot be told is no count.
    ...[...countedMacros(index, [agreement]).keys()].map(
      (name) => sql`a.${identifier(unknownMatches(name))} > 0`,
    ),
  ]);
  const base = sql`(
    select v.lead_id, v.created_at${tail(fields)}${tail(gathered)},
      coalesce(${needsTimeline}, false) as unsure${tail(
        kinds === undefined ? [] : [sql`coalesce(a.${OTHER_KINDS}, false) as ${OTHER_KINDS}`],
      )}${tail(money === null ? [sql`${dialect.nothing('money')} as amount`] : [])}
    from ${versionRecords(scope, 'v')} left join ${activities} a on a.lead_id = v.lead_id
    where ${plainCondition(scope)})`;

  const reached = judged(agreement, index, dialect, base);
  const handed = extend(reached, [
    agreement.handoffs.map((handoff) => ({
      name: handoffColumn(handoff.id),
      value: dialect.latestOf([
        since(handoff.to.expression, index, dialect),
        identifier(stageColumns(handoff.from).at),
      ]),
    })),
  ]);
  return lossesOf(agreement, index, scope, handed, nullInstant);
}

/** A row a lead with activities: the first of them, the matches, the first of each kind, and what else is asked. */
function firstActivities(
  matches: readonly Match[],
  kinds: readonly ActivityKind[] | undefined,
  others: readonly Fragment[],
  scope: Scope,
): Fragment {
  const { dialect } = scope;
  const gather = (values: readonly Fragment[]): Fragment =>
    sql`(select lead_id${tail([...values, ...others])} from ${knownActivities(scope)} group by lead_id)`;
  const first = sql`min(${AT}) as first_activity_at`;
  const each = matches.map((match) => namedMatch(match, dialect));
  if (kinds === undefined) return gather([first, ...each]);
  const ofKinds = kindValues(kinds, dialect);
  if (scope.leads === 'changed' || kinds.length === 0)
    return gather([first, ...each, ...ofKinds, sql`${otherKinds(kinds, dialect)} as ${OTHER_KINDS}`]);
  // There are no other kinds: what these tell need not be gathered by itself.
  const rest = matches.filter((match) => !isOfKinds(match));
  const told = matches
    .filter(isOfKinds)
    .map(
      (match) => sql`${matchOfKinds(match, kinds, raw('g'), dialect)} as ${identifier(matchColumn(match))}`,
    );
  const earliest = dialect.earliestOf(kinds.map((_, position) => kindColumn(position)));
  return sql`(select g.*, ${earliest} as first_activity_at, false as ${OTHER_KINDS}${tail(told)}
    from ${gather([...rest.map((match) => namedMatch(match, dialect)), ...ofKinds])} g)`;
}

/** True where the short way can tell the stages and losses of leads with activities, too. */
export function isPlain(agreement: Agreement): boolean {
  const criteria = reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map((criterion) => criterion.rule.expression),
  );
  return criteria.every((criterion) => spanOf(criterion) !== null) && agreement.lost.every(isPlainLoss);
}

/**
 * Input: a row a lead with `created_at`, the fields and the matches. Output: the same with `fulfilled_…`,
 * `c_…`, `at_…`, `late_…`, `skip_…` and `last_at`, and with `until_…` where a stage has an end.
 */
export function judged(agreement: Agreement, index: MacroIndex, dialect: Dialect, base: Fragment): Fragment {
  const bounded = new Set<string>();
  const columns = reachedStages(agreement).flatMap((stage) => {
    const spans = stage.criteria.map(({ rule }) => stretchOf(rule.expression));
    const parts = spans.map(({ from }) => momentOf(from, index, dialect));
    const from = parts.length === 0 ? identifier('created_at') : dialect.latestOf(parts);
    const ends = spans.flatMap(({ until }) => (until === null ? [] : [momentOf(until, index, dialect)]));
    if (ends.length === 0) return [sql`${from} as ${fulfilledAt(stage)}`];
    bounded.add(stage.id);
    const until = dialect.earliestOf(ends);
    return [sql`${before(until, from)} as ${fulfilledAt(stage)}`, sql`${until} as ${fulfilledUntil(stage)}`];
  });
  const fulfilled = sql`(select *${tail([...columns, ...criterionValues(agreement, index, dialect)])} from ${base})`;
  return skipsAndLast(agreement, reach(agreement, fulfilled, bounded, dialect), dialect);
}

/** When a rule is true of a lead as the short way takes it: of one that is no span only leads without activities are. */
function stretchOf(expression: Expression): Span {
  return spanOf(expression) ?? { from: { kind: 'created', holds: expression }, until: null };
}

/** The instant from which a rule is true, of a lead as the short way takes it; NULL for never. */
export function since(expression: Expression, index: MacroIndex, dialect: Dialect): Fragment {
  const span = stretchOf(expression);
  const from = momentOf(span.from, index, dialect);
  return span.until === null ? from : before(momentOf(span.until, index, dialect), from);
}

/** Whether each criterion holds in the end. */
function criterionValues(agreement: Agreement, index: MacroIndex, dialect: Dialect): readonly Fragment[] {
  return reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map(({ id, rule: { expression } }) => {
      const value =
        spanOf(expression) !== null
          ? inTheEnd(expression, index, dialect)
          : withoutActivities(expression, dialect);
      return sql`${value} as ${identifier(criterionColumn(stage.id, id))}`;
    }),
  );
}

function lossesOf(
  agreement: Agreement,
  index: MacroIndex,
  scope: Scope,
  relation: Fragment,
  nullInstant: Fragment,
): Fragment {
  const { dialect } = scope;
  const stages = reachedStages(agreement);
  const last = stages.at(-1);
  const won = last === undefined ? nullInstant : identifier(`at_${last.id}`);
  const unsure: Fragment[] = [identifier('unsure')];
  const losses = agreement.lost.flatMap((lost) => {
    const expression = lost.rule.expression;
    const ofLead = reasonOfLead(lost, dialect);
    if (isMacro(expression) && isLasting(expression)) {
      const first = identifier(firstMatch(index.name(expression)));
      const latest = identifier(lastMatch(index.name(expression)));
      // Lost, on again, and lost anew: the timeline finds which of the activities it was.
      unsure.push(sql`(${won} is null and ${first} < last_at and ${latest} >= last_at)`);
      return [
        { name: `lost_${lost.id}`, value: sql`case when ${first} >= last_at then ${first} end` },
        ...(ofLead === null ? [] : [{ name: `reason_${lost.id}`, value: ofLead }]),
      ];
    }
    const truth = withoutActivities(expression, dialect);
    return [
      {
        name: `lost_${lost.id}`,
        value: sql`case when ${truth} and created_at >= last_at then created_at end`,
      },
      { name: `reason_${lost.id}`, value: ofLead ?? dialect.nothing('text') },
    ];
  });
  const withLosses = extend(relation, [losses]);
  const loss = earliestLoss(agreement, won, dialect);
  const firsts = firstValueFields(agreement).map(
    (name) => sql`${fieldValue(name)} as ${identifier(firstValueColumn(name))}`,
  );
  return sql`(select *, ${loss.at} as lost_at, ${loss.rule} as lost_rule, ${loss.reason} as lost_reason,
    coalesce(${any(unsure)}, false) as by_timeline${tail(firsts)} from ${withLosses})`;
}

/** One version that brings the creation, which has come. */
function plainCondition(scope: Scope): Fragment {
  const table = scope.leads === 'all' ? raw('true') : sql`v.lead_id in (select lead_id from changed_lead)`;
  return all([
    table,
    standing(scope, 'v'),
    sql`v.created_at <= ${asOfInstant(scope)}`,
    createdWithin(scope, sql`v.created_at`),
    sql`v.lead_id not in (select lead_id from repeated_lead)`,
  ]);
}
