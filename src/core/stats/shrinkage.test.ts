import { describe, expect, test } from 'vitest';
import { fitBetaBinomial, shrink } from './beta-binomial.ts';
import { binomialTest } from './binomial-test.ts';
import { betaQuantile, incompleteBeta, lnBeta } from './incomplete-beta.ts';

describe('incomplete beta', () => {
  test('is the tail of a binomial: five coins, two heads at least', () => {
    // 26 of 32 outcomes.
    expect(incompleteBeta(0.5, 2, 4)).toBeCloseTo(26 / 32, 14);
  });

  test.each([
    [0.3, 1, 7, 1 - 0.7 ** 7],
    [0.9, 5, 1, 0.9 ** 5],
    [0.25, 0.5, 0.5, (2 / Math.PI) * Math.asin(0.5)],
    // P(X ≥ 8 | 10, 0.7) = 0.38278, tables of the binomial distribution.
    [0.7, 8, 3, 0.3827827864],
  ])('at %d of Beta(%d, %d)', (x, a, b, expected) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 10);
    expect(incompleteBeta(1 - x, b, a)).toBeCloseTo(1 - expected, 10);
  });

  test('of millions: the middle of a symmetric one is its median', () => {
    expect(incompleteBeta(0.5, 4e6, 4e6)).toBeCloseTo(0.5, 7);
    // Two standard deviations of a distribution that is all but normal.
    const deviation = Math.sqrt(0.25 / (8e6 + 1));
    expect(incompleteBeta(0.5 - 1.959963984540054 * deviation, 4e6, 4e6)).toBeCloseTo(0.025, 5);
  });

  test('quantiles give the exact intervals of Clopper and Pearson: 12 of 20, 0 of 10, 5 of 10', () => {
    expect(betaQuantile(0.025, 12, 9)).toBeCloseTo(0.3605, 4);
    expect(betaQuantile(0.975, 13, 8)).toBeCloseTo(0.8088, 4);
    expect(betaQuantile(0.975, 1, 10)).toBeCloseTo(1 - 0.025 ** 0.1, 12);
    expect(betaQuantile(0.025, 5, 6)).toBeCloseTo(0.1871, 4);
    expect(betaQuantile(0.975, 6, 5)).toBeCloseTo(0.8129, 4);
  });

  test('the function itself', () => expect(Math.exp(lnBeta(3, 4))).toBeCloseTo(1 / 60, 14));
});

describe('one share against a number', () => {
  test('no head in five tosses', () => {
    expect(binomialTest({ numerator: 0, denominator: 5 }, 0.5)).toBeCloseTo(2 / 32, 14);
  });
  test('none and all of ten, where three in ten are promised', () => {
    expect(binomialTest({ numerator: 0, denominator: 10 }, 0.3)).toBeCloseTo(2 * 0.7 ** 10, 12);
    expect(binomialTest({ numerator: 10, denominator: 10 }, 0.3)).toBeCloseTo(2 * 0.3 ** 10, 14);
  });
  test('the middle is as likely as can be', () => {
    expect(binomialTest({ numerator: 5, denominator: 10 }, 0.5)).toBe(1);
  });
  test('235 sixes in 1,170 tosses (a loaded die), from both sides', () => {
    // Mean 195, deviation 12.75: 40 above it is 3.1 deviations.
    expect(binomialTest({ numerator: 235, denominator: 1170 }, 1 / 6)).toBeCloseTo(0.0024, 3);
    expect(binomialTest({ numerator: 1170 - 235, denominator: 1170 }, 5 / 6)).toBeCloseTo(0.0024, 3);
  });
});

/** Geissler's boys among the first twelve children of 6,115 families in Saxony, from none to twelve. */
const FAMILIES = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7];

