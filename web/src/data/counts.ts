import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import type { View } from '../parts/use-view.ts';

/** The counts of rows, which add up. */
export interface RowCounts {
  readonly rowsRead: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** As a sentence. */
export function countsIn(w: Translate, { format }: View, counts: RowCounts): string {
  const { rowsRead, accepted, unchanged, rejected } = counts;
  return w('import.counts', {
    read: format.count(rowsRead),
    accepted: format.count(accepted),
    unchanged: format.count(unchanged),
    rejected: format.count(rejected),
    n: rowsRead,
    new: accepted,
    bad: rejected,
  });
}
