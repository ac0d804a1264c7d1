import { isActivityMember } from './environment.ts';
import type {
  ActivityMember,
  ComparisonOperator,
  Expression,
  Literal,
  Quantifier,
  ValueType,
} from './expression.ts';

/**
 * A rule as rows that a person can fill in: each asks something of a field of the lead or of its activities,
 * and all of them, or any one, must hold. Not every rule is of this form.
 */
export interface Conditions {
  readonly join: 'all' | 'any';
  readonly rows: readonly Condition[];
}

export type Condition = FieldCondition | ActivityCondition;

/** What a missing datum makes of a condition: unknown as rules are, false, or true. */
export type Absent = 'unknown' | 'no' | 'yes';

export type Comparison =
  | ComparisonOperator
  | 'between'
  | 'in'
  | 'not_in'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'not_contains'
  /** Of booleans. */
  | 'is'
  | 'is_not'
  | 'known'
  | 'absent'
  /** Of instants, counted from the lead's creation. */
  | 'within'
  | 'after';

/** A question about one value: of the lead, or of an activity. */
export interface Test<Subject extends string = string> {
  readonly subject: Subject;
  readonly type: ValueType;
  readonly comparison: Comparison;
  /**
   * As many as the comparison takes. Numbers as rules write them, instants in RFC 3339, lengths of time as
   * `duration()` reads them, texts as they are.
   */
  readonly values: readonly string[];
  readonly absent: Absent;
}

/** A field of the lead, `created_at` among them; a member of the activity where the rule is over one. */
export interface FieldCondition extends Test {
  readonly kind: 'field';
}

export type Quantity = 'some' | 'none' | 'one' | 'at_least' | 'at_most' | 'exactly';

/** So many activities of which all details are true. */
export interface ActivityCondition {
  readonly kind: 'activity';
  readonly quantity: Quantity;
  /** Counts where the quantity has a number. */
  readonly count: number;
  readonly details: readonly Test<ActivityMember>[];
}

/** What the fields that a rule asks about are of. */
export type Whose = 'lead' | 'activity';

/** The rows of a rule, or null where it is of another form. */
export function readConditions(expression: Expression, whose: Whose = 'lead'): Conditions | null {
  const join = expression.kind === 'or' && readGuard(expression, whose) === null ? 'any' : 'all';
  const parts = flatten(expression, join === 'any' ? 'or' : 'and');
  const rows = join === 'any' ? readAny(parts, whose) : readAll(parts, whose);
  return rows === null ? null : { join, rows };
}

function flatten(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
  return expression.kind === kind
    ? [...flatten(expression.left, kind), ...flatten(expression.right, kind)]
    : [expression];
}

function readAll(parts: readonly Expression[], whose: Whose): readonly Condition[] | null {
  const rows: Condition[] = [];
  for (let at = 0; at < parts.length;) {
    const test = readTests(parts, at, whose);
    const activity = test === null ? readActivities(parts[at]) : null;
    if (test !== null) {
      rows.push({ kind: 'field', ...test.test });
      at += test.taken;
    } else if (activity !== null) {
      rows.push(activity);
      at += 1;
    } else return null;
  }
  return rows;
}

function readAny(parts: readonly Expression[], whose: Whose): readonly Condition[] | null {
  const rows: Condition[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const guarded = readPair(parts[at], parts[at + 1], whose);
    if (guarded !== null) {
      rows.push({ kind: 'field', ...guarded });
      at += 1;
      continue;
    }
    const part = parts[at];
    const own = part === undefined ? null : readAll(flatten(part, 'and'), whose);
    const [row] = own ?? [];
    if (row === undefined || own?.length !== 1) return null;
    rows.push(row);
  }
  return rows;
}

interface Taken {
  readonly test: Test;
  /** How many of the parts make it. */
  readonly taken: number;
}

