import { identifier, join, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { cellColumn } from './convert-rows.ts';
import { LeaveOut } from './leave-out.ts';
import { rowKeys } from './row-keys.ts';
import type { RowsRead } from './row-progress.ts';
import { sourceRows } from './source-rows.ts';

/** From this size on, a file in plain UTF-8 is read by the engine itself. */
const BULK_BYTES = 24 * 1024 * 1024;

/** Rows after which it is told how many they are. */
const TOLD_ROWS = 1000n;

/**
 * The rows of an entry's file as a relation of `row_id, line, problem` and the texts `c0, c1, …`: read by the
 * engine where the file is large and clean, else split here, row by row, with the place of each.
 */
export async function stageRows(
  transaction: Transaction,
  entry: LedgerEntry,
  path: string,
  tell?: (read: RowsRead) => void,
): Promise<Fragment> {
  const { format } = entry.mapping;
  if (isBulk(entry) && format.kind === 'csv') {
    // A cell that is there and empty is no NULL: it stands so in `extra` and in what is refused.
    const cells = format.columns.map(
      (_, position) => sql`coalesce(${cellColumn(position)}, '') as ${cellColumn(position)}`,
    );
    return sql`(select row_id, line, problem${tail(cells)} from ${numberedRelation(path, format)})`;
  }
  const keys = entry.mapping.stream === undefined ? [] : [sql`row_key VARCHAR`, sql`row_group VARCHAR`];
  const columns = format.columns.map((_, position) => sql`${cellColumn(position)} VARCHAR`);
  await transaction.run(
    sql`create or replace temp table staged (row_id BIGINT, line BIGINT, problem VARCHAR${tail([...keys, ...columns])})`,
  );
  const leftOut = new Map<string, number>();
  await transaction.append('staged', stagedRows(path, entry, leftOut, tell));
  for (const [reason, rows] of leftOut) {
    await transaction.run(sql`insert into left_out values (${entry.id}, ${reason}, ${raw(String(rows))})`);
  }
  return identifier('staged');
}

async function* stagedRows(
  path: string,
  entry: LedgerEntry,
  leftOut: Map<string, number>,
  tell: (read: RowsRead) => void = () => undefined,
): AsyncGenerator<readonly (string | bigint | null)[]> {
  let rowId = 0n;
  const { format, decimal, stream } = entry.mapping;
  const filter = new LeaveOut(entry.mapping.leaveOut ?? [], format.columns);
  const keysOf = stream === undefined ? null : rowKeys(entry.mapping, stream);
  for await (const row of sourceRows(path, format)) {
    const reason = filter.reason(row.cells);
    if (reason !== null) {
      leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
      continue;
    }
    rowId += 1n;
    if (rowId % TOLD_ROWS === 0n) tell({ rows: Number(rowId) });
    const keys = keysOf?.(row);
    const numbers = new Set(decimal === ',' ? row.numbers : []);
    // An engine's text ends at NUL for some of its functions.
    yield [
      rowId,
      BigInt(row.line),
      row.problem ?? keys?.problem ?? null,
      ...(keys === undefined ? [] : [keys.key, keys.group]),
      // A number is written as the texts of its file write theirs.
      ...row.cells.map(
        (cell, position) =>
          (numbers.has(position) ? cell?.replace('.', ',') : cell)?.replaceAll('\0', '') ?? null,
      ),
    ];
  }
}

/** True of a file that the engine may split by itself. */
export function isBulk({ file, mapping: { format, isRegular, leaveOut = [] } }: LedgerEntry): boolean {
  if (leaveOut.length > 0) return false;
  return format.kind === 'csv' && format.encoding === 'utf-8' && isRegular && file.bytes >= BULK_BYTES;
}

/** The rows of such a file with their numbers, each in its turn, and so by a single thread. */
export function numberedRelation(
  path: string,
  format: Extract<LedgerEntry['mapping']['format'], { kind: 'csv' }>,
): Fragment {
  return sql`(select row_number() over () as row_id,
    row_number() over () + ${raw(String(format.headerLine))} as line, cast(null as VARCHAR) as problem, *
    from ${bulkRelation(path, format)})`;
}

/** The texts `c0, c1, …` of such a file, in no order where nothing asks for one. */
export function bulkRelation(
  path: string,
  format: Extract<LedgerEntry['mapping']['format'], { kind: 'csv' }>,
): Fragment {
  const types = join(format.columns.map((_, position) => sql`${raw(`'c${position}'`)}: 'VARCHAR'`));
  return sql`read_csv(${path}, auto_detect = false, header = false, skip = ${raw(String(format.headerLine))},
    delim = ${format.delimiter}, quote = '"', escape = '"', nullstr = '', max_line_size = 8388608, buffer_size = 8388608,
    columns = {${types}})`;
}
