import type { Expression } from '../rule/expression.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import type { ExpressionScope } from '../sql/expression.ts';
import { all, identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { fieldValue } from './columns.ts';
import type { MacroIndex } from './nodes.ts';
import { isMacro, readsActivities } from './nodes.ts';
import { isLasting, spanOfLeaf } from './spans.ts';
import type { Moment } from './spans.ts';

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

/** What a rule of a span says in the end, for a lead as a span takes it. */
export function inTheEnd(expression: Expression, index: MacroIndex, dialect: Dialect): Fragment {
  if (!readsActivities(expression)) return withoutActivities(expression, dialect);
  if (expression.kind === 'and' || expression.kind === 'or') {
    const sides = [expression.left, expression.right].map((side) => inTheEnd(side, index, dialect));
    return sql`(${join(sides, expression.kind === 'and' ? ' and ' : ' or ')})`;
  }
  if (expression.kind === 'not') return sql`(not ${inTheEnd(expression.of, index, dialect)})`;
  if (isMacro(expression) && isLasting(expression)) {
    const name = index.name(expression);
    return sql`(case when ${identifier(firstMatch(name))} is not null then true
      when ${identifier(unknownMatches(name))} > 0 then null else false end)`;
  }
  const leaf = spanOfLeaf(expression);
  if (leaf === null) return outOfPlace();
  const { from, until } = leaf.span;
  const lasts = all([
    sql`${momentOf(from, index, dialect)} is not null`,
    ...(until === null ? [] : [sql`${momentOf(until, index, dialect)} is null`]),
  ]);
  return leaf.truth ? lasts : sql`(not ${lasts})`;
}

/** When a moment comes, for a lead with one version that holds from its creation; NULL for never. */
export function momentOf(moment: Moment, index: MacroIndex, dialect: Dialect): Fragment {
  const parts = (moments: readonly Moment[]): readonly Fragment[] =>
    moments.map((each) => momentOf(each, index, dialect));
  switch (moment.kind) {
    case 'created':
      return moment.holds === null
        ? identifier('created_at')
        : sql`case when ${withoutActivities(moment.holds, dialect)} then created_at end`;
    case 'match': {
      const name = index.name(moment.macro);
      return identifier(moment.nth === 1 ? firstMatch(name) : nthMatch(name, moment.nth));
    }
    case 'latest':
      return dialect.latestOf(parts(moment.of));
    case 'earliest':
      return dialect.earliestOf(parts(moment.of));
    case 'unless':
      return sql`case when ${withoutActivities(moment.holds, dialect)} then null
        else ${momentOf(moment.of, index, dialect)} end`;
  }
}

function outOfPlace(): never {
  throw new InvariantError('not a rule of a span');
}
