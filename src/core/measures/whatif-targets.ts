import type { Agreement, Target } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays, firstInstant, lastWholePeriod } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { valueStage } from '../facts/value.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { AT, knownActivities } from '../facts/sources.ts';
import { activityScope } from '../facts/activity-scope.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { round } from './ad-query.ts';
import type { DraftContext, MeasureContext, Row } from './measure.ts';
import { ruleCondition } from './selection.ts';
import type { WhatifTarget } from './whatif-answer.ts';
import { numberIn, reachedIn, readStates, statesQuery, sumOf } from './whatif-states.ts';
import type { Side, State } from './whatif-states.ts';

/** A target as one reading or both have it, on its last whole period. */
interface Judged {
  readonly id: string;
  readonly target: Target;
  readonly goals: Readonly<Record<Side, number | null>>;
  readonly period: DayRange;
  readonly segment: string | null;
}

/** The targets of both readings: those of the draft in its order, then those that it gives up. */
function judgedTargets(context: MeasureContext, draft: DraftContext): readonly Judged[] {
  const until = context.extent?.to;
  if (until === undefined) return [];
  const own = draft.agreement.targets;
  const given = context.agreement.targets.filter(({ id }) => !own.some((target) => target.id === id));
  return [...own, ...given].flatMap((target, position): Judged[] => {
    const goal = (agreement: Agreement): number | null =>
      agreement.targets.find(({ id }) => id === target.id)?.goal ?? null;
    const period = lastWholePeriod(target.per, until, context.agreement.weekStarts);
    return [
      {
        id: target.id,
        target,
        goals: { today: goal(context.agreement), draft: goal(draft.agreement) },
        period,
        segment: target.where === null ? null : `segment_${position}`,
      },
    ];
  });
}

function bounds(period: DayRange, context: MeasureContext): (at: Fragment) => Fragment {
  const { dialect, agreement } = context;
  const instant = (day: string): Fragment =>
    dialect.instant(dialect.literal('int', String(firstInstant(day, agreement.timezone))));
  return (at) => sql`(${at} >= ${instant(period.from)} and ${at} < ${instant(addDays(period.to, 1))})`;
}

function periodKey({ from }: DayRange, per: Target['per']): string {
  return `${per} ${from}`;
}

/** What is asked for the targets: the states of each period by its key, its spend, and the money of a period. */
export function targetQueries(
  context: MeasureContext,
  draft: DraftContext,
): Readonly<Record<string, Fragment>> {
  const { dialect } = context;
  const queries: Record<string, Fragment> = {};
  const judged = judgedTargets(context, draft);
  for (const { target, period } of judged) {
    const key = periodKey(period, target.per);
    if (queries[`states ${key}`] !== undefined) continue;
    const counts = bounds(period, context);
    const segments = new Map(
      judged.flatMap((each) =>
        each.segment !== null && each.target.where !== null && each.target.per === target.per
          ? [[each.segment, ruleCondition(each.target.where, dialect)] as const]
          : [],
      ),
    );
    const readings = { today: context.agreement, draft: draft.agreement };
    const instants = (['today', 'draft'] as const).flatMap((side) =>
      reachedStages(readings[side]).map((stage) => counts(reachedIn(side, stage))),
    );
    queries[`states ${key}`] = statesQuery(
      { relation: draft.relation, readings, condition: any(instants), counts, segments },
      dialect,
    );
    const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
    queries[`spend ${key}`] = sql`select ${dialect.sum(identifier('spend'))} as spend
      from ${identifier(context.tables.adDay)}
      where dimension = '' and has_spend and day between ${day(period.from)} and ${day(period.to)}`;
  }
  for (const { id, target, period } of judged) {
    if (target.metric.kind !== 'value' && target.metric.kind !== 'return') continue;
    for (const side of ['today', 'draft'] as const) {
      const query = moneyQuery(side, target, period, context, draft);
      if (query !== null) queries[`${side} ${id}`] = query;
    }
  }
  return queries;
}

/** The money that came in a period of leads that, in a reading, reach the stage that carries it. */
function moneyQuery(
  side: Side,
  target: Target,
  period: DayRange,
  context: MeasureContext,
  draft: DraftContext,
): Fragment | null {
  const { dialect } = context;
  const agreement = side === 'today' ? context.agreement : draft.agreement;
  const money = valueStage(agreement);
  if (money === null) return null;
  const holds = expressionSql(money.value.where.expression, activityScope(dialect, raw('a')), dialect);
  const activities = knownActivities({
    asOf: microsecondsOf(context.asOf),
    leads: 'all',
    dialect,
    timezone: agreement.timezone,
    created: { from: null, until: null },
    absent: [],
    alias: context.tables.alias,
  });
  return sql`select ${dialect.sum(sql`a.amount`)} as amount from ${activities} a
    join ${draft.relation} r on r.lead_id = a.lead_id
    where ${all([
      holds,
      bounds(period, context)(sql`a.${AT}`),
      sql`r.${reachedIn(side, money.stage)} is not null`,
      ...(target.where === null ? [] : [ruleCondition(target.where, dialect)]),
    ])}`;
}

/** Each target under both readings. */
export function makeTargets(
  rows: Readonly<Record<string, readonly Row[]>>,
  context: MeasureContext,
  draft: DraftContext,
): WhatifTarget[] {
  return judgedTargets(context, draft).map((judged): WhatifTarget => {
    const { id, target, goals, period } = judged;
    const figure = (side: Side): number | null => figureOf(side, judged, rows, context, draft);
    const [before, after] = [figure('today'), figure('draft')];
    const met = (value: number | null, goal: number | null): boolean | null => {
      if (value === null || goal === null) return null;
      return target.bound === 'at_least' ? value >= goal : value <= goal;
    };
    return {
      id,
      owner: target.owner,
      ...period,
      bound: target.bound,
      today: before,
      draft: after,
      today_goal: goals.today,
      draft_goal: goals.draft,
      today_met: met(before, goals.today),
      draft_met: met(after, goals.draft),
    };
  });
}

function figureOf(
  side: Side,
  { id, target, period, segment }: Judged,
  rows: Readonly<Record<string, readonly Row[]>>,
  context: MeasureContext,
  draft: DraftContext,
): number | null {
  const key = periodKey(period, target.per);
  const readings = { today: context.agreement, draft: draft.agreement };
  const states = readStates(rows[`states ${key}`] ?? [], readings).filter(
    ({ row }) => segment === null || row[segment] === true,
  );
  const { metric } = target;
  const figure = (row: Row | undefined, name: string): number | null =>
    row === undefined ? null : numberIn(row, name);
  // Ads have no leads to tell the segment by.
  const spend = segment === null ? figure(rows[`spend ${key}`]?.[0], 'spend') : null;
  const money = figure(rows[`${side} ${id}`]?.[0], 'amount');
  const count = (stage: string): number | null => {
    const found = readings[side].stages.find((each) => each.id === stage);
    // What ads measure, a draft does not change.
    if (found?.kind !== 'reached') return null;
    return sumOf(states, (state: State) => state.has(side, stage));
  };
  switch (metric.kind) {
    case 'count':
      return count(metric.stage);
    case 'share': {
      const [numerator, denominator] = [count(metric.stage), count(metric.of)];
      if (numerator === null || denominator === null || denominator === 0) return null;
      return numerator / denominator;
    }
    case 'cost': {
      const leads = count(metric.stage);
      return spend === null || leads === null || leads === 0 ? null : round(spend / leads);
    }
    case 'value':
      return money === null ? null : round(money);
    case 'return':
      return money === null || spend === null || spend === 0 ? null : money / spend;
  }
}
