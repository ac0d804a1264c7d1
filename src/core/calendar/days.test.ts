import { expect, test } from 'vitest';
import { joinRanges } from './days.ts';

test.each([
  ['none', '', ''],
  ['one', '03-01..03-31', '03-01..03-31'],
  ['weeks that follow each other, in no order', '03-08..03-14 03-15..03-21 03-01..03-07', '03-01..03-21'],
  ['a year and its weeks', '01-01..12-31 03-01..03-07 12-25..12-31', '01-01..12-31'],
  ['some that overlap', '03-01..03-10 03-05..03-20', '03-01..03-20'],
  ['a day between', '03-01..03-10 03-12..03-20', '03-01..03-10 03-12..03-20'],
  ['from one month to the next', '02-01..02-28 03-01..03-31', '02-01..03-31'],
])('joined are %s', (_, told, joined) => {
  const read = (text: string): { from: string; to: string }[] =>
    text
      .split(' ')
      .filter((each) => each !== '')
      .map((each) => each.split('..').map((day) => `2026-${day}`))
      .map(([from = '', to = '']) => ({ from, to }));
  expect(joinRanges(read(told))).toEqual(read(joined));
});
