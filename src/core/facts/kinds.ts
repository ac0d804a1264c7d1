import type { ActivityMember, Expression } from '../rule/expression.ts';
import { someNode } from '../rule/walk.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import type { Match } from './matches.ts';
import { AT } from './sources.ts';

/**
 * What an activity is: its type and its outcome. Each lead keeps the first of its activities of each kind, so that
 * a predicate that asks for no more is known of all leads without a look at their activities, whatever it is.
 */
export interface ActivityKind {
  readonly type: string | null;
  readonly outcome: string | null;
}

/** Each kind is a column of every lead: where there are more, none is kept. */
const MOST_KINDS = 24;

/** The column of `lead_facts` that is true of leads with activities of a kind that none of its columns is of. */
const OTHER = 'other_kinds';
export const OTHER_KINDS = identifier(OTHER);

/** The kinds of all records, whether or not they stand: `type`, `outcome`; one more than may be kept at most. */
export function kindsQuery(): Fragment {
  return sql`select distinct type, outcome from activity
    order by type nulls first, outcome nulls first limit ${raw(String(MOST_KINDS + 1))}`;
}

/** The kinds of the rows of `kindsQuery`; undefined where they are too many for a lead to keep each. */
export function readKinds(
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly ActivityKind[] | undefined {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return rows.length > MOST_KINDS
    ? undefined
    : rows.map((row) => ({ type: text(row['type']), outcome: text(row['outcome']) }));
}

/** The column of `lead_facts` with the first activity of a kind. */
export function kindColumn(position: number): Fragment {
  return identifier(`kind_${position}_first`);
}

/** True of the columns of `lead_facts` above. */
export function isOfKind(column: string): boolean {
  return column === OTHER || /^kind_\d+_first$/.test(column);
}

/** The first activity of a lead of each kind, as aggregates of its activities. */
export function kindValues(kinds: readonly ActivityKind[], dialect: Dialect): readonly Fragment[] {
  return kinds.map((kind, position) => sql`${dialect.minIf(AT, isOf(kind))} as ${kindColumn(position)}`);
}

/** Whether a lead has activities of other kinds, as an aggregate. */
export function otherKinds(kinds: readonly ActivityKind[], dialect: Dialect): Fragment {
  return sql`${dialect.countIf(sql`not ${any(kinds.map(isOf))}`)} > 0`;
}

function isOf({ type, outcome }: ActivityKind): Fragment {
  const is = (column: Fragment, value: string | null): Fragment =>
    value === null ? sql`${column} is null` : sql`(${column} is not null and ${column} = ${value})`;
  return all([is(identifier('type'), type), is(identifier('outcome'), outcome)]);
}

/** True of what is kept of a predicate that kinds decide: it reads nothing else of an activity. */
export function isOfKinds({ predicate, what }: Match): boolean {
  return (
    (what === 'first' || what === 'unknown') &&
    !someNode(
      predicate,
      (node) =>
        node.kind === 'lead' ||
        node.kind === 'created_at' ||
        (node.kind === 'activity' && node.member !== 'type' && node.member !== 'outcome'),
    )
  );
}

/**
 * A match that kinds decide, of a row with their columns. The predicate is asked of the kinds, which are constants: the
 * engine answers that once, and reads the columns of those that satisfy it.
 *
 * @param from the name or alias of the relation that has the columns
 */
export function matchOfKinds(
  { predicate, what }: Match,
  kinds: readonly ActivityKind[],
  from: Fragment,
  dialect: Dialect,
): Fragment {
  const column = (position: number): Fragment => sql`${from}.${kindColumn(position)}`;
  const holds = (kind: ActivityKind): Fragment => holdsOf(predicate, kind, dialect);
  if (what === 'unknown') {
    const unsure = kinds.map((kind, position) =>
      all([sql`(${holds(kind)}) is null`, sql`${column(position)} is not null`]),
    );
    return dialect.cast(sql`case when ${any(unsure)} then 1 else 0 end`, 'integer');
  }
  if (kinds.length === 0) return dialect.nothing('instant');
  return dialect.earliestOf(
    kinds.map((kind, position) => sql`case when ${holds(kind)} then ${column(position)} end`),
  );
}

function holdsOf(predicate: Expression, kind: ActivityKind, dialect: Dialect): Fragment {
  const member = (name: ActivityMember): Fragment => {
    if (name !== 'type' && name !== 'outcome') throw new InvariantError(`${name} is not of a kind`);
    return dialect.cast(sql`${kind[name]}`, 'text');
  };
  return expressionSql(predicate, { ...activityScope(dialect), activity: member }, dialect);
}
