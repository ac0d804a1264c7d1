import { headerName } from './header-names.ts';
import { matches, PresetColumns } from './bind.ts';
import type { Preset } from './preset.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The row of a file's first ones that is the header of a preset's export, and the preset that knows most of it. */
export function recogniseExport<R extends Row>(
  rows: readonly R[],
  presets: readonly Preset[],
): { readonly row: R; readonly preset: Preset } | null {
  for (const row of rows) {
    const filled = row.cells.filter((cell) => cell !== '');
    if (filled.length < 2) continue;
    const found = presets
      .filter((preset) => matches(preset, filled))
      .map((preset) => ({ preset, known: knownColumns(preset, filled) }))
      .sort((left, right) => right.known - left.known)[0];
    if (found !== undefined) return { row, preset: found.preset };
  }
  return null;
}

function knownColumns(preset: Preset, headers: readonly string[]): number {
  const columns = new PresetColumns(preset, headers);
  const ignored = new Set((preset.ignore ?? []).map((each) => headerName(each).name));
  return columns.all.filter((column) => columns.nameOf(column) !== null || ignored.has(column.known.name))
    .length;
}
