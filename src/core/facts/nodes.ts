import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Expression } from '../rule/expression.ts';
import { children, someNode } from '../rule/walk.ts';

type Macro = Extract<Expression, { kind: 'quantified' | 'count' }>;

export function isMacro(node: Expression): node is Macro {
  return node.kind === 'quantified' || node.kind === 'count';
}

export function readsActivities(expression: Expression): boolean {
  return someNode(expression, isMacro);
}

/** True of a predicate on activities that also reads the lead, so that it depends on the instant. */
export function readsLead(expression: Expression): boolean {
  return someNode(expression, (node) => node.kind === 'lead' || node.kind === 'created_at');
}

/** Every distinct macro of some agreements' rules, each with a short name for its column: the first ones first. */
export class MacroIndex {
  readonly #names = new Map<string, string>();
  readonly #macros: Macro[] = [];

  constructor(...agreements: readonly Agreement[]) {
    const add = (expression: Expression): void => {
      if (isMacro(expression)) {
        const key = JSON.stringify(expression.predicate);
        if (!this.#names.has(key)) {
          this.#names.set(key, `m${this.#names.size}`);
          this.#macros.push(expression);
        }
        return;
      }
      children(expression).forEach(add);
    };
    for (const agreement of agreements) for (const expression of ruleExpressions(agreement)) add(expression);
  }

  get macros(): readonly { readonly name: string; readonly predicate: Expression }[] {
    return this.#macros.map((macro) => ({ name: this.name(macro), predicate: macro.predicate }));
  }

  /** The name that all macros over the same predicate share. */
  name(macro: Macro): string {
    const name = this.#names.get(JSON.stringify(macro.predicate));
    if (name === undefined) throw new Error('a macro of another agreement');
    return name;
  }
}

/** The rules that decide stages, losses and hand-overs, in order. */
export function ruleExpressions(agreement: Agreement): readonly Expression[] {
  return [
    ...reachedStages(agreement).flatMap((stage: ReachedStage) =>
      stage.criteria.map((criterion) => criterion.rule.expression),
    ),
    ...agreement.lost.map((lost) => lost.rule.expression),
    ...agreement.handoffs.map((handoff) => handoff.to.expression),
  ];
}
