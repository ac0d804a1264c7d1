import type { Agreement, LostRule } from '../../src/core/agreement/agreement.ts';
import { stateAt } from './history.ts';
import type { History } from './history.ts';
import { predicatesIn } from './predicates.ts';
import type { Activity, Instant } from './records.ts';
import { celActivity, leadBindings, truthOf } from './rule-truth.ts';

export interface Loss {
  readonly at: Instant;
  readonly rule: string;
  readonly reason: string | null;
}

/** The first loss not before an instant: the lead's latest progress. */
export function lossSince(agreement: Agreement, history: History, progress: Instant): Loss | null {
  let first: Loss | null = null;
  for (const rule of agreement.lost) {
    const loss = lossBy(rule, agreement, history, progress);
    if (loss !== null && (first === null || loss.at < first.at)) first = loss;
  }
  return first;
}

/** A lead is lost at the instant at which the rule becomes true, and anew by each activity that renews it. */
function lossBy(rule: LostRule, agreement: Agreement, history: History, progress: Instant): Loss | null {
  let before = false;
  for (const instant of history.instants) {
    const state = stateAt(history, instant);
    const bindings = leadBindings(state, agreement.fields);
    const now = truthOf(rule.rule.source, bindings) === true;
    const cause = causeOf(
      rule,
      bindings,
      state.activities.filter((activity) => activity.at === instant),
    );
    if (now && (!before || cause !== null) && instant >= progress) {
      return { at: instant, rule: rule.id, reason: reasonOf(rule, cause, state.attributes) };
    }
    before = now;
  }
  return null;
}

/** The first activity of an instant that satisfies one of the rule's `exists`. */
function causeOf(
  rule: LostRule,
  bindings: ReturnType<typeof leadBindings>,
  activities: readonly Activity[],
): Activity | null {
  const predicates = predicatesIn(rule.rule.source).filter(
    (each) => each.macro === 'exists' && !each.negated,
  );
  return (
    activities.find((activity) =>
      predicates.some(
        (each) => truthOf(each.source, { ...bindings, [each.variable]: celActivity(activity) }) === true,
      ),
    ) ?? null
  );
}

function reasonOf(
  rule: LostRule,
  cause: Activity | null,
  attributes: ReadonlyMap<string, unknown>,
): string | null {
  if (rule.reason === null) return null;
  if (rule.reason.from === 'lead') {
    const value = attributes.get(rule.reason.field);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : null;
  }
  switch (rule.reason.member) {
    case 'type':
    case 'outcome':
    case 'seller':
    case 'currency':
    case 'reason':
      return cause === null ? null : cause[rule.reason.member];
    default:
      throw new RangeError(`no text: ${rule.reason.member}`);
  }
}
