import type { Rule } from '../../core/rule/expression.ts';

export type RecordKind = 'leads' | 'activities' | 'ads';

/** `decisions` are what people said of two ids: whether they are one lead's. */
export type MappingKind = RecordKind | 'decisions';
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** One kind of record that each row of a source may give. */
export interface MappingRecord {
  readonly kind: MappingKind;
  /** Over `row["column"]`. */
  readonly when: Rule | null;
  /** Canonical name or field → the source's column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
  /** Columns of which the first with a value counts where the one in `columns` has none. */
  readonly otherwise?: Readonly<Record<string, readonly string[]>>;
  /** Beginnings that are taken off a value: `l:` of `l:1234567890`. */
  readonly strip?: Readonly<Record<string, readonly string[]>>;
  /** Characters of a value that count: the first so many. */
  readonly cut?: Readonly<Record<string, number>>;
  /** Values of which there may be one only: several joined by `;` are refused. */
  readonly single?: readonly string[];
  /** What is put before a value, so that the ids of two systems stay apart. */
  readonly prefix?: Readonly<Record<string, string>>;
  /** Of an amount: how many of the source's units are one (a million micros). */
  readonly divide?: Readonly<Record<string, number>>;
}

/** All columns that a record reads. */
export function headersOf(record: MappingRecord): readonly string[] {
  return [...Object.values(record.columns), ...Object.values(record.otherwise ?? {}).flat()];
}

/** A record that reads of several columns for one value only those that there are, where there is any. */
export function withPresentColumns(record: MappingRecord, present: ReadonlySet<string>): MappingRecord {
  if (record.otherwise === undefined) return record;
  const columns: Record<string, string> = { ...record.columns };
  const otherwise: Record<string, readonly string[]> = {};
  for (const [name, others] of Object.entries(record.otherwise)) {
    const all = [record.columns[name], ...others].filter((each) => each !== undefined);
    const [first, ...rest] = all.filter((column) => present.has(column));
    if (first !== undefined) columns[name] = first;
    if (first !== undefined && rest.length > 0) otherwise[name] = rest;
  }
  return { ...record, columns, otherwise };
}

/** Rows of a file that are no data, in texts without case and accents. */
export interface LeaveOutRule {
  readonly reason: 'total' | 'footer' | 'block';
  /** Some cell begins with one of these. */
  readonly begins?: readonly string[];
  /** Some cell is one of these. */
  readonly is?: readonly string[];
  /** All of these columns are blank. */
  readonly blank?: readonly string[];
  /** So is all that follows. */
  readonly onwards?: boolean;
}

export type FileFormat =
  | {
      readonly kind: 'csv';
      readonly delimiter: string;
      readonly encoding: string;
      readonly headerLine: number;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'jsonl'; readonly columns: readonly string[] }
  /** A request: one record or a list of them in JSON, by their canonical names; it has no columns. */
  | { readonly kind: 'records'; readonly columns: readonly string[] }
  /** A webhook's delivery, with its id and instant beside its body; the mapping's columns are paths in it. */
  | { readonly kind: 'delivery'; readonly columns: readonly string[] }
  /** A notice of Meta's: it names leads that are still to be fetched, and holds none. */
  | { readonly kind: 'notice'; readonly columns: readonly string[] }
  | {
      readonly kind: 'xlsx';
      readonly sheet: string;
      readonly headerLine: number;
      readonly columns: readonly string[];
      /** In the workbook's calendar of 1904. */
      readonly is1904: boolean;
      /** Positions of the columns in which a number that is not shown as a date is a day all the same. */
      readonly serials: readonly number[];
    }
  | MessagesFormat;

/** The messages of a tap, as they came: one a line. */
export interface MessagesFormat {
  readonly kind: 'messages';
  /** Paths within a record: `amount`, `property_dealstage.value`, `actions.lead.value`. */
  readonly columns: readonly string[];
  /** Where the record stands in its message. */
  readonly record: readonly string[];
  /** Lists of objects, with the member that tells one from another: its value is a step of a path. */
  readonly lists: Readonly<Record<string, string>>;
}

/** What is known of rows that are told by a stream, which tells each again when it changes. */
export interface StreamForm {
  readonly name: string;
  /** Columns of the key of a row; none where a row is known only by all that it says. */
  readonly key: readonly string[];
  /** The load that brought them. */
  readonly load: string;
  /** The rows of a load replace those that earlier loads told of the same values in these columns. */
  readonly group: readonly string[];
  /** A row that has a value in one of these, or fulfils the rule, is gone where it came from. */
  readonly deletedBy: readonly string[];
  readonly deleted: Rule | null;
  /** Of the rows, where the stream numbers its full readings. */
  readonly version: string | null;
  /** All rows of the stream of another version are gone. */
  readonly activates: boolean;
}

/** A mapping with everything decided: what the ledger freezes. Plain JSON. */
export interface Mapping {
  readonly source: string;
  readonly format: FileFormat;
  /** Every row has as many cells as the header and stands on one line: the engine may split the file. */
  readonly isRegular: boolean;
  /** Besides, no cell has a quote or begins or ends with a blank: its text is its value. */
  readonly isTrimmed: boolean;
  /** Position of the records' id where it ascends from row to row, in runs that lie apart, so that none comes twice. */
  readonly ascending: number | null;
  /** Of a regular file: how many, below the header. Files that came before this was told do not have it. */
  readonly rows?: number;
  readonly timezone: string;
  readonly dates: DateOrder;
  readonly decimal: '.' | ',';
  readonly missing: readonly string[];
  readonly leaveOut?: readonly LeaveOutRule[];
  readonly records: readonly MappingRecord[];
  readonly stream?: StreamForm;
}
