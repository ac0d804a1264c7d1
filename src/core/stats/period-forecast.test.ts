import { describe, expect, test } from 'vitest';
import { gammaQuantile, incompleteGamma } from './gamma-distribution.ts';
import { driftOf, localLevel } from './local-level.ts';
import { negativeBinomialQuantile } from './negative-binomial.ts';
import { forecastAmount, forecastCount, forecastRatio } from './period-forecast.ts';
import { runRate } from './run-rate.ts';
import { studentQuantile } from './student.ts';
import { weekdayPattern } from './weekday-pattern.ts';

/** Weeks of seven days, Monday (0) to Sunday. */
function weeks(count: number, ofDay: (weekday: number, week: number) => number) {
  return Array.from({ length: count * 7 }, (_, day) => ({
    weekday: day % 7,
    amount: ofDay(day % 7, Math.floor(day / 7)),
  }));
}

describe('distributions, against those of SciPy', () => {
  test.each([
    [2.5, 3, 0.69378108],
    [100, 120, 0.97213626],
    [0.5, 0.2, 0.47291074],
  ])('incomplete gamma of %f at %f', (shape, x, expected) =>
    expect(incompleteGamma(shape, x)).toBeCloseTo(expected, 8),
  );
  test('gamma of mean 10 and variance 25', () => {
    expect(gammaQuantile(0.1, 10, 25)).toBeCloseTo(4.3619239, 6);
    expect(gammaQuantile(0.9, 10, 25)).toBeCloseTo(16.7019577, 6);
    expect(gammaQuantile(0.9, 10, 0)).toBe(10);
  });
  test.each([
    [30, 45, 22, 39],
    [3, 12, 0, 8],
    [1000, 5000, 910, 1092],
    // No more than Poisson's variance: as good as Poisson.
    [5, 5, 2, 8],
    [5, 1, 2, 8],
    [0, 0, 0, 0],
  ])('negative binomial of mean %f and variance %f', (mean, variance, low, high) => {
    expect(negativeBinomialQuantile(0.1, mean, variance)).toBe(low);
    expect(negativeBinomialQuantile(0.9, mean, variance)).toBe(high);
  });
  test.each([
    [0.9, 7, 1.4149239],
    [0.9, 1, 3.0776835],
    [0.975, 5, 2.5705818],
  ])('Student at %f with %i degrees', (probability, freedom, expected) =>
    expect(studentQuantile(probability, freedom)).toBeCloseTo(expected, 6),
  );
});

describe('the weekday pattern', () => {
  test('keeps a closed Sunday nearly closed', () => {
    // Mean 10/7, noise 10/7 · 7/56; the weekdays' squares sum to 40/7: 4 · 0.17857 / 5.71429 is taken away.
    const { means, dispersion } = weekdayPattern(
      weeks(8, (day) => (day < 5 ? 2 : 0)),
      1,
    );
    expect(means[0]).toBeCloseTo(10 / 7 + 0.875 * (2 - 10 / 7), 10);
    expect(means[6]).toBeCloseTo((10 / 7) * 0.125, 10);
    expect(dispersion).toBe(1);
  });

  test('does not believe in weekdays where they differ by chance', () => {
    // Five sales in eight weeks, none on a Thursday or a Sunday.
    const { means } = weekdayPattern(
      weeks(8, (day, week) => (day === week && day !== 3 && day !== 6 ? 1 : 0)),
      1,
    );
    means.forEach((mean) => expect(mean).toBeCloseTo(5 / 56, 10));
  });

  test('tells bursts from a level that moves', () => {
    // 0 and 10 from day to day: 28.57 and 41.43 a week in turn; around a seventh of each, 48 degrees are free.
    const bursts = weeks(8, (day, week) => ((day + week) % 2 === 0 ? 10 : 0));
    const around = (count: number): number => {
      const mean = (10 * count) / 7;
      return (count * (10 - mean) ** 2 + (7 - count) * mean ** 2) / mean;
    };
    expect(weekdayPattern(bursts, 1).dispersion).toBeCloseTo((4 * around(4) + 4 * around(3)) / 48, 10);
    expect(
      weekdayPattern(
        weeks(8, (_, week) => 10 + 5 * week),
        0,
      ).dispersion,
    ).toBeCloseTo(0, 10);
  });
});

describe('the level', () => {
  test('moves to the last by the gain', () => {
    // 4 + 1 against 4: five ninths of the way from 10 to 14.
    const level = localLevel(
      [
        { value: 10, variance: 4 },
        { value: 14, variance: 4 },
      ],
      1,
    );
    expect(level?.value).toBeCloseTo(10 + (4 * 5) / 9, 10);
    expect(level?.variance).toBeCloseTo(20 / 9, 10);
  });
  test('nothing seen, no level', () => expect(localLevel([], 1)).toBeNull());
  test('the drift is what neighbours differ by beyond their noise, drawn to the prior', () => {
    const seen = [70, 70, 140].map((value) => ({ value, variance: 100 }));
    // (4 · 5² + 0 + 4900 − 4 · 100) / (4 + 2)
    expect(driftOf(seen, 5)).toBeCloseTo((100 + 4900 - 400) / 6, 10);
    expect(driftOf(seen.slice(0, 1), 5)).toBe(25);
  });
});

