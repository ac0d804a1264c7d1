import type { Mapping, StreamForm } from './mapping.ts';
import type { SourceRow } from './source-rows.ts';

/** The name of a stream within all of them. */
export function streamName(source: string, { name }: Pick<StreamForm, 'name'>): string {
  return joined([source, name]);
}

/** Parts as one text that no others make. */
function joined(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[\\/]/g, String.raw`\$&`)).join('/');
}

interface RowKeys {
  /** Of all rows of all streams; null where the row's key is blank. */
  readonly key: string | null;
  readonly group: string | null;
  readonly problem: string | null;
}

/** How the rows of a stream are keyed: by the columns of its key, else by all that a row says. */
export function rowKeys(mapping: Mapping, stream: StreamForm): (row: SourceRow) => RowKeys {
  const position = (column: string): number => mapping.format.columns.indexOf(column);
  const key = stream.key.map(position);
  const group = stream.group.map(position);
  const name = streamName(mapping.source, stream);
  return (row) => {
    const cells = (positions: readonly number[]): readonly string[] =>
      positions.map((each) => row.cells[each] ?? '');
    const parts = key.length === 0 ? [row.digest ?? ''] : cells(key);
    if (parts.some((part) => part.trim() === '')) {
      return { key: null, group: null, problem: 'reject.no_key' };
    }
    return {
      key: `${name}/${joined(parts)}`,
      group: group.length === 0 ? null : joined(cells(group)),
      problem: null,
    };
  };
}
