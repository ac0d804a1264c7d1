import type { Agreement } from '../../../core/agreement/agreement.ts';
import { microsecondsOf } from '../../../core/facts/derive.ts';
import type { Dialect } from '../../../core/sql/dialect.ts';
import { identifier, join, sql, tail } from '../../../core/sql/sql.ts';
import type { LedgerEntry } from '../../ledger/ledger.ts';
import type { Transaction } from '../../warehouse/warehouse.ts';
import type { RecordKind } from '../mapping.ts';
import { storeKeys } from '../store-keys.ts';
import type { BatchReport } from '../batch-report.ts';
import type { PreparedItem } from './prepare-entry.ts';
import { toldKeyRows } from './told-keys.ts';
import { comparedRows, contactColumns, ownColumns, RAW_TABLE, toldRows } from './told-rows.ts';
import type { ToldRow } from './told-rows.ts';

/** An entry with what its bytes come to under the agreement. */
export interface PreparedEntry {
  readonly entry: LedgerEntry;
  readonly items: readonly PreparedItem[];
}

export interface RecordsInput {
  /** In the order of the ledger. */
  readonly entries: readonly PreparedEntry[];
  readonly agreement: Agreement;
  readonly dialect: Dialect;
  /** Whether to add the leads that they touch to the temporary table `changed_lead`. */
  readonly tellsLeads: boolean;
}

const KINDS = ['leads', 'activities', 'ads'] as const satisfies readonly RecordKind[];

/**
 * Adds the records of requests to the raw tables, all within the transaction and as if each entry came alone,
 * in their order: what was told just so is left out, what is refused goes to `reject`, the sums to `batch`.
 */
export async function projectRecords(
  transaction: Transaction,
  input: RecordsInput,
): Promise<readonly BatchReport[]> {
  await transaction.run(sql`create or replace temp table accepted_item (entry BIGINT, item BIGINT)`);
  for (const kind of KINDS) await addRows(transaction, kind, rowsOf(kind, input.entries), input);
  await addRefused(transaction, input.entries);
  const accepted = new Map(
    (
      await transaction.query(sql`select entry, count(distinct item) as n from accepted_item group by entry`)
    ).map((row) => [Number(row['entry']), Number(row['n'])]),
  );
  await transaction.run(sql`drop table accepted_item`);
  const reports = input.entries.map((each) => reportOf(each, accepted.get(each.entry.id) ?? 0));
  await addBatches(transaction, reports, input);
  return reports;
}

function rowsOf(kind: RecordKind, entries: readonly PreparedEntry[]): readonly ToldRow[] {
  const told: ToldRow[] = [];
  for (const { entry, items } of entries) {
    const recordedAt = microsecondsOf(entry.receivedAt);
    const parts = new Map<string, number>();
    for (const [item, prepared] of items.entries()) {
      if (prepared.kind !== 'rows') continue;
      for (const row of prepared.rows) {
        if (row.kind !== kind) continue;
        const part = parts.get(row.identity) ?? 0;
        parts.set(row.identity, part + 1);
        told.push({ rowId: told.length + 1, entry: entry.id, item, part, recordedAt, row });
      }
    }
  }
  return told;
}

async function addRows(
  transaction: Transaction,
  kind: RecordKind,
  rows: readonly ToldRow[],
  input: RecordsInput,
): Promise<void> {
  if (rows.length === 0) return;
  const { agreement, dialect, tellsLeads } = input;
  const told = sql`told_record`;
  await transaction.run(
    sql`create or replace temp table ${told} as select * from ${toldRows(kind, rows, agreement, dialect)}`,
  );
  if (kind !== 'ads') await addKeys(transaction, kind, rows, input);
  await transaction.run(sql`delete from ${told} where row_id in
    (select row_id from (${comparedRows(kind, told, agreement)}) where is_same and row_id > 0)`);
  const names = join(ownColumns(kind, agreement).map(identifier));
  await transaction.run(sql`insert into ${identifier(RAW_TABLE[kind])} (${names}, recorded_at, entry, part)
    select ${names}, recorded_at, entry, part from ${told}`);
  const contact = contactColumns(kind, agreement);
  if (contact.length > 0) {
    const fields = contact.map((name) => identifier(name.slice('contact_'.length)));
    await transaction.run(sql`insert into lead_contact (lead_id, effective_at, brings${tail(fields)}, recorded_at, entry, part)
      select lead_id, effective_at, brings${tail(contact.map(identifier))}, recorded_at, entry, part from ${told}`);
  }
  if (tellsLeads && kind !== 'ads')
    await transaction.run(sql`insert into changed_lead select lead_id from ${told}`);
  await transaction.run(sql`insert into accepted_item select entry, item from ${told}`);
  await transaction.run(sql`drop table ${told}`);
}

