import type { Agreement, Handoff, LostRule, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Expression } from '../rule/expression.ts';
import { expressionSql } from '../sql/expression.ts';
import type { ExpressionScope } from '../sql/expression.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { deadline, extend, links, notBefore, skipsAndLast } from './chain.ts';
import type { Added, Link } from './chain.ts';
import { fieldValue, firstValueColumn, firstValueFields, fulfilledAt, reachedAt } from './columns.ts';
import { earliestLoss, lostColumn, reasonColumn, reasonOfLead, renewingPredicates } from './lost.ts';
import type { MacroIndex } from './nodes.ts';
import {
  asOfInstant,
  AT,
  createdWithin,
  known,
  knownActivities,
  sourceOrder,
  versionRecords,
} from './sources.ts';
import type { Pass, Scope } from './sources.ts';
import { criterionColumn, fieldColumn, handoffColumn, stageColumns } from './tables.ts';
import { valueStage } from './value.ts';

/**
 * The exact way, for any rule and any history: the state of a lead at each of its moments.
 *
 * Input: `lead_version`, `activity`, `repeated_activity` and `timeline_lead(lead_id)`, the leads to do.
 * Output: the tables below, each a pass, and at last `timeline_reached`, a row a lead as `finish` takes it.
 */
export function timelinePasses(agreement: Agreement, index: MacroIndex, scope: Scope): readonly Pass[] {
  return [
    versionsInOrder(agreement, scope),
    activitiesOfKnownLeads(scope),
    moments(),
    states(agreement, scope),
    matches(agreement, index, scope),
    truths(agreement, index, scope),
    reached(agreement, scope),
  ];
}

/**
 * Output: `timeline_version(lead_id, created_at, effective_at, nth, brings, f_…)`, what counts by the instant;
 * of two mentions of an attribute the one with the greater `nth` holds.
 */
function versionsInOrder(agreement: Agreement, scope: Scope): Pass {
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  const now = asOfInstant(scope);
  const order = join([...sourceOrder(scope), raw('recorded_at'), raw('entry'), raw('part')]);
  return {
    name: 'timeline_version',
    query: sql`select lead_id, created_at, effective_at, brings${tail(fields)},
      row_number() over (partition by lead_id order by effective_at, is_dated, ${order}) as nth
    from (
      select lead_id, created_at, coalesce(effective_at, created_at) as effective_at,
        effective_at is not null as is_dated, brings${tail(fields)},
        ${order}
      from (
        select lead_id, effective_at, brings${tail(fields)}, ${order},
          first_value(created_at) over (
            partition by lead_id
            order by (created_at is null), effective_at desc nulls last, recorded_at desc, entry desc, part desc
          ) as created_at
        from ${versionRecords(scope, 'lead_version', agreement.fields)}
        where ${known(scope, 'lead_version')} and lead_id in (select lead_id from timeline_lead)))
    where created_at <= ${now} and ${createdWithin(scope, identifier('created_at'))}`,
  };
}

function activitiesOfKnownLeads(scope: Scope): Pass {
  return {
    name: 'timeline_activity',
    query: sql`select * from ${knownActivities(scope)} where lead_id in (select lead_id from timeline_version)`,
  };
}

/** Output: `timeline_moment(lead_id, t, created_at)`: the creation, each version, each activity. */
function moments(): Pass {
  return {
    name: 'timeline_moment',
    query: sql`select lead_id, created_at as t, created_at from timeline_version
    union select lead_id, effective_at as t, created_at from timeline_version
    union select a.lead_id, a.${AT} as t, v.created_at from timeline_activity a
      join (select distinct lead_id, created_at from timeline_version) v on v.lead_id = a.lead_id`,
  };
}

/**
 * Output: `timeline_state(lead_id, t, created_at, f_…)`: each attribute's value at each moment.
 *
 * One pass over a lead's versions and moments in their order: pairs of the two would be the square of their number.
 */
