import { erfc, lnGamma } from './special-functions.ts';

export interface Proportion {
  readonly numerator: number;
  readonly denominator: number;
}

/** Below this expected count in a cell the normal approximation misleads; twice what Cochran asks for. */
const LEAST_EXPECTED = 10;

/**
 * The two-sided p-value of "both shares are equal": Fisher's exact test where a cell expects fewer than
 * ten, else the score (chi-square) test. `null` where there is nothing to compare.
 *
 * Sources: R. A. Fisher, "The Design of Experiments" (1935); K. Pearson (1900); W. G. Cochran (1954).
 */
export function twoProportionTest(left: Proportion, right: Proportion): number | null {
  const successes = left.numerator + right.numerator;
  const total = left.denominator + right.denominator;
  if (left.denominator === 0 || right.denominator === 0) return null;
  if (successes === 0 || successes === total) return 1;
  const smaller = Math.min(left.denominator, right.denominator);
  const expected = (smaller * Math.min(successes, total - successes)) / total;
  return expected < LEAST_EXPECTED ? fisher(left, right) : score(left, right);
}

function score(left: Proportion, right: Proportion): number {
  const total = left.denominator + right.denominator;
  const pooled = (left.numerator + right.numerator) / total;
  const difference = left.numerator / left.denominator - right.numerator / right.denominator;
  const variance = pooled * (1 - pooled) * (1 / left.denominator + 1 / right.denominator);
  return erfc(Math.abs(difference) / Math.sqrt(2 * variance));
}

function lnChoose(n: number, k: number): number {
  return lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
}

/** The sum of the probabilities of all tables no likelier than the one seen, margins fixed. */
function fisher(left: Proportion, right: Proportion): number {
  const successes = left.numerator + right.numerator;
  const total = left.denominator + right.denominator;
  const probability = (count: number): number =>
    Math.exp(
      lnChoose(left.denominator, count) +
        lnChoose(right.denominator, successes - count) -
        lnChoose(total, successes),
    );
  const seen = probability(left.numerator) * (1 + 1e-7);
  const least = Math.max(0, successes - right.denominator);
  const most = Math.min(successes, left.denominator);
  // The tables are unimodal around the mean: walk outwards from it until nothing is left to add.
  const mode = Math.round((successes * left.denominator) / total);
  let sum = 0;
  for (const step of [-1, 1]) {
    for (let count = step === -1 ? mode - 1 : mode; count >= least && count <= most; count += step) {
      const each = probability(count);
      if (each <= seen) sum += each;
      if (each < seen * 1e-15) break;
    }
  }
  return Math.min(1, sum);
}