/** The test that begins at a part of an "and": a range and a guard take several parts. */
function readTests(parts: readonly Expression[], at: number, whose: Whose): Taken | null {
  const part = parts[at];
  if (part === undefined) return null;
  const guarded = readGuard(part, whose);
  if (guarded !== null) return { test: guarded, taken: 1 };
  const test = readTest(part, whose);
  if (test === null) return null;
  const next = parts[at + 1];
  if (test.comparison === '>=' && next !== undefined) {
    const upper = readTest(next, whose);
    if (upper?.comparison === '<=' && upper.subject === test.subject) {
      const values = [...test.values, ...upper.values];
      return { test: { ...test, comparison: 'between', values }, taken: 2 };
    }
  }
  if (test.comparison === 'known' && test.absent === 'no') {
    const rest = readTests(parts, at + 1, whose);
    if (rest?.test.subject === test.subject && rest.test.absent === 'unknown')
      return { test: { ...rest.test, absent: 'no' }, taken: rest.taken + 1 };
  }
  return { test, taken: 1 };
}

/** `!has(x) || …x…`: a missing datum counts as yes. */
function readGuard(expression: Expression, whose: Whose): Test | null {
  if (expression.kind !== 'or') return null;
  const [first, second, ...more] = flatten(expression, 'or');
  return more.length > 0 ? null : readPair(first, second, whose);
}

function readPair(first: Expression | undefined, second: Expression | undefined, whose: Whose): Test | null {
  if (first === undefined || second === undefined || second.kind === 'or') return null;
  const guard = readTest(first, whose);
  if (guard?.comparison !== 'absent') return null;
  const parts = flatten(second, 'and');
  const rest = readTests(parts, 0, whose);
  if (rest === null || rest.taken !== parts.length) return null;
  const isOfIt = rest.test.subject === guard.subject && rest.test.absent === 'unknown';
  return isOfIt ? { ...rest.test, absent: 'yes' } : null;
}

interface Subject {
  readonly name: string;
  readonly type: ValueType;
}

function subjectOf(expression: Expression, whose: Whose): Subject | null {
  const { kind, type } = expression;
  if (whose === 'activity') return kind === 'activity' ? { name: expression.member, type } : null;
  if (kind === 'created_at') return { name: 'created_at', type };
  return kind === 'lead' ? { name: expression.field, type } : null;
}

function readTest(expression: Expression, whose: Whose): Test | null {
  const test = (
    of: Expression,
    comparison: Comparison,
    values: readonly string[],
    absent: Absent = 'unknown',
  ): Test | null => {
    const subject = subjectOf(of, whose);
    return subject === null
      ? null
      : { subject: subject.name, type: subject.type, comparison, values, absent };
  };
  switch (expression.kind) {
    case 'lead':
      return expression.type === 'bool' ? test(expression, 'is', []) : null;
    case 'has':
      return test(expression.of, 'known', [], 'no');
    case 'in': {
      const values = expression.items.map(valueOf);
      return values.includes(null) || values.includes('')
        ? null
        : test(
            expression.of,
            'in',
            values.filter((each) => each !== null),
          );
    }
    case 'string_test': {
      const value = valueOf(expression.argument);
      return value === null || value === '' || expression.function === 'matches'
        ? null
        : test(expression.of, expression.function, [value]);
    }
    case 'not':
      return readNegation(expression.of, whose);
    case 'compare':
      return readComparison(expression, test);
    case 'literal':
    case 'created_at':
    case 'activity':
    case 'row':
    case 'negate':
    case 'and':
    case 'or':
    case 'arithmetic':
    case 'conditional':
    case 'size':
    case 'lower_ascii':
    case 'quantified':
    case 'count':
      return null;
  }
}

