import type { Agreement, LostRule } from '../agreement/agreement.ts';
import type { Expression } from '../rule/expression.ts';
import { children } from '../rule/walk.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fragment } from '../sql/sql.ts';
import { identifier, sql } from '../sql/sql.ts';
import { fieldValue } from './columns.ts';

/**
 * The predicates whose activities renew a loss: those of `exists` that count for the rule, not against it.
 */
export function renewingPredicates(expression: Expression): readonly Expression[] {
  if (expression.kind === 'not') return [];
  if (expression.kind === 'quantified') {
    return expression.quantifier === 'exists' ? [expression.predicate] : [];
  }
  return children(expression).flatMap(renewingPredicates);
}

export function lostColumn(lost: LostRule): Fragment {
  return identifier(`lost_${lost.id}`);
}

export function reasonColumn(lost: LostRule): Fragment {
  return identifier(`reason_${lost.id}`);
}

/**
 * Of each rule's instant of loss (`lost_<rule>`) and reason (`reason_<rule>`), the earliest: `lost_at`,
 * `lost_rule`, `lost_reason`. Rules of the same instant are in the agreement's order. Needs `at_…` of the last
 * stage: a lead that won is not lost.
 */
export function earliestLoss(
  agreement: Agreement,
  won: Fragment,
  dialect: Dialect,
): { readonly at: Fragment; readonly rule: Fragment; readonly reason: Fragment } {
  if (agreement.lost.length === 0) {
    return { at: dialect.nothing('instant'), rule: dialect.nothing('text'), reason: dialect.nothing('text') };
  }
  const first = dialect.earliestOf(agreement.lost.map(lostColumn));
  const choose = (value: (lost: LostRule) => Fragment): Fragment =>
    sql`case ${agreement.lost
      .map((lost) => sql`when ${lostColumn(lost)} = ${first} then ${value(lost)} `)
      .reduce((left, right) => sql`${left}${right}`)} end`;
  return {
    at: sql`case when ${won} is null then ${first} end`,
    rule: sql`case when ${won} is null then ${choose((lost) => dialect.literal('string', lost.id))} end`,
    reason: sql`case when ${won} is null then ${choose(reasonColumn)} end`,
  };
}

/** The reason where it is an attribute of the lead, or none; `null` where an activity gives it. */
export function reasonOfLead(lost: LostRule, dialect: Dialect): Fragment | null {
  if (lost.reason === null) return dialect.nothing('text');
  if (lost.reason.from === 'lead') return dialect.cast(fieldValue(lost.reason.field), 'text');
  return null;
}