function states(agreement: Agreement, scope: Scope): Pass {
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  const values = fields.map((column, position) => {
    const mentioned = sql`substr(brings, ${raw(String(position + 1))}, 1) = '1'`;
    return sql`${scope.dialect.latestSoFar(column, mentioned, raw('so_far'))} as ${column}`;
  });
  // What is said at a moment holds at it.
  return {
    name: 'timeline_state',
    query: sql`select lead_id, t, created_at${tail(fields)} from (
      select lead_id, t, created_at, is_moment${tail(values)} from (
        select lead_id, effective_at as t, created_at, false as is_moment, nth, brings${tail(fields)}
        from timeline_version
        union all
        select lead_id, t, created_at, true, 0, ''${tail(fields.map(() => raw('null')))} from timeline_moment)
      window so_far as (partition by lead_id order by t, is_moment, nth rows unbounded preceding))
    where is_moment and t <= ${asOfInstant(scope)}`,
  };
}

function countColumn(macro: string, of: 'true' | 'unknown'): Fragment {
  return identifier(`${macro}_${of}`);
}

function renewedColumn(lost: LostRule): Fragment {
  return identifier(`renewed_${lost.id}`);
}

function predicateScope(scope: Scope): ExpressionScope {
  return activityScope(scope.dialect, raw('a'), {
    lead: (field) => sql`s.${fieldValue(field)}`,
    createdAt: sql`s.created_at`,
  });
}

/**
 * Output: `timeline_match(lead_id, t, activities, m0_true, m0_unknown, …, renewed_…)`: at each moment, of the
 * activities so far, how many satisfy each predicate and of how many it cannot be told; and whether one of
 * this very moment renews a loss.
 */
function matches(agreement: Agreement, index: MacroIndex, scope: Scope): Pass {
  const { dialect } = scope;
  const there = sql`a.lead_id is not null`;
  const holds = (predicate: Expression): Fragment => expressionSql(predicate, predicateScope(scope), dialect);
  const counts = index.macros.flatMap(({ name, predicate }) => [
    sql`${dialect.countIf(sql`${there} and ${holds(predicate)}`)} as ${countColumn(name, 'true')}`,
    sql`${dialect.countIf(sql`${there} and (${holds(predicate)}) is null`)} as ${countColumn(name, 'unknown')}`,
  ]);
  const renewals = agreement.lost.map((lost) => {
    const renewing = renewingPredicates(lost.rule.expression).map(holds);
    return sql`${dialect.countIf(sql`a.${AT} = s.t and ${any(renewing)}`)} > 0 as ${renewedColumn(lost)}`;
  });
  return {
    name: 'timeline_match',
    query: sql`select s.lead_id, s.t, ${dialect.countIf(there)} as activities${tail(counts)}${tail(renewals)}
    from timeline_state s left join timeline_activity a on a.lead_id = s.lead_id and a.${AT} <= s.t
    group by s.lead_id, s.t`,
  };
}

/** The scope of a rule at a moment: attributes from its state, macros from the counts of its matches. */
export function momentScope(index: MacroIndex, scope: Scope): ExpressionScope {
  const { dialect } = scope;
  return {
    lead: (field) => fieldValue(field),
    createdAt: identifier('created_at'),
    activity: () => raw('null'),
    row: () => raw('null'),
    quantified(node) {
      const name = index.name(node);
      const holding = countColumn(name, 'true');
      const unknown = countColumn(name, 'unknown');
      switch (node.quantifier) {
        case 'exists':
          return sql`(case when ${holding} > 0 then true when ${unknown} > 0 then null else false end)`;
        case 'all':
          return sql`(case when ${holding} + ${unknown} < activities then false
            when ${unknown} > 0 then null else true end)`;
        case 'exists_one':
          return sql`(case when ${unknown} > 0 then null else ${holding} = 1 end)`;
      }
    },
    count(node) {
      const name = index.name(node);
      return sql`(case when ${countColumn(name, 'unknown')} > 0 then ${dialect.nothing('integer')}
        else ${countColumn(name, 'true')} end)`;
    },
  };
}

