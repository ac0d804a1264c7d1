/** Profiled against qualified where there is such a pair: the first stage after the creation, and the next. */
export function defaultPair(reached: readonly string[]): string {
  const [first = '', second = first, third = second] = reached;
  return reached.length > 2 ? `${second},${third}` : `${first},${second}`;
}
