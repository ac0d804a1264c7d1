import fc from 'fast-check';
import { expect } from 'vitest';
import { catalogues } from '../../locales/index.ts';
import type { Diagnostic } from '../../src/core/diagnostic/diagnostic.ts';
import { translator, wordDiagnostic } from '../../src/core/diagnostic/wording.ts';
import { SEED } from '../seed.ts';

/** How many inputs all the fuzzing together takes: a million by `npm run test:fuzz`. */
const INPUTS = Number(process.env['TREGUA_INPUTS'] ?? 2000);

/** For so many at a time, where one property takes several. */
export function inputs(share: number, atOnce = 1): number {
  return Math.max(2, Math.round((INPUTS * share) / atOnce));
}

/** Long enough for all inputs of a share, on a slow machine that others use. */
export function patience(count: number, millisecondsEach: number): number {
  return 60_000 + count * millisecondsEach;
}

/** Tried in the order of the seed; one that fails is told as small as it can be made. */
export function options(runs: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: SEED, numRuns: runs };
}

/** Pieces that have broken readers before. */
const NASTY = [
  '\0',
  '\ufeff',
  '\r',
  '\n',
  '\r\n',
  '\t',
  '"',
  '""',
  "'",
  '\\',
  '`',
  ',',
  ';',
  '|',
  ':',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '\u202e',
  '\u200b',
  '\ud800',
  '\udfff',
  'ñ',
  '😀',
  'İ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '../',
  '..\\',
  '/etc/passwd',
  '%00',
  '%',
  '${x}',
  '{{x}}',
  '=1+1',
  '@x',
  "'); drop table lead_version; --",
  'null',
  'true',
  'NaN',
  '-0',
  '1e400',
  '99999999999999999999',
  '0x10',
  '1.234,56',
  '2026-02-30',
  '9999-12-31T23:59:60Z',
  '1900-01-01',
  '-1',
  '!!js/function',
  '<<',
  '&a',
  '*a',
  '- ',
  '? ',
  '# ',
  '"a":',
  '<script>',
  '&e;',
  '\x7f',
  '\x1b[31m',
  ' '.repeat(400),
  'x'.repeat(5000),
] as const;

const put = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12, unit: 'binary' }) },
);

const edit = fc.record({
  /** Where, as a share of the text. */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(12) },
    { weight: 1, arbitrary: fc.nat(400) },
  ),
  /** Characters behind that are written once more. */
  again: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(60) }),
  put,
});

/** A right text with some pieces of it changed, dropped or written again. */
export function damaged(texts: readonly string[], most = 4): fc.Arbitrary<string> {
  return fc
    .record({ text: fc.constantFrom(...texts), edits: fc.array(edit, { minLength: 0, maxLength: most }) })
    .map(({ text, edits }) =>
      edits.reduce((whole, { at, drop, again, put: piece }) => {
        const from = Math.floor(at * whole.length);
        const behind = whole.slice(from, from + again);
        return whole.slice(0, from) + piece + behind + whole.slice(from + drop);
      }, text),
    );
}

const WORDS = (['es', 'en'] as const).map((language) => translator(language, ...catalogues(language)));

/** That a fault has words in both languages, and its place in the text. */
export function expectTold(faults: readonly Diagnostic[], text?: string): void {
  expect(faults.length).toBeGreaterThan(0);
  for (const each of faults.slice(0, 20)) {
    for (const translate of WORDS) {
      const { message } = wordDiagnostic(each, translate);
      if (message === each.code || message === '') throw new Error(`no words for ${each.code}`);
    }
    if (text === undefined || each.at === undefined) continue;
    const { line, column } = each.at;
    const lines = text.split('\n').length;
    if (line < 1 || line > lines || column < 1)
      throw new Error(`${each.code} at ${line}:${column} of ${lines} lines`);
  }
}

const KNOWN_MEMBERS = new Set(Object.getOwnPropertyNames(Object.prototype));

/** That no input reached what all objects share. */
export function expectUnpolluted(): void {
  const more = [Object.prototype, Array.prototype, String.prototype].flatMap((each) => Object.keys(each));
  const fresh = Object.getOwnPropertyNames(Object.prototype).filter((name) => !KNOWN_MEMBERS.has(name));
  expect([more, fresh]).toEqual([[], []]);
}

/** That what is held does not grow with the number of inputs. */
export function expectSmallHeap(): void {
  expect(process.memoryUsage().heapUsed / 1_048_576).toBeLessThan(1024);
}
