import type { Agreement, Field, Handoff, ReachedStage } from '../agreement/agreement.ts';
import { identifier } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { fieldColumn, handoffColumn, stageColumns, waitColumnsOf } from './tables.ts';

/** The fields whose values may stand in derived tables: all but personal data. */
export function plainFields(agreement: Agreement): readonly Field[] {
  return agreement.fields.filter((field) => field.pii === null);
}

export function fieldValue(name: string): Fragment {
  return identifier(fieldColumn(name));
}

/** The fields of which a dimension wants the first value that a lead had. */
export function firstValueFields(agreement: Agreement): readonly string[] {
  const names = agreement.dimensions.flatMap((dimension) =>
    (dimension.kind === 'field' || dimension.kind === 'bands') && dimension.value === 'first'
      ? [dimension.field]
      : [],
  );
  return [...new Set(names)];
}

export function firstValueColumn(field: string): string {
  return `first_${field}`;
}

/** The first instant, at or after its stage's, at which the rule of a hand-over is true. */
export function handedAt(handoff: Handoff): Fragment {
  return identifier(handoffColumn(handoff.id));
}

/** Whether the wait for a hand-over ended by its answer; NULL while it lasts. */
export function isAnsweredOf(handoff: Handoff): Fragment {
  return identifier(waitColumnsOf(handoff.id).answered);
}

/** How long the wait for a hand-over took, in microseconds; NULL while it lasts, and of waits of long ago. */
export function waitedFor(handoff: Handoff): Fragment {
  return identifier(waitColumnsOf(handoff.id).waited);
}

/** The instant at which a stage was reached. */
export function reachedAt(stage: ReachedStage): Fragment {
  return identifier(stageColumns(stage.id).at);
}

export function reachedDay(stage: ReachedStage): Fragment {
  return identifier(stageColumns(stage.id).day);
}

export function lateAt(stage: ReachedStage): Fragment {
  return identifier(stageColumns(stage.id).late);
}

export function skippedAt(stage: ReachedStage): Fragment {
  return identifier(stageColumns(stage.id).skip);
}

/** The first instant at which all the criteria of a stage are true, whatever came before. */
export function fulfilledAt(stage: ReachedStage): Fragment {
  return identifier(`fulfilled_${stage.id}`);
}

/** When a stage's criteria cease to be all true, where they may; not included. A prefix of its own: ids are free. */
export function fulfilledUntil(stage: ReachedStage): Fragment {
  return identifier(`until_${stage.id}`);
}
