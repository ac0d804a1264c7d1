import { betaQuantile, lnBeta } from './incomplete-beta.ts';
import type { Proportion } from './two-proportions.ts';
import type { Estimate } from './difference.ts';

/** How the shares of groups are spread: Beta with this mean, as firmly as `size` observations say it. */
export interface BetaPrior {
  /** From 0 to 1. */
  readonly mean: number;
  /** a + b of Beta(a, b); the greater, the more alike the groups. */
  readonly size: number;
}

/** At the greatest size groups are as good as equal, at the least as good as unrelated. */
const LEAST_SIZE = 0.05;
const GREATEST_SIZE = 1e6;
const ROUNDS = 30;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The beta-binomial distribution that makes the groups seen likeliest, so that each group can borrow from
 * all of them (empirical Bayes). `null` without any observation.
 *
 * Source: J. G. Skellam, "A probability distribution derived from the binomial distribution…", JRSS B 10
 * (1948); maximum likelihood, first by the size, then by the mean, until neither moves.
 */
export function fitBetaBinomial(groups: readonly Proportion[]): BetaPrior | null {
  const seen = groups.filter(({ denominator }) => denominator > 0);
  const successes = seen.reduce((sum, { numerator }) => sum + numerator, 0);
  const total = seen.reduce((sum, { denominator }) => sum + denominator, 0);
  if (total === 0) return null;
  const pooled = successes / total;
  if (pooled === 0 || pooled === 1) return { mean: pooled, size: GREATEST_SIZE };
  const likelihood = (logit: number, lnSize: number): number => {
    const mean = 1 / (1 + Math.exp(-logit));
    const size = Math.exp(lnSize);
    const a = mean * size;
    const b = size - a;
    const common = lnBeta(a, b);
    return seen.reduce(
      (sum, { numerator, denominator }) => sum + lnBeta(numerator + a, denominator - numerator + b) - common,
      0,
    );
  };
  const start = Math.log(pooled / (1 - pooled));
  let logit = start;
  let lnSize = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const current = logit;
    const nextSize = greatest(
      (each) => likelihood(current, each),
      Math.log(LEAST_SIZE),
      Math.log(GREATEST_SIZE),
    );
    const nextLogit = greatest((each) => likelihood(each, nextSize), start - 3, start + 3);
    const moved = Math.abs(nextSize - lnSize) + Math.abs(nextLogit - logit);
    logit = nextLogit;
    lnSize = nextSize;
    if (moved < 1e-6) break;
  }
  return { mean: 1 / (1 + Math.exp(-logit)), size: Math.exp(lnSize) };
}

/** Where a function of one peak is greatest, by golden sections. */
function greatest(value: (x: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = value(left);
  let atRight = value(right);
  while (high - low > 1e-7) {
    if (atLeft >= atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - GOLDEN * (high - low);
      atLeft = value(left);
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + GOLDEN * (high - low);
      atRight = value(right);
    }
  }
  return (low + high) / 2;
}

/** A group's share after borrowing from the others, with its 95 % credible interval. */
export function shrink({ numerator, denominator }: Proportion, { mean, size }: BetaPrior): Estimate {
  const a = numerator + mean * size;
  const b = denominator - numerator + (1 - mean) * size;
  const value = a / (a + b);
  // With nothing on one side there is no distribution, only its edge.
  if (a === 0 || b === 0) return { value, low: value, high: value };
  return { value, low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b) };
}
