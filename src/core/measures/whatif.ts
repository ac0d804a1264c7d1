import type { Agreement } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { valueStage } from '../facts/value.ts';
import { all, any, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { round } from './ad-query.ts';
import { heading } from './heading.ts';
import { statusOf, textOrNull } from './leads.ts';
import type { DraftContext, Measure, MeasureContext } from './measure.ts';
import { select, stageOf, withCredits } from './selection.ts';
import type { Selection } from './selection.ts';
import { whatifAnswer, whatifQuestion } from './whatif-answer.ts';
import type { WhatifAnswer, WhatifQuestion, WhatifStage } from './whatif-answer.ts';
import { whatifLead } from './whatif-leads.ts';
import {
  changes,
  createdIn,
  numberIn,
  reachedIn,
  readStates,
  sharedStages,
  statesQuery,
  sumOf,
} from './whatif-states.ts';
import type { Side, State } from './whatif-states.ts';
import { makeTargets, targetQueries } from './whatif-targets.ts';

type Readings = Readonly<Record<Side, Agreement>>;

/**
 * What a draft of the agreement would have made of history, beside what it is read as today: the stages, the
 * targets of each area, who gains and who loses, and the leads that stand elsewhere with the reason.
 */
export const whatif: Measure<WhatifQuestion, WhatifAnswer> = {
  name: 'whatif',
  judgesDrafts: true,
  question: whatifQuestion,
  answer: whatifAnswer,
  ask(question, context) {
    const found = prepare(question, context);
    if (!found.ok) return found;
    const { selection, draft, readings, listed } = found.value;
    const relation = withCredits(
      draft.relation,
      context,
      selection.filters.map((filter) => filter.dimension),
    );
    const condition = createdIn(selection.range, selection.condition, context.dialect);
    return success({
      states: statesQuery({ relation, readings, condition }, context.dialect),
      ...targetQueries(context, draft),
      ...(question.limit === 0
        ? {}
        : {
            leads: sql`select * from ${relation} where ${condition} and ${listed}
              order by created_at desc, lead_id limit ${raw(String(question.limit))}
              offset ${raw(String(question.offset))}`,
          }),
    });
  },
  make(rows, question, context) {
    const found = prepare(question, context);
    if (!found.ok) return found;
    const { selection, draft, readings } = found.value;
    const states = readStates(rows['states'] ?? [], readings);
    const sum = (side: Side): number | null =>
      valueStage(readings[side]) === null
        ? null
        : round(states.reduce((total, { row }) => total + numberIn(row, `${side}_sum`), 0));
    const stages = makeStages(states, readings);
    return success({
      ...heading(selection, context),
      mode: 'cohort',
      currency: context.agreement.currency,
      leads: sumOf(states, () => true),
      changed: sumOf(states, (state) => isChanged(state, readings)),
      stages,
      value: { today: sum('today'), draft: sum('draft') },
      owners: ownersOf(stages, readings),
      targets: makeTargets(rows, context, draft),
      moves: movesOf(states),
      offset: question.offset,
      listed: (rows['leads'] ?? []).map((row) => whatifLead(row, readings)),
    });
  },
};

interface Prepared {
  readonly selection: Selection;
  readonly draft: DraftContext;
  readonly readings: Readings;
  /** Of the leads that are listed. */
  readonly listed: Fragment;
}

function prepare(question: WhatifQuestion, context: MeasureContext): Result<Prepared> {
  const { draft } = context;
  if (draft === undefined) return failure(fault('question.whatif_without_draft'));
  const selection = select({ ...question, mode: 'cohort', compare: 'none' }, context, null);
  if (!selection.ok) return selection;
  const readings: Readings = { today: context.agreement, draft: draft.agreement };
  const listed = listedLeads(question, readings);
  return listed.ok ? success({ selection: selection.value, draft, readings, listed: listed.value }) : listed;
}

function listedLeads({ stage, direction }: WhatifQuestion, readings: Readings): Result<Fragment> {
  if (stage === undefined)
    return direction === undefined
      ? success(changes(readings))
      : failure(fault('question.direction_needs_stage', { direction }));
  const here = (side: Side): Fragment => {
    const found = reachedStages(readings[side]).find(({ id }) => id === stage);
    return found === undefined ? raw('false') : sql`(${reachedIn(side, found)} is not null)`;
  };
  const known = stageOf(readings.draft, stage);
  if (!known.ok && !stageOf(readings.today, stage).ok) return known;
  const gained = all([here('draft'), sql`not ${here('today')}`]);
  const lost = all([here('today'), sql`not ${here('draft')}`]);
  return success(direction === 'gained' ? gained : direction === 'lost' ? lost : any([gained, lost]));
}

function isChanged(state: State, readings: Readings): boolean {
  const { row } = state;
  return (
    row['today_status'] !== row['draft_status'] ||
    sharedStages(readings).some(({ id }) => state.has('today', id) !== state.has('draft', id))
  );
}

function isMoved({ row }: State): boolean {
  return row['today_at_stage'] !== row['draft_at_stage'] || row['today_status'] !== row['draft_status'];
}

/** The stages of the draft in its order, and where they stood those that it gives up. */
function makeStages(states: readonly State[], readings: Readings): WhatifStage[] {
  const [before, after] = [reachedStages(readings.today), reachedStages(readings.draft)];
  const order = after.map(({ id }) => id);
  before.forEach(({ id }, position) => {
    if (order.includes(id)) return;
    const previous = before[position - 1]?.id;
    order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, id);
  });
  return order.map((id): WhatifStage => {
    const has = (side: Side): boolean => reachedStages(readings[side]).some((stage) => stage.id === id);
    const rate = (side: Side): number | null => {
      const stages = reachedStages(readings[side]);
      const previous = stages[stages.findIndex((stage) => stage.id === id) - 1];
      if (!has(side) || previous === undefined) return null;
      const denominator = sumOf(states, (state) => state.has(side, previous.id));
      const both = sumOf(states, (state) => state.has(side, previous.id) && state.has(side, id));
      return denominator === 0 ? null : both / denominator;
    };
    const both = has('today') && has('draft');
    const owner = [...after, ...before].find((stage) => stage.id === id)?.owner ?? '';
    return {
      id,
      owner,
      today: has('today') ? sumOf(states, (state) => state.has('today', id)) : null,
      draft: has('draft') ? sumOf(states, (state) => state.has('draft', id)) : null,
      gained: both ? sumOf(states, (state) => state.has('draft', id) && !state.has('today', id)) : 0,
      lost: both ? sumOf(states, (state) => state.has('today', id) && !state.has('draft', id)) : 0,
      today_rate: rate('today'),
      draft_rate: rate('draft'),
    };
  });
}

/** What each area hands on in the end: its last stage, and the leads that it gains and loses there. */
function ownersOf(stages: readonly WhatifStage[], readings: Readings): WhatifAnswer['owners'] {
  return readings.draft.areas.flatMap(({ id: owner }) => {
    const last = stages.findLast(
      (stage) => stage.owner === owner && stage.today !== null && stage.draft !== null,
    );
    return last === undefined ? [] : [{ owner, stage: last.id, gained: last.gained, lost: last.lost }];
  });
}

function movesOf(states: readonly State[]): WhatifAnswer['moves'] {
  const moves = new Map<string, WhatifAnswer['moves'][number]>();
  for (const { row, leads } of states.filter(isMoved)) {
    const from = { stage: textOrNull(row['today_at_stage']), status: statusOf(row['today_status']) };
    const to = { stage: textOrNull(row['draft_at_stage']), status: statusOf(row['draft_status']) };
    const key = JSON.stringify([from, to]);
    moves.set(key, { from, to, leads: (moves.get(key)?.leads ?? 0) + leads });
  }
  return [...moves.values()].toSorted((one, other) => other.leads - one.leads);
}
