import { createReadStream } from 'node:fs';
import { isAscii, isUtf8 } from 'node:buffer';
import type { FileFormat } from './mapping.ts';
import type { DateOrderVote, DecimalVote } from './votes.ts';

type CsvFormat = Extract<FileFormat, { kind: 'csv' }>;

export interface ColumnVotes {
  /** Positions of the columns whose cells vote. */
  readonly instants: readonly number[];
  readonly numbers: readonly number[];
  /** Position of the column of which it is told whether it ascends. */
  readonly id: number | null;
  readonly dates: DateOrderVote;
  readonly decimal: DecimalVote;
}

const PIECE = 1 << 20;
const QUOTE = 0x22;
const FEED = 0x0a;
const RETURN = 0x0d;
/**
 * Bytes with which U+00A0, U+200B and U+FEFF begin or end in UTF-8. Letters that share one only send the file the
 * thorough way.
 */
const MAY_BE_BLANK = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0xc2, 0xe2, 0xef, 0xa0, 0x8b, 0xbf].includes(byte) ? 1 : 0,
);
const UNREADABLE = Buffer.from('\ufffd');
/** What the bytes of a plain file mean: part of a cell, or one of these. */
const DELIMITER = 1;
const LINE_END = 2;
const OTHER = 3;
const SPACE = 4;

/**
 * The rows of a CSV file in UTF-8 that has nothing to it but cells and line ends: no quotes, no blank lines,
 * as many cells in each row as in the header. Reads bytes only, many times faster than splitting texts.
 *
 * @returns the number of rows, each of which any reader splits alike, whether no cell begins or ends with a
 *   blank, and whether the ids ascend by their bytes; `null` where the file is not as plain, and nothing that it voted counts
 */
export async function scanPlainRows(
  path: string,
  format: CsvFormat,
  votes: ColumnVotes,
  onRows: (rows: number) => void = () => undefined,
): Promise<PlainFile | null> {
  const delimiter = format.delimiter.charCodeAt(0);
  if (format.encoding !== 'utf-8' || format.delimiter.length !== 1 || delimiter > 0x7f) return null;
  const lines = new PlainLines(format, delimiter, votes);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: PIECE })) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(FEED) + 1;
    // Longer than any row of a plain file.
    if (end === 0 && bytes.length > PIECE) return null;
    if (!lines.read(bytes.subarray(0, end))) return null;
    rest = Buffer.from(bytes.subarray(end));
    onRows(lines.rows);
  }
  if (rest.length > 0 && !lines.read(rest)) return null;
  const { rows, isTrimmed, isAscending } = lines;
  // Trimmed, two that ascend could be one.
  return { rows, isTrimmed, isAscending: votes.id !== null && isTrimmed && isAscending };
}

interface PlainFile {
  readonly rows: number;
  readonly isTrimmed: boolean;
  readonly isAscending: boolean;
}

class PlainLines {
  rows = 0;
  isTrimmed = true;
  isAscending = true;
  readonly #kinds = new Uint8Array(256);
  /** Of the bytes that mean something: most bytes are above it, which is quicker to see than what each is. */
  readonly #highest: number;
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #votes: ColumnVotes;
  #header: number;
  #returns: boolean | null = null;
  #seenIso = false;
  /** The id of the row before, which may stand in the bytes before. */
  #before: { readonly bytes: Buffer; readonly from: number; readonly to: number } | null = null;

  constructor(format: CsvFormat, delimiter: number, votes: ColumnVotes) {
    this.#kinds.fill(SPACE, 0, 0x21);
    for (const byte of [0, QUOTE, RETURN]) this.#kinds[byte] = OTHER;
    this.#kinds[delimiter] = DELIMITER;
    this.#kinds[FEED] = LINE_END;
    this.#highest = Math.max(delimiter, QUOTE);
    this.#width = format.columns.length;
    this.#starts = new Uint32Array(this.#width + 1);
    this.#votes = votes;
    this.#header = format.headerLine;
  }

