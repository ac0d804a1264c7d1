import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { Archive } from './archive.ts';
import type { WorkbookMessage, WorkbookTask } from './messages.ts';
import { readWorkbook } from './parts.ts';
import type { Sheet, Workbook } from './parts.ts';
import { sheetRows } from './sheet-rows.ts';
import type { SheetRow } from './sheet-rows.ts';
import { WorkbookError } from './workbook-error.ts';

/**
 * Reads a workbook in a thread of its own, whose memory is capped: what exhausts it ends the thread and not the
 * program. A batch of rows is sent when the one before was taken.
 */

const BATCH = 500;
/** How an ad platform calls the sheet with its rows, beside others that only show them. */
const PREFERRED = /^raw data report$/i;
const MOST_SHEETS = 50;

function tell(message: WorkbookMessage): void {
  parentPort?.postMessage(message);
}

async function run({ path, sheet: wanted, most }: WorkbookTask): Promise<void> {
  const archive = await Archive.open(path);
  try {
    const workbook = await readWorkbook(archive);
    const { sheet, others } = await choose(archive, workbook, wanted);
    tell({ kind: 'sheet', name: sheet.name, others, is1904: workbook.is1904 });
    let batch: SheetRow[] = [];
    let sent = 0;
    for await (const row of sheetRows(archive, sheet, workbook)) {
      batch.push(row);
      sent += 1;
      if (most !== null && sent >= most) break;
      if (batch.length < BATCH) continue;
      await send(batch);
      batch = [];
    }
    if (batch.length > 0) await send(batch);
    tell({ kind: 'end' });
  } finally {
    archive.close();
  }
}

async function send(rows: readonly SheetRow[]): Promise<void> {
  tell({ kind: 'rows', rows });
  if (parentPort !== null) await once(parentPort, 'message');
}

async function choose(
  archive: Archive,
  workbook: Workbook,
  wanted: string | null,
): Promise<{ readonly sheet: Sheet; readonly others: readonly string[] }> {
  if (wanted !== null) {
    const sheet = workbook.sheets.find(({ name }) => name === wanted);
    if (sheet === undefined) throw new WorkbookError('ingest.no_sheet', { sheet: wanted });
    return { sheet, others: [] };
  }
  const filled: Sheet[] = [];
  for (const sheet of workbook.sheets.slice(0, MOST_SHEETS)) {
    for await (const row of sheetRows(archive, sheet, workbook)) {
      if (row.cells.length === 0) continue;
      filled.push(sheet);
      break;
    }
  }
  const sheet = filled.find(({ name }) => PREFERRED.test(name)) ?? filled[0];
  if (sheet === undefined) throw new WorkbookError('ingest.empty_workbook');
  return { sheet, others: filled.filter((each) => each !== sheet).map(({ name }) => name) };
}

try {
  const task: WorkbookTask = workerData;
  await run(task);
} catch (error) {
  if (!(error instanceof WorkbookError)) throw error;
  tell({ kind: 'fault', code: error.code, params: error.params });
}
