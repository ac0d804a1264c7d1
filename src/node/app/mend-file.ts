import { basename } from 'node:path';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { join, raw, sql } from '../../core/sql/sql.ts';
import type { FileFormat } from '../ingest/mapping.ts';
import { readHead } from '../ingest/sniff-format.ts';
import { sourceRows } from '../ingest/source-rows.ts';
import type { StoredFile } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Spool } from '../ledger/spool.ts';
import { MOST_EXAMPLES, refused } from './import.ts';
import type { ImportContext } from './import.ts';
import { retell, retoldLines, standingEntry, toldAnew } from './mend.ts';
import { readRejectsWhere } from './rejects.ts';
import type { ImportReport, ImportRequest, MendedFile } from './workspace.ts';

/** The columns by which a file of refused rows says which they are. */
export const BATCH_COLUMN = 'tregua_batch';
export const LINE_COLUMN = 'tregua_line';

/** What it says of each besides. */
export const SAID_COLUMNS = ['tregua_column', 'tregua_reason'] as const;

const SUMS = ['rowsRead', 'accepted', 'unchanged', 'rejected', 'repeated', 'withdrawn'] as const;

const MARKS: readonly string[] = [BATCH_COLUMN, LINE_COLUMN, ...SAID_COLUMNS];

/**
 * A file of refused rows that came as one to import: it mends those rows, as it does where rejects are shown.
 *
 * @returns null where the file is none
 */
export async function importMended(
  context: ImportContext,
  { fileName: path, dryRun, strict, onProgress }: ImportRequest,
  stored: StoredFile,
): Promise<Result<ImportReport> | null> {
  const file = basename(path);
  const head = await readHead(stored.path, file);
  const columns = head.ok ? (head.value.rows[0]?.cells ?? []) : [];
  if (!columns.some((column) => MARKS.includes(column))) return null;
  onProgress?.({ phase: 'reading', done: 0, total: null });
  const mend = (isRehearsal: boolean): Promise<Result<MendedFile>> =>
    mendFile(context, stored.path, file, isRehearsal);
  const rehearsed = dryRun === true || strict === true ? await mend(true) : null;
  if (rehearsed !== null && !rehearsed.ok) return rehearsed;
  const isOver = dryRun === true || rehearsed?.value.reports.some(({ rejected }) => rejected > 0) === true;
  const mended = rehearsed !== null && isOver ? rehearsed : await mend(false);
  if (!mended.ok) return mended;
  const { reports, untouched, unknown } = mended.value;
  if (reports.length === 0)
    return failure(
      unknown > 0
        ? fault('store.rejects_unknown', { file, unknown, untouched })
        : fault('store.rejects_unchanged', { file, untouched }),
    );
  return success({ ...summary(reports, file), mended: mended.value });
}

/** What became of all of them together. */
function summary(reports: readonly ImportReport[], file: string): ImportReport {
  const sum = (name: (typeof SUMS)[number]): number => reports.reduce((whole, each) => whole + each[name], 0);
  const byReason = new Map<string, number>();
  for (const [code, rows] of reports.flatMap((each) => Object.entries(each.byReason)))
    byReason.set(code, (byReason.get(code) ?? 0) + rows);
  return {
    entry: reports[0]?.entry ?? 0,
    source: [...new Set(reports.map(({ source }) => source))].join(', '),
    file,
    rowsRead: sum('rowsRead'),
    accepted: sum('accepted'),
    unchanged: sum('unchanged'),
    rejected: sum('rejected'),
    repeated: sum('repeated'),
    withdrawn: sum('withdrawn'),
    byReason: Object.fromEntries(byReason),
    known: reports.every(({ known }) => known),
    kept: reports.every(({ kept }) => kept),
    warnings: [],
    examples: reports.flatMap(({ examples }) => examples).slice(0, MOST_EXAMPLES),
    recognised: { by: 'rejects', name: '', unknown: [], free: [], asks: [] },
  };
}

/**
 * Takes in a file of refused rows as `rejects` gives it, with some of their cells corrected. Of its rows only
 * their numbers are held in memory.
 *
 * @param isRehearsal say what would happen, and keep nothing
 */
export async function mendFile(
  context: ImportContext,
  path: string,
  name: string,
  isRehearsal = false,
): Promise<Result<MendedFile>> {
  const head = await readHead(path, name);
  if (!head.ok) return head;
  const [first] = head.value.rows;
  const format = first === undefined ? null : head.value.formatAt(first);
  if (format === null || !format.ok) return failure(fault('store.no_rejects_file', { file: name }));
  const { columns } = format.value;
  if (!columns.includes(BATCH_COLUMN) || !columns.includes(LINE_COLUMN))
    return failure(fault('store.no_rejects_file', { file: name }));
  const rows = (): AsyncGenerator<CorrectedRow> => correctedRows(path, format.value);
  const { last, nameless } = await lastOfEach(rows());
  const reports: ImportReport[] = [];
  const sums = { untouched: 0, unknown: nameless };
  const entries = [...last].flatMap(([batch, lines]) => {
    const entry = standingEntry(context, batch);
    if (!entry.ok) sums.unknown += lines.size;
    return entry.ok ? [entry.value] : [];
  });
  for (let from = 0; from < entries.length; from += OPEN_AT_ONCE) {
    const open = new Map(
      entries.slice(from, from + OPEN_AT_ONCE).map((entry) => [entry.id, new Retelling(context, entry)]),
    );
    try {
      for await (const row of rows()) {
        const { batch, line, nth } = row;
        if (last.get(batch)?.get(line) === nth) await open.get(batch)?.add(row);
      }
      for (const retelling of open.values()) {
        const taken = await retelling.end(isRehearsal);
        sums.untouched += retelling.untouched;
        sums.unknown += retelling.unknown;
        if (taken === null) continue;
        if (!taken.ok) return taken;
        reports.push(taken.value);
      }
    } catch (error) {
      return refused(error);
    } finally {
      for (const retelling of open.values()) await retelling.discard();
    }
  }
  return success({ reports, ...sums });
}

