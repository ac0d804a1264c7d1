import { lnGamma } from './special-functions.ts';

const MOST_TERMS = 100_000;
const TINY = 1e-300;

/**
 * The regularised lower incomplete gamma function P(a, x): the probability that a gamma variable of shape `a`
 * and scale 1 is at most `x`. For a > 0 and x ≥ 0, to about 12 digits.
 *
 * Source: M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions" (1964), 6.5.29 and 6.5.31; the
 * continued fraction by Lentz's method.
 */
export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MOST_TERMS && term > sum * 1e-16; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / away(numerator * d + b);
    c = away(b + numerator / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return Math.max(0, 1 - front * fraction);
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * The value below which a gamma variable of this mean and variance lies with a probability, by bisection.
 *
 * @param probability from 0 to 1, both excluded
 * @param mean greater than 0
 */
export function gammaQuantile(probability: number, mean: number, variance: number): number {
  if (variance <= 0) return mean;
  const shape = (mean * mean) / variance;
  const scale = variance / mean;
  let low = 0;
  let high = shape + 1;
  while (incompleteGamma(shape, high) < probability) high *= 2;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (incompleteGamma(shape, middle) < probability) low = middle;
    else high = middle;
  }
  return ((low + high) / 2) * scale;
}
