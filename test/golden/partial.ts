/** Numbers by hand are written with at most four decimals. */
const NEAR = 0.00006;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/**
 * Where an actual value lacks or contradicts an expected one: only the members that are expected are looked
 * at, and the word `absent` expects none.
 *
 * @param lenient members that the actual value does not have at all are passed over
 */
export function contradictions(
  expected: unknown,
  actual: unknown,
  lenient = false,
  path = '',
): readonly string[] {
  const is = (): readonly string[] => [
    `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
  ];
  if (expected === 'absent') return actual === undefined ? [] : is();
  if (typeof expected === 'number') {
    const number = typeof actual === 'string' ? Number(actual) : actual;
    return typeof number === 'number' && Math.abs(number - expected) <= NEAR ? [] : is();
  }
  if (
    typeof expected === 'string' &&
    typeof actual === 'string' &&
    INSTANT.test(expected) &&
    INSTANT.test(actual)
  ) {
    return plainInstant(expected) === plainInstant(actual) ? [] : is();
  }
  if (Array.isArray(expected)) return JSON.stringify(expected) === JSON.stringify(actual) ? [] : is();
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return is();
    const members = new Map(Object.entries(actual));
    return Object.entries(expected).flatMap(([name, each]) =>
      lenient && !members.has(name)
        ? []
        : contradictions(each, members.get(name), lenient, `${path}.${name}`),
    );
  }
  return Object.is(expected, actual) ? [] : is();
}

/** Without the zeros after the last decimal. */
function plainInstant(text: string): string {
  return text.replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === '' ? 'Z' : `.${digits}Z`));
}
