import type { Dimension, Stage } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Fragment } from '../sql/sql.ts';
import { adGroupQuery, adQuery, sumAds } from './ad-query.ts';
import type { AdFigures } from './ad-query.ts';
import { breakdownAnswer } from './answer.ts';
import type { BreakdownAnswer } from './answer.ts';
import { answerGroup, compare, fold, order } from './breakdown-cells.ts';
import type { Cell, Told } from './breakdown-cells.ts';
import { panelsOf } from './breakdown-panels.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { breakdownQuestion } from './question.ts';
import type { BreakdownQuestion } from './question.ts';
import { dimensionOf, select, stagePair } from './selection.ts';
import type { ComparedRange, Selection } from './selection.ts';
import { countOf } from './share.ts';
import { addUp, collect, tallyQuery, TOTAL } from './tally-query.ts';
import type { Group } from './tally-query.ts';

const NO_ADS: AdFigures = { impressions: 0, clicks: 0, spend: null };

/** Two stages by the groups of a dimension, each against the rest. */
export const breakdown: Measure<BreakdownQuestion, BreakdownAnswer> = {
  name: 'breakdown',
  question: breakdownQuestion,
  answer: breakdownAnswer,
  ask(question, context) {
    const dimension = dimensionOf(context.agreement, question.dimension);
    if (!dimension.ok) return dimension;
    const pair = stagePair(context.agreement, question.stages);
    if (!pair.ok) return pair;
    const selection = select(question, context, pair.value[1].id);
    if (!selection.ok) return selection;
    const second = secondOf(question, context);
    if (!second.ok) return second;
    const groups = groupsAsked(dimension.value, second.value, pair.value);
    const { range, compared } = selection.value;
    const tallyOf = (days: DayRange | ComparedRange): Fragment =>
      tallyQuery(selection.value, days, groups, context, pair.value[1].id);
    return success({
      leads: tallyOf(range),
      ...adQueries(dimension.value, selection.value, range, context),
      ...(compared === null ? {} : { before: tallyOf(compared) }),
      ...(compared === null
        ? {}
        : beforeNames(adQueries(dimension.value, selection.value, compared, context))),
    });
  },
  make(rows, question, context) {
    const dimension = dimensionOf(context.agreement, question.dimension);
    if (!dimension.ok) return dimension;
    const pair = stagePair(context.agreement, question.stages);
    if (!pair.ok) return pair;
    const selection = select(question, context, pair.value[1].id);
    if (!selection.ok) return selection;
    const second = secondOf(question, context);
    if (!second.ok) return second;
    const { leads = [], ads, adGroups, before, adsBefore, adGroupsBefore } = rows;
    return success(
      makeBreakdown(
        { leads, ads, adGroups },
        before === undefined ? null : { leads: before, ads: adsBefore, adGroups: adGroupsBefore },
        { dimension: dimension.value, second: second.value, pair: pair.value, top: question.top },
        selection.value,
        context,
      ),
    );
  },
};

function secondOf(question: BreakdownQuestion, context: MeasureContext): Result<Dimension | null> {
  return question.second === undefined ? success(null) : dimensionOf(context.agreement, question.second);
}

function groupsAsked(
  dimension: Dimension,
  second: Dimension | null,
  pair: readonly [Stage, Stage],
): readonly Group[] {
  const group: Group = { dimension, byDay: false, pair };
  const crossed = second === null ? [] : [{ ...group, second }];
  // Each lead stands in one group of its own attributes: they add up to the total.
  return dimension.kind === 'activity' ? [{ ...TOTAL, pair }, group, ...crossed] : [group, ...crossed];
}

function beforeNames(queries: Readonly<Record<string, Fragment>>): Readonly<Record<string, Fragment>> {
  return Object.fromEntries(Object.entries(queries).map(([name, query]) => [`${name}Before`, query]));
}

