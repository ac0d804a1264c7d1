import type { Agreement } from '../../core/agreement/agreement.ts';
import { microsecondsOf } from '../../core/facts/derive.ts';
import type { Row } from '../../core/measures/measure.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { all, identifier, join, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { cellColumn, convertRows, whenColumn } from './convert-rows.ts';
import type { Conversion, ConvertedRecord } from './convert-rows.ts';
import { shapeOf } from './fresh-records.ts';
import type { RecordShape } from './fresh-records.ts';
import { KeyedRows } from './keyed-rows.ts';
import { plainRows } from './plain-rows.ts';
import type { PlainRows } from './plain-rows.ts';
import { bringsKeys, keyColumns, toldKeys } from './record-keys.ts';
import type { RowsRead } from './row-progress.ts';
import { isBulk, stageRows } from './stage-rows.ts';
import { recordOfActivity, recordOfVersion, storeKeys } from './store-keys.ts';

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

export interface ProjectionInput {
  readonly entry: LedgerEntry;
  /** Of the stored file. */
  readonly path: string;
  readonly agreement: Agreement;
  readonly dialect: Dialect;
  /** Whether to tell the leads that it touches: in vain where all of them will be derived. */
  readonly tellsLeads: boolean;
  /** Told how far the file has been read. */
  readonly tell?: ((read: RowsRead) => void) | undefined;
}

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
  const { entry, agreement, dialect } = input;
  const plain = await projectPlainly(transaction, input);
  if (plain !== null) return plain;
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
  const report = await reportOf(transaction, entry, repeated, keyed?.withdrawn ?? 0);
  await endBatch(transaction, report, input);
  return report;
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

/**
 * The short way for a large file of which every row is written plainly and is told once: nothing then needs a
 * row's number. Returns null, with nothing done, where one is not.
 */
