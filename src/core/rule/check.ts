import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../diagnostic/nearest.ts';
import type { Check } from './context.ts';
import type { KnownField } from './environment.ts';
import { isActivityMember, TYPE_OF_FIELD, TYPE_OF_MEMBER } from './environment.ts';
import type { ArithmeticOperator, ComparisonOperator, Expression, ValueType } from './expression.ts';
import { checkCall, checkMethod } from './functions.ts';
import { intLiteral } from './literals.ts';
import { joined } from './walk.ts';

const DEEPEST = 100;

/** What an operator joins in a row, `a || b || c`, however many they are. */
export function operands(node: ASTNode, operator: '&&' | '||'): readonly ASTNode[] {
  const parts: ASTNode[] = [];
  const rest: ASTNode[] = [node];
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (part.op === operator) rest.push(part.args[1], part.args[0]);
    else parts.push(part);
  }
  return parts;
}

/** The typed expression of a syntax tree. Throws FaultError at the first part that makes no sense. */
export function checkNode(node: ASTNode, outer: Check): Expression {
  const check = { ...outer, depth: outer.depth + 1 };
  const { text } = check;
  if (check.depth > DEEPEST) return text.refuse('rule.too_deep', node.start);
  switch (node.op) {
    case 'value':
      return checkLiteral(node.args, node.start, check);
    case '.':
      return checkMember(node.args[0], node.args[1], node.pos, check);
    case '[]':
      return checkRow(node.args[0], node.args[1], node.start, check);
    case 'id':
      return checkName(node.args, node.start, check);
    case '||':
    case '&&':
      return joined(
        node.op === '||' ? 'or' : 'and',
        operands(node, node.op).map((part) => checkBool(part, check)),
      );
    case '!_':
      return { kind: 'not', type: 'bool', of: checkBool(node.args, check) };
    case '-_':
      return checkNegation(node.args, node.start, check);
    case '?:':
      return checkConditional(node.args, check);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkComparison(node.op, node.args[0], node.args[1], check);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkArithmetic(node.op, node.args[0], node.args[1], check);
    case 'in':
      return checkIn(node.args[0], node.args[1], check);
    case 'call':
      return checkCall(node.args[0], node.args[1], node.start, check);
    case 'rcall':
      return checkMethod(node.args[0], node.args[1], node.args[2], node.start, check);
    case 'list':
    case 'map':
    case '.?':
    case '[?]':
      return text.refuse('rule.unsupported', node.start, { what: node.op });
  }
}

export function checkBool(node: ASTNode, check: Check): Expression {
  return expectType(node, 'bool', check);
}

export function expectType(node: ASTNode, type: ValueType, check: Check): Expression {
  const expression = checkNode(node, check);
  if (expression.type !== type) {
    check.text.refuse('rule.wrong_type', node.start, { expected: type, found: expression.type });
  }
  return expression;
}

function checkLiteral(value: unknown, start: number, { text }: Check): Expression {
  if (typeof value === 'boolean') return { kind: 'literal', type: 'bool', value };
  if (typeof value === 'string') return { kind: 'literal', type: 'string', value };
  if (typeof value === 'number') return { kind: 'literal', type: 'double', value };
  if (typeof value === 'bigint') return intLiteral(value) ?? text.refuse('rule.number_too_large', start);
  if (value === null) return text.refuse('rule.null', start);
  return text.refuse('rule.unsupported', start, { what: 'bytes, uint' });
}

function checkName(name: string, start: number, { text, environment, variable }: Check): never {
  if (name === 'activities') return text.refuse('rule.activities_alone', start);
  if (name === variable || name === 'lead' || name === 'activity' || name === 'row') {
    return text.refuse('rule.name_alone', start, { name });
  }
  const fields = 'fields' in environment ? environment.fields.map((field) => field.name) : [];
  if (fields.includes(name)) return text.refuse('rule.field_without_lead', start, { name });
  return text.refuse('rule.unknown_name', start, { name });
}

function checkMember(object: ASTNode, name: string, pos: number, check: Check): Expression {
  const { text, environment, variable } = check;
  if (object.op !== 'id') return text.refuse('rule.unsupported', pos, { what: `.${name}` });
  const ofActivity =
    object.args === variable || (environment.kind === 'activity' && object.args === 'activity');
  if (ofActivity) {
    if (!isActivityMember(name)) {
      const known = Object.keys(TYPE_OF_MEMBER);
      return text.refuse('rule.unknown_member', pos, {
        name,
        known: known.join(', '),
        nearest: nearest(name, known) ?? '',
      });
    }
    return { kind: 'activity', type: TYPE_OF_MEMBER[name], member: name };
  }
  if (object.args !== 'lead' || !('fields' in environment)) {
    return text.refuse('rule.unknown_name', object.start, { name: object.args });
  }
  if (name === 'created_at') return { kind: 'created_at', type: 'timestamp' };
  return leadField(name, environment.fields, pos, check);
}

function leadField(name: string, fields: readonly KnownField[], pos: number, check: Check): Expression {
  const field = fields.find((each) => each.name === name);
  if (!field) {
    const names = fields.map((each) => each.name);
    return check.text.refuse('rule.unknown_field', pos, { name, nearest: nearest(name, names) ?? '' });
  }
  if (field.pii !== null && check.environment.kind === 'filter') {
    return check.text.refuse('rule.personal_in_filter', pos, { name });
  }
  return {
    kind: 'lead',
    type: field.pii === null ? TYPE_OF_FIELD[field.type] : 'string',
    field: name,
    pii: field.pii !== null,
  };
}

