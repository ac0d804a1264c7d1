import { celEnv, isCelError, parse, plan, run } from '@bufbuild/cel';
import type { CelInput } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { Field } from '../../src/core/agreement/agreement.ts';
import type { State } from './history.ts';
import type { Activity, Instant, Value } from './records.ts';
import { isoOf } from './records.ts';

/** What a rule says: `null` is unknown. */
export type Truth = boolean | null;
type Bindings = Record<string, CelInput>;

const environment = celEnv({ funcs: strings });
const plans = new Map<string, (bindings: Bindings) => Truth>();
const timestamps = new Map<Instant, CelInput>();

/**
 * The truth of CEL text, by a CEL library and no code of ours. A missing field is an absent key, reading it an
 * error; `&&`, `||` and the macros absorb errors as CEL says, and an error that is left is "unknown".
 */
export function truthOf(source: string, bindings: Bindings): Truth {
  let evaluate = plans.get(source);
  if (evaluate === undefined) {
    const planned = plan(environment, parse(source));
    evaluate = (given) => {
      const result = planned(given);
      if (isCelError(result)) return null;
      if (typeof result !== 'boolean') throw new TypeError(`not a rule: ${source}`);
      return result;
    };
    plans.set(source, evaluate);
  }
  return evaluate(bindings);
}

/** What a rule over a lead sees. */
export function leadBindings(state: State, fields: readonly Field[]): Bindings {
  const lead: Record<string, CelInput> = { created_at: timestamp(state.createdAt) };
  for (const field of fields) {
    const value = state.attributes.get(field.name);
    if (value !== undefined) lead[field.name] = celValue(value, field);
  }
  return { lead, activities: state.activities.map(celActivity) };
}

/** Members without a value are absent keys. */
export function celActivity(activity: Activity): Record<string, CelInput> {
  const { type, outcome, seller, amount, currency, reason } = activity;
  const members = { type, outcome, seller, amount, currency, reason };
  const given: Record<string, CelInput> = { at: timestamp(activity.at) };
  for (const [name, value] of Object.entries(members)) {
    if (value !== null) given[name] = value;
  }
  return given;
}

function celValue(value: Value, field: Field): CelInput {
  if (typeof value !== 'bigint' || field.type === 'integer') return value;
  return timestamp(value);
}

function timestamp(instant: Instant): CelInput {
  const kept = timestamps.get(instant);
  if (kept !== undefined) return kept;
  const made = run('timestamp(text)', { text: isoOf(instant) });
  if (isCelError(made)) throw made;
  if (timestamps.size > 100_000) timestamps.clear();
  timestamps.set(instant, made);
  return made;
}
