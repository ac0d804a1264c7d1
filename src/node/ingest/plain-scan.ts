import { isAscii, isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { IdRuns } from './id-runs.ts';
import { Growth } from '../ledger/growth.ts';
import type { FileFormat } from './mapping.ts';
import type { DateOrderVote, DecimalVote } from './votes.ts';

type CsvFormat = Extract<FileFormat, { kind: 'csv' }>;

export interface ColumnVotes {
  /** Positions of the columns whose cells vote. */
  readonly instants: readonly number[];
  readonly numbers: readonly number[];
  /** Position of the column of which it is told whether its order lets none come twice. */
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
/** What the bytes of a plain file mean: part of a cell, or one of these. Of a cell's end they have one of the two low bits. */
const DELIMITER = 1;
const LINE_END = 2;
const OTHER = 3;
const SPACE = 4;
const ENDS = 3;

/** The highest bit of each of four bytes, and a one in each. */
const TOPS = 0x80808080;
const ONES = 0x01010101;
/** What is below is a blank, the mark of a line end or a quote. */
const ABOVE_QUOTE = (QUOTE + 1) * ONES;
/** In which order four bytes stand in a number: where the first is the highest, each is looked at by itself. */
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/**
 * The rows of a CSV file in UTF-8 that has nothing to it but cells and line ends: no quotes, no blank lines,
 * as many cells in each row as in the header. Reads bytes only, many times faster than splitting texts.
 *
 * @returns the number of rows, each of which any reader splits alike, whether no cell begins or ends with a
 *   blank, and whether the order of the ids lets none come twice; `null` where the file is not as plain, and nothing that it voted counts
 */
export async function scanPlainRows(
  path: string,
  format: CsvFormat,
  votes: ColumnVotes,
  growth: Growth = Growth.whole(),
  onRows: (rows: number) => void = () => undefined,
): Promise<PlainFile | null> {
  const delimiter = format.delimiter.charCodeAt(0);
  if (format.encoding !== 'utf-8' || format.delimiter.length !== 1 || delimiter > 0x7f) return null;
  // One for all pieces, each of which comes behind what the one before left of a row: new memory costs more than to
  // read into it.
  const buffer = Buffer.from(new ArrayBuffer(2 * PIECE));
  const lines = new PlainLines(buffer, format, delimiter, votes);
  const file = await open(path, 'r');
  try {
    let kept = 0;
    let read = 0;
    while (await growth.beyond(read)) {
      const { bytesRead } = await file.read(buffer, kept, PIECE, null);
      if (bytesRead === 0) break;
      read += bytesRead;
      const bytes = buffer.subarray(0, kept + bytesRead);
      const end = bytes.lastIndexOf(FEED) + 1;
      if (!lines.read(end)) return null;
      kept = bytes.copy(buffer, 0, end);
      // Longer than any row of a plain file.
      if (kept > PIECE) return null;
      onRows(lines.rows);
    }
    if (kept > 0 && !lines.read(kept)) return null;
  } finally {
    await file.close();
  }
  const { rows, isTrimmed, areApart } = lines;
  // Trimmed, two that are apart could be one.
  return { rows, isTrimmed, areApart: votes.id !== null && isTrimmed && areApart };
}

interface PlainFile {
  readonly rows: number;
  readonly isTrimmed: boolean;
  readonly areApart: boolean;
}

class PlainLines {
  rows = 0;
  isTrimmed = true;
  readonly #ids = new IdRuns();
  readonly #kinds = new Uint8Array(256);
  readonly #buffer: Buffer;
  /** The same, four bytes a number. */
  readonly #fours: Uint32Array;
  readonly #delimiters: number;
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #votes: ColumnVotes;
  #header: number;
  #returns: boolean | null = null;
  #seenIso = false;

  constructor(buffer: Buffer, format: CsvFormat, delimiter: number, votes: ColumnVotes) {
    this.#buffer = buffer;
    this.#fours = new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4);
    this.#delimiters = delimiter * ONES;
    this.#kinds.fill(SPACE, 0, 0x21);
    for (const byte of [0, QUOTE, RETURN]) this.#kinds[byte] = OTHER;
    this.#kinds[delimiter] = DELIMITER;
    this.#kinds[FEED] = LINE_END;
    this.#width = format.columns.length;
    this.#starts = new Uint32Array(this.#width + 1);
    this.#votes = votes;
    this.#header = format.headerLine;
  }

  /** True where no id comes twice, as far as their order can tell. */
  get areApart(): boolean {
    return this.#ids.areApart();
  }

  /** Takes the whole lines in so many first bytes of the buffer; false where they are not plain. */
  read(length: number): boolean {
    const bytes = this.#buffer.subarray(0, length);
    const isPlain = isAscii(bytes);
    if (!isPlain && (!isUtf8(bytes) || bytes.includes(UNREADABLE))) return false;
    const kinds = this.#kinds;
    const starts = this.#starts;
    const width = this.#width;
    const fours = this.#fours;
    const delimiters = this.#delimiters;
    let cell = 0;
    let lineStart = 0;
    starts[0] = 0;
    for (let start = 0; start < length; start += 4) {
      const four = fours[start >> 2] ?? 0;
      const other = four ^ delimiters;
      // The highest bit of each byte that may mean something, and of few others.
      let hits = IS_LITTLE_ENDIAN
        ? (((four - ABOVE_QUOTE) & ~four) | ((other - ONES) & ~other)) & TOPS
        : TOPS;
      while (hits !== 0) {
        const position = start + ((31 - Math.clz32(hits & -hits)) >> 3);
        hits &= hits - 1;
        const byte = bytes[position] ?? 0;
        const kind = kinds[byte];
        if (kind === 0 || position >= length) continue;
        if (kind === SPACE) {
          // A blank with which a cell begins or ends.
          const before = position === 0 ? LINE_END : (kinds[bytes[position - 1] ?? FEED] ?? 0);
          const after = position + 1 === length ? LINE_END : (kinds[bytes[position + 1] ?? FEED] ?? 0);
          if (((before | after) & ENDS) !== 0) this.isTrimmed = false;
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
    }
    if (!isPlain && (mayBeBlank(bytes[0]) || mayBeBlank(bytes.at(-1)))) this.isTrimmed = false;
    if (lineStart < length && !this.#line(bytes, lineStart, length, cell + 1)) return false;
    this.#ids.keepLast();
    return true;
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
    if (id !== null) this.#ids.add(bytes, this.#starts[id] ?? 0, (this.#starts[id + 1] ?? 1) - 1);
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

function mayBeBlank(byte: number | undefined): boolean {
  return byte !== undefined && MAY_BE_BLANK[byte] === 1;
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
