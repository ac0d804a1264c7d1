/** What a day brought. */
export interface DayAmount {
  /** 0 to 6, from any first day of the week, the same one everywhere. */
  readonly weekday: number;
  readonly amount: number;
}

/** What a day of each weekday brings, and how widely days are spread around it. */
export interface WeekdayPattern {
  /** By weekday, 0 to 6. */
  readonly means: readonly number[];
  /** The variance of a day over its mean: 1 for Poisson counts, more where they come in bursts. */
  readonly dispersion: number;
}

export const WEEK = 7;

/**
 * The mean of each weekday over some weeks. A weekday of few days borrows from the mean of all, the more so the
 * less the weekdays differ by more than chance: with five sales a month nobody knows the Tuesdays, and a closed
 * Sunday stays nearly at nothing.
 *
 * Source: B. Efron and C. Morris, "Data analysis using Stein's estimator", JASA 70 (1975), the positive part;
 * the dispersion is Pearson's, P. McCullagh and J. A. Nelder, "Generalized Linear Models" (1989), 4.5, of days
 * within their week, so that a level that moves is not taken for bursts.
 *
 * @param days one after the other
 * @param least dispersion: 1 for counts, 0 for money
 */
export function weekdayPattern(days: readonly DayAmount[], least: number): WeekdayPattern {
  const mean = meanOf(days);
  const raw = Array.from({ length: WEEK }, (_, weekday) => {
    const own = days.filter((day) => day.weekday === weekday);
    return own.length === 0 ? mean : meanOf(own);
  });
  const noise = (Math.max(least, spread(days, raw, WEEK - 1)) * mean * WEEK) / days.length;
  const between = raw.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const kept = between > 0 ? Math.max(0, 1 - ((WEEK - 3) * noise) / between) : 0;
  const means = raw.map((each) => mean + kept * (each - mean));
  return { means, dispersion: Math.max(least, spread(days, means, kept * (WEEK - 1))) };
}

function meanOf(days: readonly DayAmount[]): number {
  return days.reduce((sum, { amount }) => sum + amount, 0) / days.length;
}

/**
 * Pearson's estimate over the days of which anything is expected: the pattern, scaled to what its week brought.
 *
 * @param parameters of the pattern, besides the levels of the weeks
 */
function spread(days: readonly DayAmount[], means: readonly number[], parameters: number): number {
  let sum = 0;
  let count = 0;
  const weeks = weeksOf(days);
  for (const week of weeks) {
    const brought = week.reduce((total, { amount }) => total + amount, 0);
    const usual = week.reduce((total, { weekday }) => total + (means[weekday] ?? 0), 0);
    for (const { weekday, amount } of week) {
      const expected = usual > 0 ? ((means[weekday] ?? 0) * brought) / usual : 0;
      if (expected <= 0) continue;
      sum += (amount - expected) ** 2 / expected;
      count += 1;
    }
  }
  const freedom = count - weeks.length - parameters;
  return freedom > 0 ? sum / freedom : 0;
}

/** The last whole weeks of some days, in order. */
export function weeksOf<T>(days: readonly T[]): readonly (readonly T[])[] {
  const count = Math.floor(days.length / WEEK);
  const start = days.length - count * WEEK;
  return Array.from({ length: count }, (_, week) =>
    days.slice(start + week * WEEK, start + (week + 1) * WEEK),
  );
}
