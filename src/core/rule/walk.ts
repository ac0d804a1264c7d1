import type { Expression } from './expression.ts';

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
