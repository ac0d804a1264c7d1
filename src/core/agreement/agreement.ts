import type { Rule } from '../rule/expression.ts';

export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp';
export type PiiKind = 'phone' | 'email' | 'name' | 'address' | 'document' | 'other';
export type Label = Readonly<Partial<Record<'es' | 'en', string>>>;

export interface Area {
  readonly id: string;
  readonly label: Label;
}

/** A typed attribute of a lead. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly label: Label;
  /** Personal data: kept apart, and only its presence takes part in rules. */
  readonly pii: PiiKind | null;
  /** Values that mean "missing" for this field, besides blank. */
  readonly missing: readonly string[];
}

export interface Criterion {
  readonly id: string;
  readonly label: Label;
  readonly rule: Rule;
}

/** A length of time with its text as written (`30d`, `1h`, `90m`). */
export interface Span {
  readonly text: string;
  readonly seconds: number;
}

interface StageCommon {
  readonly id: string;
  readonly label: Label;
  readonly owner: string;
}

export interface MeasuredStage extends StageCommon {
  readonly kind: 'measured';
  readonly from: 'impressions' | 'clicks';
}

/** What money a stage carries: the sum of `amount` over the activities for which `where` is true. */
export interface StageValue {
  readonly sum: 'amount';
  /** Over `activity.<member>`, compiled as a predicate on one activity. */
  readonly where: Rule;
}

export interface ReachedStage extends StageCommon {
  readonly kind: 'reached';
  readonly criteria: readonly Criterion[];
  /** `false` for `requires: none`. */
  readonly requiresPrevious: boolean;
  readonly within: Span | null;
  readonly value: StageValue | null;
}

export type Stage = MeasuredStage | ReachedStage;

export interface LostRule {
  readonly id: string;
  readonly label: Label;
  readonly rule: Rule;
  /** `activity.<member>` of the first activity that made the rule true, or a field of the lead. */
  readonly reason:
    | { readonly from: 'activity'; readonly member: string }
    | { readonly from: 'lead'; readonly field: string }
    | null;
}

/** A count of a stage, a share of two stages, a cost per stage, the value, or the return on spend. */
export type TargetMetric =
  | { readonly kind: 'count'; readonly stage: string }
  | { readonly kind: 'share'; readonly stage: string; readonly of: string }
  | { readonly kind: 'cost'; readonly stage: string }
  | { readonly kind: 'value' }
  | { readonly kind: 'return' };

export interface Target {
  readonly id: string;
  readonly label: Label;
  readonly owner: string;
  readonly metric: TargetMetric;
  readonly bound: 'at_least' | 'at_most';
  /** A fraction for a share, a number for a count or a return, money for a cost or value. */
  readonly goal: number;
  readonly per: 'week' | 'month' | 'quarter';
  /** Only these leads count, if given: a rule over the lead's fields. */
  readonly where: Rule | null;
}

export type WeekdayName = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface Handoff {
  readonly id: string;
  readonly label: Label;
  readonly owner: string;
  readonly from: string;
  readonly to: Rule;
  readonly within: Span;
  /** Working hours as minutes of the local day, by weekday; `null`: the calendar. */
  readonly hours: Readonly<
    Partial<Record<WeekdayName, { readonly from: number; readonly to: number }>>
  > | null;
  /** ISO dates. */
  readonly holidays: readonly string[];
}

export type CalendarPart = 'day' | 'week' | 'month' | 'weekday' | 'hour' | 'weekday_hour';

interface DimensionCommon {
  readonly id: string;
  readonly label: Label;
}

/** How leads are told apart in a breakdown. */
export type Dimension =
  | (DimensionCommon & {
      readonly kind: 'field';
      readonly field: string;
      /** The latest value that a lead had, or its first. */
      readonly value: 'latest' | 'first';
    })
  | (DimensionCommon & {
      readonly kind: 'bands';
      readonly field: string;
      readonly value: 'latest' | 'first';
      /** Lower edges, ascending: [18, 25] gives <18, 18–24, 25+. */
      readonly edges: readonly number[];
    })
  | (DimensionCommon & { readonly kind: 'calendar'; readonly part: CalendarPart })
  | (DimensionCommon & {
      readonly kind: 'activity';
      /** The member of the activity that fulfilled the stage. */
      readonly member: 'type' | 'outcome' | 'seller' | 'reason' | 'currency';
    });

export interface Agreement {
  readonly format: 1;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly weekStarts: 'monday' | 'sunday';
  readonly areas: readonly Area[];
  readonly fields: readonly Field[];
  /** Measured stages come first, then reached ones. */
  readonly stages: readonly Stage[];
  readonly lost: readonly LostRule[];
  readonly targets: readonly Target[];
  readonly handoffs: readonly Handoff[];
  readonly dimensions: readonly Dimension[];
  /** Of phone numbers without a country code: two letters; null where the currency has to tell. */
  readonly country: string | null;
  /** The fields of which a value may tell who a record is of. */
  readonly identity: readonly string[];
  /** Units of the agreement's currency for one unit of another, from a date on (ISO, ascending). */
  readonly rates: readonly { readonly currency: string; readonly from: string; readonly rate: number }[];
}

export function reachedStages(agreement: Agreement): readonly ReachedStage[] {
  return agreement.stages.filter((stage) => stage.kind === 'reached');
}

export function measuredStages(agreement: Agreement): readonly MeasuredStage[] {
  return agreement.stages.filter((stage) => stage.kind === 'measured');
}
