import { expect, test } from 'vitest';
import { inForce } from './rulebook.ts';

const of = (...days: readonly (string | null)[]): readonly string[] =>
  inForce(days.map((from, nth) => ({ from, name: `v${nth + 1}` }))).map(({ name }) => name);

test('a version replaces what holds from its day on, on the same day too', () => {
  expect(of(null, '2026-03-01', '2026-05-01')).toEqual(['v1', 'v2', 'v3']);
  expect(of(null, '2026-03-01', '2026-03-01')).toEqual(['v1', 'v3']);
  expect(of(null, '2026-03-01', '2026-05-01', '2026-04-01')).toEqual(['v1', 'v2', 'v4']);
  expect(of(null, '2026-03-01', null)).toEqual(['v3']);
});
