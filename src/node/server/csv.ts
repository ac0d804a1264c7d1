import type { Agreement } from '../../core/agreement/agreement.ts';
import { reachedStages } from '../../core/agreement/agreement.ts';
import { labelIn } from '../../core/agreement/view.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import type { BreakdownAnswer, GroupAnswer, LeadsAnswer } from '../../core/measures/answer.ts';
import { plainFields } from '../../core/facts/columns.ts';
import { csvLines } from '../app/spreadsheet-guard.ts';
import { dimensionTitle } from './dimension-title.ts';
import { translateTo } from './language.ts';

/** Excel takes a file for UTF-8 only by its mark. */
const MARK = '\uFEFF';

function stageLabel(agreement: Agreement, id: string, language: Language): string {
  const stage = agreement.stages.find((each) => each.id === id);
  return labelIn(id, stage?.label ?? {}, language);
}

export function breakdownCsv(answer: BreakdownAnswer, agreement: Agreement, language: Language): string {
  const translate = translateTo(language);
  const [from = '', to = ''] = answer.stages;
  const name = (group: GroupAnswer): string =>
    group.kind === 'value'
      ? (group.label ?? '')
      : translate(`group.${group.kind}`, { members: group.members });
  const before = answer.compared === null ? [] : ['rate_before'];
  const columns = ['rate', 'low', 'high', ...before, 'q', 'spend', 'cost'];
  const row = (group: GroupAnswer): (string | number | null)[] => [
    name(group),
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
  return (
    MARK +
    csvLines([
      [
        dimensionTitle(answer.dimension, agreement, language, translate),
        stageLabel(agreement, from, language),
        stageLabel(agreement, to, language),
        ...columns.map((column) => translate(`csv.${column}`)),
      ],
      ...answer.groups.map(row),
      row(answer.total),
    ])
  );
}

export function leadsCsv(answer: LeadsAnswer, agreement: Agreement, language: Language): string {
  const translate = translateTo(language);
  const fields = plainFields(agreement);
  const stages = reachedStages(agreement);
  return (
    MARK +
    csvLines([
      [
        ...['id', 'created_at', 'status', 'at_stage', 'lost_reason', 'value'].map((column) =>
          translate(`csv.${column}`),
        ),
        ...stages.map((stage) => labelIn(stage.id, stage.label, language)),
        ...fields.map((field) => labelIn(field.name, field.label, language)),
      ],
      ...answer.leads.map((lead) => [
        lead.id,
        lead.created_at,
        translate(`status.${lead.status}`),
        lead.at_stage,
        lead.lost_reason,
        lead.value,
        ...stages.map((stage) => lead.stages[stage.id] ?? null),
        ...fields.map((field) => lead.attributes[field.name] ?? null),
      ]),
    ])
  );
}
