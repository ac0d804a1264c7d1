import { reachedStages } from '../agreement/agreement.ts';
import { today } from '../facts/draft-leads.ts';
import { criterionColumn, stageColumns } from '../facts/tables.ts';
import type { Row } from './measure.ts';
import { statusOf, textOrNull } from './leads.ts';
import type { WhatifLead } from './whatif-answer.ts';
import { sharedStages } from './whatif-states.ts';
import type { Readings, Side } from './whatif-states.ts';

type Cause = WhatifLead['causes'][number];

function column(side: Side, name: string): string {
  return side === 'today' ? today(name) : name;
}

/** What `whatifLead` reads of a lead. */
export function whatifColumns(readings: Readings): readonly string[] {
  const of = (side: Side): readonly string[] =>
    reachedStages(readings[side]).flatMap((stage) => [
      column(side, stageColumns(stage.id).at),
      ...(side === 'draft' ? [stageColumns(stage.id).late] : []),
      ...stage.criteria.map((criterion) => column(side, criterionColumn(stage.id, criterion.id))),
    ]);
  const standing = (side: Side): readonly string[] => [column(side, 'at_stage'), column(side, 'status')];
  return [
    'lead_id',
    'created_at',
    ...standing('today'),
    ...of('today'),
    ...standing('draft'),
    ...of('draft'),
  ];
}

/** A lead that stands elsewhere under a draft, and what keeps it back in the reading in which it does not get there. */
export function whatifLead(row: Row, readings: Readings): WhatifLead {
  const reached = (side: Side, stage: string): boolean =>
    textOrNull(row[column(side, stageColumns(stage).at)]) !== null;
  const parting = sharedStages(readings).find(({ id }) => reached('today', id) !== reached('draft', id));
  const direction =
    parting === undefined ? 'other' : reached('draft', parting.id) ? ('gained' as const) : ('lost' as const);
  return {
    id: textOrNull(row['lead_id']) ?? '',
    created_at: textOrNull(row['created_at']) ?? '',
    today: { stage: textOrNull(row['today_at_stage']), status: statusOf(row['today_status']) },
    draft: { stage: textOrNull(row['at_stage']), status: statusOf(row['status']) },
    direction,
    causes:
      parting === undefined
        ? [{ kind: 'loss', stage: null, criterion: null, value: null }]
        : causesOf(row, parting.id, direction === 'gained' ? 'today' : 'draft', readings),
  };
}

function causesOf(row: Row, id: string, side: Side, readings: Readings): Cause[] {
  const stage = reachedStages(readings[side]).find((each) => each.id === id);
  const failing = (stage?.criteria ?? []).flatMap((criterion): Cause[] => {
    const value = row[column(side, criterionColumn(id, criterion.id))];
    if (value === true) return [];
    return [
      { kind: 'criterion', stage: id, criterion: criterion.id, value: value === false ? 'false' : 'unknown' },
    ];
  });
  if (failing.length > 0) return failing;
  const late = side === 'draft' && textOrNull(row[stageColumns(id).late]) !== null;
  return [{ kind: late ? 'late' : 'before', stage: id, criterion: null, value: null }];
}
