import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import type { ChangeNames } from '../../../src/core/measures/changes-words.ts';
import type { View } from './use-view.ts';

/** How a page calls what changed. */
export function changeNames(view: View, translate: Translate): ChangeNames {
  return {
    translate,
    format: view.format,
    stage: (id) => view.stage(id),
    area: (id) => view.area(id),
    dimension: (id) => view.agreement.dimensions.find((each) => each.id === id)?.label ?? id,
  };
}
