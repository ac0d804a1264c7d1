import { describe, expect, test } from 'vitest';
import { cumulativeIncidence, incidenceInterval, pointAt } from './incidence.ts';
import type { EndCounts } from './incidence.ts';
import { outlook } from './outlook.ts';

/** Intervals against a known truth: 95 % of them hold it, give or take what chance does. */

/** mulberry32: numbers from 0 to 1 that a seed decides. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const REACHING = 0.02;
const LOSING = 0.03;
const FIRST_DAYS = 5;
const REACHING_AT_FIRST = 0.05;

function hazard(day: number): number {
  return day <= FIRST_DAYS ? REACHING_AT_FIRST : REACHING;
}

/** The true share that reaches it by a day. */
function truth(until: number): number {
  let [standing, share] = [1, 0];
  for (let day = 1; day <= until; day += 1) {
    share += standing * hazard(day);
    standing *= 1 - hazard(day) - LOSING;
  }
  return share;
}

interface Life {
  readonly day: number;
  readonly reached: boolean;
}

function live(random: () => number): Life {
  for (let day = 1; ; day += 1) {
    const chance = random();
    if (chance < hazard(day)) return { day, reached: true };
    if (chance < hazard(day) + LOSING) return { day, reached: false };
  }
}

/** What is known of a life that was followed for some days. */
function seen({ day, reached }: Life, followed: number): EndCounts {
  if (day > followed) return { time: followed, reached: 0, lost: 0, open: 1 };
  return { time: day, reached: reached ? 1 : 0, lost: reached ? 0 : 1, open: 0 };
}

const TRIALS = 2000;

describe('95 % intervals hold the truth in 93 to 97 of 100 samples', () => {
  test.each([
    [3, 400],
    [10, 400],
    [30, 400],
    [60, 400],
    [30, 120],
  ])('the incidence by day %i, of %i leads', (day, leads) => {
    const random = randomFrom(7 * day + leads);
    const known = truth(day);
    let held = 0;
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const counts = Array.from({ length: leads }, () => seen(live(random), Math.floor(random() * 120)));
      const point = pointAt(cumulativeIncidence(counts), day);
      const interval = point === null ? null : incidenceInterval(point);
      if (interval !== null && interval.low <= known && known <= interval.high) held += 1;
    }
    expect(held / TRIALS).toBeGreaterThanOrEqual(0.93);
    expect(held / TRIALS).toBeLessThanOrEqual(0.97);
  });

  test.each([
    [800, 300, 30],
    [2000, 200, 30],
    [400, 400, 60],
    [300, 120, 14],
  ])(
    'what a cohort will reach: %i leads of reference, %i young ones of up to %i days',
    (others, young, age) => {
      const horizon = 90;
      const random = randomFrom(others + young);
      let held = 0;
      for (let trial = 0; trial < TRIALS; trial += 1) {
        // The young ones are part of their own reference, as in the measure.
        const cohort = Array.from({ length: young }, () => ({
          life: live(random),
          followed: Math.floor(random() * age),
        }));
        const known = cohort.map(({ life, followed }) => seen(life, followed));
        const reference = Array.from({ length: others }, () =>
          seen(live(random), 30 + Math.floor(random() * 150)),
        );
        const points = cumulativeIncidence([...reference, ...known]).filter((point) => point.time <= horizon);
        const open = known.filter((each) => each.open > 0).map((each) => ({ age: each.time, count: 1 }));
        const told = outlook(points, open);
        const will = cohort.filter(
          ({ life, followed }) => life.reached && life.day > followed && life.day <= horizon,
        ).length;
        if (told.low <= will && will <= told.high) held += 1;
      }
      expect(held / TRIALS).toBeGreaterThanOrEqual(0.93);
      expect(held / TRIALS).toBeLessThanOrEqual(0.97);
    },
  );
});

test('what is expected is (F(H) − F(a)) / S(a) of each open one', () => {
  const points = cumulativeIncidence([
    { time: 1, reached: 10, lost: 10, open: 0 },
    { time: 4, reached: 20, lost: 0, open: 5 },
    { time: 9, reached: 5, lost: 10, open: 40 },
  ]);
  const final = points.at(-1)?.incidence ?? 0;
  const chance = (age: number): number => {
    const point = pointAt(points, age);
    return (final - (point?.incidence ?? 0)) / (point?.standing ?? 1);
  };
  const told = outlook(points, [
    { age: 0, count: 7 },
    { age: 2, count: 3 },
    { age: 5, count: 11 },
    { age: 9, count: 100 },
    { age: 400, count: 100 },
  ]);
  expect(told.expected).toBeCloseTo(7 * chance(0) + 3 * chance(2) + 11 * chance(5), 10);
  expect(told.low).toBeLessThan(told.expected);
  expect(told.high).toBeGreaterThan(told.expected);
});

test('nobody open, and nobody who ever reached it, expect nothing', () => {
  const points = cumulativeIncidence([{ time: 3, reached: 4, lost: 0, open: 6 }]);
  expect(outlook(points, [])).toEqual({ expected: 0, low: 0, high: 0 });
  const never = cumulativeIncidence([{ time: 3, reached: 0, lost: 4, open: 6 }]);
  expect(outlook(never, [{ age: 1, count: 5 }])).toEqual({ expected: 0, low: 0, high: 0 });
});
