import { driftOf, localLevel } from './local-level.ts';
import { WEEK, weekdayPattern, weeksOf } from './weekday-pattern.ts';
import type { DayAmount } from './weekday-pattern.ts';

/** A business wanders by about so much of its level a week, as far as its own weeks do not tell otherwise. */
export const USUAL_DRIFT = 0.03;

/** What is expected of days to come, and the variance of what will be seen. */
export interface Outcome {
  readonly mean: number;
  readonly variance: number;
}

/**
 * What the days to come bring if things go on: the weekday pattern of the days before, at the level at which the
 * last weeks left it. The variance holds the chance of the days (overdispersed), the uncertainty of the level,
 * and its wandering until then: over h weeks on the mean h/3 + ½ steps of it.
 *
 * Source: the pattern and its dispersion as in `weekdayPattern`, the level as in `localLevel`; a variance in
 * proportion to the mean is that of a compound Poisson sum too, so that money is treated the same way.
 *
 * @param days one after the other, at least two weeks, up to the last whole day
 * @param future weekdays of the days to come
 * @param least dispersion: 1 for counts, 0 for money
 */
export function runRate(days: readonly DayAmount[], future: readonly number[], least: number): Outcome {
  const pattern = weekdayPattern(days, least);
  const weeks = weeksOf(days).map((week) => week.reduce((sum, { amount }) => sum + amount, 0));
  const usual = weeks.reduce((sum, each) => sum + each, 0) / weeks.length;
  const everyday = days.reduce((sum, { amount }) => sum + amount, 0) / days.length;
  if (usual <= 0 || everyday <= 0) return { mean: 0, variance: 0 };
  const observations = weeks.map((value) => ({ value, variance: pattern.dispersion * usual }));
  const drift = driftOf(observations, USUAL_DRIFT * usual);
  const level = localLevel(observations, drift);
  // Weeks of the usual pattern that the days to come are worth.
  const worth = future.reduce((sum, day) => sum + (pattern.means[day] ?? 0), 0) / (everyday * WEEK);
  const mean = worth * Math.max(0, level?.value ?? 0);
  const moving = (level?.variance ?? 0) + drift * stepsAhead(future.length);
  return { mean, variance: pattern.dispersion * mean + worth * worth * moving };
}

/** How many steps of a random walk the mean level of the days to come is away, in its variance. */
export function stepsAhead(days: number): number {
  return days / WEEK / 3 + 0.5;
}
