import { expect, test } from 'vitest';
import { axisTicks } from './axis-ticks.ts';

test.each([
  [73, 4, 1, [0, 20, 40, 60]],
  [100, 4, 1, [0, 50, 100]],
  [3, 4, 1, [0, 1, 2, 3]],
  [1, 4, 1, [0, 1]],
  [0.101, 3, 0, [0, 0.05, 0.1]],
  [0.3, 3, 0, [0, 0.1, 0.2, 0.3]],
  [0.0012, 3, 0, [0, 0.0005, 0.001]],
])('up to %d in at most %i steps', (most, parts, least, ticks) => {
  expect(axisTicks(most, parts, least)).toEqual(ticks);
});
