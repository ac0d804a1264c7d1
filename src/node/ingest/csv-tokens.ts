/** A record of a CSV text. */
export interface CsvRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be read, as a code of a diagnostic. */
  readonly problem: 'ingest.row_too_long' | 'ingest.open_quote' | null;
  /** Without quotes, NUL or a line end of another kind: any reader splits it alike. */
  readonly isPlain: boolean;
}

/**
 * Splits CSV text that comes in pieces. Line ends may be mixed; a quote within a cell that does not begin with
 * one stands for itself. What is longer than the longest record is let go as it comes, so that memory is bounded.
 */
export class CsvTokens {
  readonly #delimiter: string;
  readonly #longest: number;
  #text = '';
  #line = 1;
  #skipping = false;
  #break: string | null = null;
  #hasNul = false;

  constructor(delimiter: string, longest: number) {
    this.#delimiter = delimiter;
    this.#longest = longest;
  }

  /** The records that this piece completes. */
  push(piece: string): readonly CsvRecord[] {
    this.#hasNul ||= piece.includes('\0');
    this.#text += piece;
    return this.#take(false);
  }

  /** What is left when nothing more comes. */
  end(): readonly CsvRecord[] {
    return this.#take(true);
  }

  #take(isLast: boolean): readonly CsvRecord[] {
    const records: CsvRecord[] = [];
    const text = this.#text;
    let start = 0;
    let quote = text.indexOf('"');
    let carriage = text.indexOf('\r');
    let feed = text.indexOf('\n');
    for (;;) {
      // Each is looked for again only when passed, so that a text without one is not searched for every record.
      if (quote >= 0 && quote < start) quote = text.indexOf('"', start);
      if (carriage >= 0 && carriage < start) carriage = text.indexOf('\r', start);
      if (feed >= 0 && feed < start) feed = text.indexOf('\n', start);
      const end = carriage >= 0 && (feed < 0 || carriage < feed) ? carriage : feed;
      if (this.#skipping) {
        if (end < 0) {
          start = text.length;
          break;
        }
        const after = this.#afterBreak(text, end, isLast);
        if (after === null) break;
        this.#skipping = false;
        this.#line += 1;
        start = after;
        continue;
      }
      if (start >= text.length) break;
      const hasQuote = quote >= 0 && (end < 0 || quote < end);
      const read = hasQuote ? this.#quoted(text, start) : this.#unquoted(text, start, end);
      if (read.end === null && !isLast) break;
      const at = read.end ?? text.length;
      const after = read.end === null ? text.length : this.#afterBreak(text, at, isLast);
      if (after === null) break;
      const ending = text.slice(at, after);
      this.#break ??= ending;
      const isTooLong = at - start > this.#longest;
      const problem = isTooLong ? 'ingest.row_too_long' : read.isOpen ? 'ingest.open_quote' : null;
      if (at > start) {
        const isPlain = !hasQuote && !this.#hasNul && (ending === '' || ending === this.#break);
        records.push({ line: this.#line, cells: problem === null ? read.cells() : [], problem, isPlain });
      }
      this.#line += read.breaks + (read.end === null ? 0 : 1);
      start = after;
    }
    this.#text = text.slice(start);
    if (this.#text.length > this.#longest && !isLast) {
      records.push({ line: this.#line, cells: [], problem: 'ingest.row_too_long', isPlain: false });
      this.#line += this.#text.split(/\r\n|\r|\n/).length - 1;
      this.#text = '';
      this.#skipping = true;
    }
    return records;
  }

  /** The position after a line end, or null where the rest of it may still come. */
  #afterBreak(text: string, at: number, isLast: boolean): number | null {
    if (text[at] !== '\r') return at + 1;
    if (at + 1 === text.length && !isLast) return null;
    return text[at + 1] === '\n' ? at + 2 : at + 1;
  }

  #unquoted(text: string, start: number, end: number): Read {
    return {
      end: end < 0 ? null : end,
      cells: () => text.slice(start, end < 0 ? undefined : end).split(this.#delimiter),
      breaks: 0,
      isOpen: false,
    };
  }

  #quoted(text: string, start: number): Read {
    const cells: string[] = [];
    let cell = '';
    let breaks = 0;
    let position = start;
    let atStart = true;
    for (;;) {
      if (atStart && text[position] === '"') {
        const closing = closingQuote(text, position + 1);
        if (closing === null) return { end: null, cells: () => cells, breaks, isOpen: true };
        const inside = text.slice(position + 1, closing);
        breaks += inside.split(/\r\n|\r|\n/).length - 1;
        cell = inside.replaceAll('""', '"');
        position = closing + 1;
      }
      atStart = false;
      const character = text[position];
      if (character === undefined || character === '\n' || character === '\r') {
        cells.push(cell);
        return { end: character === undefined ? null : position, cells: () => cells, breaks, isOpen: false };
      }
      if (character === this.#delimiter) {
        cells.push(cell);
        cell = '';
        atStart = true;
      } else {
        cell += character;
      }
      position += 1;
    }
  }
}

interface Read {
  /** Of the line end, null where none has come yet. */
  readonly end: number | null;
  readonly cells: () => readonly string[];
  /** Line ends inside quotes. */
  readonly breaks: number;
  readonly isOpen: boolean;
}

function closingQuote(text: string, from: number): number | null {
  for (let position = text.indexOf('"', from); position >= 0; position = text.indexOf('"', position + 2)) {
    if (text[position + 1] !== '"') return position;
  }
  return null;
}
