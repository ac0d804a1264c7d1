import type { Expression } from '../rule/expression.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import type { ExpressionScope } from '../sql/expression.ts';
import { identifier, raw, sql } from '../sql/sql.ts';
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
  return expressionSql(
    expression,
    plainScope({
      quantified(node) {
        const name = index.name(node);
        return sql`(case when ${identifier(firstMatch(name))} is not null then true
          when ${identifier(unknownMatches(name))} > 0 then null else false end)`;
      },
      count: () => outOfPlace(),
    }),
    dialect,
  );
}

/** `exists` over a predicate that reads the activity only: once true it stays true. */
export function isLasting(expression: Expression): boolean {
  return (
    expression.kind === 'quantified' && expression.quantifier === 'exists' && !readsLead(expression.predicate)
  );
}

/** True of rules that, for unchanging attributes, never turn from true to anything else. */
export function isMonotone(expression: Expression): boolean {
  if (!readsActivities(expression)) return true;
  if (expression.kind === 'and' || expression.kind === 'or') {
    return isMonotone(expression.left) && isMonotone(expression.right);
  }
  return isLasting(expression);
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
  if (isMacro(expression)) return identifier(firstMatch(index.name(expression)));
  return outOfPlace();
}

function outOfPlace(): never {
  throw new InvariantError('not a monotone rule');
}
