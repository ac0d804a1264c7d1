import { describe, expect, test } from 'vitest';
import { difference } from './difference.ts';
import { predictionInterval } from './prediction.ts';
import { twoProportionTest } from './two-proportions.ts';
import { wilsonInterval } from './wilson.ts';

describe('prediction interval', () => {
  test('0 of 20, then 20 more: at most 20·hw/(1 + hw²), with h = z²/10 and w = 1/2', () => {
    const interval = predictionInterval({ numerator: 0, denominator: 20 }, 20);
    expect(interval?.low).toBe(0);
    // h = 0.384146: 20 · 0.192073 / 1.096036
    expect(interval?.high).toBeCloseTo(3.504864, 5);
  });

  test('of ever more, its share is the Wilson interval', () => {
    const interval = predictionInterval({ numerator: 12, denominator: 20 }, 1e12);
    const wilson = wilsonInterval(12, 20);
    expect((interval?.low ?? 0) / 1e12).toBeCloseTo(wilson?.low ?? 0, 9);
    expect((interval?.high ?? 0) / 1e12).toBeCloseTo(wilson?.high ?? 0, 9);
  });

  test('at its ends the score test gives 5 %', () => {
    const seen = { numerator: 320, denominator: 1000 };
    const interval = predictionInterval(seen, 500);
    for (const numerator of [interval?.low ?? 0, interval?.high ?? 0]) {
      expect(twoProportionTest(seen, { numerator, denominator: 500 })).toBeCloseTo(0.05, 6);
    }
  });

  test('counts mirror: successes and failures', () => {
    const one = predictionInterval({ numerator: 7, denominator: 50 }, 30);
    const other = predictionInterval({ numerator: 43, denominator: 50 }, 30);
    expect(one?.low).toBeCloseTo(30 - (other?.high ?? 0), 9);
    expect(one?.high).toBeCloseTo(30 - (other?.low ?? 0), 9);
  });

  test('stays within what can be, and holds for millions', () => {
    expect(predictionInterval({ numerator: 20, denominator: 20 }, 3)?.high).toBe(3);
    const many = predictionInterval({ numerator: 3_000_000, denominator: 9_000_000 }, 600_000);
    expect(many?.low).toBeGreaterThan(199_000);
    expect(many?.high).toBeLessThan(201_000);
  });

  test('nothing seen, or nothing to come, has none', () => {
    expect(predictionInterval({ numerator: 0, denominator: 0 }, 5)).toBeNull();
    expect(predictionInterval({ numerator: 1, denominator: 5 }, 0)).toBeNull();
  });
});

test('difference of shares: 9 of 10 against 3 of 10 (Newcombe 1998, table II, method 10)', () => {
  const estimate = (numerator: number, denominator: number) => ({
    value: numerator / denominator,
    low: wilsonInterval(numerator, denominator)?.low ?? 0,
    high: wilsonInterval(numerator, denominator)?.high ?? 0,
  });
  const { low, high } = difference(estimate(9, 10), estimate(3, 10));
  expect(low).toBeCloseTo(0.1705, 4);
  expect(high).toBeCloseTo(0.809, 4);
});
