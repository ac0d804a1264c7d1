import { join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { numberIn } from './add-records.ts';
import { cellColumn } from './convert-rows.ts';
import type { Conversion } from './convert-rows.ts';

export interface BatchReport {
  readonly entry: number;
  readonly source: string;
  readonly file: string;
  readonly rowsRead: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows whose identity came again later in the same file. */
  readonly repeated: number;
  /** Records from before that it took back. */
  readonly withdrawn: number;
  readonly byReason: Readonly<Record<string, number>>;
  /** Rows of the file that are no data and not among those read, by what they are instead. */
  readonly leftOut?: Readonly<Record<string, number>>;
}

/** Keeps each refused row as it stood, with the cell that is to blame. */
export async function addRejects(
  transaction: Transaction,
  conversion: Conversion,
  staged: Fragment,
  entry: LedgerEntry,
): Promise<void> {
  const some = await transaction.query(sql`select count(*) as n from converted where refusal is not null`);
  if (numberIn(some, 'n') === 0) return;
  const choose = (
    value: (refusal: Conversion['refusals'][number]) => Fragment,
    otherwise: Fragment,
  ): Fragment =>
    conversion.refusals.length === 0
      ? otherwise
      : sql`case k.refusal ${join(
          conversion.refusals.map((refusal, nth) => sql`when ${raw(String(nth))} then ${value(refusal)}`),
          ' ',
        )} else ${otherwise} end`;
  const nothing = raw('cast(null as VARCHAR)');
  const header = choose((refusal) => sql`cast(${refusal.header} as VARCHAR)`, nothing);
  const value = choose(
    ({ constant, column }) =>
      constant !== null
        ? sql`cast(${constant} as VARCHAR)`
        : column === null
          ? nothing
          : sql`s.${cellColumn(column)}`,
    nothing,
  );
  const code = choose((refusal) => sql`cast(${refusal.code} as VARCHAR)`, sql`s.problem`);
  const cells = entry.mapping.format.columns.map(
    (name, nth) => sql`cast(${name} as VARCHAR), s.${cellColumn(nth)}`,
  );
  await transaction.run(sql`insert into reject
    select ${entry.id}, k.line, ${header}, ${value}, ${code}, null, cast(json_object(${join(cells)}) as VARCHAR)
    from converted k join ${staged} s on s.row_id = k.row_id where k.refusal is not null`);
}

export async function reportOf(
  transaction: Transaction,
  entry: LedgerEntry,
  repeated: number,
  withdrawn: number,
): Promise<BatchReport> {
  const sums = await transaction.query(sql`select count(*) as rows_read, count(refusal) as rejected,
    (select count(*) from (select distinct row_id from accepted_row)) as accepted from converted`);
  const reasons = await transaction.query(
    sql`select code, count(*) as n from reject where entry = ${entry.id} group by code order by n desc, code`,
  );
  const rowsRead = numberIn(sums, 'rows_read');
  const accepted = numberIn(sums, 'accepted');
  const rejected = numberIn(sums, 'rejected');
  return {
    entry: entry.id,
    source: entry.source,
    file: entry.file.name,
    rowsRead,
    accepted,
    unchanged: rowsRead - accepted - rejected,
    rejected,
    repeated,
    withdrawn,
    byReason: Object.fromEntries(reasons.map((row) => [String(row['code']), Number(row['n'])])),
    leftOut: await leftOutOf(transaction, entry.id),
  };
}

/** What a batch left out, by reason. */
export async function leftOutOf(
  warehouse: Pick<Transaction, 'query'>,
  entry: number,
): Promise<Readonly<Record<string, number>>> {
  const rows = await warehouse.query(
    sql`select reason, rows from left_out where entry = ${entry} order by all`,
  );
  return Object.fromEntries(rows.map((row) => [String(row['reason']), Number(row['rows'])]));
}
