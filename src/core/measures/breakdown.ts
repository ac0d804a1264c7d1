import type { Dimension, Stage } from '../agreement/agreement.ts';
import type { DayRange } from '../calendar/days.ts';
import { success } from '../diagnostic/result.ts';
import { bandNames } from '../facts/bands.ts';
import { groupOfAd } from '../facts/groups.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { twoProportionTest } from '../stats/two-proportions.ts';
import type { Fragment } from '../sql/sql.ts';
import { adGroupQuery, adQuery, round, sumAds } from './ad-query.ts';
import type { AdFigures } from './ad-query.ts';
import { breakdownAnswer } from './answer.ts';
import type { BreakdownAnswer, GroupAnswer } from './answer.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { breakdownQuestion } from './question.ts';
import type { BreakdownQuestion } from './question.ts';
import { dimensionOf, select, stagePair } from './selection.ts';
import type { Selection } from './selection.ts';
import { countOf, reachedOf, share } from './share.ts';
import { collect, tallyQuery, TOTAL } from './tally-query.ts';
import type { Figures, Group } from './tally-query.ts';

/** Below this a group says little: it is dimmed, and never said to differ. */
export const SMALL = 30;
/** Of the groups said to differ, the part that may do so by chance. */
export const DISCOVERY_RATE = 0.1;

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
    const group: Group = { dimension: dimension.value, byDay: false, pair: pair.value };
    const { range, compared } = selection.value;
    const tallyOf = (days: DayRange): Fragment =>
      tallyQuery(selection.value, days, [{ ...TOTAL, pair: pair.value }, group], context, pair.value[1].id);
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
    const { leads = [], ads, adGroups, before, adsBefore, adGroupsBefore } = rows;
    return success(
      makeBreakdown(
        { leads, ads, adGroups },
        before === undefined ? null : { leads: before, ads: adsBefore, adGroups: adGroupsBefore },
        dimension.value,
        pair.value,
        question.top,
        selection.value,
        context,
      ),
    );
  },
};

function beforeNames(queries: Readonly<Record<string, Fragment>>): Readonly<Record<string, Fragment>> {
  return Object.fromEntries(Object.entries(queries).map(([name, query]) => [`${name}Before`, query]));
}

/** The ad metrics of a breakdown: only unfiltered, where ads have the dimension. */
export function adQueries(
  dimension: Dimension,
  selection: Selection,
  range: DayRange,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const total = adQuery(selection, range, context);
  const unfiltered = selection.filters.length === 0 && !selection.hasRule;
  const has =
    unfiltered &&
    dimension.kind === 'field' &&
    context.agreement.dimensions.some((each) => each.id === dimension.id) &&
    groupOfAd(context.agreement, dimension, context.dialect) !== null;
  return {
    ...(total === null ? {} : { ads: total }),
    ...(has ? { adGroups: adGroupQuery(dimension.id, range, context) } : {}),
  };
}

interface BreakdownRows {
  readonly leads: readonly Row[];
  readonly ads: readonly Row[] | undefined;
  readonly adGroups: readonly Row[] | undefined;
}

/** What is known of a group in one period. */
interface Told {
  readonly figures: Figures | undefined;
  readonly ads: AdFigures | null;
}

/** A group before it is told from the rest: its texts and its figures. */
interface Cell extends Told {
  readonly kind: GroupAnswer['kind'];
  readonly value: string | null;
  readonly members: number;
  /** In the period compared with; null without comparison. */
  readonly before: Told | null;
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
    total: { figures: collect(rows.leads, TOTAL).get(null), ads: sumAds(rows.ads) },
    keys: [...new Set([...groups.keys(), ...adGroups.keys()])],
    told: (key) => ({ figures: groups.get(key), ads: sumAds(adGroups.get(key)) ?? adsElsewhere(key) }),
  };
}

export function makeBreakdown(
  rows: BreakdownRows,
  rowsBefore: BreakdownRows | null,
  dimension: Dimension,
  pair: readonly [Stage, Stage],
  top: number,
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
    before: before?.total ?? null,
  };
  const whole = answerGroup(total, pair, selection, context);
  return {
    ...heading(selection, context),
    dimension: dimension.id,
    kind: dimension.kind,
    part: dimension.kind === 'calendar' ? dimension.part : null,
    stages: pair.map((stage) => stage.id),
    compared: before === null ? null : rangeCompared(selection, context),
    total: whole,
    groups: compare(
      shown.map((cell) => answerGroup(cell, pair, selection, context)),
      whole,
      pair,
      selection,
    ),
  };
}

/** Bands and calendar parts in their own order, other groups by size; the missing group last. */
function order(
  cells: readonly Cell[],
  dimension: Dimension,
  size: (cell: Cell) => number,
  context: MeasureContext,
): readonly Cell[] {
  const text = (cell: Cell): string => cell.value ?? '';
  const byText = new Intl.Collator('en', { numeric: true });
  const names =
    dimension.kind === 'bands'
      ? bandNames(
          dimension.edges,
          context.agreement.fields.find((field) => field.name === dimension.field)?.type === 'integer',
        )
      : [];
  return cells.toSorted((left, right) => {
    if ((left.kind === 'missing') !== (right.kind === 'missing')) return left.kind === 'missing' ? 1 : -1;
    if (dimension.kind === 'bands') return names.indexOf(text(left)) - names.indexOf(text(right));
    if (dimension.kind === 'calendar') return byText.compare(text(left), text(right));
    return size(right) - size(left) || byText.compare(text(left), text(right));
  });
}