function truthColumn(stage: ReachedStage): Fragment {
  return identifier(`holds_${stage.id}`);
}

function lossTruthColumn(lost: LostRule): Fragment {
  return identifier(`loss_${lost.id}`);
}

function handedColumn(handoff: Handoff): Fragment {
  return identifier(`handed_${handoff.id}`);
}

/** Output: `timeline_truth`: at each moment, whether each criterion holds, all of a stage, each lost rule and hand-over. */
function truths(agreement: Agreement, index: MacroIndex, scope: Scope): Pass {
  const rules = momentScope(index, scope);
  const { dialect } = scope;
  const criteria = reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map(
      ({ id, rule }) =>
        sql`${expressionSql(rule.expression, rules, dialect)} as ${identifier(criterionColumn(stage.id, id))}`,
    ),
  );
  const stages = reachedStages(agreement).map((stage) => {
    // Without criteria a stage is reached on creation, not before.
    const parts =
      stage.criteria.length === 0
        ? [sql`t >= created_at`]
        : stage.criteria.map(({ id }) => identifier(criterionColumn(stage.id, id)));
    return sql`coalesce(${all(parts)}, false) as ${truthColumn(stage)}`;
  });
  const losses = agreement.lost.flatMap((lost) => [
    sql`coalesce(${expressionSql(lost.rule.expression, rules, dialect)}, false) as ${lossTruthColumn(lost)}`,
    renewedColumn(lost),
  ]);
  const handoffs = agreement.handoffs.map(
    (handoff) =>
      sql`coalesce(${expressionSql(handoff.to.expression, rules, dialect)}, false) as ${handedColumn(handoff)}`,
  );
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  return {
    name: 'timeline_truth',
    query: sql`select *${tail(stages)} from (
      select lead_id, t, created_at${tail(fields)}${tail([...criteria, ...losses, ...handoffs])}
      from timeline_state join timeline_match using (lead_id, t))`,
  };
}

function first(condition: Fragment): Fragment {
  return sql`min(case when ${condition} then t end) over (partition by lead_id)`;
}

/** When a stage is reached, and when too late, by the moments at which it holds. */
function reach(link: Link, scope: Scope): readonly Added[] {
  const { at, late } = stageColumns(link.stage.id);
  const holds = truthColumn(link.stage);
  const limit = deadline(link, scope.dialect);
  const from = link.stage.requiresPrevious ? sql`${holds} and t >= ${notBefore(link)}` : holds;
  if (limit === null) {
    return [
      { name: at, value: first(from) },
      { name: late, value: scope.dialect.nothing('instant') },
    ];
  }
  const fulfilled = fulfilledAt(link.stage);
  if (!link.stage.requiresPrevious) {
    return [
      { name: at, value: sql`case when ${fulfilled} > ${limit} then null else ${fulfilled} end` },
      { name: late, value: sql`case when ${fulfilled} > ${limit} then ${fulfilled} end` },
    ];
  }
  return [
    { name: at, value: first(sql`${from} and t <= ${limit}`) },
    {
      name: late,
      value: sql`case when ${identifier(at)} is null then ${first(sql`${from} and t > ${limit}`)} end`,
    },
  ];
}