/** The ad metrics of a breakdown: only unfiltered, where ads have the dimension. */
export function adQueries(
  dimension: Dimension,
  selection: Selection,
  range: DayRange | ComparedRange,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const total = adQuery(selection, range, context);
  const unfiltered = selection.filters.length === 0 && !selection.hasRule;
  const groups = unfiltered ? adGroupQuery(dimension, range, context) : null;
  return {
    ...(total === null ? {} : { ads: total }),
    ...(groups === null ? {} : { adGroups: groups }),
  };
}

interface BreakdownRows {
  readonly leads: readonly Row[];
  readonly ads: readonly Row[] | undefined;
  readonly adGroups: readonly Row[] | undefined;
}

/** The groups of a period by their value, null for the missing one, and all of them together. */
function groupsOf(
  rows: BreakdownRows,
  dimension: Dimension,
): { readonly total: Told; readonly keys: readonly (string | null)[]; told(key: string | null): Told } {
  const groups = collect(rows.leads, { dimension, byDay: false });
  const adGroups = new Map<string | null, Row[]>();
  for (const row of rows.adGroups ?? []) {
    if (row['dimension'] !== dimension.id) continue;
    const value = typeof row['value'] === 'string' ? row['value'] : null;
    adGroups.set(value, [...(adGroups.get(value) ?? []), row]);
  }
  // Ads that have the dimension have none of a group that they do not name; what lacks it they cannot tell.
  const adsElsewhere = (key: string | null): AdFigures | null =>
    key === null || adGroups.size === 0 ? null : NO_ADS;
  return {
    total: { figures: collect(rows.leads, TOTAL).get(null) ?? addUp(groups), ads: sumAds(rows.ads) },
    keys: [...new Set([...groups.keys(), ...adGroups.keys()])],
    told: (key) => ({ figures: groups.get(key), ads: sumAds(adGroups.get(key)) ?? adsElsewhere(key) }),
  };
}

/** What a breakdown is by, and of. */
export interface BreakdownParts {
  readonly dimension: Dimension;
  readonly second: Dimension | null;
  readonly pair: readonly [Stage, Stage];
  readonly top: number;
}

export function makeBreakdown(
  rows: BreakdownRows,
  rowsBefore: BreakdownRows | null,
  { dimension, second, pair, top }: BreakdownParts,
  selection: Selection,
  context: MeasureContext,
): BreakdownAnswer {
  const now = groupsOf(rows, dimension);
  const before = rowsBefore === null ? null : groupsOf(rowsBefore, dimension);
  // A group that is there no more is part of the comparison.
  const keys = new Set([...now.keys, ...(before?.keys ?? [])]);
  const cells = [...keys].map((key): Cell => ({
    kind: key === null ? 'missing' : 'value',
    value: key ?? '',
    ...now.told(key),
    members: 1,
    keys: [key],
    before: before?.told(key) ?? null,
  }));
  const size = ({ figures, ads }: Cell): number =>
    countOf(pair[0], figures, ads) ?? countOf(pair[1], figures, ads) ?? 0;
  const ordered = order(cells, dimension, size, context);
  const shown = fold(ordered, dimension, top, size);
  const total: Cell = {
    kind: 'total',
    value: null,
    ...now.total,
    members: cells.length,
    keys: [...keys],
    before: before?.total ?? null,
  };
  const whole = answerGroup(total, pair, selection, context);
  return {
    ...heading(selection, context),
    ...described(dimension),
    stages: pair.map((stage) => stage.id),
    compared: before === null ? null : rangeCompared(selection, context),
    total: whole,
    groups: compare(
      shown.map((cell) => answerGroup(cell, pair, selection, context)),
      whole,
      pair,
      selection,
    ),
    second: second === null ? null : described(second),
    panels:
      second === null
        ? []
        : panelsOf(rows.leads, shown, whole, { dimension, second, pair, top }, selection, context),
  };
}

function described(dimension: Dimension): Pick<BreakdownAnswer, 'dimension' | 'kind' | 'part'> {
  return {
    dimension: dimension.id,
    kind: dimension.kind,
    part: dimension.kind === 'calendar' ? dimension.part : null,
  };
}

function rangeCompared({ compared }: Selection, context: MeasureContext): BreakdownAnswer['compared'] {
  return compared === null ? null : { ...compared, timezone: context.agreement.timezone };
}