/** What the records tell of whose they are, but for their leads' own ids. One that tells only this anew is news too. */
async function addKeys(
  transaction: Transaction,
  kind: 'leads' | 'activities',
  rows: readonly ToldRow[],
  { agreement, dialect, tellsLeads }: RecordsInput,
): Promise<void> {
  const keys = toldKeyRows(kind, rows, dialect);
  if (keys === null) return;
  await storeKeys(transaction, keys, agreement, dialect);
  await transaction.run(sql`insert into accepted_item select entry, item from told_record
    where row_id in (select row_id from told_anew)`);
  if (tellsLeads) await transaction.run(sql`insert into changed_lead select lead_id from told_anew`);
  await transaction.run(sql`drop table told_anew`);
}

async function addRefused(transaction: Transaction, entries: readonly PreparedEntry[]): Promise<void> {
  const rows = entries.flatMap(({ entry, items }) =>
    items.flatMap((item, index) =>
      item.kind === 'refused'
        ? [
            [
              String(entry.id),
              String(index + 1),
              item.refusal.field,
              item.refusal.value,
              item.refusal.code,
              JSON.stringify(item.cells),
            ],
          ]
        : [],
    ),
  );
  if (rows.length === 0) return;
  await transaction.run(sql`insert into reject (entry, line, column_name, value, code, row)
    select cast(r[1] as BIGINT), cast(r[2] as BIGINT), r[3], r[4], r[5], r[6]
    from (select unnest(from_json(${JSON.stringify(rows)}, '[["VARCHAR"]]')) as r)`);
}

function reportOf({ entry, items }: PreparedEntry, accepted: number): BatchReport {
  const byReason: Record<string, number> = {};
  let rejected = 0;
  for (const item of items) {
    if (item.kind !== 'refused') continue;
    rejected += 1;
    byReason[item.refusal.code] = (byReason[item.refusal.code] ?? 0) + 1;
  }
  return {
    entry: entry.id,
    source: entry.source,
    file: entry.file.name,
    rowsRead: items.length,
    accepted,
    unchanged: items.length - accepted - rejected,
    rejected,
    repeated: 0,
    withdrawn: 0,
    byReason,
  };
}

async function addBatches(
  transaction: Transaction,
  reports: readonly BatchReport[],
  { entries, dialect }: RecordsInput,
): Promise<void> {
  const rows = reports.map((report, index) => [
    String(report.entry),
    report.source,
    report.file,
    ...[report.rowsRead, report.accepted, report.unchanged, report.rejected].map(String),
    String(microsecondsOf(entries[index]?.entry.receivedAt ?? '')),
  ]);
  await transaction.run(sql`insert into batch
    (entry, source, file, rows_read, accepted, unchanged, rejected, repeated, withdrawn, recorded_at)
    select cast(r[1] as BIGINT), r[2], r[3], cast(r[4] as BIGINT), cast(r[5] as BIGINT), cast(r[6] as BIGINT),
      cast(r[7] as BIGINT), 0, 0, ${dialect.instant(sql`cast(r[8] as BIGINT)`)}
    from (select unnest(from_json(${JSON.stringify(rows)}, '[["VARCHAR"]]')) as r)`);
}
