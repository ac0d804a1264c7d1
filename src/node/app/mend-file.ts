import { basename } from 'node:path';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { readHead } from '../ingest/sniff-format.ts';
import { sourceRows } from '../ingest/source-rows.ts';
import type { StoredFile } from '../ledger/ledger.ts';
import { MOST_EXAMPLES } from './import.ts';
import type { ImportContext } from './import.ts';
import { openRejects, retell, standingEntry } from './mend.ts';
import type { MendedRow } from './mend.ts';
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
 * Takes in a file of refused rows as `rejects` gives it, with some of their cells corrected.
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
  const [batchAt, lineAt] = [columns.indexOf(BATCH_COLUMN), columns.indexOf(LINE_COLUMN)];
  if (batchAt < 0 || lineAt < 0) return failure(fault('store.no_rejects_file', { file: name }));
  const told = new Map<number, Map<number, Readonly<Record<string, string>>>>();
  let unknown = 0;
  for await (const { cells } of sourceRows(path, format.value)) {
    const [batch, line] = [Number(cells[batchAt]), Number(cells[lineAt])];
    if (!Number.isSafeInteger(batch) || !Number.isSafeInteger(line)) unknown += 1;
    else {
      const lines = told.get(batch) ?? new Map<number, Readonly<Record<string, string>>>();
      lines.set(line, Object.fromEntries(columns.map((column, at) => [column, unguarded(cells[at] ?? '')])));
      told.set(batch, lines);
    }
  }
  const reports: ImportReport[] = [];
  let untouched = 0;
  for (const [batch, lines] of told) {
    const entry = standingEntry(context, batch);
    if (!entry.ok) {
      unknown += lines.size;
      continue;
    }
    const open = new Map((await openRejects(context, batch)).map((reject) => [reject.line, reject]));
    const mended: MendedRow[] = [];
    for (const [line, cells] of lines) {
      const reject = open.get(line);
      if (reject === undefined) unknown += 1;
      else {
        const values = Object.fromEntries(
          entry.value.mapping.format.columns.flatMap((column): [string, string][] => {
            const cell = cells[column];
            return cell === undefined || cell === (reject.row[column] ?? '').trim() ? [] : [[column, cell]];
          }),
        );
        if (Object.keys(values).length === 0) untouched += 1;
        else mended.push({ reject, values });
      }
    }
    if (mended.length === 0) continue;
    const taken = await retell(context, entry.value, mended, isRehearsal);
    if (!taken.ok) return taken;
    reports.push(taken.value);
  }
  return success({ reports, untouched, unknown });
}

/** A cell without the apostrophe that keeps a spreadsheet from running it. */
function unguarded(cell: string): string {
  return (/^'[=+\-@\t\r\0]/.test(cell) ? cell.slice(1) : cell).trim();
}