/** So many batches are told anew in one reading of the file. */
const OPEN_AT_ONCE = 64;

/** So many rows are looked up together. */
const ROWS_AT_ONCE = 1000;

interface CorrectedRow {
  /** Its place in the file, from 1. */
  readonly nth: number;
  /** NaN where it says none. */
  readonly batch: number;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

async function* correctedRows(path: string, format: FileFormat): AsyncGenerator<CorrectedRow> {
  const { columns } = format;
  const [batchAt, lineAt] = [columns.indexOf(BATCH_COLUMN), columns.indexOf(LINE_COLUMN)];
  let nth = 0;
  for await (const { cells } of sourceRows(path, format)) {
    nth += 1;
    yield {
      nth,
      batch: Number(cells[batchAt]),
      line: Number(cells[lineAt]),
      cells: Object.fromEntries(columns.map((column, at) => [column, unguarded(cells[at] ?? '')])),
    };
  }
}

/** Of each line of each batch the last row that tells it, which counts; and how many rows tell none. */
async function lastOfEach(rows: AsyncIterable<CorrectedRow>): Promise<{
  readonly last: ReadonlyMap<number, ReadonlyMap<number, number>>;
  readonly nameless: number;
}> {
  const last = new Map<number, Map<number, number>>();
  let nameless = 0;
  for await (const { nth, batch, line } of rows) {
    if (!Number.isSafeInteger(batch) || !Number.isSafeInteger(line)) {
      nameless += 1;
      continue;
    }
    const lines = last.get(batch) ?? new Map<number, number>();
    last.set(batch, lines.set(line, nth));
  }
  return { last, nameless };
}

/** The corrected rows of one batch on their way into a file of their own. */
class Retelling {
  untouched = 0;
  unknown = 0;
  readonly #context: ImportContext;
  readonly #entry: LedgerEntry;
  readonly #done: ReadonlySet<number>;
  readonly #lines: number[] = [];
  #waiting: CorrectedRow[] = [];
  #spool: Spool | null = null;
  #hash: string | null = null;

  constructor(context: ImportContext, entry: LedgerEntry) {
    this.#context = context;
    this.#entry = entry;
    this.#done = retoldLines(context, entry.id);
  }

  async add(row: CorrectedRow): Promise<void> {
    this.#waiting.push(row);
    if (this.#waiting.length >= ROWS_AT_ONCE) await this.#write();
  }

  /** @returns null where nothing was corrected */
  async end(isRehearsal: boolean): Promise<Result<ImportReport> | null> {
    await this.#write();
    if (this.#spool === null) return null;
    const stored = await this.#spool.finish();
    this.#spool = null;
    this.#hash = stored.hash;
    return retell(this.#context, this.#entry, stored, this.#lines, isRehearsal);
  }

  /** Lets go of what is of no entry. */
  async discard(): Promise<void> {
    await this.#spool?.discard();
    if (this.#hash !== null) this.#context.ledger.letGo(this.#hash);
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    const { id, mapping } = this.#entry;
    const lines = join(rows.map(({ line }) => raw(String(line))));
    const found = await this.#context.use(({ warehouse }) =>
      readRejectsWhere(warehouse, sql`entry = ${id} and line in (${lines})`, null),
    );
    const rejects = new Map(found.map((reject) => [reject.line, reject]));
    for (const { line, cells } of rows) {
      const reject = this.#done.has(line) ? undefined : rejects.get(line);
      if (reject === undefined) {
        this.unknown += 1;
        continue;
      }
      const values = Object.fromEntries(
        mapping.format.columns.flatMap((column): [string, string][] => {
          const cell = cells[column];
          return cell === undefined || cell === (reject.row[column] ?? '').trim() ? [] : [[column, cell]];
        }),
      );
      if (Object.keys(values).length === 0) {
        this.untouched += 1;
        continue;
      }
      this.#spool ??= await this.#context.ledger.openSpool();
      await this.#spool.write(toldAnew(mapping, reject, values));
      this.#lines.push(line);
    }
  }
}

/** A cell without the apostrophe that keeps a spreadsheet from running it. */
function unguarded(cell: string): string {
  return (/^'[=+\-@\t\r\0]/.test(cell) ? cell.slice(1) : cell).trim();
}
