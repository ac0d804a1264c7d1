import { createReadStream } from 'node:fs';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { Mapping } from '../ingest/mapping.ts';
import type { EntryDraft, LedgerEntry, StoredFile } from '../ledger/ledger.ts';
import { entryOf, importInto, refused, rehearse, takeIn } from './import.ts';
import type { ImportContext } from './import.ts';
import { readRejects } from './rejects.ts';
import type { ImportReport, Reject, RetryOptions } from './workspace.ts';

export async function openRejects(context: ImportContext, batch: number): Promise<readonly Reject[]> {
  const all = await context.use(({ warehouse }) => readRejects(warehouse, batch, null));
  const done = retoldLines(context, batch);
  return all.filter(({ line }) => !done.has(line));
}

/** The lines of a batch that another entry tells by now. */
export function retoldLines({ ledger }: ImportContext, batch: number): ReadonlySet<number> {
  return new Set(ledger.retold().flatMap(({ entry, line }) => (entry === batch ? [line] : [])));
}

/** An entry with a file that counts. */
export function standingEntry({ ledger }: ImportContext, batch: number): Result<LedgerEntry> {
  const entry = ledger.entry(batch);
  if (entry === null) return failure(fault('store.unknown_batch', { batch }));
  if (ledger.takenBack().includes(batch))
    return failure(fault('store.undone_before', { batch, file: entry.file.name }));
  // What a tap told is told again by it.
  return entry.kept === 'file' && entry.mapping.format.kind !== 'messages'
    ? success(entry)
    : failure(fault('store.no_file_to_mend', { batch, file: entry.file.name }));
}

/**
 * Tells a refused row anew with other values: an entry of its own, read as its file was. Where it is refused
 * again, that is what stands in its stead.
 */
export async function mendRow(
  context: ImportContext,
  batch: number,
  line: number,
  values: Readonly<Record<string, string>>,
): Promise<Result<ImportReport>> {
  const entry = standingEntry(context, batch);
  if (!entry.ok) return entry;
  const { mapping } = entry.value;
  const reject = (await openRejects(context, batch)).find((each) => each.line === line);
  if (reject === undefined) return failure(fault('store.unknown_reject', { batch, line }));
  const { columns } = mapping.format;
  const unknown = Object.keys(values).filter((name) => !columns.includes(name));
  if (unknown.length > 0) {
    return failure(
      ...unknown.map((name) =>
        fault('store.unknown_column', {
          name,
          nearest: nearest(name, columns) ?? '',
          known: columns.slice(0, 20).join(', '),
        }),
      ),
    );
  }
  return retellOne(context, entry.value, reject, values);
}

/** A refused row as a line of the file that tells it anew: what some of its cells say instead, else what they said. */
export function toldAnew(
  { format: { columns } }: Mapping,
  reject: Reject,
  values: Readonly<Record<string, string>>,
): Uint8Array {
  const cells = columns.map((name) => [name, values[name] ?? reject.row[name] ?? '']);
  return Buffer.from(`${JSON.stringify(Object.fromEntries(cells))}\n`);
}

/**
 * Tells refused rows of one entry anew, in an entry of their own; or only says what would become of them.
 *
 * @param stored the rows as `toldAnew` gives them, one a line
 * @param lines where they stand in the entry's file
 */
export async function retell(
  context: ImportContext,
  { id, mapping, file }: LedgerEntry,
  stored: StoredFile,
  lines: readonly number[],
  isRehearsal = false,
): Promise<Result<ImportReport>> {
  const draft = entryOf(stored, file.name, ofOwnRows(mapping));
  if (isRehearsal) return rehearsed(context, draft);
  const taken = await takeIn(context, draft);
  if (taken.ok) context.ledger.retell(id, lines, taken.value.entry);
  return taken;
}

async function retellOne(
  context: ImportContext,
  entry: LedgerEntry,
  reject: Reject,
  values: Readonly<Record<string, string>>,
): Promise<Result<ImportReport>> {
  let stored: StoredFile;
  try {
    stored = await context.ledger.storeFile(bytesOf(toldAnew(entry.mapping, reject, values)));
  } catch (error) {
    return refused(error);
  }
  try {
    return await retell(context, entry, stored, [reject.line]);
  } finally {
    context.ledger.letGo(stored.hash);
  }
}

async function rehearsed(context: ImportContext, draft: EntryDraft): Promise<Result<ImportReport>> {
  const rehearsal = await rehearse(context, draft);
  if (!rehearsal.ok) return rehearsal;
  const { report, known, examples } = rehearsal.value;
  return success({ ...report, known, kept: false, warnings: [], examples });
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** The mapping of a file for rows of it, each written as an object. */
function ofOwnRows(mapping: Mapping): Mapping {
  return {
    ...mapping,
    leaveOut: [],
    format: { kind: 'jsonl', columns: mapping.format.columns },
    isRegular: false,
    isTrimmed: false,
    ascending: null,
  };
}

/**
 * Reads a batch's file by the mapping and the answers that hold now: what was accepted before is unchanged, and
 * what was refused is told anew.
 */
export async function retryBatch(
  context: ImportContext,
  batch: number,
  options: RetryOptions,
): Promise<Result<ImportReport>> {
  const entry = standingEntry(context, batch);
  if (!entry.ok) return entry;
  const { file, source } = entry.value;
  const open = await openRejects(context, batch);
  if (open.length === 0) return failure(fault('store.nothing_to_retry', { batch, file: file.name }));
  const taken = await importInto(context, {
    ...options,
    content: createReadStream(context.ledger.filePath(file.hash)),
    fileName: file.name,
    source,
  });
  if (!taken.ok) return taken;
  if (taken.value.known) return failure(fault('store.same_mapping', { batch, file: file.name }));
  context.ledger.retell(
    batch,
    open.map(({ line }) => line),
    taken.value.entry,
  );
  return taken;
}
