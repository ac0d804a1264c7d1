import { InvariantError } from '../diagnostic/errors.ts';
import type { Expression } from './expression.ts';

/** Parts joined as a tree as shallow as can be: a long row of them nests no deeper than engines allow. */
export function joined(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [only] = parts;
  if (only === undefined) throw new InvariantError('nothing to join');
  if (parts.length === 1) return only;
  const middle = Math.ceil(parts.length / 2);
  return {
    kind,
    type: 'bool',
    left: joined(kind, parts.slice(0, middle)),
    right: joined(kind, parts.slice(middle)),
  };
}

/** The direct parts of an expression. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'lead':
    case 'created_at':
    case 'activity':
    case 'row':
      return [];
    case 'has':
    case 'not':
    case 'negate':
    case 'size':
    case 'lower_ascii':
      return [expression.of];
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'in':
      return [expression.of, ...expression.items];
    case 'conditional':
      return [expression.condition, expression.yes, expression.no];
    case 'string_test':
      return [expression.of, expression.argument];
    case 'quantified':
    case 'count':
      return [expression.predicate];
  }
}

export function someNode(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || children(expression).some((child) => someNode(child, test));
}

/** Calls back for each node, parents before their parts. */
export function visit(expression: Expression, each: (node: Expression) => void): void {
  each(expression);
  for (const child of children(expression)) visit(child, each);
}

/** The lead's fields that decide a rule: those read outside `has()`. */
export function neededFields(expression: Expression): readonly string[] {
  if (expression.kind === 'has') return [];
  if (expression.kind === 'lead') return [expression.field];
  return [...new Set(children(expression).flatMap(neededFields))];
}
