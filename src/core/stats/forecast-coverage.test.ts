import { describe, expect, test } from 'vitest';
import { forecastAmount, forecastCount, forecastRatio } from './period-forecast.ts';
import type { PeriodForecast } from './period-forecast.ts';

/**
 * Businesses whose truth is known: weekday patterns, days that come in bursts, a level that wanders. Of the 80 %
 * intervals about four in five must hold what came, and the expectation must not lie to one side. Those of a
 * business that never changes hold more, as nobody can know of eight weeks that it never does.
 */

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Poisson, by the arrivals within one unit of time. */
function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let time = -Math.log(1 - random()); time < mean; time -= Math.log(1 - random())) count += 1;
  return count;
}

const WEEKDAYS = [1.1, 1.2, 1.1, 1.05, 1, 0.9, 0.65];
const DAYS = 56;
const RUNS = 300;

interface Business {
  readonly name: string;
  /** Leads a day. */
  readonly level: number;
  /** By how much of itself a day's expectation differs, beyond chance. */
  readonly bursts: number;
  /** By how much of itself the level wanders a week. */
  readonly drift: number;
  readonly left: number;
}

const BUSINESSES: readonly Business[] = [
  { name: 'a steady one', level: 40, bursts: 0, drift: 0, left: 20 },
  { name: 'one of bursts', level: 40, bursts: 0.3, drift: 0, left: 20 },
  { name: 'one that wanders', level: 40, bursts: 0.15, drift: 0.05, left: 20 },
  { name: 'a small one', level: 0.4, bursts: 0, drift: 0.03, left: 20 },
  { name: 'one at the end of its month', level: 10, bursts: 0.2, drift: 0.03, left: 4 },
  { name: 'one with a quarter before it', level: 10, bursts: 0.2, drift: 0.03, left: 80 },
];

/** What each day expects, over the days known and those to come. */
function expectations({ level, bursts, drift, left }: Business, random: () => number): readonly number[] {
  const steps = Array.from({ length: DAYS + left }, (_, day) => (day % 7 === 0 ? drift * normal(random) : 0));
  let log = 0;
  return steps.map((step, day) => {
    log += step;
    const burst = bursts > 0 ? Math.exp(bursts * normal(random) - (bursts * bursts) / 2) : 1;
    return level * Math.exp(log) * (WEEKDAYS[day % 7] ?? 1) * burst;
  });
}

function covered(
  business: Business,
  run: (days: readonly number[], random: () => number) => { forecast: PeriodForecast | null; came: number },
): { readonly inside: number; readonly below: number } {
  const random = randomOf(20_260_301);
  let inside = 0;
  let below = 0;
  for (let nth = 0; nth < RUNS; nth += 1) {
    const { forecast, came } = run(expectations(business, random), random);
    if (forecast === null) throw new Error('no forecast');
    if (came >= forecast.low && came <= forecast.high) inside += 1;
    if (came < forecast.expected) below += 1;
  }
  return { inside: inside / RUNS, below: below / RUNS };
}

function weekdays(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, day) => (from + day) % 7);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe.each(BUSINESSES)('$name', (business) => {
  const future = weekdays(DAYS, DAYS + business.left);
  test('its count', () => {
    const { inside, below } = covered(business, (expected, random) => {
      const came = expected.map((mean) => poisson(mean, random));
      const known = came.slice(0, DAYS).map((amount, day) => ({ weekday: day % 7, amount }));
      return { forecast: forecastCount(0, known, future), came: sum(came.slice(DAYS)) };
    });
    expect(inside).toBeGreaterThan(0.74);
    expect(inside).toBeLessThan(0.97);
    expect(below).toBeGreaterThan(0.4);
    expect(below).toBeLessThan(0.65);
  });

  test('its money', () => {
    const { inside } = covered(business, (expected, random) => {
      const came = expected.map((mean) =>
        sum(Array.from({ length: poisson(mean, random) }, () => 1000 * Math.exp(0.6 * normal(random)))),
      );
      const known = came.slice(0, DAYS).map((amount, day) => ({ weekday: day % 7, amount }));
      return { forecast: forecastAmount(0, known, future), came: sum(came.slice(DAYS)) };
    });
    expect(inside).toBeGreaterThan(0.74);
    expect(inside).toBeLessThan(0.97);
  });

  test('its share', () => {
    const { inside } = covered(business, (expected, random) => {
      let logit = -0.4;
      const days = expected.map((mean, day) => {
        if (day % 7 === 0) logit += business.drift * normal(random);
        const bottom = poisson(mean, random);
        const top = Array.from({ length: bottom }, () => random() < 1 / (1 + Math.exp(-logit)));
        return { weekday: day % 7, top: top.filter(Boolean).length, bottom };
      });
      const rest = days.slice(DAYS);
      // What is there already, so that no denominator is nothing.
      const so = { top: 2, bottom: 5 };
      return {
        forecast: forecastRatio(so, days.slice(0, DAYS), future, true),
        came:
          (so.top + sum(rest.map(({ top }) => top))) / (so.bottom + sum(rest.map(({ bottom }) => bottom))),
      };
    });
    expect(inside).toBeGreaterThan(0.72);
    expect(inside).toBeLessThan(0.97);
  });

  test('its cost', () => {
    const { inside } = covered(business, (expected, random) => {
      const days = expected.map((mean, day) => ({
        weekday: day % 7,
        top: 100 * business.level * Math.exp(0.15 * normal(random)),
        bottom: poisson(mean, random),
      }));
      const rest = days.slice(DAYS);
      return {
        forecast: forecastRatio({ top: 0, bottom: 0 }, days.slice(0, DAYS), future, false),
        came: sum(rest.map(({ top }) => top)) / Math.max(1, sum(rest.map(({ bottom }) => bottom))),
      };
    });
    expect(inside).toBeGreaterThan(0.7);
    expect(inside).toBeLessThan(0.97);
  });
});
