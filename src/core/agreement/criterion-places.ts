import type { Place } from '../diagnostic/diagnostic.ts';
import { agreementFile } from './schema.ts';
import { YamlDocument } from './yaml-document.ts';

/**
 * Where each criterion stands in the text of an agreement, by `stage.criterion`; none where the text is no
 * agreement.
 *
 * @param file its name, for the places
 */
export function criterionPlaces(source: string, file: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const document = YamlDocument.parse(source, file);
  if (!document.ok) return places;
  const shape = agreementFile.safeParse(document.value.toJs());
  for (const [nth, stage] of (shape.data?.funnel ?? []).entries()) {
    for (const [position, criterion] of (stage.criteria ?? []).entries()) {
      places.set(
        `${stage.id}.${criterion.id}`,
        document.value.place(['funnel', nth, 'criteria', position, 'id']),
      );
    }
  }
  return places;
}