describe('a count', () => {
  const steady = weeks(8, (day) => (day < 5 ? 2 : 0));

  test('goes on by its weekdays', () => {
    // Three weeks more: 30, and 22 to 39 of them worked out with SciPy (mean 30, variance 51.594).
    const three = weeks(3, () => 0).map(({ weekday }) => weekday);
    expect(runRate(steady, three, 1).mean).toBeCloseTo(30, 10);
    expect(runRate(steady, three, 1).variance).toBeCloseTo(42.3255963, 6);
    const { expected, low, high } = forecastCount(14, steady, three) ?? {};
    expect([expected, low, high]).toEqual([expect.closeTo(44, 10), 35, 53]);
  });

  test('follows a level that has moved', () => {
    const doubled = weeks(8, (_, week) => (week < 4 ? 10 : 20));
    const two = weeks(2, () => 0).map(({ weekday }) => weekday);
    const { mean } = runRate(doubled, two, 1);
    expect(mean).toBeGreaterThan(270);
    expect(mean).toBeLessThan(280);
  });

  test('a Saturday and a Sunday bring little', () => {
    expect(forecastCount(14, steady, [5, 6])?.expected).toBeCloseTo(14 + (2 * 10 * 0.125) / 7, 10);
  });
  test('nothing is left', () =>
    expect(forecastCount(14, steady, [])).toEqual({ expected: 14, low: 14, high: 14 }));
  test('two weeks are the least', () => {
    expect(forecastCount(0, steady.slice(0, 13), [0])).toBeNull();
    expect(forecastCount(0, steady.slice(0, 14), [0])).not.toBeNull();
  });
  test('nothing in eight weeks may still be one in the next', () => {
    const never = weeks(8, () => 0);
    const month = weeks(4, () => 0).map(({ weekday }) => weekday);
    expect(forecastCount(0, never, month)).toEqual({ expected: 0.25, low: 0, high: 1 });
  });
});

describe('money', () => {
  test('is spread as its days are', () => {
    const days = weeks(8, (day, week) => ((day + week) % 2 === 0 ? 1000 : 3000));
    const { expected, low, high } = forecastAmount(
      5000,
      days,
      weeks(1, () => 0).map(({ weekday }) => weekday),
    ) ?? { expected: 0, low: 0, high: 0 };
    expect(expected).toBeGreaterThan(5000 + 7 * 1500);
    expect(expected).toBeLessThan(5000 + 7 * 2500);
    expect(low).toBeGreaterThan(5000);
    expect(high).toBeGreaterThan(expected);
  });
  test('of none there is no forecast', () =>
    expect(
      forecastAmount(
        0,
        weeks(8, () => 0),
        [1],
      ),
    ).toBeNull());
});

describe('a share', () => {
  const days = weeks(8, () => 10).map(({ weekday }) => ({ weekday, top: 4, bottom: 10 }));
  const week = weeks(1, () => 0).map(({ weekday }) => weekday);

  test('is that of what is there and of what comes', () => {
    // 30 of 50 are there; 70 come, at very nearly 40 %.
    const forecast = forecastRatio({ top: 30, bottom: 50 }, days, week, true);
    expect(forecast?.bottomToCome).toBeCloseTo(70, 6);
    expect(forecast?.expected).toBeCloseTo((30 + 28) / 120, 3);
    expect(forecast?.low).toBeLessThan(58 / 120);
    // No fewer than those that are there already, no more than all that come.
    expect(forecast?.low).toBeGreaterThan(30 / 120);
    expect(forecast?.high).toBeLessThan(100 / 120);
  });
  test('of nothing is none', () =>
    expect(
      forecastRatio(
        { top: 0, bottom: 0 },
        days.map((day) => ({ ...day, bottom: 0 })),
        week,
        true,
      ),
    ).toBeNull());
  test('never seen is not impossible', () => {
    const never = days.map((day) => ({ ...day, top: 0 }));
    const forecast = forecastRatio({ top: 0, bottom: 50 }, never, week, true);
    expect(forecast?.low).toBeCloseTo(0, 3);
    expect(forecast?.high).toBeGreaterThan(0);
    expect(forecast?.high).toBeLessThan(0.02);
  });
  test('a cost is that of both sums', () => {
    const costs = days.map((day) => ({ ...day, top: 500 }));
    const forecast = forecastRatio({ top: 4000, bottom: 50 }, costs, week, false);
    expect(forecast?.expected).toBeCloseTo((4000 + 70 * 50) / 120, 6);
    expect(forecast?.low).toBeLessThan(7500 / 120);
    expect(forecast?.high).toBeGreaterThan(7500 / 120);
  });
});
