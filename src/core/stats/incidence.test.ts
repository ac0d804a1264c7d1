import { describe, expect, test } from 'vitest';
import { difference } from './difference.ts';
import { cumulativeIncidence, incidenceInterval, pointAt, quantileOfReached } from './incidence.ts';
import type { EndCounts, IncidencePoint } from './incidence.ts';
import { wilsonInterval } from './wilson.ts';

const reached = (time: number, count = 1): EndCounts => ({ time, reached: count, lost: 0, open: 0 });
const lost = (time: number, count = 1): EndCounts => ({ time, reached: 0, lost: count, open: 0 });
const open = (time: number, count = 1): EndCounts => ({ time, reached: 0, lost: 0, open: count });

function at(points: readonly IncidencePoint[], time: number): IncidencePoint {
  const point = pointAt(points, time);
  if (point === null) throw new RangeError(`nothing at ${time}`);
  return point;
}

describe('published tables', () => {
  /**
   * Remission of acute leukaemia under 6-mercaptopurine, weeks: E. J. Freireich et al., Blood 21 (1963), the
   * worked example of E. A. Gehan, Biometrika 52 (1965), and of D. R. Cox and D. Oakes (1984), table 1.1.
   */
  const remission = cumulativeIncidence([
    ...[reached(6, 3), reached(7), reached(10), reached(13), reached(16), reached(22), reached(23)],
    ...[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map((week) => open(week)),
  ]);

  test.each([
    [6, 21, 0.857143, 0.0764],
    [7, 17, 0.806723, 0.0869],
    [10, 15, 0.752941, 0.0963],
    [13, 12, 0.690196, 0.1068],
    [16, 11, 0.627451, 0.1141],
    [22, 7, 0.537815, 0.1282],
    [23, 6, 0.448179, 0.1346],
  ])('in remission after %i weeks', (week, atRisk, survival, error) => {
    const point = at(remission, week);
    expect(point.atRisk).toBe(atRisk);
    expect(Math.abs(1 - point.incidence - survival)).toBeLessThan(1e-6);
    expect(Math.abs(Math.sqrt(point.variance) - error)).toBeLessThan(5e-5);
  });

  test("the variance of the remissions is Greenwood's", () => {
    let sum = 0;
    for (const point of remission) {
      if (point.reached === 0) continue;
      sum += point.reached / (point.atRisk * (point.atRisk - point.reached));
      expect(point.variance).toBeCloseTo(point.standing ** 2 * sum, 12);
    }
  });

  test('the log-log interval of the remissions at 10 and at 23 weeks', () => {
    // exp(−exp(log(−log S) ± z·se / (S·log S))), by hand from S and Greenwood's error: Stata and R
    // (conf.type = "log-log") print 0.5032 to 0.8894 and 0.1881 to 0.6801.
    const ten = incidenceInterval(at(remission, 10));
    expect(1 - ten.high).toBeCloseTo(0.5032, 4);
    expect(1 - ten.low).toBeCloseTo(0.8894, 4);
    const last = incidenceInterval(at(remission, 23));
    expect(1 - last.high).toBeCloseTo(0.1881, 4);
    expect(1 - last.low).toBeCloseTo(0.6801, 4);
  });

  /** R's survival::aml, maintained group: R. G. Miller, "Survival Analysis" (1981), weeks. */
  test.each([
    [9, 0.909091, 0.0867],
    [13, 0.818182, 0.1163],
    [18, 0.715909, 0.1397],
    [23, 0.613636, 0.1526],
    [31, 0.490909, 0.1642],
    [34, 0.368182, 0.1627],
    [48, 0.184091, 0.1535],
  ])('maintained after %i weeks', (week, survival, error) => {
    const points = cumulativeIncidence([
      ...[9, 13, 18, 23, 31, 34, 48].map((each) => reached(each)),
      ...[13, 28, 45, 161].map((each) => open(each)),
    ]);
    expect(Math.abs(1 - at(points, week).incidence - survival)).toBeLessThan(1e-6);
    expect(Math.abs(Math.sqrt(at(points, week).variance) - error)).toBeLessThan(5e-5);
  });
});

test('an old and a young cohort: 50 % where the plain rate says 35 %', () => {
  const old = [reached(5, 20), reached(10, 20), reached(30, 10), open(60, 50)];
  const young = [reached(5, 20), open(7, 80)];
  const points = cumulativeIncidence([...old, ...young]);
  expect(points.at(-1)?.incidence).toBeCloseTo(0.5, 12);
  expect((50 + 20) / 200).toBe(0.35);
});

test('disqualified leads stay in: lost, they lower the incidence; censored, they would not', () => {
  const ends = [reached(1, 10), reached(2, 10)];
  const asLost = cumulativeIncidence([...ends, lost(1, 40), open(9, 40)]);
  const asCensored = cumulativeIncidence([...ends, open(1, 40), open(9, 40)]);
  // Of 100: 10, then 10 more. Censored: 0.1 + 0.9 · 10/50.
  expect(asLost.at(-1)?.incidence).toBeCloseTo(0.2, 12);
  expect(asCensored.at(-1)?.incidence).toBeCloseTo(0.28, 12);
});

describe('a competing end', () => {
  // Ten followed. By hand: S 1, .9, .8 (n = 9, lost), then n = 7 after one censored, and so on.
  const ends = [reached(1), lost(2), open(2), reached(3, 2), lost(5), open(6), reached(8), open(9, 2)];
  const points = cumulativeIncidence(ends);

  test('worked by hand', () => {
    const one = 1 / 10;
    const three = one + 0.8 * (2 / 7);
    const eight = three + 0.8 * (5 / 7) * (4 / 5) * (1 / 3);
    expect(at(points, 1).incidence).toBeCloseTo(one, 12);
    expect(at(points, 2).incidence).toBeCloseTo(one, 12);
    expect(at(points, 3).incidence).toBeCloseTo(three, 12);
    expect(at(points, 8).incidence).toBeCloseTo(eight, 12);
    expect(points.map((point) => point.atRisk)).toEqual([10, 9, 7, 5, 4, 3, 2]);
  });

  test('the variance equals the closed form of the delta method', () => {
    // E. Marubini and M. G. Valsecchi, "Analysing Survival Data from Clinical Trials" (1995), 10.12: another
    // way to the same number, over all times at once.
    for (const end of points) {
      const until = points.filter((point) => point.time <= end.time);
      const variance = until.reduce((sum, point, index) => {
        const before = until[index - 1]?.standing ?? 1;
        const rest = end.incidence - point.incidence;
        const n = point.atRisk;
        const d = point.reached + point.lost;
        const own = point.reached / n;
        return (
          sum +
          rest ** 2 * (d === n ? 0 : d / (n * (n - d))) +
          before ** 2 * (own * (1 - own)) * (1 / n) -
          (2 * rest * before * own) / n
        );
      }, 0);
      expect(end.variance).toBeCloseTo(variance, 12);
    }
  });

  test('without censoring it is the binomial variance', () => {
    const all = cumulativeIncidence([reached(1, 3), lost(2, 4), reached(3, 2), lost(7, 6), reached(9, 5)]);
    for (const { incidence, variance } of all)
      expect(variance).toBeCloseTo((incidence * (1 - incidence)) / 20, 12);
  });

  test('the shares of reached, lost and standing are the whole', () => {
    const mirrored = cumulativeIncidence(
      ends.map((each) => ({ ...each, reached: each.lost, lost: each.reached })),
    );
    points.forEach((point, index) =>
      expect(point.incidence + point.standing + (mirrored[index]?.incidence ?? 0)).toBeCloseTo(1, 12),
    );
  });
});

test('the order of the counts does not matter, nor how they are cut', () => {
  const whole = [reached(2, 4), lost(2, 2), open(2, 3), reached(5, 1), open(8, 6)];
  const cut = [open(8, 6), reached(5), reached(2, 3), open(2, 3), lost(2, 2), reached(2)];
  expect(cumulativeIncidence(cut)).toEqual(cumulativeIncidence(whole));
});

test('nobody, nobody reached, and everybody', () => {
  expect(cumulativeIncidence([])).toEqual([]);
  const none = at(cumulativeIncidence([open(3, 10)]), 3);
  expect(incidenceInterval(none)).toEqual(wilsonInterval(0, 10));
  const every = at(cumulativeIncidence([reached(3, 10)]), 3);
  expect(incidenceInterval(every)).toEqual(wilsonInterval(10, 10));
});

test('ends and censoring of one instant: who ends was at risk with those who are censored, and they no more', () => {
  // Four, of whom one reaches, one is lost and one is censored on day 5: 1/4 of 4, and then one is left.
  const points = cumulativeIncidence([reached(5), open(5), lost(5), reached(9)]);
  expect(points.map(({ atRisk }) => atRisk)).toEqual([4, 1]);
  expect(points.map(({ incidence }) => incidence)).toEqual([0.25, 0.75]);
  // Of the first day: 1/4 · 3/4 / 4, the binomial variance.
  expect(points[0]?.variance).toBeCloseTo(3 / 64, 15);
});

test('one lead: open, lost, reached', () => {
  const end = (ends: EndCounts): IncidencePoint => at(cumulativeIncidence([ends]), 4);
  expect(end(open(4))).toMatchObject({ incidence: 0, standing: 1, variance: 0 });
  expect(end(lost(4))).toMatchObject({ incidence: 0, standing: 0, variance: 0 });
  expect(end(reached(4))).toMatchObject({ incidence: 1, standing: 0, variance: 0 });
  // z² / (1 + z²) of one: nothing is known of it.
  expect(incidenceInterval(end(open(4))).high).toBeCloseTo(0.7934507, 7);
  expect(incidenceInterval(end(reached(4))).low).toBeCloseTo(0.2065493, 7);
});

test('one after the other all reach it: the whole, and neither more nor surer than the last one says', () => {
  for (let count = 1; count <= 60; count += 1) {
    const last = cumulativeIncidence(Array.from({ length: count }, (_, time) => reached(time))).at(-1);
    if (last === undefined) throw new RangeError('no point');
    expect(last.incidence).toBeLessThanOrEqual(1);
    expect(last.variance).toBeGreaterThanOrEqual(0);
    expect(incidenceInterval(last)).toEqual(wilsonInterval(1, 1));
  }
});

test('quantiles are of those who reach it', () => {
  const points = cumulativeIncidence([
    reached(1, 10),
    reached(4, 10),
    reached(9, 20),
    lost(2, 30),
    open(20, 30),
  ]);
  expect([0.25, 0.5, 0.75, 1].map((share) => quantileOfReached(points, share))).toEqual([1, 4, 9, 9]);
  expect(quantileOfReached(cumulativeIncidence([open(3, 5)]), 0.5)).toBeNull();
});

test("the interval of a difference is Newcombe's", () => {
  // R. G. Newcombe (1998), table II, (a): 56/70 − 48/80, method 10.
  const estimate = (numerator: number, denominator: number): Parameters<typeof difference>[0] => ({
    value: numerator / denominator,
    ...(wilsonInterval(numerator, denominator) ?? { low: 0, high: 1 }),
  });
  const found = difference(estimate(56, 70), estimate(48, 80));
  expect(found.value).toBeCloseTo(0.2, 12);
  expect(found.low).toBeCloseTo(0.0524, 4);
  expect(found.high).toBeCloseTo(0.3339, 4);
});
