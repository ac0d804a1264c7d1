import type { RecordKind } from '../mapping.ts';
import { cellText, isJsonObject } from './json-text.ts';
import type { RecordReader, RecordRefusal, RecordRow } from './record-reader.ts';

/** What an item of a request comes to: its records, or why it is refused. */
export type PreparedItem =
  | { readonly kind: 'rows'; readonly rows: readonly RecordRow[] }
  | {
      readonly kind: 'refused';
      readonly refusal: RecordRefusal;
      /** As it stood, for whoever mends it. */
      readonly cells: Readonly<Record<string, string | null>>;
    };

/** The items of a list of records of one kind, in their order. */
export function prepareRecords(
  reader: RecordReader,
  kind: RecordKind,
  records: readonly unknown[],
): readonly PreparedItem[] {
  const occurrence = new Map<string, number>();
  return records.map((record): PreparedItem => {
    if (!isJsonObject(record)) {
      const value = cellText(record)?.slice(0, 200) ?? null;
      return { kind: 'refused', refusal: { code: 'reject.no_record', field: null, value }, cells: {} };
    }
    const read = reader.read(kind, record, occurrence);
    return read.kind === 'row'
      ? { kind: 'rows', rows: [read.row] }
      : { kind: 'refused', refusal: read.refusal, cells: cellsOf(record) };
  });
}

function cellsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      cellText(value)?.replaceAll(UNFIT, '\ufffd') ?? null,
    ]),
  );
}

/** What no database keeps: half a character, and NUL. */
const UNFIT = /\p{Surrogate}|\0/gu;
