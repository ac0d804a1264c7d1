import type { IncidencePoint } from './incidence.ts';
import { Z95 } from './wilson.ts';

/** Open ones of an age. */
export interface OpenCount {
  readonly age: number;
  readonly count: number;
}

/** How many are expected, with the 95 % interval of how many it will be. */
export interface Outlook {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How many of those that are open now will still reach the end within a curve: the sum over them of
 * (F(H) − F(age)) / S(age).
 *
 * The interval is of the number that will be seen, and holds both sources of error: that each one reaches it by
 * chance (binomial, p(1 − p) each), and that the curve is an estimate (the delta method over its daily
 * hazards, whose counts are multinomial among those at risk; see `cumulativeIncidence`). It is symmetric on the
 * scale of the arcsine of the root of the share of the open ones, on which a count's variance hardly depends on
 * it (M. S. Bartlett, 1936); a logit would run away where next to nothing is expected.
 *
 * Source of the decomposition: J. F. Lawless, "Statistical Models and Methods for Lifetime Data" (2003), on
 * prediction; M. Fredette and J. F. Lawless, "Finite-horizon prediction of recurrent events", Technometrics 49
 * (2007).
 *
 * @param points of the curve, in order of time
 * @param open ages in the unit of the curve; those beyond its end expect nothing
 */
export function outlook(points: readonly IncidencePoint[], open: readonly OpenCount[]): Outlook {
  const chances = chancesAfter(points);
  const total = open.reduce((sum, each) => sum + each.count, 0);
  let expected = 0;
  let variance = 0;
  // Those who enter the curve between two of its times.
  const entering = new Map<number, number>();
  for (const { age, count } of open) {
    const next = points.findIndex((point) => point.time > age);
    if (next < 0) continue;
    const chance = chances[next] ?? 0;
    expected += count * chance;
    variance += count * chance * (1 - chance);
    entering.set(next, (entering.get(next) ?? 0) + count);
  }
  let followed = 0;
  points.forEach((point, index) => {
    followed += entering.get(index) ?? 0;
    if (point.atRisk === 0) return;
    const ending = (point.reached + point.lost) / point.atRisk;
    const reaching = point.reached / point.atRisk;
    const after = chances[index + 1] ?? 0;
    const spread =
      reaching * (1 - reaching) - 2 * after * reaching * (1 - ending) + after * after * ending * (1 - ending);
    variance += (followed * followed * spread) / point.atRisk;
    followed *= 1 - ending;
  });
  return { expected, ...interval(expected, variance, total) };
}

/** For each point, the chance to reach the end from just before it on. */
function chancesAfter(points: readonly IncidencePoint[]): readonly number[] {
  const chances: number[] = [];
  let chance = 0;
  for (const point of points.toReversed()) {
    if (point.atRisk > 0) {
      const ending = (point.reached + point.lost) / point.atRisk;
      chance = point.reached / point.atRisk + (1 - ending) * chance;
    }
    chances.push(chance);
  }
  return chances.toReversed();
}

function interval(
  expected: number,
  variance: number,
  total: number,
): { readonly low: number; readonly high: number } {
  const share = total > 0 ? expected / total : 0;
  if (share <= 0 || share >= 1 || variance <= 0) return { low: expected, high: expected };
  const angle = Math.asin(Math.sqrt(share));
  const spread = (Z95 * Math.sqrt(variance)) / (2 * total * Math.sqrt(share * (1 - share)));
  const back = (value: number): number => total * Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2;
  return { low: back(angle - spread), high: back(angle + spread) };
}
