import { describe, expect, test } from 'vitest';
import { DateOrderVote, DecimalVote } from './votes.ts';

describe('the decimal mark', () => {
  test.each([
    [['1.234,56', '3.000'], ','],
    [['1,234.56'], '.'],
    [['1,234', '2.000'], null],
    [['12,5', '3.000'], ','],
    [['1,234,567'], '.'],
  ])('of %j is %s', (texts, mark) => {
    const vote = new DecimalVote();
    for (const text of texts) vote.add(text);
    expect(vote.verdict).toBe(mark);
  });
});

describe('the order of dates', () => {
  test.each([
    [['01/02/2026', '13/02/2026'], 'dmy'],
    [['01/02/2026', '02/13/2026'], 'mdy'],
    [['01/02/2026'], null],
    [['2026-02-01'], 'ymd'],
    [['01.02.2026'], 'dmy'],
    [['13/02/2026', '02/13/2026'], 'conflict'],
  ])('of %j is %s', (texts, order) => {
    const vote = new DateOrderVote();
    for (const text of texts) vote.add(text);
    expect(vote.verdict).toBe(order);
  });
});
