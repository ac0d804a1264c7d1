import type { Archive } from './archive.ts';
import { numberText, serialText } from './cell-text.ts';
import type { Sheet, Workbook } from './parts.ts';
import { XmlReader } from './xml.ts';
import type { Attributes } from './xml.ts';
import { damaged } from './workbook-error.ts';

/** A row of a sheet that has anything in it. */
export interface SheetRow {
  /** From 1, as the sheet shows it. */
  readonly line: number;
  /** Up to the last cell with something in it. */
  readonly cells: readonly (string | null)[];
  /** Positions of cells that hold a number, and of those that hold one too long to be whole. */
  readonly numbers: readonly number[];
  /** Why it cannot be read, as a code of a diagnostic. */
  readonly problem: string | null;
}

/** Beyond these, a cell only makes its row refused: one in XFD must not make sixteen thousand of it. */
const MOST_CELLS = 2_001;
const MOST_ROWS = 1_048_576;
const LONGEST_ROW = 8 * 1024 * 1024;

/** The rows of a sheet in their order, in memory bounded by the longest. */
export async function* sheetRows(
  archive: Archive,
  sheet: Sheet,
  workbook: Workbook,
): AsyncGenerator<SheetRow> {
  const rows: SheetRow[] = [];
  const reader = new SheetReader(workbook, rows);
  const xml = new XmlReader(reader);
  for await (const piece of archive.text(sheet.part)) {
    xml.push(piece);
    yield* rows.splice(0);
  }
  xml.end();
  yield* rows.splice(0);
}

class SheetReader {
  readonly #workbook: Workbook;
  readonly #rows: SheetRow[];
  #line = 0;
  #cells: (string | null)[] = [];
  #numbers: number[] = [];
  #problem: string | null = null;
  #length = 0;
  #position = -1;
  #type = 'n';
  #style = 0;
  #hasFormula = false;
  #hasValue = false;
  #text = '';
  #inText = false;
  #inReading = false;

  constructor(workbook: Workbook, rows: SheetRow[]) {
    this.#workbook = workbook;
    this.#rows = rows;
  }

  open(name: string, attributes: Attributes): void {
    switch (name) {
      case 'row':
        this.#startRow(attributes.get('r'));
        return;
      case 'c':
        this.#startCell(attributes);
        return;
      case 'f':
        this.#hasFormula = true;
        return;
      case 'rPh':
        this.#inReading = true;
        return;
      case 'v':
      case 't':
        this.#inText = !this.#inReading;
        this.#hasValue = true;
    }
  }

  text(text: string): void {
    if (!this.#inText) return;
    this.#text += text;
    this.#length += text.length;
    if (this.#length <= LONGEST_ROW) return;
    this.#problem = 'ingest.row_too_long';
    this.#text = '';
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#inText = false;
        return;
      case 'rPh':
        this.#inReading = false;
        return;
      case 'c':
        this.#endCell();
        return;
      case 'row':
        this.#endRow();
    }
  }

  #startRow(told: string | undefined): void {
    const line = told === undefined ? this.#line + 1 : Number(told);
    if (!Number.isInteger(line) || line <= this.#line || line > MOST_ROWS) throw damaged(`row ${told ?? ''}`);
    this.#line = line;
    this.#cells = [];
    this.#numbers = [];
    this.#problem = null;
    this.#length = 0;
    this.#position = -1;
  }

  #startCell(attributes: Attributes): void {
    const reference = attributes.get('r');
    const position = reference === undefined ? this.#position + 1 : columnOf(reference);
    if (position <= this.#position) throw damaged(`cell ${reference ?? ''}`);
    this.#position = position;
    this.#type = attributes.get('t') ?? 'n';
    this.#style = Number(attributes.get('s') ?? 0);
    this.#hasFormula = false;
    this.#hasValue = false;
    this.#text = '';
  }

  #endCell(): void {
    const text = this.#valueOf();
    if (text === null || text === '') return;
    if (this.#position >= MOST_CELLS) {
      this.#problem ??= 'ingest.too_many_cells';
      return;
    }
    while (this.#cells.length < this.#position) this.#cells.push(null);
    this.#cells.push(text);
  }

  #valueOf(): string | null {
    if (!this.#hasValue || this.#text === '') {
      // What it comes to is known to no one but the program that would work it out.
      if (this.#hasFormula && this.#type !== 'str') this.#problem ??= 'ingest.formula_without_value';
      return null;
    }
    const text = this.#text;
    switch (this.#type) {
      case 's':
        return this.#sharedString(text);
      case 'str':
      case 'inlineStr':
      case 'd':
        return text;
      case 'b':
        return text.trim() === '1' ? 'true' : 'false';
      case 'e':
        this.#problem ??= 'ingest.cell_error';
        return text;
      case 'n':
        return this.#numberOf(text);
      default:
        throw damaged(`type ${this.#type}`);
    }
  }

  #sharedString(index: string): string {
    const text = /^\s*\d+\s*$/.test(index) ? this.#workbook.strings[Number(index)] : undefined;
    if (text === undefined) throw damaged(`string ${index.slice(0, 20)}`);
    this.#length += text.length;
    if (this.#length > LONGEST_ROW) this.#problem = 'ingest.row_too_long';
    return text;
  }

  #numberOf(raw: string): string {
    const text = numberText(raw);
    if (text === null) throw damaged(`number ${raw.slice(0, 20)}`);
    if (this.#workbook.dateStyles[this.#style] === true) {
      const date = serialText(Number(raw), this.#workbook.is1904);
      if (date !== null) return date;
    }
    this.#numbers.push(this.#position);
    return text;
  }

  #endRow(): void {
    const { cells, problem } = { cells: this.#cells, problem: this.#problem };
    if (cells.length === 0 && problem === null) return;
    const isTooLong = problem === 'ingest.row_too_long';
    this.#rows.push({ line: this.#line, cells: isTooLong ? [] : cells, numbers: this.#numbers, problem });
  }
}

/** The position, from 0, of the column that a reference such as `AB12` names. */
function columnOf(reference: string): number {
  const letters = /^([A-Z]{1,3})\d{1,7}$/.exec(reference)?.[1];
  if (letters === undefined) throw damaged(`cell ${reference.slice(0, 20)}`);
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