/** Keeps the largest groups and folds the rest into one, so that the whole adds up. */
function fold(
  cells: readonly Cell[],
  dimension: Dimension,
  top: number,
  size: (cell: Cell) => number,
): readonly Cell[] {
  if (dimension.kind === 'calendar' || dimension.kind === 'bands') return cells;
  const values = cells.filter((cell) => cell.kind === 'value');
  if (values.length <= top) return cells;
  const kept = new Set(values.toSorted((left, right) => size(right) - size(left)).slice(0, top));
  const folded = values.filter((cell) => !kept.has(cell));
  const other: Cell = {
    kind: 'other',
    value: null,
    ...addTold(folded),
    members: folded.length,
    before: folded.some((cell) => cell.before === null) ? null : addTold(folded.map((cell) => cell.before)),
  };
  const missing = cells.filter((cell) => cell.kind === 'missing');
  return [...values.filter((cell) => kept.has(cell)), other, ...missing];
}

function addTold(all: readonly (Told | null)[]): Told {
  return {
    figures: addFigures(all.map((each) => each?.figures)),
    ads: addAds(all.map((each) => each?.ads ?? null)),
  };
}

function addFigures(all: readonly (Figures | undefined)[]): Figures {
  const sums: Record<string, number> = {};
  for (const figures of all) {
    for (const [name, value] of Object.entries(figures ?? {})) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

function addAds(all: readonly (AdFigures | null)[]): AdFigures | null {
  const known = all.filter((ads) => ads !== null);
  if (known.length === 0) return null;
  const spends = known.flatMap((ads) => (ads.spend === null ? [] : [ads.spend]));
  return {
    impressions: known.reduce((sum, ads) => sum + ads.impressions, 0),
    clicks: known.reduce((sum, ads) => sum + ads.clicks, 0),
    spend: spends.length === 0 ? null : round(spends.reduce((sum, spend) => sum + spend, 0)),
  };
}

function rangeCompared({ compared }: Selection, context: MeasureContext): BreakdownAnswer['compared'] {
  return compared === null ? null : { ...compared, timezone: context.agreement.timezone };
}

function countsAndRate(
  { figures, ads }: Told,
  [from, to]: readonly [Stage, Stage],
  selection: Selection,
  context: MeasureContext,
): Pick<GroupAnswer, 'counts' | 'rate'> {
  const denominator = countOf(from, figures, ads);
  const count = countOf(to, figures, ads);
  const numerator =
    from.kind === 'reached' && to.kind === 'reached'
      ? reachedOf(context.agreement, figures, from, to, selection.mode)
      : count;
  return {
    counts: { [from.id]: denominator, [to.id]: count },
    rate: share(from.id, numerator ?? 0, denominator ?? 0, selection.mode),
  };
}

function answerGroup(
  cell: Cell,
  pair: readonly [Stage, Stage],
  selection: Selection,
  context: MeasureContext,
): GroupAnswer {
  const { counts, rate } = countsAndRate(cell, pair, selection, context);
  const [denominator, count] = pair.map((stage) => counts[stage.id] ?? null);
  const spend = cell.ads?.spend ?? null;
  return {
    kind: cell.kind,
    value: cell.value,
    label: cell.kind === 'value' ? cell.value : null,
    counts,
    rate,
    differs: false,
    q: null,
    small: cell.kind !== 'total' && denominator != null && denominator < SMALL,
    spend,
    cost: spend !== null && count != null && count > 0 ? round(spend / count) : null,
    members: cell.members,
    previous: cell.before === null ? null : countsAndRate(cell.before, pair, selection, context),
  };
}

/** Each group against all the others together, with the false discovery rate of all tests bounded. */
function compare(
  groups: readonly GroupAnswer[],
  total: GroupAnswer,
  pair: readonly [Stage, Stage],
  selection: Selection,
): GroupAnswer[] {
  // What merely happened in one period, or clicks against leads, are no shares to compare.
  if (selection.mode === 'period' || pair.some((stage) => stage.kind === 'measured')) return [...groups];
  const pValues = groups.map(({ rate }) =>
    twoProportionTest(rate, {
      numerator: total.rate.numerator - rate.numerator,
      denominator: total.rate.denominator - rate.denominator,
    }),
  );
  const tested = pValues.filter((p) => p !== null);
  const adjusted = benjaminiHochberg(tested);
  let next = 0;
  return groups.map((group, position) => {
    if (pValues[position] === null) return group;
    const q = adjusted[next] ?? null;
    next += 1;
    return { ...group, q, differs: q !== null && q <= DISCOVERY_RATE && !group.small };
  });
}
