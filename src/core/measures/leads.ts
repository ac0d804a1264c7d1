import type { ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { fieldValue, lateAt, plainFields, reachedAt, reachedDay, skippedAt } from '../facts/columns.ts';
import { fieldColumn, stageColumns } from '../facts/tables.ts';
import { all, identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { leadsAnswer } from './answer.ts';
import type { LeadsAnswer } from './answer.ts';
import { criterionLeads } from './criterion-leads.ts';
import { handoffAsked, handoffLeads } from './handoff-leads.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row, RowValue } from './measure.ts';
import { leadsQuestion } from './question.ts';
import type { LeadsQuestion } from './question.ts';
import { factsRelation, select, stageOf } from './selection.ts';
import type { Selection } from './selection.ts';

type LeadRow = LeadsAnswer['leads'][number];

/** The leads behind a number: as many as it says. */
export const leads: Measure<LeadsQuestion, LeadsAnswer> = {
  name: 'leads',
  question: leadsQuestion,
  answer: leadsAnswer,
  ask(question, context) {
    const stage = stageAsked(question, context);
    if (!stage.ok) return stage;
    const handoff = handoffAsked(question, context);
    if (!handoff.ok) return handoff;
    const selection = select(question, context, handoff.value?.from ?? stage.value?.id ?? null);
    if (!selection.ok) return selection;
    const unreached = reachedStage(question.unreached, context);
    if (!unreached.ok) return unreached;
    const sort = sortOf(question.sort, context);
    if (!sort.ok) return sort;
    const facts = factsRelation(
      context,
      selection.value.filters.map((filter) => filter.dimension),
    );
    const ofCriteria = criterionLeads(question, context.agreement, context.judgements);
    if (!ofCriteria.ok) return ofCriteria;
    const ofHandoff =
      handoff.value === null ? null : handoffLeads(handoff.value, question, selection.value, context);
    if (ofHandoff !== null && !ofHandoff.ok) return ofHandoff;
    const condition = all([
      conditionOf(question, stage.value, unreached.value, selection.value, context),
      ...ofCriteria.value,
      ...(ofHandoff === null ? [] : [ofHandoff.value]),
    ]);
    const columns = join([
      ...['lead_id', 'created_at', 'status', 'at_stage', 'lost_reason', 'value'].map((name) =>
        identifier(name),
      ),
      ...reachedStages(context.agreement).map(reachedAt),
      ...plainFields(context.agreement).map((field) => fieldValue(field.name)),
    ]);
    return success({
      total: sql`select count(*) as total from ${facts} where ${condition}`,
      leads: windowQuery({ columns, facts, condition, sort: sort.value }, question),
    });
  },
  make(rows, question, context) {
    const stage = stageAsked(question, context);
    if (!stage.ok) return stage;
    const selection = select(question, context, stage.value?.id ?? null);
    if (!selection.ok) return selection;
    const total = rows['total']?.[0]?.['total'];
    return success({
      ...heading(selection.value, context),
      total: typeof total === 'number' ? total : 0,
      offset: question.offset,
      leads: (rows['leads'] ?? []).map((row) => answerRow(row, context)),
    });
  },
};

interface ListParts {
  readonly columns: Fragment;
  readonly facts: Fragment;
  readonly condition: Fragment;
  readonly sort: Fragment;
}

/**
 * A window of the list. By creation, one that is far down is found by its days: counting leads by day is many
 * times cheaper than sorting all those before it. The local day never runs backwards as time goes by, but for
 * the hour that a zone repeats across midnight, in which leads may so stand a day apart.
 */
function windowQuery(
  { columns, facts, condition, sort }: ListParts,
  { sort: by, offset, limit }: LeadsQuestion,
): Fragment {
  if (offset === 0 || by.replace(/^-/, '') !== 'created_at') {
    return sql`select ${columns} from ${facts} where ${condition} order by ${sort}, lead_id
      limit ${limit} offset ${offset}`;
  }
  const direction = raw(by.startsWith('-') ? 'desc' : 'asc');
  return sql`with counted as (
      select created_day, count(*) as n from ${facts} where ${condition} group by created_day),
    placed as (
      select created_day, n, sum(n) over (order by created_day ${direction} rows unbounded preceding) - n as before_it
      from counted),
    hit as (
      select created_day, before_it from placed
      where before_it < ${offset} + ${limit} and before_it + n > ${offset}),
    numbered as (
      select *, (select min(before_it) from hit) + row_number() over (order by ${sort}, lead_id) as place
      from ${facts} where ${condition} and created_day in (select created_day from hit))
    select ${columns} from numbered where place > ${offset} and place <= ${offset} + ${limit} order by place`;
}

function stageAsked(question: LeadsQuestion, context: MeasureContext): Result<ReachedStage | null> {
  if (question.stage === undefined) {
    return question.status === 'skipped' || question.status === 'late'
      ? failure(fault('question.status_needs_stage', { status: question.status }))
      : success(null);
  }
  return reachedStage(question.stage, context);
}

/** A stage that leads reach, by its id; `null` where none is named. */
function reachedStage(id: string | undefined, context: MeasureContext): Result<ReachedStage | null> {
  if (id === undefined) return success(null);
  const stage = stageOf(context.agreement, id);
  if (!stage.ok) return stage;
  return stage.value.kind === 'reached'
    ? success(stage.value)
    : failure(fault('question.measured_leads', { name: id }));
}

/** By cohort the day of creation governs; by period the day of what is asked about. */
function conditionOf(
  question: LeadsQuestion,
  stage: ReachedStage | null,
  unreached: ReachedStage | null,
  selection: Selection,
  context: MeasureContext,
): Fragment {
  const { dialect, agreement } = context;
  const localDay = (instant: Fragment): Fragment =>
    dialect.dayOf(dialect.localTime(instant, agreement.timezone));
  const status = (name: string): Fragment => sql`status = ${dialect.literal('string', name)}`;
  const parts: Fragment[] = [selection.condition];
  let day = identifier('created_day');
  if (stage !== null) {
    const period = selection.mode === 'period';
    if (question.status === 'skipped' || question.status === 'late') {
      const instant = question.status === 'late' ? lateAt(stage) : skippedAt(stage);
      parts.push(sql`${instant} is not null`);
      if (period) day = localDay(instant);
    } else {
      parts.push(sql`${reachedAt(stage)} is not null`);
      if (period) day = reachedDay(stage);
      if (question.status !== undefined) {
        parts.push(sql`at_stage = ${dialect.literal('string', stage.id)}`, status(question.status));
      }
    }
  } else if (question.status !== undefined) {
    parts.push(status(question.status));
  }
  if (unreached !== null) parts.push(sql`${reachedAt(unreached)} is null`);
  // Leads of a hand-over are those that reached its stage in the range.
  if (question.handoff === undefined) {
    parts.push(
      sql`${day} between ${dialect.cast(sql`${selection.range.from}`, 'date')} and ${dialect.cast(sql`${selection.range.to}`, 'date')}`,
    );
  }
  if (question.search !== undefined && question.search !== '') {
    parts.push(dialect.contains(identifier('lead_id'), dialect.literal('string', question.search)));
  }
  return all(parts);
}

function sortOf(text: string, context: MeasureContext): Result<Fragment> {
  const name = text.replace(/^-/, '');
  const direction = raw(text.startsWith('-') ? 'desc nulls last' : 'asc nulls last');
  const columns: Readonly<Record<string, string>> = {
    id: 'lead_id',
    created_at: 'created_at',
    status: 'status',
    value: 'value',
    ...Object.fromEntries(
      plainFields(context.agreement).map((field) => [field.name, fieldColumn(field.name)]),
    ),
    ...Object.fromEntries(
      reachedStages(context.agreement).map((stage) => [stage.id, stageColumns(stage.id).at]),
    ),
  };
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  return column === undefined
    ? failure(fault('question.unknown_sort', { name, known: Object.keys(columns).join(', ') }))
    : success(sql`${identifier(column)} ${direction}`);
}

export function textOrNull(value: RowValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function scalar(value: RowValue | undefined): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

export function statusOf(value: RowValue | undefined): LeadRow['status'] {
  return value === 'won' || value === 'lost' ? value : 'open';
}

function answerRow(row: Row, context: MeasureContext): LeadRow {
  const value = row['value'];
  return {
    id: textOrNull(row['lead_id']) ?? '',
    created_at: textOrNull(row['created_at']) ?? '',
    status: statusOf(row['status']),
    at_stage: textOrNull(row['at_stage']),
    lost_reason: textOrNull(row['lost_reason']),
    value: typeof value === 'number' ? value : null,
    stages: Object.fromEntries(
      reachedStages(context.agreement).map(({ id }) => [id, textOrNull(row[stageColumns(id).at])]),
    ),
    attributes: Object.fromEntries(
      plainFields(context.agreement).map(({ name }) => [name, scalar(row[fieldColumn(name)])]),
    ),
  };
}
