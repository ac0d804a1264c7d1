import type { Agreement, ReachedStage, Target } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { addDays } from '../calendar/add-days.ts';
import { firstInstant, lastWholePeriod } from '../calendar/days.ts';
import type { DayRange } from '../calendar/days.ts';
import { leadsOf } from '../facts/draft-leads.ts';
import { valueStage } from '../facts/value.ts';
import { microsecondsOf } from '../facts/derive.ts';
import { AT, knownActivities } from '../facts/sources.ts';
import { activityScope } from '../facts/activity-scope.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { round } from './ad-query.ts';
import type { DraftContext, MeasureContext, Row } from './measure.ts';
import { ruleCondition } from './selection.ts';
import type { WhatifTarget } from './whatif-answer.ts';
import { numberIn, reachedIn, sumOf } from './whatif-states.ts';
import type { Side, State, StatesPart } from './whatif-states.ts';

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

/** True of instants within the local days of a period. */
function within(at: Fragment, period: DayRange, context: MeasureContext): Fragment {
  const [from, until] = [dayStart(period.from, context), dayStart(addDays(period.to, 1), context)];
  return sql`(${at} >= ${from} and ${at} < ${until})`;
}

/** The first instant of a local day. */
function dayStart(day: string, { dialect, agreement }: MeasureContext): Fragment {
  return dialect.instant(dialect.literal('int', String(firstInstant(day, agreement.timezone))));
}

/** True of leads that in a reading reach a stage within a period. */
function reachedWithin(side: Side, stage: ReachedStage, period: DayRange, context: MeasureContext): Fragment {
  const reached = reachedIn(side, stage);
  if (side === 'draft') return within(reached, period, context);
  const day = (text: string): Fragment => context.dialect.cast(sql`${text}`, 'date');
  return sql`(${reached} between ${day(period.from)} and ${day(period.to)})`;
}

/** True of leads that in a reading reach a stage in a period or after it: the few of which it is asked where. */
function movedSince({ from }: DayRange, context: MeasureContext, draft: DraftContext): Fragment {
  const { dialect, agreement } = context;
  const latest = (side: Side, of: Agreement): Fragment =>
    dialect.latestKnown(reachedStages(of).map((stage) => reachedIn(side, stage)));
  return any([
    sql`${latest('today', agreement)} >= ${dialect.cast(sql`${from}`, 'date')}`,
    sql`${latest('draft', draft.agreement)} >= ${dayStart(from, context)}`,
  ]);
}

function periodKey({ from }: DayRange, per: Target['per']): string {
  return `${per} ${from}`;
}

/** The leads that reach a stage within the period of a target, by that period, told apart by the segments. */
export function targetParts(context: MeasureContext, draft: DraftContext): readonly StatesPart[] {
  const judged = judgedTargets(context, draft);
  const parts = new Map<string, StatesPart>();
  for (const { target, period } of judged) {
    const name = periodKey(period, target.per);
    if (parts.has(name)) continue;
    const counts = (side: Side, stage: ReachedStage): Fragment => reachedWithin(side, stage, period, context);
    const segments = new Map(
      judged.flatMap((each) =>
        each.segment !== null && each.target.where !== null && each.target.per === target.per
          ? [[each.segment, ruleCondition(each.target.where, context.dialect)] as const]
          : [],
      ),
    );
    parts.set(name, { name, condition: movedSince(period, context, draft), counts, segments });
  }
  return [...parts.values()];
}

/** What is asked for the targets besides their leads: the spend of each period, and its money. */
export function targetQueries(
  context: MeasureContext,
  draft: DraftContext,
): Readonly<Record<string, Fragment>> {
  const { dialect } = context;
  const queries: Record<string, Fragment> = {};
  for (const { id, target, period } of judgedTargets(context, draft)) {
    const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
    queries[`spend ${periodKey(period, target.per)}`] =
      sql`select ${dialect.sum(identifier('spend'))} as spend
      from ${identifier(context.tables.adDay)}
      where dimension = '' and has_spend and day between ${day(period.from)} and ${day(period.to)}`;
    if (target.metric.kind !== 'value' && target.metric.kind !== 'return') continue;
    const query = moneyQuery(target, period, context, draft);
    if (query !== null) queries[`money ${id}`] = query;
  }
  return queries;
}

/** The money of a period, of the leads that in each reading reach the stage which carries it. */
function moneyQuery(
  target: Target,
  period: DayRange,
  context: MeasureContext,
  draft: DraftContext,
): Fragment | null {
  const { dialect } = context;
  const sides = (['today', 'draft'] as const).flatMap((side) => {
    const money = valueStage(side === 'today' ? context.agreement : draft.agreement);
    if (money === null) return [];
    const holds = expressionSql(money.value.where.expression, activityScope(dialect, raw('a')), dialect);
    return [{ side, stage: money.stage, holds }];
  });
  if (sides.length === 0) return null;
  const activities = knownActivities({
    asOf: microsecondsOf(context.asOf),
    leads: 'all',
    dialect,
    timezone: context.agreement.timezone,
    created: { from: null, until: null },
    absent: [],
    alias: context.tables.alias,
  });
  const of = sides.map(
    ({ holds }, position) => sql`coalesce(${holds}, false) as ${identifier(`of_${position}`)}`,
  );
  const leads = leadsOf(raw('select lead_id from paid'));
  const stage = valueStage(draft.agreement)?.stage;
  const judged = stage === undefined ? draft.among(leads) : draft.reaching(stage, leads);
  const sums = sides.map(
    ({ side, stage }, position) =>
      sql`${dialect.sumIf(
        sql`a.amount`,
        all([sql`a.${identifier(`of_${position}`)}`, sql`r.${reachedIn(side, stage)} is not null`]),
      )} as ${identifier(side)}`,
  );
  return sql`with paid as materialized (
      select lead_id, amount, ${join(of)} from ${activities} a
      where ${within(sql`a.${AT}`, period, context)} and ${any(sides.map(({ holds }) => holds))})
    select ${join(sums)} from paid a
    join ${judged} r on r.lead_id = a.lead_id
    ${target.where === null ? raw('') : sql`where ${ruleCondition(target.where, dialect)}`}`;
}

/** Each target under both readings. */
export function makeTargets(
  rows: Readonly<Record<string, readonly Row[]>>,
  statesOf: (part: string) => readonly State[],
  context: MeasureContext,
  draft: DraftContext,
): WhatifTarget[] {
  return judgedTargets(context, draft).map((judged): WhatifTarget => {
    const { id, target, goals, period } = judged;
    const figure = (side: Side): number | null => figureOf(side, judged, rows, statesOf, context, draft);
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
  statesOf: (part: string) => readonly State[],
  context: MeasureContext,
  draft: DraftContext,
): number | null {
  const key = periodKey(period, target.per);
  const readings = { today: context.agreement, draft: draft.agreement };
  const states = statesOf(key).filter(({ row }) => segment === null || row[segment] === true);
  const { metric } = target;
  const figure = (row: Row | undefined, name: string): number | null =>
    row?.[name] === undefined ? null : numberIn(row, name);
  // Ads have no leads to tell the segment by.
  const spend = segment === null ? figure(rows[`spend ${key}`]?.[0], 'spend') : null;
  const money = figure(rows[`money ${id}`]?.[0], side);
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
