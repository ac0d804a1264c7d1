import type { Agreement } from '../../core/agreement/agreement.ts';
import { dimensionLabel } from '../../core/agreement/view.ts';
import type { Language, Translate } from '../../core/diagnostic/wording.ts';
import { findDimension } from '../../core/facts/groups.ts';

/** What a dimension is called: its own label, that of its field, or the word for its part of the calendar. */
export function dimensionTitle(
  id: string,
  agreement: Agreement,
  language: Language,
  translate: Translate,
): string {
  const dimension = findDimension(agreement, id);
  if (dimension === null) return id;
  const { label } = dimension;
  return dimension.kind === 'calendar' && label.es === undefined && label.en === undefined
    ? translate(`part.${dimension.part}`)
    : dimensionLabel(agreement, dimension, language);
}
