import { expect, test } from 'vitest';
import { shortfalls } from './opportunity-cells.ts';
import type { Cell, Slice } from './opportunity-cells.ts';

function sliceOf(...counts: readonly (readonly [numerator: number, denominator: number])[]): Slice {
  const cells = counts.map(([numerator, denominator], nth): Cell => ({
    value: `${nth}`,
    numerator,
    denominator,
  }));
  const sum = (side: 'numerator' | 'denominator'): number => cells.reduce((all, cell) => all + cell[side], 0);
  return { whole: { numerator: sum('numerator'), denominator: sum('denominator') }, cells, target: null };
}

/** 60 of 200 against 90 of 200: z = 0.15 / √(0.375 · 0.625 / 100) = 3.098, so that p = 0.00195 for both groups. */
const WORSE = sliceOf([60, 200], [90, 200]);
const ALIKE = sliceOf([75, 200], [75, 200]);

test('one comparison stands on its own p-value', () => {
  const { tested, below, above } = shortfalls([WORSE]);
  expect([tested, below.length, above]).toEqual([2, 1, 1]);
  expect(below[0]?.cell.numerator).toBe(60);
  expect(below[0]?.q).toBeCloseTo(0.00195, 5);
});

test('among many that show nothing, the same difference is what chance brings', () => {
  const among = (count: number): ReturnType<typeof shortfalls> =>
    shortfalls([WORSE, ...Array.from({ length: count }, () => ALIKE)]);
  // The second smallest of 2 + 2n p-values is multiplied by (2 + 2n) / 2: by 51 it is 0.0994, by 52 it is 0.1013.
  expect(among(50)).toMatchObject({ tested: 102, above: 1, below: [{ cell: { numerator: 60 } }] });
  expect(among(50).below[0]?.q).toBeCloseTo(51 * 0.00195, 3);
  expect(among(51)).toMatchObject({ tested: 104, above: 0, below: [] });
});

test('a gap whose interval holds nothing is not told, be its p-value ever so small', () => {
  // 240 of 1,000 among thirty groups of just 300: p = 0.00005. Thirty that are alike to a lead say that groups do not
  // differ here, and so most of what is believed of the one is what the others do.
  const crowd = Array.from({ length: 30 }, () => [300, 1000] as const);
  expect(shortfalls([sliceOf([240, 1000], ...crowd)])).toEqual({ tested: 31, above: 0, below: [] });
  // 150 of 1,000 is too far from that.
  const { below } = shortfalls([sliceOf([150, 1000], ...crowd)]);
  expect(below).toMatchObject([{ cell: { numerator: 150 } }]);
  expect(below[0]?.gap.low).toBeGreaterThan(0);
  expect(below[0]?.shrunk.value).toBeGreaterThan(0.15);
});
