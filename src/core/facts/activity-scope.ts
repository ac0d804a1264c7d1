import type { Dialect } from '../sql/dialect.ts';
import type { ExpressionScope } from '../sql/expression.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

function outOfPlace(what: string): never {
  throw new InvariantError(`${what} in a predicate on one activity`);
}

/**
 * The scope of a predicate on one activity: its members are columns of the relation at hand, or of `prefix`.
 * A predicate that reads the lead needs `lead`.
 */
export function activityScope(
  dialect: Dialect,
  prefix: Fragment | null = null,
  lead: Pick<ExpressionScope, 'lead' | 'createdAt'> | null = null,
): ExpressionScope {
  return {
    activity(member) {
      const column = prefix === null ? identifier(member) : sql`${prefix}.${identifier(member)}`;
      // Money is exact in the store; a rule compares it as a number.
      return member === 'amount' ? dialect.cast(column, 'number') : column;
    },
    lead: lead?.lead ?? (() => outOfPlace('a lead')),
    createdAt: lead?.createdAt ?? identifier('created_at'),
    row: () => outOfPlace('a row'),
    quantified: () => outOfPlace('a macro'),
    count: () => outOfPlace('a macro'),
  };
}
