import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { readText, sniffEncoding, sniffFirstBytes } from './encoding.ts';
import type { ByteKind } from './encoding.ts';
import { cfbFault } from './xlsx/password.ts';
import type { FileFormat } from './mapping.ts';
import { csvRecords, jsonObjects } from './source-rows.ts';
import { WorkbookError } from './xlsx/workbook-error.ts';
import { workbookRows } from './xlsx/workbook-rows.ts';
import type { SheetChoice } from './xlsx/workbook-rows.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLED_ROWS = 20;
/** Rows among which a header may stand, below a preamble. */
const HEAD_ROWS = 40;
const SAMPLE_CHARACTERS = 64 * 1024;
const MOST_COLUMNS = 2000;
const IS_JSON = /^\s*\{/;
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
    // A title above and a note below have other counts than the rows between them.
    for (const width of new Set(counts)) {
      const agreeing = counts.filter((count) => count === width).length / counts.length;
      const points = width > 1 ? width * agreeing * agreeing : 0;
      if (points > most) {
        most = points;
        best = delimiter;
      }
    }
  }
  return best;
}

/** The text without what stands in quotes, which may hold any delimiter. */
function unquoted(text: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"/g, '""');
}

/** One of a file's first rows, of which one may be its header. */
export interface HeadRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What a file is, and its first rows: which of them is the header is found out by what they say. */
export interface FileHead {
  readonly rows: readonly HeadRow[];
  /** The format where a row is the header. */
  formatAt(row: HeadRow): Result<FileFormat>;
}

const REFUSED: Readonly<Partial<Record<ByteKind, string>>> = {
  empty: 'ingest.empty_file',
  html: 'ingest.html_file',
  binary: 'ingest.binary_file',
};

/** What a file is: how its bytes are text, and how its text is rows. */
export async function readHead(path: string, name: string): Promise<Result<FileHead>> {
  const { kind, encoding } = await sniffEncoding(path);
  const refusal = REFUSED[kind];
  if (refusal !== undefined) return failure(fault(refusal, { file: name }));
  if (kind === 'xls') return failure(await cfbFault(path, name));
  if (kind === 'xlsx') return xlsxHead(path, name);
  const head = await headOf(path, encoding);
  if (head.trim() === '') return failure(fault('ingest.empty_file', { file: name }));
  if (IS_JSON.test(head)) return jsonHead(path, name);
  return csvHead(path, name, encoding, head);
}

/**
 * The head of a file that may be plain CSV in UTF-8, of which so much stands there that it has all of its first rows;
 * `null` where it is none, or where that is not known yet.
 */
export async function readPlainHead(path: string, name: string): Promise<FileHead | null> {
  const { kind, encoding } = await sniffFirstBytes(path);
  if (kind !== 'text' || encoding !== null) return null;
  const text = await headOf(path, 'utf-8');
  if (text.trim() === '' || IS_JSON.test(text)) return null;
  const head = await csvHead(path, name, 'utf-8', text);
  return head.ok ? head.value : null;
}

async function csvHead(
  path: string,
  name: string,
  encoding: string,
  head: string,
): Promise<Result<FileHead>> {
  const delimiter = sniffDelimiter(head);
  const rows: HeadRow[] = [];
  for await (const { line, cells } of csvRecords(path, encoding, delimiter)) {
    if (line === 1 && DECLARED.test(head)) continue;
    rows.push({ line, cells: cells.map((cell) => cell.trim()) });
    if (rows.length >= HEAD_ROWS) break;
  }
  if (rows.length === 0) return failure(fault('ingest.empty_file', { file: name }));
  return success({
    rows,
    formatAt: (row) => {
      const columns = columnsOf(row, name);
      return columns.ok
        ? success({ kind: 'csv', delimiter, encoding, headerLine: row.line, columns: columns.value })
        : columns;
    },
  });
}

async function xlsxHead(path: string, name: string): Promise<Result<FileHead>> {
  const rows: HeadRow[] = [];
  const told: { sheet?: SheetChoice } = {};
  try {
    const task = { path, sheet: null, most: HEAD_ROWS };
    const onSheet = (sheet: SheetChoice): void => {
      told.sheet = sheet;
    };
    for await (const { line, cells } of workbookRows(task, onSheet))
      rows.push({ line, cells: cells.map((cell) => cell?.trim() ?? '') });
  } catch (error) {
    if (!(error instanceof WorkbookError)) throw error;
    return failure(fault(error.code, { ...error.params, file: name }));
  }
  const { sheet } = told;
  if (sheet === undefined || rows.length === 0) return failure(fault('ingest.empty_file', { file: name }));
  const others = sheet.others.map((each) => `«${each}»`).join(', ');
  return success(
    {
      rows,
      formatAt: (row) => {
        const columns = columnsOf(row, name);
        if (!columns.ok) return columns;
        const { name: title, is1904 } = sheet;
        return success({
          kind: 'xlsx',
          sheet: title,
          headerLine: row.line,
          columns: columns.value,
          is1904,
          serials: [],
        });
      },
    },
    others === '' ? [] : [warning('ingest.other_sheets', { file: name, sheet: sheet.name, others })],
  );
}

/** The names of a header's columns, or why it can be none. */
function columnsOf({ cells }: HeadRow, name: string): Result<readonly string[]> {
  if (cells.length > MOST_COLUMNS) {
    return failure(fault('ingest.too_many_columns', { file: name, count: cells.length, most: MOST_COLUMNS }));
  }
  const looksLikeData = cells.filter((cell) => cell !== '' && /^[\d.,\-/: ]+$/.test(cell)).length;
  if (cells.length === 0 || looksLikeData > cells.length / 2 || cells.every((cell) => cell === '')) {
    return failure(fault('ingest.no_header', { file: name, found: cells.join(' ').slice(0, 80) }));
  }
  return success(distinctNames(cells));
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

async function jsonHead(path: string, name: string): Promise<Result<FileHead>> {
  const columns = new Set<string>();
  for await (const { object } of jsonObjects(path)) {
    for (const key of object?.keys() ?? []) columns.add(key);
    if (columns.size > MOST_COLUMNS) {
      return failure(
        fault('ingest.too_many_columns', { file: name, count: columns.size, most: MOST_COLUMNS }),
      );
    }
  }
  if (columns.size === 0) return failure(fault('ingest.no_json_object', { file: name }));
  const cells = [...columns];
  const format: FileFormat = { kind: 'jsonl', columns: cells };
  return success({ rows: [{ line: 0, cells }], formatAt: () => success(format) });
}
