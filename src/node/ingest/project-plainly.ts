import { all, identifier, join, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import {
  addFresh,
  addRecords,
  contactColumns,
  freshColumns,
  isEmpty,
  numberIn,
  tellLeads,
} from './add-records.ts';
import { addRejects, reportOf } from './batch-report.ts';
import type { BatchReport } from './batch-report.ts';
import { convertRows } from './convert-rows.ts';
import type { Conversion } from './convert-rows.ts';
import { shapeOf } from './fresh-records.ts';
import type { RecordShape } from './fresh-records.ts';
import { plainRows } from './plain-rows.ts';
import type { PlainRows } from './plain-rows.ts';
import { recordedAt } from './projection-input.ts';
import type { ProjectionInput } from './projection-input.ts';

/**
 * The short way for a large file of which every row is written plainly and is told once: nothing then needs a
 * row's number. Returns null, with nothing done, where one is not.
 */
export async function projectPlainly(
  transaction: Transaction,
  input: ProjectionInput,
): Promise<BatchReport | null> {
  const { entry, agreement, dialect } = input;
  const rows = plainRows(entry, input.path, agreement, dialect);
  if (rows === null) return null;
  const shape = shapeOf({ converted: rows.record, agreement, dialect, fileHash: entry.file.hash });
  const added = (await isEmpty(transaction, shape.table))
    ? await addAtOnce(transaction, shape, rows, input)
    : await addToOthers(transaction, shape, rows, input);
  if (added === null) return null;
  return {
    entry: entry.id,
    source: entry.source,
    file: entry.file.name,
    rowsRead: added.every + (added.odd?.rowsRead ?? 0),
    accepted: added.accepted + (added.odd?.accepted ?? 0),
    unchanged: added.every - added.accepted + (added.odd?.unchanged ?? 0),
    rejected: added.odd?.rejected ?? 0,
    repeated: added.odd?.repeated ?? 0,
    withdrawn: 0,
    byReason: added.odd?.byReason ?? {},
  };
}

interface Added {
  /** The plain rows. */
  readonly every: number;
  readonly accepted: number;
  /** What became of the others, where there are any. */
  readonly odd: BatchReport | null;
}

/** Beyond this share of a file, the rows that are not plain are as well read with all the others. */
const MOST_ODD = 0.1;

/** Into a table that was empty: the plain rows at once, and after them the few others, the thorough way. */
async function addAtOnce(
  transaction: Transaction,
  shape: RecordShape,
  rows: PlainRows,
  input: ProjectionInput,
): Promise<Added | null> {
  const table = identifier(shape.table);
  const { entry } = input;
  const names = join(shape.columns.map(({ name }) => identifier(name)));
  const values = join(shape.columns.map(({ value }) => value));
  const every = await transaction.run(sql`insert into ${table} (${names}, recorded_at, entry, part)
    select ${values}, ${recordedAt(input)}, ${entry.id}, 0 from ${rows.relation} where is_plain`);
  const others = (entry.mapping.rows ?? (await countRows(transaction, rows))) - every;
  const odd =
    others === 0
      ? null
      : await convertOdd(transaction, shape, rows, { others, plain: every, told: table }, input);
  const isRight =
    (others === 0 || odd !== null) &&
    (await countOnceEach(transaction, shape, table, isAscending(shape, rows, input))) !== null;
  if (!isRight) {
    await transaction.run(sql`delete from ${table}`);
    return null;
  }
  if (shape.contact.length > 0) {
    const { fields, texts } = contactColumns(shape);
    // Where all are plain, the cells of other fields need not be looked at once more.
    await transaction.run(sql`insert into lead_contact (lead_id, effective_at, brings${tail(fields)}, recorded_at, entry, part)
      select lead_id, effective_at, brings${tail(texts)}, ${recordedAt(input)}, ${entry.id}, 0
      from (select ${join(freshColumns(shape))} from ${rows.relation} where ${odd === null ? raw('true') : raw('is_plain')})`);
  }
  await tellLeads(transaction, shape, table, input);
  return { every, accepted: every, odd: odd === null ? null : await addOdd(transaction, odd, rows, input) };
}

/** Into a table that holds others: those of the plain rows that tell something new, and after them the few others. */
async function addToOthers(
  transaction: Transaction,
  shape: RecordShape,
  rows: PlainRows,
  input: ProjectionInput,
): Promise<Added | null> {
  const fresh = sql`fresh`;
  await transaction.run(sql`create or replace temp table ${fresh} as
    select is_plain${tail(freshColumns(shape))} from ${rows.relation}`);
  const others = await transaction.run(sql`delete from ${fresh} where is_plain is not true`);
  const every = await countOnceEach(transaction, shape, fresh, isAscending(shape, rows, input));
  if (every === null) return null;
  const among = { others, plain: every, told: fresh };
  const odd = others === 0 ? null : await convertOdd(transaction, shape, rows, among, input);
  if (others > 0 && odd === null) return null;
  const accepted = await addFresh(transaction, shape, 0, input);
  return { every, accepted, odd: odd === null ? null : await addOdd(transaction, odd, rows, input) };
}

/** The rows that are not plain, how many plain ones stand beside them, and the relation that has those. */
interface Among {
  readonly others: number;
  readonly plain: number;
  readonly told: Fragment;
}

/**
 * Converts the rows that are not plain into the temporary table `converted`.
 *
 * @returns null where they are too many, or one tells what a plain one does: which of them holds is told by their order
 */
async function convertOdd(
  transaction: Transaction,
  shape: RecordShape,
  rows: PlainRows,
  { others, plain, told }: Among,
  { entry, agreement, dialect }: ProjectionInput,
): Promise<Conversion | null> {
  if (others < 0 || others > MOST_ODD * (plain + others)) return null;
  await transaction.run(sql`create or replace temp table staged as select * from ${rows.odd}`);
  const found = await transaction.query(sql`select count(*) as n from staged`);
  if (numberIn(found, 'n') !== others) return null;
  const conversion = convertRows(entry.mapping, agreement, identifier('staged'), dialect);
  await transaction.run(sql`create or replace temp table converted as ${conversion.query}`);
  await transaction.run(sql`create or replace temp table accepted_row (row_id BIGINT)`);
  const identity = shape.columns.filter(({ name }) => shape.identity.includes(name));
  const same = all(
    identity.map(({ name }) => sql`k.${identifier(name)} is not distinct from t.${identifier(name)}`),
  );
  const twice = await transaction.query(sql`select count(*) as n from ${told} t
    join (select ${join(identity.map(({ name, value }) => sql`${value} as ${identifier(name)}`))}
      from converted where refusal is null) k on ${same}`);
  return numberIn(twice, 'n') > 0 ? null : conversion;
}

/** Adds the rows that were converted by `convertOdd`. */
async function addOdd(
  transaction: Transaction,
  conversion: Conversion,
  { record }: PlainRows,
  input: ProjectionInput,
): Promise<BatchReport> {
  const repeated = await addRecords(transaction, record, input, null);
  await addRejects(transaction, conversion, identifier('staged'), input.entry);
  return reportOf(transaction, input.entry, repeated, 0);
}

async function countRows(transaction: Transaction, { relation }: PlainRows): Promise<number> {
  return numberIn(await transaction.query(sql`select count(*) as n from ${relation}`), 'n');
}

/** True where the ids stand in the file in an order that lets none come twice. */
function isAscending(
  shape: RecordShape,
  { record }: PlainRows,
  { entry: { mapping } }: ProjectionInput,
): boolean {
  return record.targets.some(
    ({ name, from }) => name === shape.identity[0] && 'column' in from && from.column === mapping.ascending,
  );
}

/**
 * How many records a relation has; null where some identity may stand there twice. Compares hashes, which is
 * much lighter: two that are alike by chance only send the file the thorough way.
 */
async function countOnceEach(
  transaction: Transaction,
  shape: RecordShape,
  relation: Fragment,
  areApart: boolean,
): Promise<number | null> {
  if (areApart)
    return numberIn(await transaction.query(sql`select count(*) as every from ${relation}`), 'every');
  const identity = join(shape.identity.map((name) => identifier(name)));
  const counts = await transaction.query(sql`select count(*) as every,
    (select count(*) from (select distinct hash(${identity}) from ${relation})) as separate from ${relation}`);
  const every = numberIn(counts, 'every');
  return every === numberIn(counts, 'separate') ? every : null;
}
