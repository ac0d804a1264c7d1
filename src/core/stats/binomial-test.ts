import { incompleteBeta } from './incomplete-beta.ts';
import type { Proportion } from './two-proportions.ts';

/**
 * The two-sided p-value of "the true share is `expected`": twice the smaller tail of the binomial
 * distribution, never over 1.
 *
 * Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934); the binomial tails by the incomplete beta
 * function (Abramowitz and Stegun 26.5.24).
 */
export function binomialTest({ numerator, denominator }: Proportion, expected: number): number {
  const atMost =
    numerator >= denominator ? 1 : incompleteBeta(1 - expected, denominator - numerator, numerator + 1);
  const atLeast = numerator <= 0 ? 1 : incompleteBeta(expected, numerator, denominator - numerator + 1);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
