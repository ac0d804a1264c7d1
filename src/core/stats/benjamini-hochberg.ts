/**
 * Adjusted p-values that bound the false discovery rate: a test is kept at rate q where its value is ≤ q.
 *
 * Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).
 *
 * @param pValues of all tests made, in any order
 * @returns the adjusted values in the same order
 */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const count = pValues.length;
  const descending = pValues
    .map((value, position) => ({ value, position }))
    .sort((left, right) => right.value - left.value);
  const adjusted = Array.from<number>({ length: count });
  let least = 1;
  descending.forEach(({ value, position }, nth) => {
    least = Math.min(least, (value * count) / (count - nth));
    adjusted[position] = least;
  });
  return adjusted;
}
