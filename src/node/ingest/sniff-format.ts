import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { readText, sniffEncoding } from './encoding.ts';
import type { ByteKind } from './encoding.ts';
import type { FileFormat } from './mapping.ts';
import { csvRecords, jsonObjects } from './source-rows.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLED_ROWS = 20;
const SAMPLE_CHARACTERS = 64 * 1024;
const MOST_COLUMNS = 2000;
/** A first line by which a spreadsheet says its delimiter. */
const DECLARED = /^sep=(.)\r?\n/;

/** The beginning of a file's text. */
async function headOf(path: string, encoding: string): Promise<string> {
  let head = '';
  for await (const chunk of readText(path, encoding)) {
    head += chunk;
    if (head.length >= SAMPLE_CHARACTERS) break;
  }
  return head.slice(0, SAMPLE_CHARACTERS);
}

/** The delimiter that splits the first rows into the most columns that agree. */
function sniffDelimiter(head: string): string {
  const declared = DECLARED.exec(head)?.[1];
  if (declared !== undefined) return declared;
  const lines = unquoted(head)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLED_ROWS);
  let best: string = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length);
    const last = counts.at(-1) ?? 1;
    const agreeing = counts.filter((count) => count === last).length / Math.max(1, counts.length);
    const points = last > 1 ? last * agreeing * agreeing : 0;
    if (points > most) {
      most = points;
      best = delimiter;
    }
  }
  return best;
}

/** The text without what stands in quotes, which may hold any delimiter. */
function unquoted(text: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"/g, '""');
}

const REFUSED: Readonly<Partial<Record<ByteKind, string>>> = {
  empty: 'ingest.empty_file',
  xlsx: 'ingest.spreadsheet',
  xls: 'ingest.spreadsheet',
  html: 'ingest.html_file',
  binary: 'ingest.binary_file',
};

/** What a file is: how its bytes are text, and how its text is rows. */
export async function sniffFormat(path: string, name: string): Promise<Result<FileFormat>> {
  const { kind, encoding } = await sniffEncoding(path);
  const refusal = REFUSED[kind];
  if (refusal !== undefined) return failure(fault(refusal, { file: name }));
  const head = await headOf(path, encoding);
  if (head.trim() === '') return failure(fault('ingest.empty_file', { file: name }));
  if (/^\s*\{/.test(head)) return jsonFormat(path, name);
  const delimiter = sniffDelimiter(head);
  for await (const { line, cells } of csvRecords(path, encoding, delimiter)) {
    if (line === 1 && DECLARED.test(head)) continue;
    return csvFormat(cells, line, encoding, delimiter, name);
  }
  return failure(fault('ingest.empty_file', { file: name }));
}

function csvFormat(
  cells: readonly string[],
  line: number,
  encoding: string,
  delimiter: string,
  name: string,
): Result<FileFormat> {
  if (cells.length > MOST_COLUMNS) {
    return failure(fault('ingest.too_many_columns', { file: name, count: cells.length, most: MOST_COLUMNS }));
  }
  const headers = cells.map((cell) => cell.trim());
  const looksLikeData = headers.filter((cell) => cell !== '' && /^[\d.,\-/: ]+$/.test(cell)).length;
  if (headers.length === 0 || looksLikeData > headers.length / 2 || headers.every((cell) => cell === '')) {
    return failure(fault('ingest.no_header', { file: name, found: headers.join(' ').slice(0, 80) }));
  }
  return success({ kind: 'csv', delimiter, encoding, headerLine: line, columns: distinctNames(headers) });
}

/** Of headers of the same name the second gets `__2`; one without a name is called by its place. */
function distinctNames(headers: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return headers.map((header, position) => {
    const name = header === '' ? `column_${position + 1}` : header;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return nth === 1 ? name : `${name}__${nth}`;
  });
}

async function jsonFormat(path: string, name: string): Promise<Result<FileFormat>> {
  const columns = new Set<string>();
  for await (const { object } of jsonObjects(path)) {
    for (const key of object?.keys() ?? []) columns.add(key);
    if (columns.size > MOST_COLUMNS) {
      return failure(
        fault('ingest.too_many_columns', { file: name, count: columns.size, most: MOST_COLUMNS }),
      );
    }
  }
  return columns.size === 0
    ? failure(fault('ingest.no_json_object', { file: name }))
    : success({ kind: 'jsonl', columns: [...columns] });
}
