import type { Agreement } from '../../core/agreement/agreement.ts';
import type { RecordKind } from '../ingest/mapping.ts';
import { readHead } from '../ingest/sniff-format.ts';
import type { HeadRow } from '../ingest/sniff-format.ts';
import { namesOf, suggestMapping } from '../ingest/presets/suggest.ts';
import type { Suggestion } from '../ingest/presets/suggest.ts';

/** The columns of a file with its first rows, and what they may be: for who says where each goes. */
export interface ImportHead {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly suggestion: Suggestion;
  /** What a record of each kind may have. */
  readonly names: Readonly<Record<RecordKind, readonly string[]>>;
}

const MOST_ROWS = 5;
const HEADER_ROWS = 15;

/** Null where nothing of the file can be read as rows. */
export async function headOfFile(
  path: string,
  name: string,
  headerLine: number | null,
  agreement: Agreement,
): Promise<ImportHead | null> {
  const head = await readHead(path, name);
  if (!head.ok) return null;
  const { rows } = head.value;
  const header = rows.find(({ line }) => line === headerLine) ?? fullest(rows);
  const format = header === undefined ? null : head.value.formatAt(header);
  if (header === undefined || format === null || !format.ok) return null;
  const { columns } = format.value;
  return {
    columns,
    rows: rows
      .slice(rows.indexOf(header) + 1)
      .filter(({ cells }) => cells.some((cell) => cell !== ''))
      .slice(0, MOST_ROWS)
      .map(({ cells }) => columns.map((_, position) => cells[position] ?? '')),
    suggestion: suggestMapping(columns, agreement),
    names: {
      leads: namesOf('leads', agreement),
      activities: namesOf('activities', agreement),
      ads: namesOf('ads', agreement),
    },
  };
}

/** The first of the rows with the most cells: a title above a header has fewer. */
function fullest(rows: readonly HeadRow[]): HeadRow | undefined {
  const filled = ({ cells }: HeadRow): number => cells.filter((cell) => cell !== '').length;
  const first = rows.slice(0, HEADER_ROWS);
  const most = Math.max(0, ...first.map(filled));
  return first.find((row) => filled(row) === most);
}
