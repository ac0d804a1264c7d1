import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fitBetaBinomial, shrink } from '../stats/beta-binomial.ts';
import type { BetaPrior } from '../stats/beta-binomial.ts';
import { binomialTest } from '../stats/binomial-test.ts';
import { difference } from '../stats/difference.ts';
import type { Estimate } from '../stats/difference.ts';
import { twoProportionTest } from '../stats/two-proportions.ts';
import type { Proportion } from '../stats/two-proportions.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import { DISCOVERY_RATE, SMALL } from './breakdown-cells.ts';

/** A group of leads at a step: how many reached its first stage, and how many of them its second. */
export interface Cell extends Proportion {
  readonly value: string;
}

/** The groups of one dimension at one step. */
export interface Slice {
  /** All leads that have a datum in the dimension, those of groups too small to be listed too. */
  readonly whole: Proportion;
  /** Of at least 30 leads each. */
  readonly cells: readonly Cell[];
  /** The share that the agreement promises of the step, if it does. */
  readonly target: number | null;
}

export interface Reference {
  readonly kind: 'rest' | 'typical' | 'target';
  readonly rate: number;
  readonly counts: Proportion | null;
}

export interface Shortfall<Each extends Slice> {
  readonly slice: Each;
  readonly cell: Cell;
  readonly reference: Reference;
  /** The cell's rate, drawn to the others'. */
  readonly shrunk: Estimate;
  /** Reference less shrunk rate. */
  readonly gap: Estimate;
  readonly q: number;
}

export interface Verdict<Each extends Slice> {
  readonly tested: number;
  readonly above: number;
  readonly below: readonly Shortfall<Each>[];
}

interface Tested<Each extends Slice> {
  readonly slice: Each;
  readonly cell: Cell;
  readonly rest: Proportion;
  readonly p: number;
}

/**
 * The cells whose rate is under their reference by more than chance, of all the cells of all slices:
 * 1. each cell is tested against the rest of its slice, from both sides; where the step has a target, the
 *    greater p-value of that and of the test against the target counts: it has to fall short of both;
 * 2. the p-values of all cells are adjusted together, and q ≤ 10 % kept (Benjamini and Hochberg 1995);
 * 3. each rate kept is shrunk to its slice's mean (empirical Bayes, beta-binomial), and the interval of its
 *    gap to the reference must not hold 0.
 */
export function shortfalls<Each extends Slice>(slices: readonly Each[]): Verdict<Each> {
  const tested = slices.flatMap((slice) => slice.cells.flatMap((cell) => testOf(slice, cell)));
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  const kept = tested.flatMap((each, position) => {
    const q = adjusted[position] ?? 1;
    return q <= DISCOVERY_RATE ? [{ ...each, q }] : [];
  });
  const priors = new Map<Slice, BetaPrior | null>();
  const priorOf = (slice: Slice): BetaPrior | null => {
    const known = priors.get(slice);
    const prior = known === undefined ? fitBetaBinomial(slice.cells) : known;
    priors.set(slice, prior);
    return prior;
  };
  const isBelow = ({ cell, rest }: Tested<Each>): boolean => rateOf(cell) < rateOf(rest);
  return {
    tested: tested.length,
    above: kept.filter((each) => !isBelow(each)).length,
    below: kept.filter(isBelow).flatMap(({ slice, cell, rest, q }) => {
      const found = measured(slice, cell, rest, priorOf(slice));
      return found === null ? [] : [{ slice, cell, q, ...found }];
    }),
  };
}

function rateOf({ numerator, denominator }: Proportion): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function testOf<Each extends Slice>(slice: Each, cell: Cell): readonly Tested<Each>[] {
  const rest = {
    numerator: slice.whole.numerator - cell.numerator,
    denominator: slice.whole.denominator - cell.denominator,
  };
  if (cell.denominator < SMALL || rest.denominator < SMALL) return [];
  const p = twoProportionTest(cell, rest);
  if (p === null) return [];
  const isBelow = rateOf(cell) < rateOf(rest);
  return [
    {
      slice,
      cell,
      rest,
      p: slice.target === null || !isBelow ? p : Math.max(p, shortOf(cell, slice.target)),
    },
  ];
}

/** The p-value against a target; 1 for a cell that reaches it. */
function shortOf(cell: Cell, target: number): number {
  return rateOf(cell) >= target ? 1 : binomialTest(cell, target);
}

function measured(
  slice: Slice,
  cell: Cell,
  rest: Proportion,
  prior: BetaPrior | null,
): Pick<Shortfall<Slice>, 'reference' | 'shrunk' | 'gap'> | null {
  if (prior === null) return null;
  const shrunk = shrink(cell, prior);
  // One very good group lifts the rest: those at the usual rate have nothing to mend.
  const typical = typicalOf(slice.cells.filter((each) => each !== cell));
  const whole = estimateOf(rest);
  const usual = typical === null ? whole : estimateOf(typical);
  if (Math.min(difference(whole, shrunk).low, difference(usual, shrunk).low) <= 0) return null;
  const { target } = slice;
  if (target === null) {
    const isLifted = usual.high < whole.value;
    const { value: rate } = isLifted ? usual : whole;
    return {
      reference: { kind: isLifted ? 'typical' : 'rest', rate, counts: isLifted ? typical : rest },
      shrunk,
      gap: difference(isLifted ? usual : whole, shrunk),
    };
  }
  const short = difference({ value: target, low: target, high: target }, shrunk);
  return short.low <= 0
    ? null
    : { reference: { kind: 'target', rate: target, counts: null }, shrunk, gap: short };
}

function estimateOf(counts: Proportion): Estimate {
  const rate = rateOf(counts);
  const { low, high } = wilsonInterval(counts.numerator, counts.denominator) ?? { low: rate, high: rate };
  return { value: rate, low, high };
}

/** The group at the middle of some by their rates, each weighing as its leads. */
function typicalOf(cells: readonly Cell[]): Cell | null {
  const ordered = cells.toSorted((left, right) => rateOf(left) - rateOf(right));
  const half = ordered.reduce((sum, { denominator }) => sum + denominator, 0) / 2;
  let running = 0;
  for (const cell of ordered) {
    running += cell.denominator;
    if (running >= half) return cell;
  }
  return null;
}
