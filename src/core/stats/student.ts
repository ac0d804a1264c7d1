import { betaQuantile } from './incomplete-beta.ts';

/**
 * The value below which Student's t lies with a probability above a half.
 *
 * Source: "Student" (W. S. Gosset), "The probable error of a mean", Biometrika 6 (1908); by the incomplete beta
 * function, Abramowitz and Stegun, 26.7.1.
 *
 * @param probability from 0.5 to 1, both excluded
 * @param freedom degrees of freedom, greater than 0
 * @example
 * studentQuantile(0.9, 7); // 1.4149
 */
export function studentQuantile(probability: number, freedom: number): number {
  const x = betaQuantile(2 * (1 - probability), freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}
