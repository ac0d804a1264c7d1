import { expect, test } from 'vitest';
import { rowAfterScroll } from './long-scroll.ts';

const ROWS = 10_000_000;
const MOST = 8_000_000;
const at = (row: number, before: number, now: number): number =>
  rowAfterScroll(row, { before, now, most: MOST, box: 700 }, ROWS, 40);

test('a turn of the wheel moves by pixels, however many rows there are', () => {
  expect(at(5000, 4000, 4100)).toBe(5002.5);
  expect(at(5000, 4100, 4000)).toBe(4997.5);
});

test('the scroll bar moves in proportion', () => {
  expect(at(0, 0, MOST / 2)).toBe(ROWS / 2);
  expect(at(ROWS / 2, MOST / 2, MOST / 8)).toBe(ROWS / 8);
});

test('both ends are the first row and the last', () => {
  expect(at(3, 20, 0)).toBe(0);
  expect(at(ROWS - 3, MOST - 20, MOST)).toBe(ROWS);
  expect(at(1, 100, 40)).toBe(0);
});
