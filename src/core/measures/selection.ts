import type { Agreement, Dimension, Stage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { daysBetween, localDay, previousRange, yearBefore } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { fieldValue, plainFields } from '../facts/columns.ts';
import { findDimension, groupOfLead } from '../facts/groups.ts';
import type { Grouping } from '../facts/groups.ts';
import { dimensionColumn } from '../facts/tables.ts';
import type { Rule } from '../rule/expression.ts';
import { parseRule } from '../rule/rule.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext } from './measure.ts';
import type { CommonQuestion } from './question.ts';

export interface DimensionFilter {
  readonly dimension: Dimension;
  /** Group texts; null is the missing group. */
  readonly values: readonly (string | null)[];
}

/** A range, as it stood at the end of a local day, or as it stands now (`null`). */
export interface ComparedRange extends DayRange {
  readonly until: string | null;
}

/** Which leads a question is about. */
export interface Selection {
  readonly range: DayRange;
  readonly compared: ComparedRange | null;
  readonly mode: 'cohort' | 'period';
  /** Over the columns of the facts; `true` without filters. */
  readonly condition: Fragment;
  readonly filters: readonly DimensionFilter[];
  readonly hasRule: boolean;
}

type SelectQuestion = CommonQuestion & { readonly equal_age?: boolean };

/**
 * Resolves a question's range, comparison and filters.
 *
 * @param creditStage the stage at which dimensions over activities are read
 */
export function select(
  question: SelectQuestion,
  context: MeasureContext,
  creditStage: string | null,
): Result<Selection> {
  const faults: Diagnostic[] = [];
  const today = localDay(context.asOf, context.agreement.timezone);
  // Where there is no fact to tell a range from, it is the day of the question.
  const extent = context.extent ?? { from: today, to: today };
  const from =
    question.from ?? (question.to !== undefined && question.to < extent.from ? question.to : extent.from);
  const to = question.to ?? (from > extent.to ? from : extent.to);
  if (from > to) faults.push(fault('question.backwards', { from, to }));
  const conditions: Fragment[] = [];
  if (question.where !== undefined && question.where.trim() !== '') {
    const rule = parseRule(question.where, { kind: 'filter', fields: context.agreement.fields });
    if (rule.ok) conditions.push(ruleCondition(rule.value, context.dialect));
    else faults.push(...rule.faults);
  }
  const filters = readFilters(question.filter, context.agreement, faults);
  if (faults.length > 0) return failure(...faults);
  conditions.push(...filters.map((filter) => filterCondition(filter, context, creditStage)));
  const range = { from, to };
  return success({
    range,
    compared: comparedWith(question, range, context),
    mode: question.mode,
    condition: conditions.length === 0 ? raw('true') : all(conditions),
    filters,
    hasRule: question.where !== undefined && question.where.trim() !== '',
  });
}

/**
 * The period compared with. By cohort and at equal age, its leads are counted as they stood when they were as
 * old as those of the range are now: as long before today as one range ends before the other.
 */
function comparedWith(
  { compare, mode, equal_age: equalAge = true }: SelectQuestion,
  range: DayRange,
  { asOf, agreement, extent }: MeasureContext,
): ComparedRange | null {
  if (compare === 'none') return null;
  const compared = compare === 'year' ? yearBefore(range) : previousRange(range);
  if (mode === 'period' || !equalAge) return { ...compared, until: null };
  const today = localDay(asOf, agreement.timezone);
  const known = extent !== null && extent.to < today ? extent.to : today;
  return { ...compared, until: addDays(compared.to, daysBetween(range.to, known)) };
}

/** True of the leads that fulfil a rule over their fields; unknown does not. */
export function ruleCondition({ expression }: Rule, dialect: Dialect): Fragment {
  const nowhere = (): Fragment => raw('null');
  const holds = expressionSql(
    expression,
    {
      lead: (field) => fieldValue(field),
      createdAt: identifier('created_at'),
      activity: nowhere,
      row: nowhere,
      quantified: nowhere,
      count: nowhere,
    },
    dialect,
  );
  return sql`coalesce(${holds}, false)`;
}

function readFilters(
  texts: readonly string[],
  agreement: Agreement,
  faults: Diagnostic[],
): readonly DimensionFilter[] {
  const filters = new Map<string, { dimension: Dimension; values: (string | null)[] }>();
  for (const text of texts) {
    const [, id = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    const dimension = text.includes('=') ? findDimension(agreement, id) : null;
    if (!text.includes('=')) {
      faults.push(fault('question.no_filter', { value: text }));
    } else if (dimension === null) {
      faults.push(unknownDimension(agreement, id));
    } else {
      const filter = filters.get(dimension.id) ?? { dimension, values: [] };
      filter.values.push(value === '' ? null : value);
      filters.set(dimension.id, filter);
    }
  }
  return [...filters.values()];
}

/** True of the leads in the groups that a filter takes. */
export function filterCondition(
  filter: DimensionFilter,
  context: MeasureContext,
  creditStage: string | null,
): Fragment {
  const grouping = groupingOf(filter.dimension, context, creditStage);
  const text = grouping.text(grouping.key, grouping.second ?? grouping.key);
  return any(filter.values.map((value) => (value === null ? sql`${text} is null` : sql`${text} = ${value}`)));
}

/** The grouping of any dimension over the facts of `factsRelation`. */
export function groupingOf(
  dimension: Dimension,
  context: MeasureContext,
  creditStage: string | null,
): Grouping {
  if (dimension.kind !== 'activity') return groupOfLead(context.agreement, dimension, context.dialect);
  const stage = creditStage ?? reachedStages(context.agreement).at(-1)?.id ?? '';
  return { key: identifier(dimensionColumn(dimension.id, stage)), second: null, text: (key) => key };
}

/** A relation of a row a lead, with the credits of activities where a dimension reads them. */
export function withCredits(
  relation: Fragment,
  context: MeasureContext,
  dimensions: readonly Dimension[],
): Fragment {
  return dimensions.some((dimension) => dimension.kind === 'activity')
    ? sql`(select * from ${relation} left join ${identifier(context.tables.credit)} using (lead_id))`
    : relation;
}

/** `lead_facts`, with the credits of activities where a dimension reads them. */
export function factsRelation(context: MeasureContext, dimensions: readonly Dimension[]): Fragment {
  return withCredits(identifier(context.tables.facts), context, dimensions);
}

export function dimensionOf(agreement: Agreement, id: string): Result<Dimension> {
  const dimension = findDimension(agreement, id);
  return dimension === null ? failure(unknownDimension(agreement, id)) : success(dimension);
}

function unknownDimension(agreement: Agreement, id: string): Diagnostic {
  const names = [
    ...agreement.dimensions.map((dimension) => dimension.id),
    ...plainFields(agreement).map((field) => field.name),
  ];
  const known = [...new Set(names)].join(', ');
  if (agreement.fields.some((field) => field.name === id && field.pii !== null))
    return fault('question.personal_dimension', { name: id, known });
  return fault('question.unknown_dimension', { name: id, known, nearest: nearest(id, names) ?? '' });
}

/** Two stages by their ids: those given, or the first reached one and the last. */
export function stagePair(agreement: Agreement, ids: readonly string[]): Result<readonly [Stage, Stage]> {
  const reached = reachedStages(agreement);
  const [fromId = reached[0]?.id ?? '', toId = reached.at(-1)?.id ?? ''] = ids;
  const from = stageOf(agreement, fromId);
  const to = stageOf(agreement, toId);
  if (ids.length > 2 || ids.length === 1) return failure(fault('question.two_stages', { found: ids.length }));
  if (!from.ok) return from;
  if (!to.ok) return to;
  // A funnel of one stage has no other to compare it with.
  const isOnly = reached.length === 1 && from.value === to.value;
  if (!isOnly && agreement.stages.indexOf(from.value) >= agreement.stages.indexOf(to.value)) {
    return failure(fault('question.stages_order', { from: fromId, to: toId }));
  }
  return success([from.value, to.value]);
}

export function stageOf(agreement: Agreement, id: string): Result<Stage> {
  const stage = agreement.stages.find((each) => each.id === id);
  if (stage) return success(stage);
  const known = agreement.stages.map((each) => each.id);
  return failure(
    fault('question.unknown_stage', { name: id, known: known.join(', '), nearest: nearest(id, known) ?? '' }),
  );
}
