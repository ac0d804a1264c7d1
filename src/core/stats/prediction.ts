import type { Proportion } from './two-proportions.ts';
import { Z95 } from './wilson.ts';
import type { Interval } from './wilson.ts';

/**
 * The 95 % interval of how many of `future` trials succeed, where so many of others did: all the counts that
 * the score test of two proportions would not tell from what was seen. It holds both what is not known of the
 * rate and the luck of the draw. For ever more trials its share tends to the Wilson interval.
 *
 * Source: K. Krishnamoorthy and J. Peng, "Improved closed-form prediction intervals for binomial and Poisson
 * distributions", Journal of Statistical Planning and Inference 141 (2011), joint sampling.
 *
 * @returns counts from 0 to `future`; `null` where nothing was seen
 * @example
 * predictionInterval({ numerator: 0, denominator: 20 }, 20); // { low: 0, high: 3.5 }, rounded
 */
export function predictionInterval({ numerator, denominator }: Proportion, future: number): Interval | null {
  if (denominator <= 0 || future <= 0) return null;
  // (x − y)² = h·P·(1 − P) for the share y to come, where P = v·x + w·y is the share of both together.
  const x = numerator / denominator;
  const v = denominator / (denominator + future);
  const w = 1 - v;
  const h = Z95 * Z95 * (1 / denominator + 1 / future);
  const a = 1 + h * w * w;
  const b = -2 * x - h * w * (1 - 2 * v * x);
  const c = x * x - h * v * x * (1 - v * x);
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  const at = (share: number): number => future * Math.min(1, Math.max(0, share));
  return {
    low: numerator === 0 ? 0 : at((-b - root) / (2 * a)),
    high: numerator === denominator ? future : at((-b + root) / (2 * a)),
  };
}
