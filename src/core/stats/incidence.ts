import { wilsonInterval, Z95 } from './wilson.ts';
import type { Interval } from './wilson.ts';

/** How many of those followed reached the end, were lost, or were still open, at a time since the start. */
export interface EndCounts {
  /** Any unit, from 0; whole days in our measures. */
  readonly time: number;
  readonly reached: number;
  readonly lost: number;
  /** Open when last seen at this time: censored after the ends of the same time. */
  readonly open: number;
}

/** A time at which something ended or was censored. */
export interface IncidencePoint {
  readonly time: number;
  /** Followed until just before this time, and neither reached nor lost. */
  readonly atRisk: number;
  readonly reached: number;
  readonly lost: number;
  /** The share that has neither reached nor been lost, after this time. */
  readonly standing: number;
  /** The share that has reached by this time. */
  readonly incidence: number;
  readonly variance: number;
}

/** A sum of shares that is the whole may miss it by so much. */
const ROUNDING = 1e-12;

/**
 * The cumulative incidence of reaching, with loss as a competing end and open ones right-censored: the
 * estimator of Aalen and Johansen. Without losses it is one minus Kaplan and Meier's.
 *
 * The variance is the Greenwood-type one: at each time both kinds of ends are multinomial among those at risk,
 * and the variances are carried on step by step. Without losses it is Greenwood's; without censoring it is
 * p(1 − p) / n.
 *
 * Sources: O. O. Aalen and S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains based
 * on censored observations", Scand. J. Statist. 5 (1978); P. K. Andersen et al., "Statistical Models Based on
 * Counting Processes" (1993), IV.4.1.3; A. Allignol et al., "A note on variance estimation of the Aalen–Johansen
 * estimator of the cumulative incidence function in competing risks", Biom. J. 52 (2010).
 *
 * @param counts in any order; those of one time are added up
 * @returns a point for each time, in order
 */
export function cumulativeIncidence(counts: readonly EndCounts[]): readonly IncidencePoint[] {
  const times = addedUp(counts);
  let atRisk = times.reduce((sum, each) => sum + each.reached + each.lost + each.open, 0);
  let [standing, incidence] = [1, 0];
  // Of `standing`, of `incidence`, and between them.
  let [varianceStanding, variance, covariance] = [0, 0, 0];
  return times.map(({ time, reached, lost, open }): IncidencePoint => {
    const ending = atRisk > 0 ? (reached + lost) / atRisk : 0;
    const reaching = atRisk > 0 ? reached / atRisk : 0;
    const square = atRisk > 0 ? (standing * standing) / atRisk : 0;
    // What is nothing stays it, though its terms leave a last digit; so does the whole.
    variance = Math.max(
      0,
      variance +
        reaching * reaching * varianceStanding +
        2 * reaching * covariance +
        square * reaching * (1 - reaching),
    );
    covariance = (1 - ending) * (covariance + reaching * varianceStanding - square * reaching);
    varianceStanding = (1 - ending) * ((1 - ending) * varianceStanding + square * ending);
    incidence = Math.min(1, incidence + standing * reaching);
    standing *= 1 - ending;
    const point = { time, atRisk, reached, lost, standing, incidence, variance };
    atRisk -= reached + lost + open;
    return point;
  });
}

function addedUp(counts: readonly EndCounts[]): readonly EndCounts[] {
  const times = new Map<number, EndCounts>();
  for (const each of counts) {
    const before = times.get(each.time);
    times.set(each.time, {
      time: each.time,
      reached: (before?.reached ?? 0) + each.reached,
      lost: (before?.lost ?? 0) + each.lost,
      open: (before?.open ?? 0) + each.open,
    });
  }
  return [...times.values()].toSorted((left, right) => left.time - right.time);
}

/** The point that holds at a time: the last one until then; `null` before the first. */
export function pointAt(points: readonly IncidencePoint[], time: number): IncidencePoint | null {
  return points.findLast((point) => point.time <= time) ?? null;
}

/**
 * The 95 % interval of an incidence, symmetric on the scale of log(−log(1 − p)), so that it stays within 0
 * and 1. Where nobody has reached yet, or everybody has, that scale knows no interval: Wilson's over those at
 * risk stands in.
 *
 * Source: J. D. Kalbfleisch and R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980), 1.3; Ø.
 * Borgan and K. Liestøl, "A note on confidence intervals and bands for the survival function based on
 * transformations", Scand. J. Statist. 17 (1990).
 */
export function incidenceInterval({ incidence, variance, atRisk }: IncidencePoint): Interval {
  if (incidence <= 0) return { low: 0, high: wilsonInterval(0, atRisk)?.high ?? 1 };
  if (incidence >= 1 - ROUNDING || variance <= 0)
    return { low: wilsonInterval(atRisk, atRisk)?.low ?? 0, high: 1 };
  const left = Math.log1p(-incidence);
  const spread = (Z95 * Math.sqrt(variance)) / ((1 - incidence) * Math.abs(left));
  return {
    low: -Math.expm1(left * Math.exp(-spread)),
    high: -Math.expm1(left * Math.exp(spread)),
  };
}

/**
 * The first time by which a share of those who reach it within the curve have done so; `null` where nobody
 * does.
 */
export function quantileOfReached(points: readonly IncidencePoint[], share: number): number | null {
  const final = points.at(-1)?.incidence ?? 0;
  if (final <= 0) return null;
  // Sums of the same shares may differ in their last digit.
  return points.find((point) => point.incidence >= share * final * (1 - 1e-12))?.time ?? null;
}
