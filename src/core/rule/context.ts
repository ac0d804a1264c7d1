import type { ASTNode } from '@marcbachmann/cel-js';
import type { RuleEnvironment } from './environment.ts';
import type { Expression } from './expression.ts';
import type { RuleText } from './faults.ts';

/** A check of one rule: what names mean at this point, and where faults are reported. */
export interface Check {
  readonly text: RuleText;
  readonly environment: RuleEnvironment;
  /** The variable of the macro that this part stands in. */
  readonly variable: string | null;
  /** Depth of the syntax tree so far: hostile rules nest. */
  readonly depth: number;
  /** The check of any node, for the parts of one. */
  readonly node: (node: ASTNode, check: Check) => Expression;
}
