import type { Agreement } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import { any, identifier, join, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { fieldValue } from './columns.ts';
import { KEPT_REPEATED } from './derive.ts';
import { MacroIndex } from './nodes.ts';
import { since } from './plain-leads.ts';
import { ACTIVITY_COLUMNS, asOfInstant, AT, repeatedActivities, standing } from './sources.ts';
import type { Scope } from './sources.ts';
import { criterionColumn } from './tables.ts';
import { momentScope, timelinePasses } from './timeline-leads.ts';

/** The lead that an id stands for: itself, or whose it is. */
export function leadOfId(id: string, { alias, dialect }: Scope): Fragment {
  const text = dialect.literal('string', id);
  if (alias === undefined) return text;
  return sql`coalesce((select lead_id from ${identifier(alias)} where source_id = ${text}), ${text})`;
}

/**
 * The ids of other systems that are this lead's: `source_id, rung, recorded_at, source`, in their order.
 *
 * @param alias the table of whose each id is
 */
export function identitiesOfLead(id: string, scope: Scope, alias: string): Fragment {
  return sql`select k.source_id, k.rung, k.recorded_at, min(b.source) as source
    from ${identifier(alias)} k
    left join lead_key g on g.lead_id = k.source_id and g.kind = 'guest' and g.withdrawn_at is null
    left join batch b on b.entry = g.entry
    where k.lead_id = ${leadOfId(id, scope)} group by k.source_id, k.rung, k.recorded_at
    order by k.recorded_at, k.source_id`;
}

const SOUGHT = { versions: 'own_version', activities: 'own_activity' } as const;

/** A lead's own id, and all ids of whose records are its: the own one first. */
export type LeadIds = readonly [string, ...string[]];

/** True of the rows of these ids: said in values, of which the engine knows where they can lie. */
function ofIds([first, ...rest]: LeadIds, dialect: Dialect): Fragment {
  const own = dialect.literal('string', first);
  if (rest.length === 0) return sql`lead_id = ${own}`;
  return sql`lead_id in (${join([own, ...rest.map((id) => dialect.literal('string', id))])})`;
}

/**
 * The activities of one lead, sought once: each look at the raw table passes over all of them. Of those that
 * have several records all are there, whosever they are: the latest may say that one is another lead's.
 */
function soughtActivities(isOwn: Fragment, mayRepeat: Fragment): readonly Fragment[] {
  return [
    sql`told_activity as materialized (select * from activity where ${isOwn})`,
    sql`${identifier(SOUGHT.activities)} as materialized (select * from told_activity
      union all select * from activity where activity_id in (
        select activity_id from told_activity where ${mayRepeat})
      and not ${isOwn})`,
  ];
}

/**
 * True of an activity that may have had several records at the scope's instant.
 *
 * @param isPast what is kept of repeated ones is of a later instant: some have been taken back since
 */
function mayRepeat(isPast: boolean, { asOf, dialect }: Scope): Fragment {
  const kept = sql`activity_id in (select activity_id from ${KEPT_REPEATED})`;
  const since = sql`activity_id in (select activity_id from activity
    where withdrawn_at > ${asOfInstant({ asOf, dialect })})`;
  return isPast ? any([kept, since]) : kept;
}

/** The passes of the timeline for one lead, as a `with` clause. */
function timelineOf(ids: LeadIds, agreement: Agreement, all: Scope, isPast: boolean): Fragment {
  const scope = { ...all, sought: SOUGHT };
  const one = sql`select ${scope.dialect.literal('string', ids[0])} as lead_id`;
  const isOwn = ofIds(ids, scope.dialect);
  const passes = [
    { name: 'changed_lead', query: one },
    { name: 'timeline_lead', query: one },
    repeatedActivities(scope),
    ...timelinePasses(agreement, new MacroIndex(agreement), scope).filter(
      (pass) => pass.name !== 'timeline_truth' && pass.name !== 'timeline_reached',
    ),
  ];
  return sql`with ${join([
    sql`${identifier(SOUGHT.versions)} as materialized (select * from lead_version where ${isOwn})`,
    ...soughtActivities(isOwn, mayRepeat(isPast, all)),
    ...passes.map((pass) => sql`${identifier(pass.name)} as (${pass.query})`),
  ])}`;
}

/**
 * One lead's state at each of its moments: `t`, the fields, and each criterion as true, false or NULL.
 *
 * @param isPast the facts are of an earlier instant than the stored ones
 */
export function momentsOfLead(ids: LeadIds, agreement: Agreement, scope: Scope, isPast: boolean): Fragment {
  const rules = momentScope(new MacroIndex(agreement), scope);
  const criteria = reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map(
      (criterion) =>
        sql`${expressionSql(criterion.rule.expression, rules, scope.dialect)} as ${identifier(criterionColumn(stage.id, criterion.id))}`,
    ),
  );
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  return sql`${timelineOf(ids, agreement, scope, isPast)}
    select t${tail(fields)}${tail(criteria)}
    from timeline_state join timeline_match using (lead_id, t) order by t`;
}

/**
 * The instants since which each criterion holds, over the columns of `lead_facts`; NULL where it never did. Of the
 * leads that are not `by_timeline`: they have one state, and what is kept with them tells the rest.
 */
export function criterionOnsets(
  agreement: Agreement,
  index: MacroIndex,
  dialect: Dialect,
): readonly Fragment[] {
  return reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map(
      ({ id, rule }) =>
        sql`${since(rule.expression, index, dialect)} as ${identifier(onsetColumn(stage.id, id))}`,
    ),
  );
}

/** The column of `criterionOnsets` of a criterion. */
export function onsetColumn(stage: string, criterion: string): string {
  return `since_${stage}__${criterion}`;
}

/**
 * What is recorded of one lead, by what it is: `contact` and `extra` in the order in which they came to be known, the
 * own word first; `activities` in no order, each with whether it `is_repeated`, or may be.
 *
 * @param isPast the facts are of an earlier instant than the stored ones
 */
export function recordsOfLead(
  ids: LeadIds,
  scope: Scope,
  isPast: boolean,
): Readonly<Record<'activities' | 'contact' | 'extra', Fragment>> {
  const now = asOfInstant(scope);
  const own = scope.dialect.literal('string', ids[0]);
  const standingOf = (table: string): Fragment =>
    sql`${ofIds(ids, scope.dialect)} and ${standing(scope, table)}`;
  const inEffect = sql`(effective_at is null or effective_at <= ${now})`;
  const inOrder = sql`order by effective_at nulls first, lead_id <> ${own}, lead_id, recorded_at, entry, part`;
  return {
    activities: sql`select ${join(ACTIVITY_COLUMNS.map((name) => identifier(name)))}, ${mayRepeat(isPast, scope)} as is_repeated
      from activity where ${standingOf('activity')} and ${AT} <= ${now}`,
    contact: sql`select * from lead_contact where ${standingOf('lead_contact')} and ${inEffect} ${inOrder}`,
    extra: sql`select extra from lead_version
      where ${standingOf('lead_version')} and ${inEffect} and extra is not null ${inOrder}`,
  };
}

/** Of activities that were told several times the latest records, whosever they are: one is the lead's it names. */
export function latestRecords(activities: readonly [string, ...string[]], scope: Scope): Fragment {
  const ids = join(activities.map((id) => scope.dialect.literal('string', id)));
  return sql`select * from (
      select *, row_number() over (
        partition by activity_id order by recorded_at desc, entry desc, part desc) as nth
      from activity where activity_id in (${ids}) and ${standing(scope, 'activity')})
    where nth = 1 and ${AT} <= ${asOfInstant(scope)}`;
}
