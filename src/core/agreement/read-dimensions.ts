import type { Dimension } from './agreement.ts';
import type { AgreementCheck } from './agreement-check.ts';
import type { AgreementFile, DimensionFile } from './schema.ts';

/** How leads are told apart. */
export function readDimensions(file: AgreementFile, check: AgreementCheck): readonly Dimension[] {
  check.unique(
    file.dimensions.map((dimension) => dimension.id),
    'dimensions',
  );
  return file.dimensions.flatMap((dimension, position) => {
    const read = readDimension(dimension, ['dimensions', position], check);
    return read === null ? [] : [read];
  });
}

function readDimension(
  dimension: DimensionFile,
  path: readonly (string | number)[],
  check: AgreementCheck,
): Dimension | null {
  const common = { id: dimension.id, label: dimension.label ?? {} };
  const kinds = [dimension.field, dimension.part, dimension.activity].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    check.fault('agreement.dimension_of_what', path, { id: dimension.id });
    return null;
  }
  const alien = dimension.field === undefined ? (['bands', 'value'] as const) : (['of'] as const);
  for (const key of dimension.activity === undefined ? alien : [...alien, 'of' as const]) {
    if (dimension[key] !== undefined) {
      check.fault('agreement.dimension_key', [...path, key], { key, id: dimension.id });
    }
  }
  if (dimension.part !== undefined) return { kind: 'calendar', ...common, part: dimension.part };
  if (dimension.activity !== undefined) return { kind: 'activity', ...common, member: dimension.activity };
  const name = dimension.field ?? '';
  const field = check.field(name, [...path, 'field']);
  if (field === null) return null;
  if (field.pii !== null) {
    check.fault('agreement.personal_dimension', [...path, 'field'], { name });
    return null;
  }
  const value = dimension.value ?? 'latest';
  if (dimension.bands === undefined) return { kind: 'field', ...common, field: name, value };
  if (field.type !== 'integer' && field.type !== 'number') {
    check.fault('agreement.bands_of_text', [...path, 'bands'], { name });
  }
  if (dimension.bands.some((edge, nth, edges) => nth > 0 && edge <= (edges[nth - 1] ?? 0))) {
    check.fault('agreement.bands_ascending', [...path, 'bands']);
  }
  return { kind: 'bands', ...common, field: name, value, edges: dimension.bands };
}
