import type { Agreement, ReachedStage, StageValue } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { expressionSql } from '../sql/expression.ts';
import { raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { reachedAt } from './columns.ts';
import { AT, createdWithin, knownActivities } from './sources.ts';
import type { Scope } from './sources.ts';

/** The stage that carries money, if one does. */
export function valueStage(
  agreement: Agreement,
): { readonly stage: ReachedStage; readonly value: StageValue } | null {
  for (const stage of reachedStages(agreement)) {
    if (stage.value !== null) return { stage, value: stage.value };
  }
  return null;
}

/**
 * Input: the activities and the facts of their leads. Output: rows `lead_id, day, amount` of the money of the
 * leads that reached the stage which carries it, by the local day on which it came.
 */
export function leadValues(agreement: Agreement, facts: Fragment, scope: Scope): Fragment {
  const money = valueStage(agreement);
  if (money === null) {
    const { dialect } = scope;
    return sql`select ${dialect.nothing('text')} as lead_id, ${dialect.nothing('date')} as day,
      ${dialect.nothing('money')} as amount where false`;
  }
  const { dialect } = scope;
  const holds = expressionSql(money.value.where.expression, activityScope(dialect, raw('a')), dialect);
  const local = dialect.localTime(sql`a.${AT}`, scope.timezone);
  return sql`select a.lead_id, ${dialect.dayOf(local)} as day, a.amount
    from ${knownActivities(scope)} a join ${facts} f on f.lead_id = a.lead_id
    where ${holds} and a.amount is not null and ${sql`f.${reachedAt(money.stage)}`} is not null
      and ${createdWithin(scope, sql`f.created_at`)}`;
}
