import type { ComparisonOperator, Expression } from '../rule/expression.ts';
import { isMacro, readsActivities, readsLead } from './nodes.ts';

type Macro = Extract<Expression, { kind: 'quantified' | 'count' }>;

/**
 * When something begins or ends for a lead whose attributes never changed and that has no activity before its
 * creation. Any of them may never come.
 */
export type Moment =
  /** Its creation; where `holds` is told, only of leads of which that rule, which reads no activities, is true. */
  | { readonly kind: 'created'; readonly holds: Expression | null }
  /**
   * The nth of its activities that satisfy the predicate of a macro, from 1. `isTold`: it is the nth only where of every
   * activity it can be told whether it does.
   */
  | { readonly kind: 'match'; readonly macro: Macro; readonly nth: number; readonly isTold: boolean }
  /** The latest of some; never where one of them never comes. */
  | { readonly kind: 'latest'; readonly of: readonly Moment[] }
  /** The earliest of those that come. */
  | { readonly kind: 'earliest'; readonly of: readonly Moment[] }
  /** Never for leads of which a rule, which reads no activities, is true. */
  | { readonly kind: 'unless'; readonly holds: Expression; readonly of: Moment };

/** A rule is true from one moment, included, until another, not included; without an end where that is `null`. */
export interface Span {
  readonly from: Moment;
  readonly until: Moment | null;
}

/** Beyond that many activities a count is told by the exact way only: each lead keeps as many instants. */
const MOST_COUNTED = 50;

const CREATED: Moment = { kind: 'created', holds: null };

/**
 * When a rule is true, where that is one stretch of time for each lead: what happened, what has not happened yet,
 * how often it has, and most of what `&&`, `||` and `!` make of them. `null` for any other rule. Both false and unknown
 * are not true.
 */
export function spanOf(expression: Expression): Span | null {
  return spanWhere(expression, true);
}

/** When a rule has that truth. */
function spanWhere(expression: Expression, truth: boolean): Span | null {
  if (!readsActivities(expression)) {
    const holds = truth ? expression : ({ kind: 'not', type: 'bool', of: expression } as const);
    return { from: { kind: 'created', holds }, until: null };
  }
  if (expression.kind === 'not') return spanWhere(expression.of, !truth);
  if (expression.kind === 'and' || expression.kind === 'or') {
    const sides = flatten(expression, expression.kind).map((side) => spanWhere(side, truth));
    const spans = sides.filter((span) => span !== null);
    if (spans.length < sides.length) return null;
    return (expression.kind === 'and') === truth ? whileAll(spans) : whileAny(spans);
  }
  if (expression.kind === 'quantified') return quantifiedSpan(expression, truth);
  return expression.kind === 'compare' ? countSpan(expression, truth) : null;
}

function flatten(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
  return expression.kind === kind
    ? [...flatten(expression.left, kind), ...flatten(expression.right, kind)]
    : [expression];
}

function whileAll(spans: readonly Span[]): Span {
  const ends = spans.map(({ until }) => until).filter((until) => until !== null);
  return {
    from: { kind: 'latest', of: spans.map(({ from }) => from) },
    until: ends.length === 0 ? null : { kind: 'earliest', of: ends },
  };
}

/** `null` where that may be several stretches. */
function whileAny(spans: readonly Span[]): Span | null {
  const from: Moment = { kind: 'earliest', of: spans.map((span) => span.from) };
  const ends = spans.map(({ until }) => until).filter((until) => until !== null);
  const [only] = ends;
  if (only === undefined) return { from, until: null };
  const constants: Expression[] = [];
  for (const span of spans) {
    if (span.until === null) {
      if (span.from.kind !== 'created') return null;
      if (span.from.holds !== null) constants.push(span.from.holds);
    } else if (ends.length > 1 && (span.from.kind !== 'created' || span.from.holds !== null)) return null;
  }
  const until = constants.reduce<Moment>(
    (of, holds) => ({ kind: 'unless', holds, of }),
    ends.length === 1 ? only : { kind: 'latest', of: ends },
  );
  return { from, until };
}

function quantifiedSpan(macro: Extract<Expression, { kind: 'quantified' }>, truth: boolean): Span | null {
  if (readsLead(macro.predicate)) return null;
  if (macro.quantifier === 'exists')
    return truth
      ? { from: { kind: 'match', macro, nth: 1, isTold: false }, until: null }
      : { from: CREATED, until: nthOf(macro, 1) };
  if (macro.quantifier === 'exists_one' && truth) return { from: nthOf(macro, 1), until: nthOf(macro, 2) };
  return null;
}

function nthOf(macro: Macro, nth: number): Moment {
  return { kind: 'match', macro, nth, isTold: true };
}

const TURNED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

const NEGATED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** `activities.filter(a, …).size() >= 3`, however it is written. */
function countSpan(comparison: Extract<Expression, { kind: 'compare' }>, truth: boolean): Span | null {
  const { left, right } = comparison;
  const isTurned = right.kind === 'count';
  const [macro, number] = isTurned ? [right, left] : [left, right];
  if (macro.kind !== 'count' || number.kind !== 'literal' || number.type !== 'int') return null;
  if (readsLead(macro.predicate)) return null;
  const own = isTurned ? TURNED[comparison.operator] : comparison.operator;
  const operator = truth ? own : NEGATED[own];
  const count = Number(number.value);
  if (count < 0 || count >= MOST_COUNTED) return null;
  const reached = (nth: number): Span | null => (nth === 0 ? null : { from: nthOf(macro, nth), until: null });
  const below = (nth: number): Span | null =>
    nth === 0 ? null : { from: CREATED, until: nthOf(macro, nth) };
  switch (operator) {
    case '>=':
      return reached(count);
    case '>':
      return reached(count + 1);
    case '<':
      return below(count);
    case '<=':
      return below(count + 1);
    case '==':
      return count === 0 ? below(1) : { from: nthOf(macro, count), until: nthOf(macro, count + 1) };
    case '!=':
      return count === 0 ? reached(1) : null;
  }
}

/** True of rules that, for unchanging attributes, never turn from true to anything else. */
export function isMonotone(expression: Expression): boolean {
  const span = spanOf(expression);
  return span !== null && span.until === null;
}

/** `exists` over a predicate that reads the activity only: once true it stays true. */
export function isLasting(expression: Expression): boolean {
  return (
    expression.kind === 'quantified' && expression.quantifier === 'exists' && !readsLead(expression.predicate)
  );
}

/** When a part of a rule that asks of activities by itself is true, or where that is no span, when it is not. */
export function spanOfLeaf(expression: Expression): { readonly truth: boolean; readonly span: Span } | null {
  if (!isMacro(expression) && expression.kind !== 'compare') return null;
  for (const truth of [true, false]) {
    const span = spanWhere(expression, truth);
    if (span !== null) return { truth, span };
  }
  return null;
}

/** The matches that are counted where a span begins or ends: those that need every activity to be told. */
export function countedMatches({
  from,
  until,
}: Span): readonly { readonly macro: Macro; readonly nth: number }[] {
  return [from, ...(until === null ? [] : [until])].flatMap(countedAt);
}

function countedAt(moment: Moment): readonly { readonly macro: Macro; readonly nth: number }[] {
  switch (moment.kind) {
    case 'created':
      return [];
    case 'match':
      return moment.isTold ? [moment] : [];
    case 'latest':
    case 'earliest':
      return moment.of.flatMap(countedAt);
    case 'unless':
      return countedAt(moment.of);
  }
}
