import type { Row } from '../../core/measures/measure.ts';
import { all, identifier, join, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { whenColumn } from './convert-rows.ts';
import type { ConvertedRecord } from './convert-rows.ts';
import { shapeOf } from './fresh-records.ts';
import type { RecordShape } from './fresh-records.ts';
import type { KeyedRows } from './keyed-rows.ts';
import { recordedAt } from './projection-input.ts';
import type { ProjectionInput } from './projection-input.ts';
import { bringsKeys, keyColumns, toldKeys } from './record-keys.ts';
import { recordOfActivity, recordOfVersion, storeKeys } from './store-keys.ts';

export function numberIn(rows: readonly Row[], name: string): number {
  const value = rows[0]?.[name];
  return typeof value === 'number' ? value : 0;
}

export async function isEmpty(transaction: Transaction, table: string): Promise<boolean> {
  const some = await transaction.query(
    sql`select count(*) as n from (select 1 from ${identifier(table)} limit 1)`,
  );
  return numberIn(some, 'n') === 0;
}

/** Adds the records of one kind that are new or changed; returns how many were told again in the file. */
export async function addRecords(
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

export function freshColumns(shape: RecordShape): readonly Fragment[] {
  return [
    ...shape.columns.map(({ name, value }) => sql`${value} as ${identifier(name)}`),
    ...shape.contact.map(({ name, value }) => sql`${value} as ${identifier(`contact_${name}`)}`),
  ];
}

/** The columns of `lead_contact` that a record brings, and where `freshColumns` has them. */
export function contactColumns(shape: RecordShape): {
  readonly fields: readonly Fragment[];
  readonly texts: readonly Fragment[];
} {
  return {
    fields: shape.contact.map(({ name }) => identifier(name)),
    texts: shape.contact.map(({ name }) => identifier(`contact_${name}`)),
  };
}

export async function tellLeads(
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
export async function addFresh(
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
