import { driftOf, localLevel } from './local-level.ts';
import { runRate, stepsAhead, USUAL_DRIFT } from './run-rate.ts';
import type { Outcome } from './run-rate.ts';
import { weeksOf } from './weekday-pattern.ts';
import type { DayAmount } from './weekday-pattern.ts';

/** What a day brought of both sides of a ratio. */
export interface DayRatio {
  readonly weekday: number;
  readonly top: number;
  readonly bottom: number;
}

/** What is expected of the days to come: the ratio itself, and how much there will be of its lower side. */
export interface RatioOutcome {
  readonly ratio: Outcome;
  readonly bottom: Outcome;
}

/**
 * The ratio of the days to come if things go on: the level at which the weekly ratios left it (see `localLevel`).
 * Its variance holds the chance of those days, the uncertainty of the level, and its wandering.
 *
 * The noise of a unit of the lower side is estimated from what the upper side differs from the ratio by, over
 * days and over weeks, and the lesser is taken: a day's sales are of other days' leads, which evens out within a
 * week. That of a share is never less than the binomial's.
 *
 * Source: the residual variance of a ratio, W. G. Cochran, "Sampling Techniques" (1977), 6.3; the rest as in
 * `runRate`.
 *
 * @param days one after the other, at least two weeks
 * @param future weekdays of the days to come
 * @param isShare the ratio is a share of one whole: binomial, and it wanders by its distance to 0 or 1
 * @returns `null` where the lower side is nothing
 */
export function ratioRate(
  days: readonly DayRatio[],
  future: readonly number[],
  isShare: boolean,
): RatioOutcome | null {
  const top = days.reduce((sum, day) => sum + day.top, 0);
  const bottom = days.reduce((sum, day) => sum + day.bottom, 0);
  if (bottom <= 0) return null;
  // Half a one on either side: eight weeks without one are no proof that there is none.
  const usual = isShare && top <= bottom ? (top + 0.5) / (bottom + 1) : top / bottom;
  const room = isShare && usual < 1 ? Math.min(usual, 1 - usual) : usual;
  const weeks = withSomeBelow(
    weeksOf(days).map((week) => ({
      top: week.reduce((sum, day) => sum + day.top, 0),
      bottom: week.reduce((sum, day) => sum + day.bottom, 0),
    })),
  );
  const binomial = isShare && usual < 1 ? usual * (1 - usual) : 0;
  const byWeek = residual([weeks], weeks.length - 1);
  const byDay = residual(weeksOf(days), days.length - weeks.length);
  const noise = Math.max(binomial, Math.min(byDay, byWeek));
  const observations = weeks.map((week) => ({
    value: week.top / week.bottom,
    variance: noise / week.bottom,
  }));
  const drift = driftOf(observations, USUAL_DRIFT * room);
  const level = localLevel(observations, drift);
  const below = runRate(
    days.map((day): DayAmount => ({ weekday: day.weekday, amount: day.bottom })),
    future,
    1,
  );
  const value =
    isShare && usual < 1 ? clamp(level?.value ?? usual, bottom) : Math.max(0, level?.value ?? usual);
  const moving = (level?.variance ?? 0) + drift * stepsAhead(future.length);
  const chance = below.mean > 0 ? noise / below.mean : 0;
  return { ratio: { mean: value, variance: chance + moving }, bottom: below };
}

type Sides = Pick<DayRatio, 'top' | 'bottom'>;

/** The variance of the upper side per unit of the lower one, around the ratio of each group. */
function residual(groups: readonly (readonly Sides[])[], freedom: number): number {
  let squares = 0;
  let all = 0;
  let parts = 0;
  for (const group of groups) {
    const top = group.reduce((sum, part) => sum + part.top, 0);
    const bottom = group.reduce((sum, part) => sum + part.bottom, 0);
    const ratio = bottom > 0 ? top / bottom : 0;
    for (const part of group) squares += (part.top - ratio * part.bottom) ** 2;
    all += bottom;
    parts += group.length;
  }
  return freedom > 0 ? (squares / all) * (parts / freedom) : Infinity;
}

/** Weeks without anything on the lower side are added to the next, or to the last that has. */
function withSomeBelow(weeks: readonly Sides[]): readonly Sides[] {
  const kept: { top: number; bottom: number }[] = [];
  let owed = 0;
  for (const week of weeks) {
    if (week.bottom > 0) {
      kept.push({ top: week.top + owed, bottom: week.bottom });
      owed = 0;
    } else owed += week.top;
  }
  const last = kept.at(-1);
  if (last !== undefined) last.top += owed;
  return kept;
}

/** A share that is known from so many is not nothing and not all. */
function clamp(share: number, known: number): number {
  const edge = 0.5 / (known + 1);
  return Math.min(1 - edge, Math.max(edge, share));
}
