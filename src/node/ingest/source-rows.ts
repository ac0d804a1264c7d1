import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { readText } from './encoding.ts';
import type { FileFormat } from './mapping.ts';

/** One row of a source as it stands there. */
export interface SourceRow {
  /** Of its first character, from 1. */
  readonly line: number;
  /** A cell a column; null where the row has none. */
  readonly cells: readonly (string | null)[];
  /** Why the row cannot be read, as a code of a diagnostic. */
  readonly problem: string | null;
}

const LONGEST_ROW = 8 * 1024 * 1024;

/** The rows of a file, in order, with memory bounded by the longest. */
export function sourceRows(path: string, format: FileFormat): AsyncIterable<SourceRow> {
  return format.kind === 'csv' ? csvRows(path, format) : jsonRows(path, format.columns);
}

/** Records of a CSV file, header and preamble included: for sniffing. */
export async function* csvRecords(
  path: string,
  encoding: string,
  delimiter: string,
): AsyncGenerator<{
  readonly line: number;
  readonly cells: readonly string[];
  readonly problem: string | null;
}> {
  const skipped: { line: number; problem: string }[] = [];
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    skip_records_with_error: true,
    on_skip: (error) => {
      skipped.push({
        line: typeof error?.lines === 'number' ? error.lines : 0,
        problem: error?.code === 'CSV_MAX_RECORD_SIZE' ? 'ingest.row_too_long' : 'ingest.open_quote',
      });
      return undefined;
    },
  });
  const source = Readable.from(readText(path, encoding));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const item of parser) {
      const record = recordOf(item);
      while (skipped.length > 0) {
        const problem = skipped.shift();
        if (problem) yield { line: problem.line, cells: [], problem: problem.problem };
      }
      const breaks = record.cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      yield { line: record.line - breaks, cells: record.cells, problem: null };
    }
  } catch (error) {
    // A quote that never closes swallows the rest of the file: everything from there is one row.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 0;
    const long = error.code === 'CSV_MAX_RECORD_SIZE';
    yield { line, cells: [], problem: long ? 'ingest.row_too_long' : 'ingest.open_quote' };
  } finally {
    source.destroy();
    parser.destroy();
  }
  for (const { line, problem } of skipped) yield { line, cells: [], problem };
}

function recordOf(item: unknown): { readonly line: number; readonly cells: readonly string[] } {
  if (typeof item !== 'object' || item === null || !('info' in item) || !('record' in item)) {
    throw new TypeError('a record without its line');
  }
  const { info, record } = item;
  const lines = typeof info === 'object' && info !== null && 'lines' in info ? Number(info.lines) : 0;
  return { line: lines, cells: Array.isArray(record) ? record.map(String) : [] };
}

async function* csvRows(
  path: string,
  format: Extract<FileFormat, { kind: 'csv' }>,
): AsyncGenerator<SourceRow> {
  const width = format.columns.length;
  for await (const { line, cells, problem } of csvRecords(path, format.encoding, format.delimiter)) {
    if (line <= format.headerLine && problem === null) continue;
    if (problem === null && cells.every((cell) => cell.trim() === '')) continue;
    const ragged = problem === null && cells.length !== width;
    yield {
      line,
      cells: Array.from({ length: width }, (_, index) => cells[index] ?? null),
      problem: ragged ? (cells.length < width ? 'ingest.too_few_cells' : 'ingest.too_many_cells') : problem,
    };
  }
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
export async function* jsonObjects(
  path: string,
): AsyncGenerator<{
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

function parseObject(text: string): ReadonlyMap<string, string | null> | null {
  let parsed: unknown;
  try {
    // Long whole numbers become texts before they are read.
    parsed = JSON.parse(text.replaceAll(/([:[,]\s*)(-?\d{16,})(?=\s*[,}\]])/g, '$1"$2"'));
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
    yield { line, cells: columns.map((column) => object?.get(column) ?? null), problem };
  }
}
