import type { Expression } from '../rule/expression.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import type { ExpressionScope } from '../sql/expression.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { fieldValue } from './columns.ts';
import type { MacroIndex } from './nodes.ts';
import { isMacro, readsActivities, readsLead } from './nodes.ts';

/** The earliest and the latest activity that satisfies a macro's predicate, as columns of a lead's row. */
export function firstMatch(macro: string): string {
  return `${macro}_first`;
}

export function lastMatch(macro: string): string {
  return `${macro}_last`;
}

/** 1 where of some activity it cannot be told whether it satisfies a macro's predicate, 0 elsewhere. */
export function unknownMatches(macro: string): string {
  return `${macro}_unknown`;
}

/** The activity with which so many satisfy a macro's predicate. */
export function nthMatch(macro: string, nth: number): string {
  return `${macro}_nth_${nth}`;
}

/** The scope of a rule over a lead whose attributes never changed. */
function plainScope(macros: {
  quantified: ExpressionScope['quantified'];
  count: ExpressionScope['count'];
}): ExpressionScope {
  return {
    lead: (field) => fieldValue(field),
    createdAt: identifier('created_at'),
    activity: () => raw('null'),
    row: () => raw('null'),
    ...macros,
  };
}

/** What a rule says of a lead without activities. */
export function withoutActivities(expression: Expression, dialect: Dialect): Fragment {
  return expressionSql(
    expression,
    plainScope({
      quantified: (node) => raw(node.quantifier === 'all' ? 'true' : 'false'),
      count: () => dialect.literal('int', '0'),
    }),
    dialect,
  );
}

/** What a monotone rule says in the end, for a lead as `onset` takes it. */
export function inTheEnd(expression: Expression, index: MacroIndex, dialect: Dialect): Fragment {
  if (!readsActivities(expression)) return withoutActivities(expression, dialect);
  if (expression.kind === 'and' || expression.kind === 'or') {
    const sides = [expression.left, expression.right].map((side) => inTheEnd(side, index, dialect));
    return sql`(${join(sides, expression.kind === 'and' ? ' and ' : ' or ')})`;
  }
  const counted = atLeast(expression);
  if (counted !== null) return sql`(${nthOf(counted, index)} is not null)`;
  if (!isMacro(expression)) return outOfPlace();
  const name = index.name(expression);
  return sql`(case when ${identifier(firstMatch(name))} is not null then true
    when ${identifier(unknownMatches(name))} > 0 then null else false end)`;
}

/** `exists` over a predicate that reads the activity only: once true it stays true. */
export function isLasting(expression: Expression): boolean {
  return (
    expression.kind === 'quantified' && expression.quantifier === 'exists' && !readsLead(expression.predicate)
  );
}

/** Beyond that many activities a count is told by the exact way only: each lead keeps as many instants. */
const MOST_COUNTED = 50;

/** A rule that asks for so many activities at least, whose predicate reads the activity only. */
export interface AtLeast {
  readonly macro: Extract<Expression, { kind: 'count' }>;
  readonly nth: number;
}

/**
 * `activities.filter(a, …).size() >= 3`, however it is written; null for any other rule. Once true it stays true, but
 * for leads with an activity of which the predicate cannot be told: their count is unknown from then on.
 */
export function atLeast(expression: Expression): AtLeast | null {
  if (expression.kind !== 'compare') return null;
  const { left, right, operator } = expression;
  const isTurned = right.kind === 'count';
  const [macro, least] = isTurned ? [right, left] : [left, right];
  const [orMore, more] = isTurned ? (['<=', '<'] as const) : (['>=', '>'] as const);
  if (macro.kind !== 'count' || least.kind !== 'literal' || least.type !== 'int') return null;
  if ((operator !== orMore && operator !== more) || readsLead(macro.predicate)) return null;
  const nth = Number(least.value) + (operator === more ? 1 : 0);
  return nth >= 1 && nth <= MOST_COUNTED ? { macro, nth } : null;
}

function nthOf({ macro, nth }: AtLeast, index: MacroIndex): Fragment {
  return identifier(nthMatch(index.name(macro), nth));
}

/** True of rules that, for unchanging attributes, never turn from true to anything else (see `atLeast`). */
export function isMonotone(expression: Expression): boolean {
  if (!readsActivities(expression)) return true;
  if (expression.kind === 'and' || expression.kind === 'or') {
    return isMonotone(expression.left) && isMonotone(expression.right);
  }
  return isLasting(expression) || atLeast(expression) !== null;
}

function flatten(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
  return expression.kind === kind
    ? [...flatten(expression.left, kind), ...flatten(expression.right, kind)]
    : [expression];
}

/**
 * The first instant at which a monotone rule is true, for a lead with one version that holds from its
 * creation and no activity before that; NULL for never. Three values need no care here: both false and
 * unknown are "not yet".
 */
export function onset(expression: Expression, index: MacroIndex, dialect: Dialect): Fragment {
  if (!readsActivities(expression)) {
    return sql`case when ${withoutActivities(expression, dialect)} then created_at end`;
  }
  if (expression.kind === 'and') {
    return dialect.latestOf(flatten(expression, 'and').map((part) => onset(part, index, dialect)));
  }
  if (expression.kind === 'or') {
    return dialect.earliestOf(flatten(expression, 'or').map((part) => onset(part, index, dialect)));
  }
  const counted = atLeast(expression);
  if (counted !== null) return nthOf(counted, index);
  if (isMacro(expression)) return identifier(firstMatch(index.name(expression)));
  return outOfPlace();
}

function outOfPlace(): never {
  throw new InvariantError('not a monotone rule');
}