async function projectPlainly(transaction: Transaction, input: ProjectionInput): Promise<BatchReport | null> {
  const { entry, agreement, dialect } = input;
  const rows = plainRows(entry, input.path, agreement, dialect);
  if (rows === null) return null;
  const shape = shapeOf({ converted: rows.record, agreement, dialect, fileHash: entry.file.hash });
  const added = (await isEmpty(transaction, shape.table))
    ? await addAtOnce(transaction, shape, rows, input)
    : await addPlain(transaction, shape, rows, input);
  if (added === null) return null;
  const report = {
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
  await endBatch(transaction, report, input);
  return report;
}

interface Added {
  /** The plain rows. */
  readonly every: number;
  readonly accepted: number;
  /** What became of the others, where there are any. */
  readonly odd?: BatchReport;
}

async function addPlain(
  transaction: Transaction,
  shape: RecordShape,
  rows: PlainRows,
  input: ProjectionInput,
): Promise<Added | null> {
  await transaction.run(sql`create or replace temp table fresh as
    select is_plain${tail(freshColumns(shape))} from ${rows.relation}`);
  const odd = await transaction.query(sql`select count(*) as n from fresh where not is_plain`);
  if (numberIn(odd, 'n') > 0) return null;
  const every = await countOnceEach(transaction, shape, sql`fresh`, isAscending(shape, rows, input));
  if (every === null) return null;
  return { every, accepted: await addFresh(transaction, shape, 0, input) };
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
  const odd = others === 0 ? null : await convertOdd(transaction, shape, rows, others, every, input);
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
  if (odd === null) return { every, accepted: every };
  const repeated = await addRecords(transaction, rows.record, input, null);
  await addRejects(transaction, odd, identifier('staged'), entry);
  return { every, accepted: every, odd: await reportOf(transaction, entry, repeated, 0) };
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
  others: number,
  plain: number,
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
  const twice = await transaction.query(sql`select count(*) as n from ${identifier(shape.table)} t
    join (select ${join(identity.map(({ name, value }) => sql`${value} as ${identifier(name)}`))}
      from converted where refusal is null) k on ${same}`);
  return numberIn(twice, 'n') > 0 ? null : conversion;
}

async function countRows(transaction: Transaction, { relation }: PlainRows): Promise<number> {
  return numberIn(await transaction.query(sql`select count(*) as n from ${relation}`), 'n');
}

async function tellLeads(
  transaction: Transaction,
  shape: RecordShape,
  relation: Fragment,
  { tellsLeads }: ProjectionInput,
): Promise<void> {
  if (shape.table === 'ad_metric') return;
  if (shape.table === 'identity_decision')
    await transaction.run(sql`insert into changed_lead select source_id from ${relation}`);
  if (!tellsLeads) return;
  await transaction.run(sql`insert into changed_lead select lead_id from ${relation}`);
}

function recordedAt({ entry, dialect }: ProjectionInput): Fragment {
  return dialect.instant(dialect.literal('int', String(microsecondsOf(entry.receivedAt))));
}

function numberIn(rows: readonly Row[], name: string): number {
  const value = rows[0]?.[name];
  return typeof value === 'number' ? value : 0;
}

/** Adds the records of one kind that are new or changed; returns how many were told again in the file. */
async function addRecords(
  transaction: Transaction,
  converted: ConvertedRecord,
  input: ProjectionInput,
  keyed: KeyedRows | null,
): Promise<number> {
  const { dialect, entry, agreement } = input;
  const shape = shapeOf({
    converted,
    agreement,
    dialect,
    fileHash: entry.file.hash,
    isKeyed: keyed !== null,
  });
  const identity = join(shape.identity.map((name) => identifier(name)));
  await transaction.run(sql`create or replace temp table fresh as
    select row_id${tail([
      ...(keyed === null ? [] : [raw('row_key')]),
      ...freshColumns(shape),
      ...(shape.keys !== null && bringsKeys(shape.keys) ? keyColumns(shape.keys, dialect) : []),
    ])} from converted
    where refusal is null and ${whenColumn(converted.part)} and ${keyed?.counting(shape) ?? raw('true')}`);
  await keyed?.tell(shape);
  const { every, separate } = await countIdentities(transaction, shape, sql`fresh`);
  const repeated = every - separate;
  if (repeated > 0) {
    // In two files the creation that the first brings would stay, were it blank in the second.
    const creation =
      shape.table === 'lead_version'
        ? sql`select * replace (first_value(created_at ignore nulls) over (partition by ${identity}
            order by row_id desc rows between unbounded preceding and unbounded following) as created_at) from fresh`
        : sql`from fresh`;
    await transaction.run(sql`create or replace temp table fresh as select * exclude (nth) from (
      select *, row_number() over (partition by ${identity} order by row_id desc) as nth from (${creation}))
      where nth = 1`);
  }
  await addKeys(transaction, shape, converted.part, input, keyed);
  await addFresh(transaction, shape, converted.part, input);
  await transaction.run(sql`insert into accepted_row select row_id from fresh`);
  return repeated;
}

/** What the records tell of whose they are. One that tells only this anew is news as well. */
async function addKeys(
  transaction: Transaction,
  shape: RecordShape,
  part: number,
  input: ProjectionInput,
  keyed: KeyedRows | null,
): Promise<void> {
  if (shape.keys === null || !bringsKeys(shape.keys)) return;
  const { agreement, dialect, entry, tellsLeads } = input;
  const record =
    shape.table === 'activity' ? recordOfActivity(raw('activity_id')) : recordOfVersion(raw('effective_at'));
  const key = keyed === null ? dialect.nothing('text') : raw('row_key');
  const provenance = sql`${key} as row_key, ${recordedAt(input)} as recorded_at, ${entry.id} as entry, ${part} as part`;
  const told = toldKeys(sql`fresh`, shape.keys, record, provenance, dialect);
  await keyed?.tellKeys(told);
  await storeKeys(transaction, told, agreement, dialect);
  await transaction.run(sql`insert into accepted_row select row_id from told_anew`);
  if (tellsLeads) await transaction.run(sql`insert into changed_lead select lead_id from told_anew`);
  await transaction.run(sql`drop table told_anew`);
}

function freshColumns(shape: RecordShape): readonly Fragment[] {
  return [
    ...shape.columns.map(({ name, value }) => sql`${value} as ${identifier(name)}`),
    ...shape.contact.map(({ name, value }) => sql`${value} as ${identifier(`contact_${name}`)}`),
  ];
}

async function isEmpty(transaction: Transaction, table: string): Promise<boolean> {
  const some = await transaction.query(
    sql`select count(*) as n from (select 1 from ${identifier(table)} limit 1)`,
  );
  return numberIn(some, 'n') === 0;
}

/** The columns of `lead_contact` that a record brings, and where `freshColumns` has them. */
function contactColumns(shape: RecordShape): {
  readonly fields: readonly Fragment[];
  readonly texts: readonly Fragment[];
} {
  return {
    fields: shape.contact.map(({ name }) => identifier(name)),
    texts: shape.contact.map(({ name }) => identifier(`contact_${name}`)),
  };
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

/** How many records a relation has, and how many of them are of different identities. */
async function countIdentities(
  transaction: Transaction,
  shape: RecordShape,
  relation: Fragment,
): Promise<{ readonly every: number; readonly separate: number }> {
  const identity = join(shape.identity.map((name) => identifier(name)));
  const counts = await transaction.query(
    sql`select count(*) as every, (select count(*) from (select distinct ${identity} from ${relation})) as separate from ${relation}`,
  );
  return { every: numberIn(counts, 'every'), separate: numberIn(counts, 'separate') };
}

/** Adds the fresh records to their raw table, but those that are known already; returns how many they are. */
async function addFresh(
  transaction: Transaction,
  shape: RecordShape,
  part: number,
  input: ProjectionInput,
): Promise<number> {
  const isKeyed = input.entry.mapping.stream !== undefined;
  if (!(await isEmpty(transaction, shape.table))) await dropUnchanged(transaction, shape, isKeyed);
  const names = join(shape.columns.map(({ name }) => identifier(name)));
  const provenance = sql`${recordedAt(input)}, ${input.entry.id}, ${part}, ${isKeyed ? raw('row_key') : raw('null')}`;
  await transaction.run(sql`insert into ${identifier(shape.table)} (${names}, recorded_at, entry, part, row_key)
    select ${names}, ${provenance} from fresh`);
  if (shape.contact.length > 0) {
    const { fields, texts } = contactColumns(shape);
    await transaction.run(sql`insert into lead_contact (lead_id, effective_at, brings${tail(fields)}, recorded_at, entry, part, row_key)
      select lead_id, effective_at, brings${tail(texts)}, ${provenance} from fresh`);
  }
  await tellLeads(transaction, shape, sql`fresh`, input);
  return numberIn(await transaction.query(sql`select count(*) as n from fresh`), 'n');
}

/**
 * Takes away the records whose latest telling, of the same identity and form, says just the same. A row of a
 * stream is compared with what that very row told: were it gone, what others told would stand still.
 */
async function dropUnchanged(transaction: Transaction, shape: RecordShape, isKeyed: boolean): Promise<void> {
  const form = [
    ...shape.identity,
    ...(shape.table === 'lead_version' ? ['brings'] : []),
    ...(isKeyed ? ['row_key'] : []),
  ];
  const key = join(form.map((name) => identifier(name)));
  const [first = ''] = shape.identity;
  const contact = shape.contact.map(
    ({ name }) => sql`c.${identifier(name)} as ${identifier(`contact_${name}`)}`,
  );
  const told =
    contact.length === 0
      ? sql`(select * from ${identifier(shape.table)})`
      : sql`(select v.*${tail(contact)} from ${identifier(shape.table)} v left join lead_contact c
          on c.lead_id = v.lead_id and c.entry = v.entry and c.part = v.part
          and c.effective_at is not distinct from v.effective_at)`;
  const latest = sql`(select * from (
    select *, row_number() over (partition by ${key} order by recorded_at desc, entry desc, part desc) as nth
    from ${told} where withdrawn_at is null and ${identifier(first)} in (select ${identifier(first)} from fresh)) where nth = 1)`;
  const compared = [
    ...(isKeyed ? ['row_key'] : []),
    ...shape.columns.map(({ name }) => name),
    ...shape.contact.map(({ name }) => `contact_${name}`),
  ];
  const same = all(
    compared.map((name) => sql`k.${identifier(name)} is not distinct from f.${identifier(name)}`),
  );
  await transaction.run(sql`create or replace temp table fresh as
    select f.* from fresh f where not exists (select 1 from ${latest} k where ${same})`);
}

/** Keeps each refused row as it stood, with the cell that is to blame. */
async function addRejects(
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

async function reportOf(
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