/** Output: `timeline_reached`, a row a lead. */
function reached(agreement: Agreement, scope: Scope): Pass {
  const { dialect } = scope;
  const stages = reachedStages(agreement);
  const fulfilled = sql`(select *${tail(
    stages.map((stage) => sql`${first(truthColumn(stage))} as ${fulfilledAt(stage)}`),
  )} from timeline_truth)`;
  const chained = extend(fulfilled, [
    ...links(agreement).flatMap((link) => reach(link, scope).map((column) => [column])),
    agreement.handoffs.map((handoff) => ({
      name: handoffColumn(handoff.id),
      value: first(sql`${handedColumn(handoff)} and t >= ${identifier(stageColumns(handoff.from).at)}`),
    })),
  ]);
  const before = (lost: LostRule): Fragment =>
    sql`lag(${lossTruthColumn(lost)}, 1, false) over (partition by lead_id order by t)`;
  const turns = sql`(select *${tail(
    agreement.lost.map((lost) => sql`${before(lost)} as ${identifier(`was_${lost.id}`)}`),
  )} from ${skipsAndLast(agreement, chained, dialect)})`;
  const losses = extend(turns, [
    agreement.lost.map((lost) => {
      const turned = sql`(not ${identifier(`was_${lost.id}`)} or ${renewedColumn(lost)})`;
      return {
        name: `lost_${lost.id}`,
        value: first(sql`${lossTruthColumn(lost)} and ${turned} and t >= last_at`),
      };
    }),
  ]);
  const reasons = agreement.lost.map((lost) => sql`${reasonOfLoss(lost, scope)} as ${reasonColumn(lost)}`);
  const last = stages.at(-1);
  const won = last === undefined ? dialect.nothing('instant') : reachedAt(last);
  const latest = sql`(select *, row_number() over (partition by lead_id order by t desc) as nth_last${tail(reasons)}
    from ${losses} l)`;
  const loss = earliestLoss(agreement, won, dialect);
  const firsts = firstValueFields(agreement).map(
    (name) => sql`${firstValue(agreement, name, scope)} as ${identifier(firstValueColumn(name))}`,
  );
  return {
    name: 'timeline_reached',
    query: sql`select *, ${loss.at} as lost_at, ${loss.rule} as lost_rule, ${loss.reason} as lost_reason,
      true as by_timeline, ${amountOf(agreement, scope)} as amount${tail(firsts)}
    from ${latest} r where nth_last = 1`,
  };
}

/** The reason of a loss: an attribute at that moment, or a member of the first activity that caused it. */
function reasonOfLoss(lost: LostRule, scope: Scope): Fragment {
  const { dialect } = scope;
  const ofLead = reasonOfLead(lost, dialect);
  if (ofLead !== null) {
    return sql`max(case when t = ${lostColumn(lost)} then ${ofLead} end) over (partition by lead_id)`;
  }
  const predicates = renewingPredicates(lost.rule.expression);
  if (predicates.length === 0 || lost.reason === null) return dialect.nothing('text');
  const member = lost.reason.from === 'activity' ? lost.reason.member : lost.reason.field;
  const holds = any(predicates.map((predicate) => expressionSql(predicate, predicateScope(scope), dialect)));
  return sql`(select ${dialect.byLeastIf(
    dialect.cast(sql`a.${identifier(member)}`, 'text'),
    [sql`a.activity_id`],
    holds,
  )} from timeline_activity a join timeline_state s on s.lead_id = a.lead_id and s.t = a.${AT}
    where a.lead_id = l.lead_id and a.${AT} = l.${lostColumn(lost)})`;
}

function firstValue(agreement: Agreement, name: string, scope: Scope): Fragment {
  const position = agreement.fields.findIndex((field) => field.name === name);
  const column = sql`v.${identifier(fieldColumn(name))}`;
  const brought = sql`substr(v.brings, ${raw(String(position + 1))}, 1) = '1' and ${column} is not null`;
  return sql`(select ${scope.dialect.byLeastIf(column, [raw('v.nth')], brought)} from timeline_version v
    where v.lead_id = r.lead_id and v.effective_at <= ${asOfInstant(scope)})`;
}

function amountOf(agreement: Agreement, scope: Scope): Fragment {
  const money = valueStage(agreement);
  if (money === null) return scope.dialect.nothing('money');
  const holds = expressionSql(
    money.value.where.expression,
    activityScope(scope.dialect, raw('a')),
    scope.dialect,
  );
  return sql`(select ${scope.dialect.sumIf(sql`a.amount`, holds)} from timeline_activity a where a.lead_id = r.lead_id)`;
}
