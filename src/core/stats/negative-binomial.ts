import { incompleteBeta } from './incomplete-beta.ts';

/** A variance of no more than the mean is taken for this much more: as good as Poisson's. */
const LEAST_EXCESS = 1e-4;

/**
 * The least count that a negative binomial variable of this mean and variance reaches or stays below with a
 * probability. It is a Poisson count whose rate is itself uncertain (gamma).
 *
 * Source: the distribution function as an incomplete beta function, N. L. Johnson, A. W. Kemp and S. Kotz,
 * "Univariate Discrete Distributions" (2005), 5.6.
 *
 * @param probability from 0 to 1, both excluded
 * @example
 * negativeBinomialQuantile(0.5, 3, 12); // 2: r = 1, so that 1 − 0.75^(k + 1) first reaches a half at 2
 */
export function negativeBinomialQuantile(probability: number, mean: number, variance: number): number {
  if (mean <= 0) return 0;
  const excess = Math.max(variance - mean, LEAST_EXCESS * mean);
  const size = (mean * mean) / excess;
  const chance = size / (size + mean);
  const upTo = (count: number): number => incompleteBeta(chance, size, count + 1);
  if (upTo(0) >= probability) return 0;
  let low = 0;
  let high = Math.ceil(mean) + 1;
  while (upTo(high) < probability) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (upTo(middle) < probability) low = middle;
    else high = middle;
  }
  return high;
}