describe('beta-binomial', () => {
  test("Geissler's families: a = 34.0956, b = 31.5715", () => {
    const prior = fitBetaBinomial(
      FAMILIES.flatMap((families, numerator) =>
        Array.from({ length: families }, () => ({ numerator, denominator: 12 })),
      ),
    );
    const { mean = 0, size = 0 } = prior ?? {};
    expect(mean * size).toBeCloseTo(34.0956, 1);
    expect((1 - mean) * size).toBeCloseTo(31.5715, 1);
    expect(mean).toBeCloseTo(34.09558 / (34.09558 + 31.5715), 6);
  });

  test('finds the distribution that shares were drawn from', () => {
    // 400 groups of 200 at the quantiles of Beta(6, 14): mean 0.3, size 20.
    const groups = Array.from({ length: 400 }, (_, n) => ({
      numerator: Math.round(200 * betaQuantile((n + 0.5) / 400, 6, 14)),
      denominator: 200,
    }));
    const { mean = 0, size = 0 } = fitBetaBinomial(groups) ?? {};
    expect(mean).toBeCloseTo(0.3, 2);
    // Without the binomial's own noise the groups are a little more alike than those drawn: 20 · 1.1.
    expect(size).toBeGreaterThan(19);
    expect(size).toBeLessThan(24);
  });

  test('intervals hold the true share of 95 of 100 groups, where a plain guess would be worse', () => {
    let state = 1;
    const draw = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let held = 0;
    let shrunkError = 0;
    let plainError = 0;
    for (let round = 0; round < 60; round += 1) {
      const groups = Array.from({ length: 25 }, () => {
        const truth = betaQuantile(draw(), 12, 18);
        const denominator = 30 + Math.floor(300 * draw());
        const numerator = Array.from({ length: denominator }, draw).filter((each) => each < truth).length;
        return { truth, numerator, denominator };
      });
      const prior = fitBetaBinomial(groups) ?? { mean: 0, size: 0 };
      for (const group of groups) {
        const { value, low, high } = shrink(group, prior);
        if (low <= group.truth && group.truth <= high) held += 1;
        shrunkError += (value - group.truth) ** 2;
        plainError += (group.numerator / group.denominator - group.truth) ** 2;
      }
    }
    // 1,500 groups: 95 % within three deviations of 0.6 points.
    expect(held / 1500).toBeGreaterThan(0.93);
    expect(held / 1500).toBeLessThan(0.97);
    expect(shrunkError).toBeLessThan(0.9 * plainError);
  });

  test('groups that do not differ are taken to be one', () => {
    const alike = Array.from({ length: 10 }, () => ({ numerator: 30, denominator: 100 }));
    const prior = fitBetaBinomial(alike);
    expect(prior?.size).toBeGreaterThan(9e5);
    expect(shrink({ numerator: 10, denominator: 100 }, prior ?? { mean: 0, size: 0 }).value).toBeCloseTo(
      0.3,
      3,
    );
  });

  test('one group says nothing of how groups differ: it stays where it is', () => {
    const prior = fitBetaBinomial([{ numerator: 12, denominator: 40 }]);
    expect(prior?.mean).toBeCloseTo(0.3, 3);
    expect(shrink({ numerator: 12, denominator: 40 }, prior ?? { mean: 0, size: 0 }).value).toBeCloseTo(
      0.3,
      3,
    );
  });

  test('shrinks the small more than the large', () => {
    const prior = { mean: 0.4, size: 20 };
    // (1 + 8) / (5 + 20) and (100 + 8) / (500 + 20)
    expect(shrink({ numerator: 1, denominator: 5 }, prior).value).toBeCloseTo(0.36, 12);
    expect(shrink({ numerator: 100, denominator: 500 }, prior).value).toBeCloseTo(108 / 520, 12);
  });

  test('without observations there is none, and all or nothing is an edge', () => {
    expect(fitBetaBinomial([{ numerator: 0, denominator: 0 }])).toBeNull();
    expect(fitBetaBinomial([{ numerator: 0, denominator: 40 }])?.mean).toBe(0);
    expect(shrink({ numerator: 0, denominator: 40 }, { mean: 0, size: 100 })).toEqual({
      value: 0,
      low: 0,
      high: 0,
    });
  });
});
