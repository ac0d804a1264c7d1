import type { Dimension, Stage } from '../agreement/agreement.ts';
import { bandNames } from '../facts/bands.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { twoProportionTest } from '../stats/two-proportions.ts';
import { round } from './ad-query.ts';
import type { AdFigures } from './ad-query.ts';
import type { GroupAnswer } from './answer.ts';
import type { MeasureContext } from './measure.ts';
import type { Selection } from './selection.ts';
import { conversion, countOf, reachedOf } from './share.ts';
import type { Figures } from './tally-query.ts';

/** Below this a group says little: it is dimmed, and never said to differ. */
export const SMALL = 30;
/** Of the groups said to differ, the part that may do so by chance. */
export const DISCOVERY_RATE = 0.1;

/** What is known of a group in one period. */
export interface Told {
  readonly figures: Figures | undefined;
  readonly ads: AdFigures | null;
}

/** A group before it is told from the rest: its texts and its figures. */
export interface Cell extends Told {
  readonly kind: GroupAnswer['kind'];
  readonly value: string | null;
  readonly members: number;
  /** The texts of the groups that stand in it, null for the missing one. */
  readonly keys: readonly (string | null)[];
  /** In the period compared with; null without comparison. */
  readonly before: Told | null;
}

/** Bands and calendar parts in their own order, other groups by size; the missing group last. */
export function order(
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
export function fold(
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
    keys: folded.flatMap((cell) => cell.keys),
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

export function addFigures(all: readonly (Figures | undefined)[]): Figures {
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
    rate: conversion(from, to, numerator ?? 0, denominator ?? 0, selection.mode),
  };
}

export function answerGroup(
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
export function compare(
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
