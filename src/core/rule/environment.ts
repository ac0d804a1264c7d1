import type { FieldType, PiiKind } from '../agreement/agreement.ts';
import type { ActivityMember, ValueType } from './expression.ts';

export interface KnownField {
  readonly name: string;
  readonly type: FieldType;
  readonly pii: PiiKind | null;
}

/** What the names in a rule stand for. */
export type RuleEnvironment =
  /** `lead.<field>`, `lead.created_at`, `activities`. */
  | { readonly kind: 'lead'; readonly fields: readonly KnownField[] }
  /** `lead.<field>` and `lead.created_at` only: a filter over facts. */
  | { readonly kind: 'filter'; readonly fields: readonly KnownField[] }
  /** `activity.<member>`: a predicate on one activity. */
  | { readonly kind: 'activity' }
  /** `row["column"]`; `columns` is null where they are not known yet. */
  | { readonly kind: 'row'; readonly columns: readonly string[] | null };

export const TYPE_OF_FIELD: Readonly<Record<FieldType, ValueType>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  date: 'timestamp',
  timestamp: 'timestamp',
};

export const TYPE_OF_MEMBER: Readonly<Record<ActivityMember, ValueType>> = {
  type: 'string',
  at: 'timestamp',
  outcome: 'string',
  seller: 'string',
  amount: 'double',
  currency: 'string',
  reason: 'string',
};

export function isActivityMember(name: string): name is ActivityMember {
  return Object.hasOwn(TYPE_OF_MEMBER, name);
}
