/**
 * A checked rule as plain data. It is what the parser and checker make of CEL text, and all that the SQL
 * compiler and the wording read. Every node has its type; macros (`exists`, `filter(…).size()`) are nodes of
 * their own.
 */
export type ValueType = 'bool' | 'int' | 'double' | 'string' | 'timestamp' | 'duration';

export type Literal =
  | { readonly kind: 'literal'; readonly type: 'bool'; readonly value: boolean }
  /** An int is kept as decimal text: JSON numbers damage 64 bits. */
  | { readonly kind: 'literal'; readonly type: 'int'; readonly value: string }
  | { readonly kind: 'literal'; readonly type: 'double'; readonly value: number }
  | { readonly kind: 'literal'; readonly type: 'string'; readonly value: string }
  /** `timestamp("…")` of a literal: microseconds since 1970 UTC, as decimal text. */
  | { readonly kind: 'literal'; readonly type: 'timestamp'; readonly value: string }
  /** `duration("…")` of a literal: microseconds, as decimal text. */
  | { readonly kind: 'literal'; readonly type: 'duration'; readonly value: string };

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type Quantifier = 'exists' | 'exists_one' | 'all';

/** The members of an activity that a rule may read. */
export type ActivityMember = 'type' | 'at' | 'outcome' | 'seller' | 'amount' | 'currency' | 'reason';

export type Expression =
  | Literal
  /** `lead.<field>`; of a `pii` field only its presence is known, so its type is string and it is only compared with "". */
  | { readonly kind: 'lead'; readonly type: ValueType; readonly field: string; readonly pii: boolean }
  /** `lead.created_at`, always known. */
  | { readonly kind: 'created_at'; readonly type: 'timestamp' }
  /** `<variable>.<member>` inside a macro over `activities`. Macros over activities are not nested. */
  | { readonly kind: 'activity'; readonly type: ValueType; readonly member: ActivityMember }
  /** `row["column"]`, only in a mapping's `when`: the raw text, "" when absent. */
  | { readonly kind: 'row'; readonly type: 'string'; readonly column: string }
  /** `has(lead.x)` or `has(a.outcome)`: never unknown. */
  | { readonly kind: 'has'; readonly type: 'bool'; readonly of: Expression }
  | { readonly kind: 'not'; readonly type: 'bool'; readonly of: Expression }
  | { readonly kind: 'negate'; readonly type: 'int' | 'double' | 'duration'; readonly of: Expression }
  | {
      readonly kind: 'and' | 'or';
      readonly type: 'bool';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'compare';
      readonly type: 'bool';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly type: ValueType;
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'in';
      readonly type: 'bool';
      readonly of: Expression;
      readonly items: readonly Expression[];
    }
  | {
      readonly kind: 'conditional';
      readonly type: ValueType;
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  /** String functions. `matches` takes a literal RE2 pattern and finds it anywhere in the text. */
  | {
      readonly kind: 'string_test';
      readonly type: 'bool';
      readonly function: 'contains' | 'startsWith' | 'endsWith' | 'matches';
      readonly of: Expression;
      readonly argument: Expression;
    }
  | { readonly kind: 'size'; readonly type: 'int'; readonly of: Expression }
  | { readonly kind: 'lower_ascii'; readonly type: 'string'; readonly of: Expression }
  /** `activities.exists(a, predicate)` and its kin. */
  | {
      readonly kind: 'quantified';
      readonly type: 'bool';
      readonly quantifier: Quantifier;
      readonly predicate: Expression;
    }
  /** `activities.filter(a, predicate).size()`; unknown where the predicate is unknown for any activity. */
  | { readonly kind: 'count'; readonly type: 'int'; readonly predicate: Expression };

/** A rule that was parsed and checked. */
export interface Rule {
  /** The CEL text as written. */
  readonly source: string;
  readonly expression: Expression;
  /** The lead's fields that the rule reads, in order of first mention. */
  readonly fields: readonly string[];
  readonly readsActivities: boolean;
}
