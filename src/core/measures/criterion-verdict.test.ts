import { describe, expect, test } from 'vitest';
import { difference } from '../stats/difference.ts';
import type { Share } from './answer.ts';
import { verdictOf } from './criterion-verdict.ts';
import { share } from './share.ts';

/** The figures of a criterion: leads and sales of those that pass, and of those that fail. */
function figures(pass: readonly [number, number], fail: readonly [number, number], required = false) {
  const side = ([leads, sales]: readonly [number, number]) => ({
    leads,
    sales,
    uncounted: 0,
    rate: share(null, sales, leads, 'cohort'),
  });
  const known = ({ rate, low, high }: Share) => ({ value: rate ?? 0, low: low ?? 0, high: high ?? 0 });
  const [passing, failing] = [side(pass), side(fail)];
  return {
    pass: passing,
    fail: failing,
    passing: share(null, pass[0], pass[0] + fail[0], 'cohort'),
    sales_failing: share(null, fail[1], pass[1] + fail[1], 'cohort'),
    difference: pass[0] === 0 || fail[0] === 0 ? null : difference(known(passing.rate), known(failing.rate)),
    required,
  };
}

describe('the verdict on a criterion', () => {
  test.each([
    ['95 of 100 pass, too few fail to be sure', [95, 30], [5, 0], 'not_enough', []],
    ['950 of 1,000 pass', [950, 200], [50, 1], 'lax', ['nearly_all_pass']],
    ['949 of 1,000 pass', [949, 200], [51, 1], 'distinguishes', []],
    ['all of 72 pass: up to 5 % might fail', [72, 10], [0, 0], 'not_enough', []],
    ['all of 73 pass: 95 % do for certain', [73, 10], [0, 0], 'lax', ['nearly_all_pass']],
    ['both sides sell alike', [100, 20], [100, 20], 'lax', ['no_lift', 'sales_failing']],
    ['those that fail sell more', [100, 5], [100, 20], 'lax', ['no_lift', 'sales_failing']],
    ['29 fail', [100, 50], [29, 0], 'not_enough', []],
    ['29 pass', [29, 20], [100, 0], 'not_enough', []],
    ['30 on either side', [30, 20], [30, 0], 'distinguishes', []],
    ['a tenth of the sales fails it', [90, 45], [90, 5], 'distinguishes', []],
    ['more than a tenth does', [90, 44], [90, 5], 'strict', ['sales_failing']],
    ['nobody was sold', [100, 0], [100, 0], 'not_enough', []],
    ['nobody at all', [0, 0], [0, 0], 'not_enough', []],
  ] as const)('%s', (_, pass, fail, verdict, reasons) => {
    expect(verdictOf(figures(pass, fail), false)).toEqual({ verdict, reasons });
  });

  test('a difference that the agreement makes proves nothing', () => {
    expect(verdictOf(figures([100, 30], [100, 0], true), false).verdict).toBe('by_rule');
    expect(verdictOf(figures([100, 30], [100, 1], true), false).verdict).toBe('distinguishes');
    expect(verdictOf(figures([100, 30], [100, 9], true), false).verdict).toBe('strict');
    expect(verdictOf(figures([1000, 30], [3, 0], true), false).verdict).toBe('lax');
  });

  test('what a sale is has none', () => {
    expect(verdictOf(figures([100, 100], [100, 0]), true)).toEqual({ verdict: 'sale', reasons: [] });
  });
});
