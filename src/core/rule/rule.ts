import { parse, ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Diagnostic, Locate } from '../diagnostic/diagnostic.ts';
import { FaultError } from '../diagnostic/errors.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { checkNode, operands } from './check.ts';
import type { Check } from './context.ts';
import type { RuleEnvironment } from './environment.ts';
import type { Expression, Rule } from './expression.ts';
import { RuleText } from './faults.ts';
import { joined, someNode, visit } from './walk.ts';

const LONGEST = 10_000;

/**
 * Parses and checks a rule in CEL.
 *
 * @param locate where the rule's characters stand in its file; in the rule itself without it
 * @returns the typed rule, or all faults found, each with its place
 */
export function parseRule(source: string, environment: RuleEnvironment, locate?: Locate): Result<Rule> {
  const text = new RuleText(source, locate);
  if (source.trim() === '') return failure(text.fault('rule.empty', 0));
  if (source.length > LONGEST) return failure(text.fault('rule.too_long', 0, { most: LONGEST }));
  let tree: ASTNode;
  try {
    tree = parse(source).ast;
  } catch (error) {
    return failure(syntaxFault(error, text));
  }
  const check: Check = { text, environment, variable: null, depth: 0, node: checkNode };
  const faults: Diagnostic[] = [];
  // The parts that `&&` joins at the top, so that each tells its own fault.
  const parts = operands(tree, '&&').map((node) => attempt(node, check, faults));
  if (faults.length > 0) return failure(...faults);
  const expression = joined(
    'and',
    parts.filter((part) => part !== null),
  );
  const fields: string[] = [];
  visit(expression, (node) => {
    if (node.kind === 'lead' && !fields.includes(node.field)) fields.push(node.field);
  });
  return success({
    source,
    expression,
    fields,
    readsActivities: someNode(expression, (node) => node.kind === 'quantified' || node.kind === 'count'),
  });
}

function attempt(node: ASTNode, check: Check, faults: Diagnostic[]): Expression | null {
  try {
    const expression = checkNode(node, check);
    if (expression.type === 'bool') return expression;
    faults.push(check.text.fault('rule.not_a_question', node.start, { found: expression.type }));
    return null;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    faults.push(...error.faults);
    return null;
  }
}

/** The library's message with the mends that people need most. */
function syntaxFault(error: unknown, text: RuleText): Diagnostic {
  if (!(error instanceof ParseError)) throw error;
  const offset = error.range?.start ?? 0;
  const rest = text.source.slice(offset);
  const before = text.source.slice(0, offset);
  const word = /^[A-Za-z]+/.exec(rest)?.[0] ?? '';
  if (/^(?:and|y)$/i.test(word)) return text.fault('rule.word_and', offset, { word });
  if (/^(?:or|o)$/i.test(word)) return text.fault('rule.word_or', offset, { word });
  if (/^(?:not|no)$/i.test(word)) return text.fault('rule.word_not', offset, { word });
  if (rest.startsWith('=') && !rest.startsWith('==')) return text.fault('rule.single_equals', offset);
  if (/^[&|](?![&|])/.test(rest))
    return text.fault('rule.single_operator', offset, { operator: rest[0] ?? '' });
  if (/^[“”‘’«»]/.test(rest)) return text.fault('rule.curly_quotes', offset);
  if (error.code === 'unterminated_string' || /^[bBrR]?(?:"""|''')/.test(rest))
    return text.fault('rule.open_text', offset);
  if (/Exceeded/.test(error.message) && /maxListElements/.test(error.message)) {
    return text.fault('rule.list_too_long', offset);
  }
  if (/Exceeded/.test(error.message)) {
    return text.fault('rule.too_deep', Math.min(offset, 80));
  }
  if (rest.trim() === '') return text.fault('rule.ends_early', before.trimEnd().length);
  return text.fault('rule.syntax', offset, { found: rest.slice(0, 20).split('\n')[0] ?? '' });
}
