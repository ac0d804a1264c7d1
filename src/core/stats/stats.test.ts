import { describe, expect, test } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { erfc, lnGamma } from './special-functions.ts';
import { twoProportionTest } from './two-proportions.ts';
import { wilsonInterval } from './wilson.ts';

describe('Wilson interval', () => {
  test.each([
    [12, 20, 0.3866, 0.7812],
    [60, 100, 0.502, 0.6906],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [0, 1, 0, 0.7935],
    [1, 1, 0.2065, 1],
  ])('%i of %i', (numerator, denominator, low, high) => {
    const interval = wilsonInterval(numerator, denominator);
    expect(interval?.low).toBeCloseTo(low, 3);
    expect(interval?.high).toBeCloseTo(high, 3);
  });

  test('nothing observed has none', () => expect(wilsonInterval(0, 0)).toBeNull());
  test('all of all reaches 1', () => expect(wilsonInterval(7, 7)?.high).toBe(1));
});

describe('Benjamini–Hochberg', () => {
  const published = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];

  test('keeps two of the published ten at 5 %', () => {
    expect(benjaminiHochberg(published).filter((q) => q <= 0.05)).toHaveLength(2);
  });

  test("gives the values of R's p.adjust in the order given", () => {
    const q = benjaminiHochberg([0.04, 0.01, 0.03, 0.005]);
    expect(q.map((value) => Number(value.toFixed(6)))).toEqual([0.04, 0.02, 0.04, 0.02]);
  });

  test('ties share one value, and 1 stays 1: as scipy.stats.false_discovery_control has it', () => {
    const q = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.03, 1, 1]);
    expect(q.map((value) => Number(value.toFixed(6)))).toEqual([0.035, 0.056, 0.0525, 0.035, 0.0525, 1, 1]);
    expect(benjaminiHochberg([0, 0, 0.2]).map((value) => Number(value.toFixed(6)))).toEqual([0, 0, 0.2]);
  });

  test('of none is none', () => expect(benjaminiHochberg([])).toEqual([]));
});

describe('two proportions', () => {
  test('20 of 20 against 0 of 1,000: one table alone is as unlikely', () => {
    let probability = 1;
    for (let place = 1; place <= 20; place += 1) probability *= place / (1000 + place);
    const value = twoProportionTest({ numerator: 20, denominator: 20 }, { numerator: 0, denominator: 1000 });
    expect((value ?? 0) / probability).toBeCloseTo(1, 6);
  });

  test("Fisher's lady tasting tea: 3 of 4 against 1 of 4", () => {
    const p = twoProportionTest({ numerator: 3, denominator: 4 }, { numerator: 1, denominator: 4 });
    expect(p).toBeCloseTo(0.4857142857, 9);
  });

  test("the convictions of dizygotic and monozygotic twins (Fisher 1935): R's fisher.test gives 0.0005367", () => {
    const p = twoProportionTest({ numerator: 2, denominator: 17 }, { numerator: 10, denominator: 13 });
    expect(p).toBeCloseTo(0.0005367, 6);
  });

  test('cells of nothing: scipy.stats.fisher_exact of 1 of 30 against 12 of 40, and of 0 of 30', () => {
    const against = (numerator: number): number | null =>
      twoProportionTest({ numerator, denominator: 30 }, { numerator: 12, denominator: 40 });
    expect(against(1)).toBeCloseTo(0.004757687502721628, 12);
    expect(against(0)).toBeCloseTo(0.0007386518431120842, 12);
    expect(twoProportionTest({ numerator: 0, denominator: 30 }, { numerator: 0, denominator: 40 })).toBe(1);
    expect(twoProportionTest({ numerator: 30, denominator: 30 }, { numerator: 40, denominator: 40 })).toBe(1);
  });

  test('45 and 60 of 100 each, by hand', () => {
    const p = twoProportionTest({ numerator: 45, denominator: 100 }, { numerator: 60, denominator: 100 });
    // z = 0.15 / sqrt(0.525 · 0.475 · 0.02) = 2.12398
    expect(p).toBeCloseTo(0.03367, 4);
  });

  test('stays finite for millions', () => {
    const p = twoProportionTest(
      { numerator: 3_000_000, denominator: 9_000_000 },
      { numerator: 340_000, denominator: 1_000_000 },
    );
    expect(p).toBeGreaterThanOrEqual(0);
    expect(p).toBeLessThan(1e-30);
  });

  test('a side without leads cannot be compared', () => {
    expect(twoProportionTest({ numerator: 0, denominator: 0 }, { numerator: 1, denominator: 4 })).toBeNull();
  });
});

test('special functions at tabulated points', () => {
  expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  expect(lnGamma(171)).toBeCloseTo(706.5730622457874, 8);
  expect(erfc(0.5)).toBeCloseTo(0.4795001221869535, 13);
  expect(erfc(3) / 2.209049699858544e-5).toBeCloseTo(1, 10);
});
