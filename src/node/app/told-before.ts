import type { Agreement } from '../../core/agreement/agreement.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { RecordKind } from '../ingest/mapping.ts';
import type { RecordRow } from '../ingest/records/record-reader.ts';
import { comparedRows, identityOf, RAW_TABLE, toldRows } from '../ingest/records/told-rows.ts';
import { toldKeyRows } from '../ingest/records/told-keys.ts';
import { newTellings } from '../ingest/store-keys.ts';
import type { ToldRow } from '../ingest/records/told-rows.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/**
 * Which of some rows, each of another identity, the warehouse holds just so already. Almost none is even known:
 * a first look for their ids spares the comparison.
 *
 * @returns the positions of those that say nothing new
 */
export async function toldBefore(
  warehouse: Warehouse,
  agreement: Agreement,
  kind: RecordKind,
  rows: readonly RecordRow[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const [first = ''] = identityOf(kind, agreement);
  const ids = JSON.stringify([...new Set(rows.map((row) => row.id))]);
  const found = await warehouse.query(sql`select distinct cast(${identifier(first)} as VARCHAR) as id
    from ${identifier(RAW_TABLE[kind])} where cast(${identifier(first)} as VARCHAR) in
      (select unnest(from_json(${ids}, '["VARCHAR"]')))`);
  const known = new Set(found.map((row) => row['id']));
  const told = rows.flatMap((row, position): ToldRow[] =>
    known.has(row.id)
      ? [{ rowId: position + 1, entry: 0, item: position, part: 0, recordedAt: 0n, row }]
      : [],
  );
  if (told.length === 0) return new Set();
  const same = await warehouse.query(sql`with told as materialized
    (select * from ${toldRows(kind, told, agreement, warehouse.dialect)})
    select row_id from (${comparedRows(kind, sql`told`, agreement)}) where is_same and row_id > 0`);
  const anew = await newlyKeyed(warehouse, kind, told);
  return new Set(same.map((row) => Number(row['row_id']) - 1).filter((position) => !anew.has(position)));
}

/** The positions of those rows that say something new of whose they are. */
async function newlyKeyed(
  warehouse: Warehouse,
  kind: RecordKind,
  told: readonly ToldRow[],
): Promise<ReadonlySet<number>> {
  const keys = kind === 'ads' ? null : toldKeyRows(kind, told, warehouse.dialect);
  if (keys === null) return new Set();
  const rows = await warehouse.query(sql`with told_key as materialized (${keys})
    select distinct row_id from (${newTellings(sql`told_key`, warehouse.dialect)})`);
  return new Set(rows.map((row) => Number(row['row_id']) - 1));
}
