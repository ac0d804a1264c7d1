import type { ReactNode } from 'react';
import type { LeadsAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import type { View } from './use-view.ts';

export type LeadRow = LeadsAnswer['leads'][number];

export interface ColumnOf {
  readonly id: string;
  readonly label: string;
  readonly show: (lead: LeadRow) => string;
  readonly isNumber?: boolean;
  /** Leads cannot be sorted by it. */
  readonly isLoose?: boolean;
}

const SHOWN_AT_FIRST = 6;

/** Every column that a list of leads may have: nothing personal. */
export function allColumns(view: View, t: ReturnType<typeof useReading>['t']): readonly ColumnOf[] {
  const { format, agreement } = view;
  return [
    { id: 'created_at', label: t('csv.created_at'), show: (lead) => format.instant(lead.created_at) },
    { id: 'status', label: t('csv.status'), show: (lead) => t(`status.${lead.status}`) },
    {
      id: 'at_stage',
      label: t('csv.at_stage'),
      show: (lead) => (lead.at_stage === null ? '–' : view.stage(lead.at_stage)),
      isLoose: true,
    },
    ...(agreement.stages.some((stage) => stage.value)
      ? [
          {
            id: 'value',
            label: t('csv.value'),
            show: (lead: LeadRow) => format.money(lead.value),
            isNumber: true,
          },
        ]
      : []),
    ...agreement.fields
      .filter((field) => field.pii === null)
      .map((field) => ({
        id: field.name,
        label: field.label,
        show: (lead: LeadRow) => view.value(field.name, lead.attributes[field.name] ?? t('group.missing')),
        isNumber: field.type === 'number' || field.type === 'integer',
      })),
    {
      id: 'lost_reason',
      label: t('csv.lost_reason'),
      show: (lead) => lead.lost_reason ?? '–',
      isLoose: true,
    },
    ...agreement.stages
      .filter((stage) => stage.kind === 'reached')
      .map((stage) => ({
        id: stage.id,
        label: t('leads.when', { stage: stage.label }),
        show: (lead: LeadRow) => {
          const at = lead.stages[stage.id];
          return at == null ? '–' : format.instant(at);
        },
      })),
  ];
}

/** The columns that an address names, else the first ones. */
export function chosenColumns(all: readonly ColumnOf[], named: string | undefined): readonly ColumnOf[] {
  if (named === undefined) return all.slice(0, 4 + SHOWN_AT_FIRST);
  const ids = named.split(',');
  return ids.flatMap((id) => all.find((column) => column.id === id) ?? []);
}

/** Which columns are shown. */
export function ColumnChoice({
  all,
  chosen,
  choose,
}: {
  readonly all: readonly ColumnOf[];
  readonly chosen: readonly ColumnOf[];
  readonly choose: (columns: string) => void;
}): ReactNode {
  const { t } = useReading();
  return (
    <details className="menu">
      <summary>{t('leads.columns', { count: chosen.length })}</summary>
      <fieldset>
        <legend className="unseen">{t('leads.columns', { count: chosen.length })}</legend>
        {all.map((column) => {
          const isChosen = chosen.includes(column);
          return (
            <label key={column.id}>
              <input
                type="checkbox"
                checked={isChosen}
                disabled={isChosen && chosen.length === 1}
                onChange={() =>
                  choose(
                    all
                      .filter((each) => (each === column ? !isChosen : chosen.includes(each)))
                      .map((each) => each.id)
                      .join(','),
                  )
                }
              />
              {column.label}
            </label>
          );
        })}
      </fieldset>
    </details>
  );
}
