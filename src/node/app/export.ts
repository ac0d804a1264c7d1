import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import { IDENTITY_TABLES } from '../../core/facts/identity.ts';
import { rawTables } from '../../core/facts/tables.ts';
import { isOfKind } from '../../core/facts/kinds.ts';
import { identifier, join as joinSql, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { csvLines } from './spreadsheet-guard.ts';
import type { ExportFormat } from './workspace.ts';

/** The tables that can be taken out, raw and derived. */
export function exportableTables(agreement: Agreement): readonly string[] {
  return [
    ...rawTables(agreement).map((table) => table.name),
    ...Object.values(STORED_TABLES),
    ...IDENTITY_TABLES,
  ];
}

/**
 * A table as a stream of bytes.
 *
 * @param scratch a folder that the warehouse may write to
 */
export function exportRows(
  warehouse: Warehouse,
  agreement: Agreement,
  table: string,
  format: ExportFormat,
  scratch: string,
): Result<AsyncIterable<Uint8Array>> {
  const tables = exportableTables(agreement);
  if (!tables.includes(table)) {
    return failure(
      fault('store.unknown_table', {
        name: table,
        known: tables.join(', '),
        nearest: nearest(table, tables) ?? '',
      }),
    );
  }
  switch (format) {
    case 'csv':
      return success(asCsv(warehouse, table));
    case 'json':
      return success(asJson(warehouse, table));
    case 'parquet':
      return success(asParquet(warehouse, table, scratch));
  }
}

/** So much is read before the first of it is given away: a table cut short by damage must not look whole. */
const READ_AHEAD_BYTES = 8 * 1024 * 1024;

/**
 * Rows of which the first are read already, so that what hinders their reading shows before any is given away.
 * Where it shows later, they end with a `FaultError`.
 */
export async function unbroken(
  rows: AsyncIterable<Uint8Array>,
  table: string,
): Promise<AsyncIterable<Uint8Array>> {
  const iterator = rows[Symbol.asyncIterator]();
  const ahead: Uint8Array[] = [];
  for (let bytes = 0; bytes < READ_AHEAD_BYTES;) {
    const next = await iterator.next();
    if (next.done === true) return Readable.from(ahead, { objectMode: true });
    ahead.push(next.value);
    bytes += next.value.byteLength;
  }
  return goOn(ahead, iterator, table);
}

async function* goOn(
  ahead: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  table: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* ahead;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw new FaultError([fault('store.cut_short', { table })], { cause: error });
  } finally {
    await iterator.return?.();
  }
}

/** The columns of a table, without those of kinds: which there are hangs on the order in which things came. */
async function columnsOf(warehouse: Warehouse, table: string): Promise<readonly string[]> {
  const described = await warehouse.query(
    sql`select column_name from information_schema.columns where table_name = ${table} order by ordinal_position`,
  );
  return described.map((row) => String(row['column_name'])).filter((name) => !isOfKind(name));
}

function rowsOf(table: string, names: readonly string[]): Fragment {
  return sql`select ${joinSql(names.map((name) => identifier(name)))} from ${identifier(table)}`;
}

async function* asCsv(warehouse: Warehouse, table: string): AsyncGenerator<Uint8Array> {
  const names = await columnsOf(warehouse, table);
  const encoder = new TextEncoder();
  yield encoder.encode(csvLines([names]));
  for await (const rows of warehouse.stream(rowsOf(table, names))) {
    yield encoder.encode(csvLines(rows.map((row) => names.map((name) => row[name] ?? null))));
  }
}

async function* asJson(warehouse: Warehouse, table: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const rows of warehouse.stream(rowsOf(table, await columnsOf(warehouse, table)))) {
    yield encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}

async function* asParquet(warehouse: Warehouse, table: string, scratch: string): AsyncGenerator<Uint8Array> {
  const path = join(scratch, `.export-${randomBytes(8).toString('hex')}.parquet`);
  try {
    // COPY takes no parameters; the path is of our own making.
    await warehouse.query(
      sql`copy (${rowsOf(table, await columnsOf(warehouse, table))}) to ${raw(`'${path.replaceAll("'", "''")}'`)} (format parquet)`,
    );
    for await (const chunk of createReadStream(path)) yield chunk;
  } finally {
    await rm(path, { force: true });
  }
}
