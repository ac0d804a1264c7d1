import { stringify } from 'csv-stringify/sync';
import type { RowValue } from '../../core/measures/measure.ts';

/** A text that a spreadsheet would run as a formula gets a leading apostrophe; the store keeps it as it is. */
function guard(value: RowValue): string | number | boolean | null {
  if (typeof value === 'string') return /^[=+\-@\t\r\0]/.test(value) ? `'${value}` : value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? value
    : value === null
      ? null
      : JSON.stringify(value);
}

/** Rows as CSV lines that spreadsheets can open without harm. */
export function csvLines(rows: readonly (readonly RowValue[])[]): string {
  return stringify(
    rows.map((row) => row.map(guard)),
    { cast: { boolean: String }, record_delimiter: 'windows' },
  );
}
