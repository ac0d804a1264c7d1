import { describe, expect, test } from 'vitest';
import { daysOf, periodOf, periodsBefore, weekdayOf } from './periods.ts';

describe('the period that holds a day', () => {
  test.each([
    ['2026-03-11', 'week', 'monday', '2026-03-09', '2026-03-15'],
    ['2026-03-15', 'week', 'sunday', '2026-03-15', '2026-03-21'],
    ['2024-02-29', 'month', 'monday', '2024-02-01', '2024-02-29'],
    ['2026-12-31', 'month', 'monday', '2026-12-01', '2026-12-31'],
    ['2026-05-31', 'quarter', 'monday', '2026-04-01', '2026-06-30'],
    ['2026-10-01', 'quarter', 'monday', '2026-10-01', '2026-12-31'],
  ] as const)('%s by %s from %s', (day, unit, weekStarts, from, to) =>
    expect(periodOf(day, unit, weekStarts)).toEqual({ from, to }),
  );
});

test('the periods before, over the turn of the year', () => {
  expect(
    periodsBefore({ from: '2026-01-01', to: '2026-03-31' }, 2, 'quarter', 'monday').map(({ from }) => from),
  ).toEqual(['2025-07-01', '2025-10-01']);
  expect(periodsBefore({ from: '2026-01-01', to: '2026-01-31' }, 0, 'month', 'monday')).toEqual([]);
});

test('days in order, none backwards; Monday is 0', () => {
  expect(daysOf({ from: '2026-02-27', to: '2026-03-01' })).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
  ]);
  expect(daysOf({ from: '2026-03-02', to: '2026-03-01' })).toEqual([]);
  expect([weekdayOf('2026-03-09'), weekdayOf('2026-03-15')]).toEqual([0, 6]);
});
