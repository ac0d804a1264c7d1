import { evaluate } from '@marcbachmann/cel-js';
import type { Rule } from '../../../core/rule/expression.ts';
import { visit } from '../../../core/rule/walk.ts';

/** Whether a mapping's `when` holds of a row of texts; what is not there is blank, as in a file. */
export function holds(rule: Rule, row: ReadonlyMap<string, string | null>): boolean {
  const cells: Record<string, string> = Object.create(null);
  visit(rule.expression, (node) => {
    if (node.kind === 'row') cells[node.column] = (row.get(node.column) ?? '').trim();
  });
  try {
    return evaluate(rule.source, { row: cells }) === true;
  } catch {
    // Of a value that the rule cannot take, such as a text where it wants a number, it does not hold.
    return false;
  }
}

/** True of a rule that can be asked of a row here: patterns are the engine's, whose time is bounded. */
export function isOfRow(rule: Rule): boolean {
  let plain = true;
  visit(rule.expression, (node) => {
    if (node.kind === 'string_test' && node.function === 'matches') plain = false;
    if (node.kind === 'lower_ascii') plain = false;
  });
  return plain;
}
