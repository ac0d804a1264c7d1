import { gammaQuantile } from './gamma-distribution.ts';
import { betaQuantile } from './incomplete-beta.ts';
import { negativeBinomialQuantile } from './negative-binomial.ts';
import { ratioRate } from './ratio-rate.ts';
import type { DayRatio } from './ratio-rate.ts';
import { runRate } from './run-rate.ts';
import { studentQuantile } from './student.ts';
import { WEEK } from './weekday-pattern.ts';
import type { DayAmount } from './weekday-pattern.ts';

/** How a period is expected to end, with the 80 % interval of what will be seen. */
export interface PeriodForecast {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** One in ten below, one in ten above. */
const LOW = 0.1;
const HIGH = 0.9;
/** The 90 % quantile of the normal distribution. */
const Z80 = 1.2815515655446004;
/** Fewer days than two weeks tell no weekday from another. */
export const LEAST_DAYS = 2 * WEEK;

/** The variances are estimated from a few weeks: what Student's t is wider by than the normal distribution. */
function widening(days: number): number {
  return (studentQuantile(HIGH, Math.floor(days / WEEK) - 1) / Z80) ** 2;
}

/**
 * The count at the end of a period: what is there, and the days to come as a negative binomial (see `runRate`).
 *
 * @param so what the period has up to the last of `days`
 * @param days those before, one after the other; fewer than two weeks give `null`
 * @param future weekdays of the rest of the period
 */
export function forecastCount(
  so: number,
  days: readonly DayAmount[],
  future: readonly number[],
): PeriodForecast | null {
  if (days.length < LEAST_DAYS) return null;
  if (future.length === 0) return { expected: so, low: so, high: so };
  const { mean, variance } = runRate(days, future, 1);
  // Nothing in all those days: as if half a one had come, which is what Jeffreys' prior takes for its rate.
  const rest = mean > 0 ? mean : (0.5 * future.length) / days.length;
  const wide = mean > 0 ? variance * widening(days.length) : rest + 2 * rest * rest;
  return {
    expected: so + rest,
    low: so + negativeBinomialQuantile(LOW, rest, wide),
    high: so + negativeBinomialQuantile(HIGH, rest, wide),
  };
}

/** The money at the end of a period: what is there, and the days to come as a gamma (see `runRate`). */
export function forecastAmount(
  so: number,
  days: readonly DayAmount[],
  future: readonly number[],
): PeriodForecast | null {
  if (days.length < LEAST_DAYS) return null;
  if (future.length === 0) return { expected: so, low: so, high: so };
  const { mean, variance } = runRate(days, future, 0);
  if (mean <= 0) return null;
  const wide = variance * widening(days.length);
  return {
    expected: so + mean,
    low: so + gammaQuantile(LOW, mean, wide),
    high: so + gammaQuantile(HIGH, mean, wide),
  };
}

/** Both sides of a ratio. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
}

/** How a ratio is expected to end, and what there will be of its lower side in the days to come. */
export interface RatioForecast extends PeriodForecast {
  readonly bottomToCome: number;
}

/**
 * A share, a cost or another ratio of two sums at the end of a period: what is there of both, and the days to
 * come with a ratio that is beta distributed where it is a share (so that what comes is a beta-binomial), and
 * gamma otherwise (see `ratioRate`). That it is not known how many will come moves the end too, as far as their
 * ratio is another; it is added to the variance (delta method).
 *
 * @param isShare see `ratioRate`
 */
export function forecastRatio(
  so: Sides,
  days: readonly DayRatio[],
  future: readonly number[],
  isShare: boolean,
): RatioForecast | null {
  if (days.length < LEAST_DAYS) return null;
  if (future.length === 0) {
    if (so.bottom <= 0) return null;
    const end = so.top / so.bottom;
    return { expected: end, low: end, high: end, bottomToCome: 0 };
  }
  const outcome = ratioRate(days, future, isShare);
  if (outcome === null) return null;
  const { ratio, bottom } = outcome;
  const total = so.bottom + bottom.mean;
  if (total <= 0) return null;
  const at = (value: number): number => (so.top + value * bottom.mean) / total;
  const expected = at(ratio.mean);
  if (bottom.mean <= 0) return { expected, low: expected, high: expected, bottomToCome: 0 };
  const another = ((ratio.mean - expected) / bottom.mean) ** 2 * bottom.variance;
  const wide = (ratio.variance + another) * widening(days.length);
  const quantile = (probability: number): number =>
    isShare && ratio.mean < 1
      ? shareQuantile(probability, ratio.mean, wide)
      : gammaQuantile(probability, ratio.mean, wide);
  return {
    expected,
    low: ratio.mean > 0 ? at(quantile(LOW)) : expected,
    high: ratio.mean > 0 ? at(quantile(HIGH)) : expected,
    bottomToCome: bottom.mean,
  };
}

/** No share is less certain than one that may as well be 0 or 1. */
const LEAST_SIZE = 0.02;

/** Of the beta distribution of a mean and a variance. */
function shareQuantile(probability: number, mean: number, variance: number): number {
  const size = Math.max(LEAST_SIZE, (mean * (1 - mean)) / variance - 1);
  return betaQuantile(probability, mean * size, (1 - mean) * size);
}
