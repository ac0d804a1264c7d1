import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import type { View } from './use-view.ts';

/** Calendar parts by which leads are told apart without being declared. */
export const CALENDAR_PARTS = ['weekday_hour', 'weekday', 'hour', 'day', 'week', 'month'] as const;

/** Parts of the calendar whose groups come once and never again: there is nothing in another period to compare with. */
const SINGLE: readonly (string | null)[] = ['day', 'week', 'month'];

/** True of a dimension by days, weeks or months. */
export function isOfDates(id: string, view: View): boolean {
  const declared = view.agreement.dimensions.find((each) => each.id === id);
  return SINGLE.includes(declared === undefined ? id : declared.part);
}

/** A dimension's name: that of the agreement, else of the part of the calendar. */
export function dimensionLabel(id: string, view: View, translate: Translate): string {
  const declared = view.agreement.dimensions.find((each) => each.id === id);
  if (declared !== undefined) return declared.label;
  const part = CALENDAR_PARTS.find((each) => each === id);
  return part === undefined ? id : translate(`part.${part}`);
}
