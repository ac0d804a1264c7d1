import type { Literal } from './expression.ts';

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000n,
  m: 60_000_000n,
  s: 1_000_000n,
  ms: 1_000n,
  us: 1n,
};

/** Microseconds of a duration as CEL writes it (`1h30m`, `90s`, `-1.5h`); `null` where it is none. */
export function parseDuration(text: string): bigint | null {
  const match = /^([+-]?)((?:\d+(?:\.\d+)?(?:h|ms|us|m|s))+)$/.exec(text);
  if (!match?.[2]) return null;
  let total = 0n;
  for (const [, whole = '0', fraction = '', unit = ''] of match[2].matchAll(
    /(\d+)(?:\.(\d+))?(h|ms|us|m|s)/g,
  )) {
    const size = UNITS[unit] ?? 0n;
    total += BigInt(whole) * size;
    if (fraction !== '')
      total += (BigInt(fraction.slice(0, 12)) * size) / 10n ** BigInt(fraction.slice(0, 12).length);
  }
  if (total > 315_576_000_000_000_000n) return null;
  return match[1] === '-' ? -total : total;
}

/** Microseconds since 1970 of an RFC 3339 instant; `null` where it is none. */
export function parseTimestamp(text: string): bigint | null {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', fraction = '', zone = ''] = match;
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) return null;
  // Date.parse takes 30 February for 1 March.
  if (new Date(Date.parse(`${date}T00:00:00Z`)).toISOString().slice(0, 10) !== date) return null;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6) || '0');
}

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

export function intLiteral(value: bigint): Literal | null {
  if (value > LARGEST || value < SMALLEST) return null;
  return { kind: 'literal', type: 'int', value: value.toString() };
}

const ESCAPE = String.raw`\\(?:[dDwWsSbBnrtfv]|x[0-9a-fA-F]{2}|[^A-Za-z0-9_\s])`;
const IN_CLASS = String.raw`\\(?:[dDwWsSnrtfv]|x[0-9a-fA-F]{2}|[^A-Za-z0-9_\s])`;
const CLASS = String.raw`\[(?:\^|(?!\^))(?:${IN_CLASS}|[^\\[\]])+\]`;
const REPETITION = String.raw`(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??`;
const PLAIN = String.raw`[^\\[\](){}*+?]`;
/** What RE2 and JavaScript read alike; (?i) stands at the start, where JavaScript has flags. */
const COMMON = new RegExp(
  String.raw`^(?:\(\?i\))?(?:${ESCAPE}|${CLASS}|\((?:\?:|(?!\?))|\)|${REPETITION}|${PLAIN})*$`,
  'u',
);
/** RE2 refuses patterns that repeat their parts more often in all. */
const MOST_REPEATED = 1000;

/** Whether the engine takes a pattern, and takes it for what its writer means. */
export function isSafePattern(pattern: string): boolean {
  if (pattern.length > 500 || !COMMON.test(pattern)) return false;
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Math.max(1, Number(most === undefined || most === '' ? least : most)),
  );
  if (counts.reduce((product, count) => product * count, 1) > MOST_REPEATED) return false;
  try {
    return new RegExp(pattern.replace(/^\(\?i\)/, ''), 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
