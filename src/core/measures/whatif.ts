import { reachedStages } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { FewLeads } from '../facts/draft-leads.ts';
import { valueStage } from '../facts/value.ts';
import { all, any, identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { round } from './ad-query.ts';
import { heading } from './heading.ts';
import type { DraftContext, Measure, MeasureContext } from './measure.ts';
import { select, stageOf, withCredits } from './selection.ts';
import type { Selection } from './selection.ts';
import { whatifAnswer, whatifQuestion } from './whatif-answer.ts';
import type { WhatifAnswer, WhatifQuestion, WhatifStage } from './whatif-answer.ts';
import { whatifColumns, whatifLead } from './whatif-leads.ts';
import {
  changes,
  createdIn,
  newestCreated,
  numberIn,
  reachedIn,
  readStates,
  sharedStages,
  statesQuery,
  sumOf,
} from './whatif-states.ts';
import type { LookedFor, Readings, Side, State, StatesPart } from './whatif-states.ts';
import { makeTargets, targetParts, targetQueries } from './whatif-targets.ts';

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
    const { draft, readings, looks, listed } = found.value;
    const most = question.offset + question.limit;
    const lookedFor: LookedFor | null =
      question.limit > 0 && most <= MOST_NEWEST ? { condition: listed, most } : null;
    return success({
      ...Object.fromEntries(
        looks.map(({ name, relation, parts }) => [
          name,
          statesQuery(relation, readings, parts, name === 'states' ? lookedFor : null, context.dialect),
        ]),
      ),
      ...targetQueries(context, draft),
    });
  },
  // To write out all columns of all leads takes the longest: those that are listed are known by their creation.
  more(rows, question, context): Readonly<Record<string, Fragment>> {
    const found = prepare(question, context);
    const { limit, offset } = question;
    if (!found.ok || limit === 0) return {};
    const { looks, listed, condition, readings, judged } = found.value;
    const created = newestCreated(rows[looks[0].name] ?? []);
    const wanted = created.slice(offset, offset + limit);
    const [latest] = wanted;
    const isBounded = offset + limit <= MOST_NEWEST;
    if (latest === undefined && isBounded) return {};
    const [few, skipped] =
      latest === undefined
        ? [null, offset]
        : [createdAt(wanted, context), created.slice(0, offset).filter((each) => each === latest).length];
    return {
      // Found before they are put in order: the engine would look at all leads again for those that it puts first.
      leads: sql`with found as materialized (
          select ${join(whatifColumns(readings).map((column) => identifier(column)))} from ${judged(few)}
          where ${all([condition, listed ?? changes(readings)])})
        select * from found order by created_at desc, lead_id
        limit ${raw(String(limit))} offset ${raw(String(skipped))}`,
    };
  },
  make(rows, question, context) {
    const found = prepare(question, context);
    if (!found.ok) return found;
    const { selection, draft, readings, looks } = found.value;
    const statesOf = (part: string): readonly State[] => {
      const look = looks.find(({ parts }) => parts.some(({ name }) => name === part));
      return look === undefined ? [] : readStates(rows[look.name] ?? [], look.parts, part, readings);
    };
    const states = statesOf(COHORT);
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
      targets: makeTargets(rows, statesOf, context, draft),
      moves: movesOf(states),
      offset: question.offset,
      listed: (rows['leads'] ?? []).map((row) => whatifLead(row, readings)),
    });
  },
};

/** Above so many, the leads that are listed are looked for among all. */
const MOST_NEWEST = 100_000;

/**
 * The leads that were created at some instants. These are told in such ways that the engine knows how few they are.
 *
 * @param instants in microseconds
 */
function createdAt(instants: readonly number[], { dialect, tables }: MeasureContext): FewLeads {
  const each = [...new Set(instants)];
  const named = each.map((instant) => dialect.instant(raw(String(instant))));
  const earliest = dialect.instant(raw(String(Math.min(...each))));
  return {
    condition: sql`created_at >= ${earliest} and created_at in (${join(named)})`,
    ids: sql`select lead_id from ${identifier(tables.facts)} join ${dialect.integers(each)} instants
      on created_at = ${dialect.instant(sql`instants.n`)}`,
  };
}

/** One look at a relation of leads: the states of several parts. */
interface Look {
  readonly name: string;
  readonly relation: Fragment;
  readonly parts: readonly StatesPart[];
}

/** The part of the leads of the question; those of targets have the names of their periods. */
const COHORT = 'cohort';

interface Prepared {
  readonly selection: Selection;
  readonly draft: DraftContext;
  readonly readings: Readings;
  /** The leads of the question. */
  readonly condition: Fragment;
  /** Of these, the leads that are listed; without, all for which something changes. */
  readonly listed: Fragment | null;
  readonly looks: readonly [Look, ...Look[]];
  /** The relation of few leads, or of all. */
  readonly judged: (few: FewLeads | null) => Fragment;
}

function prepare(question: WhatifQuestion, context: MeasureContext): Result<Prepared> {
  const { draft } = context;
  if (draft === undefined) return failure(fault('question.whatif_without_draft'));
  const selection = select({ ...question, mode: 'cohort', compare: 'none' }, context, null);
  if (!selection.ok) return selection;
  const { filters, range, condition: chosen } = selection.value;
  const readings: Readings = { today: context.agreement, draft: draft.agreement };
  const listed = listedLeads(question, readings);
  if (!listed.ok) return listed;
  const credited = (judged: Fragment): Fragment =>
    withCredits(
      judged,
      context,
      filters.map((filter) => filter.dimension),
    );
  const relation = credited(draft.relation);
  const condition = createdIn(range, chosen, context.dialect);
  const cohort: StatesPart = { name: COHORT, condition };
  const periods = targetParts(context, draft);
  // Where credits are joined, a lead may stand there several times: targets look for themselves.
  const looks: readonly [Look, ...Look[]] =
    relation === draft.relation
      ? [{ name: 'states', relation, parts: [cohort, ...periods] }]
      : [
          { name: 'states', relation, parts: [cohort] },
          ...(periods.length > 0
            ? [{ name: 'target states', relation: draft.relation, parts: periods }]
            : []),
        ];
  return success({
    selection: selection.value,
    draft,
    readings,
    condition,
    listed: listed.value,
    judged: (few) => credited(few === null ? draft.relation : draft.among(few)),
    looks,
  });
}

function listedLeads({ stage, direction }: WhatifQuestion, readings: Readings): Result<Fragment | null> {
  if (stage === undefined)
    return direction === undefined
      ? success(null)
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
  return (
    state.standing('today').status !== state.standing('draft').status ||
    sharedStages(readings).some(({ id }) => state.has('today', id) !== state.has('draft', id))
  );
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
  for (const state of states) {
    const [from, to] = [state.standing('today'), state.standing('draft')];
    if (from.stage === to.stage && from.status === to.status) continue;
    const key = JSON.stringify([from, to]);
    moves.set(key, { from, to, leads: (moves.get(key)?.leads ?? 0) + state.leads });
  }
  return [...moves.values()].toSorted((one, other) => other.leads - one.leads);
}
