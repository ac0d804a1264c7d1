import { InvariantError } from '../../core/diagnostic/errors.ts';
import { CsvTokens } from './csv-tokens.ts';
import type { CsvRecord } from './csv-tokens.ts';
import { readText } from './encoding.ts';
import type { FileFormat, MessagesFormat } from './mapping.ts';
import { cellsOf, digestOf, recordOf } from './message-record.ts';
import { serialText } from './xlsx/cell-text.ts';
import { workbookRows } from './xlsx/workbook-rows.ts';

/** One row of a source as it stands there. */
export interface SourceRow {
  /** Of its first character, from 1. */
  readonly line: number;
  /** A cell a column; null where the row has none. */
  readonly cells: readonly (string | null)[];
  /** Why the row cannot be read, as a code of a diagnostic. */
  readonly problem: string | null;
  /** The engine's own reader would split it alike. */
  readonly isPlain: boolean;
  /** Positions of the cells that hold a number and not a text: its decimal mark is a point. */
  readonly numbers: readonly number[];
  /** The whole row by a digest, where its source may tell no row from another. */
  readonly digest?: string;
}

/** What stands for bytes that are no text in the file's encoding. */
const UNREADABLE = '\ufffd';

/** The rows of a tap's messages; lines that bring no record are none. */
async function* messageRows(path: string, format: MessagesFormat): AsyncGenerator<SourceRow> {
  const nothing = format.columns.map(() => null);
  for await (const { line, text } of lines(path)) {
    if (text === null) {
      yield { line, cells: nothing, problem: 'ingest.row_too_long', isPlain: false, numbers: [] };
      continue;
    }
    const record = recordOf(text, format);
    if (record === null) continue;
    const cells = cellsOf(record, format);
    const isDamaged = cells.some((cell) => cell?.includes(UNREADABLE) === true);
    yield {
      line,
      cells,
      problem: isDamaged ? 'ingest.invalid_bytes' : null,
      isPlain: false,
      numbers: [],
      digest: digestOf(record),
    };
  }
}

/** A text of JSON, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

const LONGEST_ROW = 8 * 1024 * 1024;

/** The rows of a file, in order, with memory bounded by the longest. */
export function sourceRows(path: string, format: FileFormat): AsyncIterable<SourceRow> {
  switch (format.kind) {
    case 'csv':
      return csvRows(path, format);
    case 'jsonl':
      return jsonRows(path, format.columns);
    case 'xlsx':
      return xlsxRows(path, format);
    case 'messages':
      return messageRows(path, format);
    case 'records':
    case 'delivery':
    case 'notice':
      throw new InvariantError('a request is no file');
  }
}

/** Records of a CSV file, header and preamble included: for sniffing. */
export async function* csvRecords(
  path: string,
  encoding: string,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  const tokens = new CsvTokens(delimiter, LONGEST_ROW);
  for await (const piece of readText(path, encoding)) yield* tokens.push(piece);
  yield* tokens.end();
}

async function* csvRows(
  path: string,
  format: Extract<FileFormat, { kind: 'csv' }>,
): AsyncGenerator<SourceRow> {
  const width = format.columns.length;
  for await (const { line, cells, problem, isPlain } of csvRecords(path, format.encoding, format.delimiter)) {
    if (line <= format.headerLine && problem === null) continue;
    if (problem === null && cells.every((cell) => cell.trim() === '')) continue;
    yield {
      line,
      cells: Array.from({ length: width }, (_, index) => cells[index] ?? null),
      problem: problem ?? problemOf(cells, width),
      isPlain,
      numbers: [],
    };
  }
}

function problemOf(cells: readonly string[], width: number): string | null {
  if (cells.length !== width) return cells.length < width ? 'ingest.too_few_cells' : 'ingest.too_many_cells';
  return cells.some((cell) => cell.includes(UNREADABLE)) ? 'ingest.invalid_bytes' : null;
}

/** The lines of a text, whole, with those that are too long cut to nothing. */
async function* lines(path: string): AsyncGenerator<{ readonly line: number; readonly text: string | null }> {
  let rest = '';
  let line = 0;
  let tooLong = false;
  for await (const chunk of readText(path, 'utf-8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      line += 1;
      yield { line, text: tooLong || part.length > LONGEST_ROW ? null : part };
      tooLong = false;
    }
    if (rest.length > LONGEST_ROW) {
      rest = '';
      tooLong = true;
    }
  }
  if (rest !== '' || tooLong) yield { line: line + 1, text: tooLong ? null : rest };
}

/** An object a line. Numbers keep their digits: an id of 17 does not survive a JavaScript number. */
export async function* jsonObjects(path: string): AsyncGenerator<{
  readonly line: number;
  readonly object: ReadonlyMap<string, string | null> | null;
  readonly problem: string | null;
}> {
  for await (const { line, text } of lines(path)) {
    if (text === null) yield { line, object: null, problem: 'ingest.row_too_long' };
    else if (text.trim() !== '') {
      const object = parseObject(text);
      yield { line, object, problem: object === null ? 'ingest.no_json' : null };
    }
  }
}

/** Whole numbers too long for JavaScript as texts; what stands in quotes stays as it is. */
function longNumbersAsTexts(json: string): string {
  return json.replaceAll(TOKEN, (token) => (/^-?[1-9]\d{15,}$/.test(token) ? `"${token}"` : token));
}

function parseObject(text: string): ReadonlyMap<string, string | null> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(/\d{16}/.test(text) ? longNumbersAsTexts(text) : text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  return new Map(
    Object.entries(parsed).map(([key, value]): [string, string | null] => [
      key,
      value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

async function* jsonRows(path: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
  for await (const { line, object, problem } of jsonObjects(path)) {
    const cells = columns.map((column) => object?.get(column) ?? null);
    const isDamaged = cells.some((cell) => cell?.includes(UNREADABLE) === true);
    yield {
      line,
      cells,
      problem: problem ?? (isDamaged ? 'ingest.invalid_bytes' : null),
      isPlain: false,
      numbers: [],
    };
  }
}

async function* xlsxRows(
  path: string,
  format: Extract<FileFormat, { kind: 'xlsx' }>,
): AsyncGenerator<SourceRow> {
  const width = format.columns.length;
  const serials = new Set(format.serials);
  for await (const row of workbookRows({ path, sheet: format.sheet, most: null })) {
    if (row.line <= format.headerLine) continue;
    if (row.problem === null && row.cells.every((cell) => cell === null || cell.trim() === '')) continue;
    const cells = Array.from({ length: width }, (_, index) => row.cells[index] ?? '');
    const dates = row.numbers.filter((position) => serials.has(position));
    for (const position of dates)
      cells[position] = serialText(Number(cells[position]), format.is1904) ?? cells[position] ?? '';
    const isDamaged = cells.some((cell) => cell.includes(UNREADABLE));
    const extent = row.cells.length > width ? 'ingest.too_many_cells' : null;
    yield {
      line: row.line,
      cells,
      problem: row.problem ?? extent ?? (isDamaged ? 'ingest.invalid_bytes' : null),
      isPlain: false,
      numbers: row.numbers.filter((position) => position < width && !serials.has(position)),
    };
  }
}
