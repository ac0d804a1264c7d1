import type { GroupAnswer } from '../../../src/core/measures/answer.ts';

/** The highest share that the bars must hold: that of intervals, but not of the smallest groups. */
export function topShare(groups: readonly GroupAnswer[]): number {
  const shown = groups.filter((group) => !group.small);
  const highs = (shown.length > 0 ? shown : groups).map((group) => group.rate.high ?? group.rate.rate ?? 0);
  return Math.max(0.01, ...highs);
}
