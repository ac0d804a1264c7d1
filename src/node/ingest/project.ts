import { identifier, sql } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { addRecords } from './add-records.ts';
import { addRejects, reportOf } from './batch-report.ts';
import type { BatchReport } from './batch-report.ts';
import { convertRows } from './convert-rows.ts';
import { KeyedRows } from './keyed-rows.ts';
import { projectPlainly } from './project-plainly.ts';
import { recordedAt } from './projection-input.ts';
import type { ProjectionInput } from './projection-input.ts';
import { isBulk, stageRows } from './stage-rows.ts';

const LOOK_MS = 200;

/**
 * Reads a ledger entry's file into the raw tables, all within the transaction: what is new or changed is
 * added, what is refused goes to `reject`, and the sums to `batch`. The ids of the leads that it touches are
 * added to the temporary table `changed_lead`, where they are asked for.
 */
export async function projectEntry(transaction: Transaction, input: ProjectionInput): Promise<BatchReport> {
  const { entry, tell } = input;
  if (tell === undefined || !isBulk(entry)) return project(transaction, input);
  // The engine reads it by itself, in more than one statement: the first of them is the reading.
  let share = 0;
  const timer = setInterval(() => {
    share = Math.max(share, transaction.progress() ?? 0);
    tell({ share });
  }, LOOK_MS);
  try {
    return await project(transaction, input);
  } finally {
    clearInterval(timer);
  }
}

async function project(transaction: Transaction, input: ProjectionInput): Promise<BatchReport> {
  const report = (await projectPlainly(transaction, input)) ?? (await projectThoroughly(transaction, input));
  await endBatch(transaction, report, input);
  return report;
}

async function projectThoroughly(transaction: Transaction, input: ProjectionInput): Promise<BatchReport> {
  const { entry, agreement, dialect } = input;
  const staged = await stageRows(transaction, entry, input.path, input.tell);
  const conversion = convertRows(entry.mapping, agreement, staged, dialect);
  await transaction.run(sql`create or replace temp table converted as ${conversion.query}`);
  await transaction.run(sql`create or replace temp table accepted_row (row_id BIGINT)`);
  const keyed = KeyedRows.of(transaction, input, recordedAt(input));
  await keyed?.withdrawGone();
  let repeated = 0;
  for (const converted of conversion.records) {
    repeated += await addRecords(transaction, converted, input, keyed);
  }
  await keyed?.withdrawReplaced();
  await addRejects(transaction, conversion, staged, entry);
  return reportOf(transaction, entry, repeated, keyed?.withdrawn ?? 0);
}

async function endBatch(
  transaction: Transaction,
  report: BatchReport,
  input: ProjectionInput,
): Promise<void> {
  const { entry } = input;
  await transaction.run(sql`insert into batch select ${entry.id}, ${entry.source}, ${entry.file.name},
    ${report.rowsRead}, ${report.accepted}, ${report.unchanged}, ${report.rejected}, ${report.repeated},
    ${report.withdrawn}, ${recordedAt(input)}`);
  for (const table of ['converted', 'accepted_row', 'fresh', 'staged']) {
    await transaction.run(sql`drop table if exists ${identifier(table)}`);
  }
}
