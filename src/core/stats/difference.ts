import type { Interval } from './wilson.ts';

/** An estimate with its interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

/**
 * The difference of two independent estimates with its interval, recovered from the intervals of each: with
 * Wilson's it is Newcombe's interval of a difference of shares, and it serves any other as well.
 *
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics
 * in Medicine 17 (1998), method 10; G. Y. Zou and A. Donner, "Construction of confidence limits about effect
 * measures", Statistics in Medicine 27 (2008).
 *
 * @example
 * // 56 of 70 against 48 of 80: 0.2 (0.0524 to 0.3339), Newcombe's own example.
 */
export function difference(now: Estimate, before: Estimate): Estimate {
  const value = now.value - before.value;
  return {
    value,
    low: value - Math.hypot(now.value - now.low, before.high - before.value),
    high: value + Math.hypot(now.high - now.value, before.value - before.low),
  };
}
