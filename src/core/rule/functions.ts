import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../diagnostic/nearest.ts';
import type { Check } from './context.ts';
import type { Expression, Quantifier } from './expression.ts';
import { isSafePattern, parseDuration, parseTimestamp } from './literals.ts';

const STRING_TESTS = ['contains', 'startsWith', 'endsWith', 'matches'] as const;
const QUANTIFIERS: readonly Quantifier[] = ['exists', 'exists_one', 'all'];
const METHODS: readonly string[] = [...STRING_TESTS, ...QUANTIFIERS, 'filter', 'size', 'lowerAscii'];
const FUNCTIONS: readonly string[] = ['has', 'size', 'timestamp', 'duration'];

/** `has(…)`, `size(…)`, `timestamp("…")`, `duration("…")`. */
export function checkCall(name: string, args: readonly ASTNode[], start: number, check: Check): Expression {
  const { text } = check;
  const [argument] = args;
  if (!FUNCTIONS.includes(name)) {
    return text.refuse('rule.unknown_function', start, { name, nearest: nearest(name, FUNCTIONS) ?? '' });
  }
  if (argument === undefined || args.length !== 1) {
    return text.refuse('rule.arguments', start, { name, expected: 1, found: args.length });
  }
  if (name === 'has') return checkHas(argument, check);
  if (name === 'size') return checkSize(argument, check);
  const literal = argument.op === 'value' && typeof argument.args === 'string' ? argument.args : null;
  if (literal === null) return text.refuse('rule.literal_only', argument.start, { name });
  if (name === 'timestamp') {
    const value = parseTimestamp(literal);
    if (value === null) return text.refuse('rule.bad_timestamp', argument.start, { value: literal });
    return { kind: 'literal', type: 'timestamp', value: value.toString() };
  }
  const value = parseDuration(literal);
  if (value === null) return text.refuse('rule.bad_duration', argument.start, { value: literal });
  return { kind: 'literal', type: 'duration', value: value.toString() };
}

function checkHas(argument: ASTNode, check: Check): Expression {
  const of = argument.op === '.' ? check.node(argument, check) : null;
  if (of === null || (of.kind !== 'lead' && of.kind !== 'activity')) {
    return check.text.refuse('rule.has_field', argument.start);
  }
  return { kind: 'has', type: 'bool', of };
}

function isActivities(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'activities';
}

function isFilter(node: ASTNode): node is Extract<ASTNode, { op: 'rcall' }> {
  return node.op === 'rcall' && node.args[0] === 'filter' && isActivities(node.args[1]);
}

function checkSize(of: ASTNode, check: Check): Expression {
  if (isActivities(of)) {
    requireActivities(of, check);
    return { kind: 'count', type: 'int', predicate: { kind: 'literal', type: 'bool', value: true } };
  }
  if (isFilter(of)) {
    return { kind: 'count', type: 'int', predicate: checkPredicate('filter', of.args[2], of.start, check) };
  }
  return { kind: 'size', type: 'int', of: checkText(of, check) };
}

function checkText(node: ASTNode, check: Check): Expression {
  const expression = check.node(node, check);
  if (expression.type !== 'string') {
    check.text.refuse('rule.wrong_type', node.start, { expected: 'string', found: expression.type });
  }
  if (expression.kind === 'lead' && expression.pii) {
    check.text.refuse('rule.personal', node.start, { name: expression.field });
  }
  return expression;
}

/** `receiver.method(…)`: macros over activities and functions of texts. */
export function checkMethod(
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  start: number,
  check: Check,
): Expression {
  const { text } = check;
  const quantifier = QUANTIFIERS.find((each) => each === name);
  if (isActivities(receiver)) {
    if (quantifier) {
      return {
        kind: 'quantified',
        type: 'bool',
        quantifier,
        predicate: checkPredicate(name, args, start, check),
      };
    }
    if (name === 'size') return checkSize(receiver, check);
    if (name === 'filter') return text.refuse('rule.filter_alone', start);
  }
  if (name === 'size' && args.length === 0) return checkSize(receiver, check);
  if (quantifier || name === 'filter') return text.refuse('rule.macro_receiver', receiver.start, { name });
  const test = STRING_TESTS.find((each) => each === name);
  if (test === undefined && name !== 'lowerAscii') {
    return text.refuse('rule.unknown_function', start, { name, nearest: nearest(name, METHODS) ?? '' });
  }
  const expected = test === undefined ? 0 : 1;
  if (args.length !== expected)
    return text.refuse('rule.arguments', start, { name, expected, found: args.length });
  const of = checkText(receiver, check);
  const [argument] = args;
  if (test === undefined || argument === undefined) return { kind: 'lower_ascii', type: 'string', of };
  const checked = checkText(argument, check);
  if (test === 'matches') {
    if (checked.kind !== 'literal') return text.refuse('rule.literal_only', argument.start, { name });
    if (!isSafePattern(String(checked.value))) return text.refuse('rule.bad_pattern', argument.start);
  }
  return { kind: 'string_test', type: 'bool', function: test, of, argument: checked };
}

function requireActivities(node: ASTNode, check: Check): void {
  if (check.environment.kind !== 'lead') check.text.refuse('rule.no_activities_here', node.start);
  if (check.variable !== null) check.text.refuse('rule.nested_macro', node.start);
}

function checkPredicate(name: string, args: readonly ASTNode[], start: number, check: Check): Expression {
  const { text } = check;
  const [variable, predicate] = args;
  if (variable === undefined || predicate === undefined || args.length !== 2) {
    return text.refuse('rule.arguments', start, { name, expected: 2, found: args.length });
  }
  if (check.environment.kind !== 'lead') return text.refuse('rule.no_activities_here', start);
  if (check.variable !== null) return text.refuse('rule.nested_macro', start);
  if (variable.op !== 'id' || variable.args === 'lead' || variable.args === 'activities') {
    return text.refuse('rule.macro_variable', variable.start);
  }
  const expression = check.node(predicate, { ...check, variable: variable.args });
  if (expression.type !== 'bool') {
    return text.refuse('rule.wrong_type', predicate.start, { expected: 'bool', found: expression.type });
  }
  return expression;
}
