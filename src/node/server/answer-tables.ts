import type { Agreement } from '../../core/agreement/agreement.ts';
import { reachedStages } from '../../core/agreement/agreement.ts';
import { labelIn } from '../../core/agreement/view.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import { plainFields } from '../../core/facts/columns.ts';
import type { BreakdownAnswer, GroupAnswer, LeadsAnswer } from '../../core/measures/answer.ts';
import type { RowValue } from '../../core/measures/measure.ts';
import { dimensionTitle } from './dimension-title.ts';
import { translateTo } from './language.ts';

/** How the values of a column are written. */
export type ColumnKind = 'text' | 'count' | 'rate' | 'money' | 'number' | 'instant';

/** An answer as a sheet: what a file of it holds, whatever its format. */
export interface AnswerTable {
  readonly columns: readonly { readonly title: string; readonly kind: ColumnKind }[];
  readonly rows: readonly (readonly RowValue[])[];
}

function stageLabel(agreement: Agreement, id: string, language: Language): string {
  const stage = agreement.stages.find((each) => each.id === id);
  return labelIn(id, stage?.label ?? {}, language);
}

/** A breakdown's groups and their total; crossed with a second dimension, every cell and every sum. */
export function breakdownTable(
  answer: BreakdownAnswer,
  agreement: Agreement,
  language: Language,
): AnswerTable {
  const translate = translateTo(language);
  const [from = '', to = ''] = answer.stages;
  const { second } = answer;
  const name = (group: GroupAnswer): string =>
    group.kind === 'value'
      ? (group.label ?? '')
      : translate(`group.${group.kind}`, { members: group.members });
  const before =
    answer.compared === null ? [] : [{ title: translate('csv.rate_before'), kind: 'rate' as const }];
  const title = (dimension: string): { title: string; kind: 'text' } => ({
    title: dimensionTitle(dimension, agreement, language, translate),
    kind: 'text',
  });
  const figures = (group: GroupAnswer): RowValue[] => [
    group.counts[from] ?? null,
    group.counts[to] ?? null,
    group.rate.rate,
    group.rate.low,
    group.rate.high,
    ...(answer.compared === null ? [] : [group.previous?.rate.rate ?? null]),
    group.q,
    group.spend,
    group.cost,
  ];
  const total = translate('group.total');
  const all = [...answer.groups, answer.total];
  return {
    columns: [
      title(answer.dimension),
      ...(second === null ? [] : [title(second.dimension)]),
      { title: stageLabel(agreement, from, language), kind: 'count' },
      { title: stageLabel(agreement, to, language), kind: 'count' },
      { title: translate('csv.rate'), kind: 'rate' },
      { title: translate('csv.low'), kind: 'rate' },
      { title: translate('csv.high'), kind: 'rate' },
      ...before,
      { title: translate('csv.q'), kind: 'number' },
      { title: translate('csv.spend'), kind: 'money' },
      { title: translate('csv.cost'), kind: 'money' },
    ],
    rows:
      second === null
        ? all.map((group) => [name(group), ...figures(group)])
        : [
            ...answer.panels.flatMap((panel) => [
              ...panel.groups.map((group) => [name(group), name(panel.total), ...figures(group)]),
              [total, name(panel.total), ...figures(panel.total)],
            ]),
            ...all.map((group) => [name(group), total, ...figures(group)]),
          ],
  };
}

/** The leads of an answer, with when each stage was reached and every field that is not personal. */
export function leadsTable(answer: LeadsAnswer, agreement: Agreement, language: Language): AnswerTable {
  const translate = translateTo(language);
  const fields = plainFields(agreement);
  const stages = reachedStages(agreement);
  const column = (id: string, kind: ColumnKind): { title: string; kind: ColumnKind } => ({
    title: translate(`csv.${id}`),
    kind,
  });
  return {
    columns: [
      column('id', 'text'),
      column('created_at', 'instant'),
      column('status', 'text'),
      column('at_stage', 'text'),
      column('lost_reason', 'text'),
      column('value', 'money'),
      ...stages.map((stage) => ({
        title: labelIn(stage.id, stage.label, language),
        kind: 'instant' as const,
      })),
      ...fields.map((field) => ({
        title: labelIn(field.name, field.label, language),
        kind: field.type === 'integer' || field.type === 'number' ? ('number' as const) : ('text' as const),
      })),
    ],
    rows: answer.leads.map((lead) => [
      lead.id,
      lead.created_at,
      translate(`status.${lead.status}`),
      lead.at_stage,
      lead.lost_reason,
      lead.value,
      ...stages.map((stage) => lead.stages[stage.id] ?? null),
      ...fields.map((field) => lead.attributes[field.name] ?? null),
    ]),
  };
}
