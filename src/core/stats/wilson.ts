export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * The 95 % Wilson score interval of a share; `null` without observations.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
 * (1927).
 *
 * @example
 * wilsonInterval(12, 20); // { low: 0.3866, high: 0.7812 }, rounded
 */
export function wilsonInterval(numerator: number, denominator: number): Interval | null {
  if (denominator <= 0) return null;
  const share = numerator / denominator;
  const z2 = Z95 * Z95;
  const centre = share + z2 / (2 * denominator);
  const half = Z95 * Math.sqrt((share * (1 - share)) / denominator + z2 / (4 * denominator * denominator));
  const scale = 1 + z2 / denominator;
  return {
    low: numerator === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: numerator === denominator ? 1 : Math.min(1, (centre + half) / scale),
  };
}
