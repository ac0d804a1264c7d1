import type { Row } from '../../core/measures/measure.ts';
import { warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import { sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { WorkbookError } from '../ingest/xlsx/workbook-error.ts';
import { isNodeError } from '../system-error.ts';
import type { Transaction } from '../warehouse/warehouse.ts';

/** An entry of the ledger that could not be read into the warehouse: the rest counts without it. */
export interface UnreadEntry {
  readonly entry: LedgerEntry;
  /** In the words of whoever failed. */
  readonly reason: string;
}

const KEY = 'unread:';
const LONGEST_REASON = 200;

const OF_THE_STATEMENT =
  /^(?:Binder|Parser|Conversion|Invalid Input|Out of Range|Not implemented|Mismatch Type|Invalid Type) Error/i;
const OF_THE_FILE: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EISDIR']);
const FILE_GONE = /^IO Error: (?:No files found|Cannot open file)/;

/** True where it is the entry that fails, alone and each time: not the disk, the memory or the warehouse. */
export function isOfEntry(error: unknown): boolean {
  if (error instanceof WorkbookError) return true;
  // Node's faults of arguments and encodings have a code as well; those of the system name their call.
  if (isNodeError(error) && error.syscall !== undefined) return OF_THE_FILE.has(error.code ?? '');
  if (!(error instanceof Error)) return false;
  if (error instanceof InvariantError || error instanceof TypeError || error instanceof RangeError)
    return true;
  return OF_THE_STATEMENT.test(error.message) || FILE_GONE.test(error.message);
}

/** The first line of what an error says. */
export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, LONGEST_REASON);
}

/** What the messages about it say. */
export function paramsOf({ entry, reason }: UnreadEntry): Readonly<Record<string, string | number>> {
  return { file: entry.file.name, source: entry.source, entry: entry.id, reason };
}

const NOTICE = 'store.entry_unread';

/** What to tell of them with each answer. */
export function noticesOf(unread: readonly UnreadEntry[]): readonly Diagnostic[] {
  return unread.map((each) => warning(NOTICE, paramsOf(each)));
}

export function isOfUnread(notice: Diagnostic): boolean {
  return notice.code === NOTICE;
}

export async function markUnread(transaction: Transaction, id: number, error: unknown): Promise<void> {
  await transaction.run(sql`insert into meta values (${KEY + String(id)}, ${reasonOf(error)})`);
}

export async function unmarkUnread(transaction: Transaction, id: number): Promise<void> {
  await transaction.run(sql`delete from meta where key = ${KEY + String(id)}`);
}

/** Forgets those from an entry on: they will be read again. */
export async function forgetUnreadFrom(transaction: Transaction, id: number): Promise<void> {
  for (const each of (await readUnread(transaction)).keys()) {
    if (each >= id) await unmarkUnread(transaction, each);
  }
}

/** The reasons by entry. */
export async function readUnread(warehouse: {
  query(query: Fragment): Promise<readonly Row[]>;
}): Promise<ReadonlyMap<number, string>> {
  const rows = await warehouse.query(sql`select key, value from meta where starts_with(key, ${KEY})`);
  return new Map(rows.map((row) => [Number(String(row['key']).slice(KEY.length)), String(row['value'])]));
}

/** Those that miss: where the same file was read later, by another mapping, nothing does. */
export function thoseThatMiss(
  entries: readonly LedgerEntry[],
  reasons: ReadonlyMap<number, string>,
): readonly UnreadEntry[] {
  return entries.flatMap((entry) => {
    const reason = reasons.get(entry.id);
    const isReplaced = entries.some(
      (other) => other.id > entry.id && other.file.hash === entry.file.hash && !reasons.has(other.id),
    );
    return reason === undefined || isReplaced ? [] : [{ entry, reason }];
  });
}