  /** Takes whole lines; false where they are not plain. */
  read(bytes: Buffer): boolean {
    const isPlain = isAscii(bytes);
    if (!isPlain && (!isUtf8(bytes) || bytes.includes(UNREADABLE))) return false;
    const kinds = this.#kinds;
    const starts = this.#starts;
    const width = this.#width;
    const highest = this.#highest;
    let cell = 0;
    let lineStart = 0;
    starts[0] = 0;
    for (let position = 0; position < bytes.length; position += 1) {
      const byte = bytes[position] ?? 0;
      if (byte > highest) continue;
      const kind = kinds[byte];
      if (kind === 0) continue;
      if (kind === SPACE) {
        if (isAtEdge(bytes, position, kinds)) this.isTrimmed = false;
        continue;
      }
      // Of the blanks beyond ASCII.
      if (!isPlain && (mayBeBlank(bytes[position - 1]) || mayBeBlank(bytes[position + 1]))) {
        this.isTrimmed = false;
      }
      if (kind === DELIMITER) {
        cell += 1;
        // Beyond the width nothing is kept; a header's preamble may be wider.
        if (cell <= width) starts[cell] = position + 1;
        continue;
      }
      if (kind === OTHER) {
        if (byte === RETURN && bytes[position + 1] === FEED) continue;
        return false;
      }
      const returns = position > lineStart && bytes[position - 1] === RETURN;
      if (this.#returns !== null && this.#returns !== returns) return false;
      this.#returns = returns;
      if (!this.#line(bytes, lineStart, returns ? position - 1 : position, cell + 1)) return false;
      cell = 0;
      lineStart = position + 1;
      starts[0] = lineStart;
    }
    if (!isPlain && (mayBeBlank(bytes[0]) || mayBeBlank(bytes.at(-1)))) this.isTrimmed = false;
    return lineStart === bytes.length || this.#line(bytes, lineStart, bytes.length, cell + 1);
  }

  #line(bytes: Buffer, start: number, end: number, cells: number): boolean {
    if (this.#header > 0) {
      this.#header -= 1;
      return true;
    }
    if (cells !== this.#width || isBlank(bytes, start, end, this.#kinds)) return false;
    this.rows += 1;
    this.#starts[cells] = end + 1;
    const { instants, numbers, id, dates, decimal } = this.#votes;
    if (id !== null && this.isAscending) {
      const from = this.#starts[id] ?? 0;
      const to = (this.#starts[id + 1] ?? 1) - 1;
      const before = this.#before;
      if (before !== null && !isBefore(before.bytes, before.from, before.to, bytes, from, to)) {
        this.isAscending = false;
      }
      this.#before = { bytes, from, to };
    }
    for (const position of instants) {
      const from = this.#starts[position] ?? 0;
      const to = (this.#starts[position + 1] ?? 1) - 1;
      const isIso = beginsWithIsoDay(bytes, from, to);
      // Whether there is one such day is all that is asked of them.
      if (isIso && this.#seenIso) continue;
      this.#seenIso ||= isIso;
      dates.add(bytes.toString('utf8', from, to));
    }
    for (const position of numbers) {
      const from = this.#starts[position] ?? 0;
      const to = (this.#starts[position + 1] ?? 1) - 1;
      if (hasMark(bytes, from, to)) decimal.add(bytes.toString('utf8', from, to));
    }
    return true;
  }
}

/** True where a text's bytes are less than another's. */
function isBefore(
  left: Buffer,
  from: number,
  to: number,
  right: Buffer,
  start: number,
  end: number,
): boolean {
  const length = Math.min(to - from, end - start);
  for (let offset = 0; offset < length; offset += 1) {
    const difference = (left[from + offset] ?? 0) - (right[start + offset] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return to - from < end - start;
}

function mayBeBlank(byte: number | undefined): boolean {
  return byte !== undefined && MAY_BE_BLANK[byte] === 1;
}

/** True of a blank with which a cell begins or ends. */
function isAtEdge(bytes: Buffer, position: number, kinds: Uint8Array): boolean {
  const ends = (byte: number): boolean => kinds[byte] !== 0 && kinds[byte] !== SPACE;
  return ends(bytes[position - 1] ?? FEED) || ends(bytes[position + 1] ?? FEED);
}

/** True where nothing but delimiters and what may be blank stands in a row. */
function isBlank(bytes: Buffer, start: number, end: number, kinds: Uint8Array): boolean {
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte > 0x20 && byte < 0x7f && kinds[byte] === 0) return false;
  }
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isDayMark(byte: number | undefined): boolean {
  return byte === 0x2d || byte === 0x2e || byte === 0x2f;
}

/** `2026-01-31`, with any of the marks between the parts. */
function beginsWithIsoDay(bytes: Buffer, from: number, to: number): boolean {
  return (
    to - from >= 10 &&
    isDigit(bytes[from]) &&
    isDigit(bytes[from + 1]) &&
    isDigit(bytes[from + 2]) &&
    isDigit(bytes[from + 3]) &&
    isDayMark(bytes[from + 4]) &&
    isDigit(bytes[from + 5]) &&
    isDigit(bytes[from + 6]) &&
    isDayMark(bytes[from + 7]) &&
    isDigit(bytes[from + 8])
  );
}

function hasMark(bytes: Buffer, from: number, to: number): boolean {
  for (let position = from; position < to; position += 1) {
    if (bytes[position] === 0x2c || bytes[position] === 0x2e) return true;
  }
  return false;
}
