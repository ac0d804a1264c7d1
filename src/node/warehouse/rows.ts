import { DuckDBDateValue, DuckDBDecimalValue, DuckDBListValue, DuckDBTimestampValue } from '@duckdb/node-api';
import type { DuckDBValue } from '@duckdb/node-api';
import type { RowValue } from '../../core/measures/measure.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';

/** ISO 8601 UTC of microseconds since 1970: milliseconds, or microseconds where they are needed. */
export function isoOfMicroseconds(microseconds: bigint): string {
  const milliseconds = microseconds / 1000n - (microseconds % 1000n < 0n ? 1n : 0n);
  const rest = microseconds - milliseconds * 1000n;
  const iso = new Date(Number(milliseconds)).toISOString();
  return rest === 0n ? iso : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

/** A value of DuckDB's as plain data. */
export function rowValue(value: DuckDBValue): RowValue {
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'string' ||
    typeof value === 'number'
  ) {
    return value;
  }
  if (typeof value === 'bigint') return numberOf(value);
  if (value instanceof DuckDBTimestampValue) return isoOfMicroseconds(value.micros);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBListValue) return value.items.map(rowValue);
  throw new InvariantError(`a value of a type that no query gives: ${String(value)}`);
}

function numberOf(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InvariantError(`a count beyond 2^53: ${value}`);
  return number;
}
