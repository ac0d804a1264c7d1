import type { Expression } from './expression.ts';

/** True of a rule that no lead fulfils without an activity: something was done. */
export function takesActivity(rule: Expression): boolean {
  return truthWithout(rule) === false;
}

/** What a rule says where there are no activities, whatever the lead; `null` where it depends on the lead. */
function truthWithout(rule: Expression): boolean | null {
  switch (rule.kind) {
    case 'literal':
      return rule.type === 'bool' ? rule.value : null;
    case 'quantified':
      return rule.quantifier === 'all';
    case 'not': {
      const truth = truthWithout(rule.of);
      return truth === null ? null : !truth;
    }
    case 'and':
    case 'or': {
      const decides = rule.kind === 'or';
      const sides = [truthWithout(rule.left), truthWithout(rule.right)];
      if (sides.includes(decides)) return decides;
      return sides.includes(null) ? null : !decides;
    }
    case 'conditional': {
      const condition = truthWithout(rule.condition);
      const [yes, no] = [truthWithout(rule.yes), truthWithout(rule.no)];
      if (condition === null) return yes === no ? yes : null;
      return condition ? yes : no;
    }
    case 'compare': {
      const [left, right] = [countWithout(rule.left), countWithout(rule.right)];
      return left === null || right === null ? null : compared(rule.operator, left, right);
    }
    case 'lead':
    case 'created_at':
    case 'activity':
    case 'row':
    case 'has':
    case 'negate':
    case 'arithmetic':
    case 'in':
    case 'string_test':
    case 'size':
    case 'lower_ascii':
    case 'count':
      return null;
  }
}

function countWithout(value: Expression): bigint | null {
  if (value.kind === 'count') return 0n;
  return value.kind === 'literal' && value.type === 'int' ? BigInt(value.value) : null;
}

function compared(
  operator: Extract<Expression, { kind: 'compare' }>['operator'],
  left: bigint,
  right: bigint,
): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