function readNegation(of: Expression, whose: Whose): Test | null {
  const test = readTest(of, whose);
  if (test === null) return null;
  if (of.kind === 'has') return { ...test, comparison: 'absent', absent: 'yes' };
  const opposite: Partial<Record<Comparison, Comparison>> = {
    in: 'not_in',
    is: 'is_not',
    contains: 'not_contains',
  };
  const comparison = of.kind === 'compare' ? undefined : opposite[test.comparison];
  return comparison === undefined ? null : { ...test, comparison };
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function readComparison(
  { operator, left, right }: Extract<Expression, { kind: 'compare' }>,
  test: (of: Expression, comparison: Comparison, values: readonly string[]) => Test | null,
): Test | null {
  if (left.kind === 'literal' && right.kind !== 'literal') {
    const mirrored = {
      kind: 'compare',
      type: 'bool',
      operator: MIRRORED[operator],
      left: right,
      right: left,
    } as const;
    return readComparison(mirrored, test);
  }
  const value = valueOf(right);
  if (value === null) return null;
  if (left.kind === 'arithmetic') {
    const isSince = left.operator === '-' && left.right.kind === 'created_at' && left.type === 'duration';
    if (!isSince || left.left.kind === 'created_at') return null;
    if (operator === '<=') return test(left.left, 'within', [value]);
    return operator === '>=' ? test(left.left, 'after', [value]) : null;
  }
  if (left.type === 'bool') {
    if (operator !== '==' && operator !== '!=') return null;
    return test(left, (value === 'true') === (operator === '==') ? 'is' : 'is_not', []);
  }
  // A blank text is a missing one: the comparison asks whether there is any.
  if (value === '' && left.type === 'string') return operator === '!=' ? test(left, 'known', []) : null;
  return test(left, operator, [value]);
}

/** A literal as a row shows it; null where it is none, or one that rows do not write again alike. */
function valueOf(expression: Expression): string | null {
  return expression.kind === 'literal' ? literalText(expression) : null;
}

function literalText(literal: Literal): string | null {
  switch (literal.type) {
    case 'bool':
      return String(literal.value);
    case 'int':
    case 'string':
      return literal.value;
    case 'double': {
      const text = Number.isInteger(literal.value) ? `${literal.value}.0` : String(literal.value);
      return /^-?\d+\.\d+$/.test(text) ? text : null;
    }
    case 'timestamp': {
      const microseconds = BigInt(literal.value);
      return microseconds % 1000n === 0n
        ? new Date(Number(microseconds / 1000n)).toISOString().replace('.000Z', 'Z')
        : null;
    }
    case 'duration':
      return durationText(BigInt(literal.value));
  }
}

/** Whole hours, minutes or seconds, as `duration()` reads them. */
function durationText(microseconds: bigint): string | null {
  if (microseconds < 0n || microseconds % 1_000_000n !== 0n) return null;
  const seconds = microseconds / 1_000_000n;
  if (seconds % 3600n === 0n) return `${seconds / 3600n}h`;
  return seconds % 60n === 0n ? `${seconds / 60n}m` : `${seconds}s`;
}

const QUANTITIES: Readonly<Record<Exclude<Quantifier, 'all'>, Quantity>> = {
  exists: 'some',
  exists_one: 'one',
};
const COUNTED: Partial<Record<ComparisonOperator, Quantity>> = {
  '>=': 'at_least',
  '<=': 'at_most',
  '==': 'exactly',
};

function readActivities(expression: Expression | undefined): ActivityCondition | null {
  if (expression === undefined) return null;
  const activities = (quantity: Quantity, count: number, predicate: Expression): ActivityCondition | null => {
    const details = readDetails(predicate);
    return details === null ? null : { kind: 'activity', quantity, count, details };
  };
  if (expression.kind === 'quantified' && expression.quantifier !== 'all')
    return activities(QUANTITIES[expression.quantifier], 1, expression.predicate);
  if (
    expression.kind === 'not' &&
    expression.of.kind === 'quantified' &&
    expression.of.quantifier === 'exists'
  )
    return activities('none', 0, expression.of.predicate);
  if (expression.kind !== 'compare' || expression.left.kind !== 'count') return null;
  const { operator, left, right } = expression;
  const quantity = COUNTED[operator];
  const count = right.kind === 'literal' && right.type === 'int' ? Number(right.value) : -1;
  return quantity === undefined || count < 0 || !Number.isSafeInteger(count)
    ? null
    : activities(quantity, count, left.predicate);
}

function readDetails(predicate: Expression): readonly Test<ActivityMember>[] | null {
  if (predicate.kind === 'literal') return predicate.value === true ? [] : null;
  const parts = flatten(predicate, 'and');
  const details: Test<ActivityMember>[] = [];
  for (let at = 0; at < parts.length;) {
    const read = readTests(parts, at, 'activity');
    if (read === null || !isMemberTest(read.test)) return null;
    details.push(read.test);
    at += read.taken;
  }
  return details;
}

function isMemberTest(test: Test): test is Test<ActivityMember> {
  return isActivityMember(test.subject);
}
