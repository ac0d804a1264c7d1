/** One look at a level that may have moved since the last. */
export interface Observation {
  readonly value: number;
  /** Of the look's noise. */
  readonly variance: number;
}

export interface Level {
  readonly value: number;
  /** Of the estimate. */
  readonly variance: number;
}

/**
 * The level after the last of some observations, each a step after the one before, where the level wanders by
 * `drift` (variance) a step: the weights fall off backwards, the faster the more it wanders (Kalman filter of
 * the local level model; exponential smoothing, whose weight it chooses itself). `null` without any.
 *
 * Source: J. F. Muth, "Optimal properties of exponentially weighted forecasts", JASA 55 (1960); A. C. Harvey,
 * "Forecasting, Structural Time Series Models and the Kalman Filter" (1989), 2.3.
 */
export function localLevel(observations: readonly Observation[], drift: number): Level | null {
  const [first, ...rest] = observations;
  if (first === undefined) return null;
  let { value, variance } = first;
  for (const observation of rest) {
    const before = variance + drift;
    const gain = before > 0 ? before / (before + observation.variance) : 0;
    value += gain * (observation.value - value);
    variance = before * (1 - gain);
  }
  return { value, variance };
}

/** The prior of the drift counts as much as so many steps that were seen. */
const PRIOR_STEPS = 4;

/**
 * The drift's variance: what neighbouring observations differ by beyond their noise, drawn towards a prior
 * standard deviation, as eight weeks alone tell little of it.
 */
export function driftOf(observations: readonly Observation[], prior: number): number {
  let excess = 0;
  observations.slice(1).forEach(({ value, variance }, position) => {
    const before = observations[position];
    if (before !== undefined) excess += (value - before.value) ** 2 - variance - before.variance;
  });
  const steps = Math.max(0, observations.length - 1);
  return (PRIOR_STEPS * prior * prior + Math.max(0, excess)) / (PRIOR_STEPS + steps);
}
