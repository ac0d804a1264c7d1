import type { ActivityMember, Expression } from '../rule/expression.ts';
import type { Dialect } from './dialect.ts';
import { any, raw, sql } from './sql.ts';
import type { Fragment } from './sql.ts';

/** What the names of a rule are in the query that asks it. */
export interface ExpressionScope {
  /** The value of a lead's field, NULL where it is missing; of personal data a boolean: it is present. */
  lead(field: string, pii: boolean): Fragment;
  readonly createdAt: Fragment;
  activity(member: ActivityMember): Fragment;
  row(column: string): Fragment;
  quantified(node: Extract<Expression, { kind: 'quantified' }>): Fragment;
  count(node: Extract<Expression, { kind: 'count' }>): Fragment;
}

/**
 * A rule as SQL in three values: NULL is "unknown". SQL's AND, OR and NOT are Kleene's, as the semantics want.
 * Durations are microseconds; what could overflow or divide by zero becomes unknown.
 */
export function expressionSql(expression: Expression, scope: ExpressionScope, dialect: Dialect): Fragment {
  const inner = (part: Expression): Fragment => expressionSql(part, scope, dialect);
  switch (expression.kind) {
    case 'literal':
      return dialect.literal(expression.type, expression.value);
    case 'lead':
      return scope.lead(expression.field, expression.pii);
    case 'created_at':
      return scope.createdAt;
    case 'activity':
      return scope.activity(expression.member);
    case 'row':
      return scope.row(expression.column);
    case 'has':
      return hasSql(expression.of, inner);
    case 'not':
      return sql`(not ${inner(expression.of)})`;
    case 'negate':
      return dialect.attempt(sql`(- ${inner(expression.of)})`);
    case 'and':
      return sql`(${inner(expression.left)} and ${inner(expression.right)})`;
    case 'or':
      return sql`(${inner(expression.left)} or ${inner(expression.right)})`;
    case 'compare':
      return compareSql(expression, inner);
    case 'arithmetic':
      return arithmeticSql(expression, inner, dialect);
    case 'in': {
      const of = inner(expression.of);
      return any(expression.items.map((item) => sql`${of} = ${inner(item)}`));
    }
    case 'conditional': {
      const condition = inner(expression.condition);
      return sql`(case when ${condition} then ${inner(expression.yes)}
        when not ${condition} then ${inner(expression.no)} end)`;
    }
    case 'string_test':
      return stringTestSql(expression, inner, dialect);
    case 'size':
      return dialect.length(inner(expression.of));
    case 'lower_ascii':
      return dialect.lowerAscii(inner(expression.of));
    case 'quantified':
      return scope.quantified(expression);
    case 'count':
      return scope.count(expression);
  }
}

type Inner = (part: Expression) => Fragment;

function hasSql(of: Expression, inner: Inner): Fragment {
  if (of.kind === 'lead' && of.pii) return sql`coalesce(${inner(of)}, false)`;
  return sql`(${inner(of)} is not null)`;
}

const OPERATORS = { '==': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

function compareSql(expression: Extract<Expression, { kind: 'compare' }>, inner: Inner): Fragment {
  const { left, right, operator } = expression;
  const personal = [left, right].find((side) => side.kind === 'lead' && side.pii);
  if (personal) {
    // A value that is there is never blank; one that is missing cannot be told.
    return sql`(case when ${inner(personal)} then ${raw(operator === '!=' ? 'true' : 'false')} end)`;
  }
  return sql`(${inner(left)} ${raw(OPERATORS[operator])} ${inner(right)})`;
}

function arithmeticSql(
  expression: Extract<Expression, { kind: 'arithmetic' }>,
  inner: Inner,
  dialect: Dialect,
): Fragment {
  const { operator, type } = expression;
  const left = inner(expression.left);
  const right = inner(expression.right);
  if (type === 'string') return sql`(${left} || ${right})`;
  const microseconds = (side: Fragment, of: Expression): Fragment =>
    of.type === 'timestamp' ? dialect.microseconds(side) : side;
  if (type === 'timestamp' || expression.left.type === 'timestamp') {
    const result = sql`(${microseconds(left, expression.left)} ${raw(operator)} ${microseconds(right, expression.right)})`;
    return dialect.attempt(type === 'timestamp' ? dialect.instant(result) : result);
  }
  if (operator === '/' && type === 'int') return dialect.attempt(dialect.integerQuotient(left, right));
  if (operator === '/') return sql`(${left} / nullif(${right}, 0))`;
  return dialect.attempt(sql`(${left} ${raw(operator)} ${right})`);
}

function stringTestSql(
  expression: Extract<Expression, { kind: 'string_test' }>,
  inner: Inner,
  dialect: Dialect,
): Fragment {
  const of = inner(expression.of);
  const argument = inner(expression.argument);
  switch (expression.function) {
    case 'contains':
      return dialect.contains(of, argument);
    case 'startsWith':
      return dialect.startsWith(of, argument);
    case 'endsWith':
      return dialect.endsWith(of, argument);
    case 'matches':
      return dialect.matches(of, argument);
  }
}