function checkRow(object: ASTNode, key: ASTNode, start: number, check: Check): Expression {
  const { text, environment } = check;
  if (environment.kind !== 'row' || object.op !== 'id' || object.args !== 'row') {
    return text.refuse('rule.unsupported', start, { what: '[ ]' });
  }
  if (key.op !== 'value' || typeof key.args !== 'string') return text.refuse('rule.row_column', key.start);
  if (environment.columns !== null && !environment.columns.includes(key.args)) {
    return text.refuse('rule.unknown_column', key.start, {
      name: key.args,
      nearest: nearest(key.args, environment.columns) ?? '',
    });
  }
  return { kind: 'row', type: 'string', column: key.args };
}

function checkNegation(operand: ASTNode, start: number, check: Check): Expression {
  if (operand.op === 'value' && typeof operand.args === 'bigint') {
    return intLiteral(-operand.args) ?? check.text.refuse('rule.number_too_large', start);
  }
  const of = checkNode(operand, check);
  if (of.kind === 'literal' && of.type === 'double') return { ...of, value: -of.value };
  if (of.type !== 'int' && of.type !== 'double') {
    return check.text.refuse('rule.wrong_type', operand.start, { expected: 'int', found: of.type });
  }
  return { kind: 'negate', type: of.type, of };
}

function checkConditional([test, yes, no]: readonly [ASTNode, ASTNode, ASTNode], check: Check): Expression {
  const condition = checkBool(test, check);
  const left = checkValue(yes, check);
  const right = checkValue(no, check);
  if (left.type !== right.type) {
    check.text.refuse('rule.different_types', no.start, { left: left.type, right: right.type });
  }
  return { kind: 'conditional', type: left.type, condition, yes: left, no: right };
}

/** A part whose value is computed with: personal data have none to compute with. */
function checkValue(node: ASTNode, check: Check): Expression {
  const expression = checkNode(node, check);
  if (expression.kind === 'lead' && expression.pii) {
    check.text.refuse('rule.personal', node.start, { name: expression.field });
  }
  return expression;
}

function isNumeric(type: ValueType): boolean {
  return type === 'int' || type === 'double';
}

function checkComparison(operator: ComparisonOperator, a: ASTNode, b: ASTNode, check: Check): Expression {
  const left = checkNode(a, check);
  const right = checkNode(b, check);
  for (const [side, other, node] of [
    [left, right, a],
    [right, left, b],
  ] as const) {
    if (side.kind !== 'lead' || !side.pii) continue;
    const blank = other.kind === 'literal' && other.value === '';
    if (!blank || (operator !== '==' && operator !== '!=')) {
      check.text.refuse('rule.personal', node.start, { name: side.field });
    }
  }
  if (left.type !== right.type && !(isNumeric(left.type) && isNumeric(right.type))) {
    check.text.refuse('rule.different_types', b.start, { left: left.type, right: right.type });
  }
  if (left.type === 'bool' && operator !== '==' && operator !== '!=') {
    check.text.refuse('rule.no_order', a.start);
  }
  return { kind: 'compare', type: 'bool', operator, left, right };
}

function resultType(operator: ArithmeticOperator, left: ValueType, right: ValueType): ValueType | null {
  if (left === right) {
    if (left === 'int') return 'int';
    if (left === 'double') return operator === '%' ? null : 'double';
    if (left === 'string') return operator === '+' ? 'string' : null;
    if (left === 'duration') return operator === '+' || operator === '-' ? 'duration' : null;
    if (left === 'timestamp') return operator === '-' ? 'duration' : null;
  }
  if (left === 'timestamp' && right === 'duration')
    return operator === '+' || operator === '-' ? 'timestamp' : null;
  if (left === 'duration' && right === 'timestamp') return operator === '+' ? 'timestamp' : null;
  return null;
}

function checkArithmetic(operator: ArithmeticOperator, a: ASTNode, b: ASTNode, check: Check): Expression {
  const left = checkValue(a, check);
  const right = checkValue(b, check);
  const type = resultType(operator, left.type, right.type);
  if (type === null) {
    const mixed = isNumeric(left.type) && isNumeric(right.type) && operator !== '%';
    return check.text.refuse(mixed ? 'rule.mixed_numbers' : 'rule.no_arithmetic', a.start, {
      operator,
      left: left.type,
      right: right.type,
    });
  }
  const zero = right.kind === 'literal' && Number(right.value) === 0 && isNumeric(right.type);
  if ((operator === '/' || operator === '%') && zero) check.text.refuse('rule.division_by_zero', b.start);
  return { kind: 'arithmetic', type, operator, left, right };
}

function checkIn(a: ASTNode, list: ASTNode, check: Check): Expression {
  const of = checkValue(a, check);
  if (list.op !== 'list') return check.text.refuse('rule.in_list', list.start);
  if (list.args.length > 1000) return check.text.refuse('rule.list_too_long', list.start);
  const items = list.args.map((item) => {
    const each = checkValue(item, check);
    if (each.type !== of.type && !(isNumeric(each.type) && isNumeric(of.type))) {
      check.text.refuse('rule.different_types', item.start, { left: of.type, right: each.type });
    }
    return each;
  });
  return { kind: 'in', type: 'bool', of, items };
}
