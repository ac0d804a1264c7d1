import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logarithmicMean, productChange } from './product-change.ts';
import { rateAndMix } from './rate-and-mix.ts';

const sum = (parts: readonly number[]): number => parts.reduce((all, part) => all + part, 0);

describe('product change', () => {
  test('leads, profiled, qualified and sales of the worked example', () => {
    // 1,000 → 1,200 leads; .60 → .50; .50 → .55; .10 → .08: 30 → 26.4 sales.
    const parts = productChange([1000, 600, 300, 30], [1200, 600, 330, 26.4]);
    expect(parts.map((part) => part.toFixed(4))).toEqual(['5.1345', '-5.1345', '2.6841', '-6.2841']);
    expect(sum(parts)).toBeCloseTo(-3.6, 12);
  });

  test('the logarithmic mean of equal numbers is that number', () => {
    expect(logarithmicMean(7, 7)).toBe(7);
    expect(logarithmicMean(2, 1)).toBeCloseTo(1 / Math.log(2), 14);
  });

  test('nothing changed, nothing is split', () => {
    expect(productChange([100, 50, 5], [100, 50, 5])).toEqual([0, 0, 0]);
  });

  test('steps that outweigh each other sum to no change at all', () => {
    const parts = productChange([100, 50, 5], [200, 50, 5]);
    expect(parts[0]).toBeCloseTo(5 * Math.log(2), 12);
    expect(sum(parts)).toBe(0);
  });

  test('a last stage that dries up is the doing of the step that broke', () => {
    expect(productChange([100, 50, 20, 5], [100, 40, 0, 0])).toEqual([0, 0, -5, 0]);
    expect(productChange([100, 50, 20, 5], [100, 40, 10, 0])).toEqual([0, 0, 0, -5]);
    expect(productChange([100, 50, 20, 5], [0, 0, 0, 0])).toEqual([-5, 0, 0, 0]);
  });

  test('a last stage that begins is the doing of the step that had been missing', () => {
    expect(productChange([100, 40, 0, 0], [100, 50, 20, 5])).toEqual([0, 0, 5, 0]);
    expect(productChange([0, 0], [0, 0])).toEqual([0, 0]);
  });

  test('a stage that nobody reached in either period is not where the chain broke', () => {
    // Sales that need not be qualified, and nobody ever is.
    expect(productChange([100, 0, 0], [100, 0, 5])).toEqual([0, 0, 5]);
    expect(productChange([100, 50, 0, 5], [100, 50, 0, 0])).toEqual([0, 0, 0, -5]);
  });

  test('a stage in between that nobody reached hands its part to the next', () => {
    // Sales that need not be qualified: 100 → 5 without any qualified before.
    const parts = productChange([100, 0, 5], [100, 20, 10]);
    expect(parts[0]).toBe(0);
    expect(parts[1]).toBe(0);
    expect(parts[2]).toBeCloseTo(5, 12);
  });

  test('whatever the counts, zeros included, the parts sum to the change', () => {
    const count = fc.oneof(
      { arbitrary: fc.constant(0), weight: 1 },
      { arbitrary: fc.nat({ max: 10_000_000 }), weight: 4 },
      { arbitrary: fc.double({ min: 0.0001, max: 1e9, noNaN: true }), weight: 1 },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count), { minLength: 1, maxLength: 8 }), (links) => {
        const before = links.map(([quantity]) => quantity);
        const after = links.map(([, quantity]) => quantity);
        const change = (after.at(-1) ?? 0) - (before.at(-1) ?? 0);
        const parts = productChange(before, after);
        expect(parts.every(Number.isFinite)).toBe(true);
        const scale = Math.max(Math.abs(change), ...parts.map(Math.abs));
        expect(Math.abs(sum(parts) - change)).toBeLessThanOrEqual(
          Math.max(1e-9 * Math.abs(change), 1e-15 * scale),
        );
      }),
      { numRuns: 5000 },
    );
  });
});

describe('rate and mix', () => {
  test('each zone rises by five points and the whole falls', () => {
    const effects = rateAndMix([
      { before: { from: 200, to: 120 }, after: { from: 100, to: 65 } },
      { before: { from: 100, to: 20 }, after: { from: 300, to: 75 } },
    ]);
    expect(effects).toMatchObject({ reverses: true });
    expect(effects?.before).toBeCloseTo(0.4667, 4);
    expect(effects?.after).toBeCloseTo(0.35, 12);
    expect(effects?.mix).toBeCloseTo(-0.1667, 4);
    expect(effects?.rate).toBeCloseTo(0.05, 12);
  });

  test('a group that came later changes the mix only', () => {
    const effects = rateAndMix([
      { before: { from: 100, to: 50 }, after: { from: 100, to: 50 } },
      { before: { from: 0, to: 0 }, after: { from: 100, to: 10 } },
    ]);
    expect(effects?.rate).toBeCloseTo(0, 14);
    expect(effects?.mix).toBeCloseTo(-0.2, 12);
    expect(effects?.reverses).toBe(false);
  });

  test('where a group stays as it was, not every group moved against the whole', () => {
    // 60 % stay 60 % and 20 % rise to 30 %, and the whole falls: more of the worse ones came.
    const effects = rateAndMix([
      { before: { from: 100, to: 60 }, after: { from: 50, to: 30 } },
      { before: { from: 100, to: 20 }, after: { from: 150, to: 45 } },
    ]);
    expect(effects?.before).toBeCloseTo(0.4, 12);
    expect(effects?.after).toBeCloseTo(0.375, 12);
    expect(effects?.reverses).toBe(false);
  });

  test("a group's mix effect is told against the middle of the whole rates", () => {
    const effects = rateAndMix([
      { before: { from: 200, to: 120 }, after: { from: 100, to: 65 } },
      { before: { from: 100, to: 20 }, after: { from: 300, to: 75 } },
    ]);
    // (0.625 − 0.40833) · (1/4 − 2/3) and (0.225 − 0.40833) · (3/4 − 1/3): both pull the whole down.
    expect(effects?.groups.map(({ mix }) => mix.toFixed(6))).toEqual(['-0.090278', '-0.076389']);
  });

  test('no lead at the step, nothing to say', () => {
    expect(rateAndMix([{ before: { from: 0, to: 0 }, after: { from: 5, to: 1 } }])).toBeNull();
    expect(rateAndMix([])).toBeNull();
  });

  test('both effects, of all groups, sum to the change of the whole rate', () => {
    // By period more can pass than came.
    const some = fc.oneof(fc.constant(0), fc.nat({ max: 100_000 }));
    const passing = fc.record({ from: some, to: some });
    fc.assert(
      fc.property(fc.array(fc.record({ before: passing, after: passing }), { maxLength: 30 }), (groups) => {
        const effects = rateAndMix(groups);
        if (effects === null) return;
        const change = effects.after - effects.before;
        const rates = groups.flatMap(({ before, after }) =>
          [before, after].map(({ from, to }) => (from > 0 ? to / from : 0)),
        );
        const scale = Math.max(1, effects.before, effects.after, ...rates);
        expect(Math.abs(effects.rate + effects.mix - change)).toBeLessThan(1e-12 * scale);
        expect(sum(effects.groups.map((group) => group.mix)) / scale).toBeCloseTo(effects.mix / scale, 12);
      }),
      { numRuns: 2000 },
    );
  });
});
