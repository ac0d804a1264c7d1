import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import type { View } from '../parts/use-view.ts';

interface Group {
  readonly small: boolean;
  readonly differs: boolean;
}

interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/** What a group's share says with its interval, and whether that is enough to set it apart. */
export function explained(
  told: string,
  { small, differs }: Group,
  { low, high }: Interval,
  t: Translate,
  view: View,
): string {
  if (low === null || high === null) return told;
  const sure = differs ? 'differs' : small ? 'small' : 'no';
  return t('bars.explained', { told, interval: view.format.interval(low, high), sure });
}
