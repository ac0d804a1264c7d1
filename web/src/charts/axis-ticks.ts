const STEPS = [1, 2, 5, 10] as const;

/**
 * Round numbers from 0 to the greatest that is not beyond `most`.
 *
 * @param parts how many steps there are at most
 * @param least the smallest step: 1 where parts of the unit say nothing
 */
export function axisTicks(most: number, parts: number, least = 0): readonly number[] {
  const size = 10 ** Math.floor(Math.log10(most / parts));
  const step = Math.max(least, STEPS.map((each) => each * size).find((each) => each * parts >= most) ?? most);
  const count = Math.floor(most / step + 1e-9);
  // Counted, not added up: 0.1 thrice is not 0.3.
  return Array.from({ length: count + 1 }, (_, nth) => Number((nth * step).toPrecision(12)));
}
