import type { Agreement, ReachedStage, StageValue } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { expressionSql } from '../sql/expression.ts';
import { raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { reachedDay } from './columns.ts';
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
 * Input: the activities and the facts of their leads. Output: rows `lead_id, day, amount, bought_day, created_day`
 * of the money of the leads that reached the stage which carries it: the local day on which it came, and those on
 * which its lead reached that stage and was created. The amounts of a lead add up to its `value` in the facts.
 *
 * @param counted in whose form the leads are counted: whose stage tells which leads have bought
 * @param judging by which the leads were judged: whose rule tells which activities bring money
 */
export function leadValues(counted: Agreement, judging: Agreement, facts: Fragment, scope: Scope): Fragment {
  const { dialect } = scope;
  const stage = valueStage(counted)?.stage;
  const rule = valueStage(judging)?.value.where.expression;
  if (stage === undefined || rule === undefined) {
    const day = dialect.nothing('date');
    return sql`select ${dialect.nothing('text')} as lead_id, ${day} as day, ${dialect.nothing('money')} as amount,
      ${day} as bought_day, ${day} as created_day where false`;
  }
  const holds = expressionSql(rule, activityScope(dialect, raw('a')), dialect);
  const local = dialect.localTime(sql`a.${AT}`, scope.timezone);
  return sql`select a.lead_id, ${dialect.dayOf(local)} as day, a.amount,
      f.${reachedDay(stage)} as bought_day, f.created_day
    from ${knownActivities(scope)} a join ${facts} f on f.lead_id = a.lead_id
    where ${holds} and a.amount is not null and f.${reachedDay(stage)} is not null
      and ${createdWithin(scope, sql`f.created_at`)}`;
}
