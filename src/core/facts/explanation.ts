import type { Agreement } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { expressionSql } from '../sql/expression.ts';
import { identifier, join, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { fieldValue } from './columns.ts';
import { criterionColumn } from './tables.ts';
import { MacroIndex } from './nodes.ts';
import { AT, knownActivities, repeatedActivities } from './sources.ts';
import type { Scope } from './sources.ts';
import { momentScope, timelinePasses } from './timeline-leads.ts';

/** The passes of the timeline for one lead, as a `with` clause. */
function timelineOf(lead: string, agreement: Agreement, scope: Scope): Fragment {
  const one = sql`select ${scope.dialect.literal('string', lead)} as lead_id`;
  const passes = [
    { name: 'changed_lead', query: one },
    { name: 'timeline_lead', query: one },
    repeatedActivities(scope),
    ...timelinePasses(agreement, new MacroIndex(agreement), scope).filter(
      (pass) => pass.name !== 'timeline_truth' && pass.name !== 'timeline_reached',
    ),
  ];
  return sql`with ${join(passes.map((pass) => sql`${identifier(pass.name)} as (${pass.query})`))}`;
}

/** One lead's state at each of its moments: `t`, the fields, and each criterion as true, false or NULL. */
export function momentsOfLead(lead: string, agreement: Agreement, scope: Scope): Fragment {
  const rules = momentScope(new MacroIndex(agreement), scope);
  const criteria = reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map(
      (criterion) =>
        sql`${expressionSql(criterion.rule.expression, rules, scope.dialect)} as ${identifier(criterionColumn(stage.id, criterion.id))}`,
    ),
  );
  const fields = agreement.fields.map((field) => fieldValue(field.name));
  return sql`${timelineOf(lead, agreement, scope)}
    select t${tail(fields)}${tail(criteria)}
    from timeline_state join timeline_match using (lead_id, t) order by t`;
}

/** One lead's activities as they stand, in order. */
export function activitiesOfLead(lead: string, scope: Scope): Fragment {
  return sql`with changed_lead as (select ${scope.dialect.literal('string', lead)} as lead_id),
      repeated_activity as (${repeatedActivities(scope).query})
    select * from ${knownActivities(scope)} order by ${AT}, activity_id`;
}
