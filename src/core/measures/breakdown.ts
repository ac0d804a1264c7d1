import type { Dimension, Stage } from '../agreement/agreement.ts';
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
const SMALL = 30;
const DISCOVERY_RATE = 0.1;

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
    const { range } = selection.value;
    return success({
      leads: tallyQuery(selection.value, range, [TOTAL, group], context, pair.value[1].id),
      ...adQueries(dimension.value, selection.value, context),
    });
  },
  make(rows, question, context) {
    const dimension = dimensionOf(context.agreement, question.dimension);
    if (!dimension.ok) return dimension;
    const pair = stagePair(context.agreement, question.stages);
    if (!pair.ok) return pair;
    const selection = select(question, context, pair.value[1].id);
    if (!selection.ok) return selection;
    return success(
      makeBreakdown(
        { leads: rows['leads'] ?? [], ads: rows['ads'], adGroups: rows['adGroups'] },
        dimension.value,
        pair.value,
        question.top,
        selection.value,
        context,
      ),
    );
  },
};

/** The ad metrics of a breakdown: only unfiltered, where ads have the dimension. */
export function adQueries(
  dimension: Dimension,
  selection: Selection,
  context: MeasureContext,
): Readonly<Record<string, Fragment>> {
  const total = adQuery(selection, selection.range, context);
  const unfiltered = selection.filters.length === 0 && !selection.hasRule;
  const has =
    unfiltered &&
    dimension.kind === 'field' &&
    context.agreement.dimensions.some((each) => each.id === dimension.id) &&
    groupOfAd(context.agreement, dimension, context.dialect) !== null;
  return {
    ...(total === null ? {} : { ads: total }),
    ...(has ? { adGroups: adGroupQuery(dimension.id, selection.range, context) } : {}),
  };
}

interface BreakdownRows {
  readonly leads: readonly Row[];
  readonly ads: readonly Row[] | undefined;
  readonly adGroups: readonly Row[] | undefined;
}

/** A group before it is compared: its texts and its figures. */
interface Cell {
  readonly kind: GroupAnswer['kind'];
  readonly value: string | null;
  readonly figures: Figures | undefined;
  readonly ads: AdFigures | null;
  readonly members: number;
}

export function makeBreakdown(
  rows: BreakdownRows,
  dimension: Dimension,
  pair: readonly [Stage, Stage],
  top: number,
  selection: Selection,
  context: MeasureContext,
): BreakdownAnswer {
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
  const keys = new Set([...groups.keys(), ...adGroups.keys()]);
  const cells = [...keys].map((key): Cell => ({
    kind: key === null ? 'missing' : 'value',
    value: key ?? '',
    figures: groups.get(key),
    ads: sumAds(adGroups.get(key)) ?? adsElsewhere(key),
    members: 1,
  }));
  const size = ({ figures, ads }: Cell): number =>
    countOf(pair[0], figures, ads) ?? countOf(pair[1], figures, ads) ?? 0;
  const ordered = order(cells, dimension, size, context);
  const shown = fold(ordered, dimension, top, size);
  const total: Cell = {
    kind: 'total',
    value: null,
    figures: collect(rows.leads, TOTAL).get(null),
    ads: sumAds(rows.ads),
    members: cells.length,
  };
  const whole = answerGroup(total, pair, selection, context);
  return {
    ...heading(selection, context),
    dimension: dimension.id,
    kind: dimension.kind,
    part: dimension.kind === 'calendar' ? dimension.part : null,
    stages: pair.map((stage) => stage.id),
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
    figures: addFigures(folded.map((cell) => cell.figures)),
    ads: addAds(folded.map((cell) => cell.ads)),
    members: folded.length,
  };
  const missing = cells.filter((cell) => cell.kind === 'missing');
  return [...values.filter((cell) => kept.has(cell)), other, ...missing];
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

function answerGroup(
  cell: Cell,
  [from, to]: readonly [Stage, Stage],
  selection: Selection,
  context: MeasureContext,
): GroupAnswer {
  const denominator = countOf(from, cell.figures, cell.ads);
  const count = countOf(to, cell.figures, cell.ads);
  const numerator =
    from.kind === 'reached' && to.kind === 'reached'
      ? reachedOf(context.agreement, cell.figures, from, to, selection.mode)
      : count;
  const spend = cell.ads?.spend ?? null;
  return {
    kind: cell.kind,
    value: cell.value,
    label: cell.kind === 'value' ? cell.value : null,
    counts: { [from.id]: denominator, [to.id]: count },
    rate: share(from.id, numerator ?? 0, denominator ?? 0, selection.mode),
    differs: false,
    q: null,
    small: cell.kind !== 'total' && denominator !== null && denominator < SMALL,
    spend,
    cost: spend !== null && count !== null && count > 0 ? round(spend / count) : null,
    members: cell.members,
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
