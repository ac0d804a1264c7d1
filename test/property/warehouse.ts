import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { underOne } from '../../src/core/agreement/rulebook.ts';
import {
  COMMIT,
  isOfSome,
  dropTemporaryTables,
  derivation,
  STORED_TABLES,
} from '../../src/core/facts/derive.ts';
import type { FactTables, Step } from '../../src/core/facts/derive.ts';
import { kindsQuery, readKinds } from '../../src/core/facts/kinds.ts';
import { groupOfLead } from '../../src/core/facts/groups.ts';
import {
  answerColumn,
  createTable,
  criterionColumn,
  handoffColumn,
  rawTables,
} from '../../src/core/facts/tables.ts';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { identifier, join, render, sql } from '../../src/core/sql/sql.ts';
import type {
  Activity,
  AdMetric,
  Instant,
  LeadVersion,
  Provenance,
  Records,
  Value,
} from '../reference/records.ts';
import { isoOf } from '../reference/records.ts';

/** A lead's facts by name, as `describeFacts` tells the reference's. */
export type ToldFacts = Readonly<Record<string, string | null>>;

/** An engine in memory, for one agreement after another. */
export async function openMemory(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    preserve_insertion_order: 'false',
    threads: '1',
  });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  return connection;
}

/** Runs a statement of ours, outside of a transaction: each is committed by itself. */
export async function execute(connection: DuckDBConnection, statement: Step): Promise<void> {
  if (statement === COMMIT) return;
  if (isOfSome(statement)) {
    const { text } = render(sql`select 1 from ${statement.table} limit 1`, duckdb);
    if ((await connection.runAndReadAll(text)).currentRowCount === 0) return;
    for (const each of statement.steps) await execute(connection, each);
    return;
  }
  const { text, values } = render(statement, duckdb);
  await connection.run(text, [...values]);
}

/** Fills the raw tables with records, as the projector would. */
export async function fill(
  connection: DuckDBConnection,
  agreement: Agreement,
  records: Records,
): Promise<void> {
  const rows: Readonly<Record<string, readonly (readonly string[])[]>> = {
    lead_version: records.versions.map((version) => versionRow(agreement, version)),
    lead_contact: records.versions.flatMap((version) => contactRows(agreement, version)),
    activity: records.activities.map(activityRow),
    ad_metric: records.ads.map((ad, entry) => adRow(agreement, ad, entry)),
  };
  for (const table of rawTables(agreement)) {
    await execute(connection, createTable(table, duckdb));
    const filled = rows[table.name] ?? [];
    if (filled.length === 0) continue;
    await connection.run(
      `insert into ${table.name} values ${filled.map((row) => `(${row.join(',')})`).join(',')}`,
    );
  }
}

/** The kinds of the activities that the engine has, as the projector finds them. */
export async function kindsOf(connection: DuckDBConnection): Promise<FactTables['kinds']> {
  const { text } = render(kindsQuery(), duckdb);
  return readKinds((await connection.runAndReadAll(text)).getRowObjects());
}

/** Derives everything by SQL, as of an instant; the tables, with the kinds of activities that leads keep. */
export async function derive(
  connection: DuckDBConnection,
  agreement: Agreement,
  asOf: Instant,
  into: FactTables = STORED_TABLES,
): Promise<FactTables> {
  const tables = { ...into, kinds: await kindsOf(connection) };
  for (const step of derivation(underOne(agreement), duckdb, { asOf: isoOf(asOf), scope: 'all', tables })) {
    await execute(connection, step);
  }
  for (const step of dropTemporaryTables()) await execute(connection, step);
  return tables;
}

/** Every lead's facts as the derivation left them. */
export async function factsBySql(
  connection: DuckDBConnection,
  agreement: Agreement,
): Promise<ReadonlyMap<string, ToldFacts>> {
  const stages = reachedStages(agreement);
  const instants = [
    'created_at',
    'lost_at',
    ...stages.flatMap(({ id }) => [`at_${id}`, `late_${id}`, `skip_${id}`]),
    ...agreement.handoffs.map(({ id }) => handoffColumn(id)),
  ];
  const texts = ['status', 'at_stage', 'lost_rule', 'lost_reason'];
  const criteria = stages.flatMap((stage) =>
    stage.criteria.map((criterion) => criterionColumn(stage.id, criterion.id)),
  );
  const answers = agreement.handoffs.map(({ id }) => identifier(answerColumn('seller', id)));
  const groups = agreement.dimensions.flatMap((dimension) => {
    if (dimension.kind === 'activity') {
      return stages
        .map(({ id }) => `d_${dimension.id}__${id}`)
        .map((name) => sql`${identifier(name)} as ${identifier(name)}`);
    }
    const grouping = groupOfLead(agreement, dimension, duckdb);
    return [
      sql`case when ${grouping.key} is not null then ${grouping.text(grouping.key, grouping.key)} end as ${identifier(`d_${dimension.id}`)}`,
    ];
  });
  const columns = [
    ...instants.map((name) => sql`epoch_us(${identifier(name)}) as ${identifier(name)}`),
    ...[...texts, ...criteria].map((name) => identifier(name)),
    sql`cast(value as varchar) as value`,
    ...groups,
    ...answers,
  ];
  const query = sql`select f.lead_id as lead_id, ${join(columns)}
    from lead_facts f left join lead_credit c on c.lead_id = f.lead_id`;
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  return new Map(
    reader
      .getRowObjects()
      .map(({ lead_id, ...row }) => [
        String(lead_id),
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            value === null ? null : instants.includes(name) ? isoOf(BigInt(String(value))) : String(value),
          ]),
        ),
      ]),
  );
}

function versionRow(agreement: Agreement, version: LeadVersion): readonly string[] {
  return [
    text(version.leadId),
    instant(version.effectiveAt),
    instant(version.createdAt),
    text(bringsOf(agreement, version)),
    ...agreement.fields.map((field) => {
      const value = version.attributes.get(field.name) ?? null;
      if (value === null) return 'null';
      if (field.pii !== null) return 'true';
      return literal(value, field.type === 'integer');
    }),
    'null',
    text(version.extra ?? null),
    ...provenance(version),
  ];
}

function bringsOf(agreement: Agreement, { attributes }: LeadVersion): string {
  return agreement.fields.map((field) => (attributes.has(field.name) ? '1' : '0')).join('');
}

/** The texts of personal data, where the version mentions any. */
function contactRows(agreement: Agreement, version: LeadVersion): readonly (readonly string[])[] {
  const personal = agreement.fields.filter((field) => field.pii !== null);
  if (!personal.some((field) => version.attributes.has(field.name))) return [];
  const texts = personal.map((field) => {
    const value = version.attributes.get(field.name);
    return text(typeof value === 'string' ? value : null);
  });
  const { leadId, effectiveAt } = version;
  return [
    [
      text(leadId),
      instant(effectiveAt),
      ...texts,
      text(bringsOf(agreement, version)),
      ...provenance(version),
    ],
  ];
}

function activityRow(activity: Activity): readonly string[] {
  const { activityId, leadId, type, at, outcome, seller, amount, currency, reason } = activity;
  const money = amount === null ? 'null' : String(amount);
  return [
    ...[activityId, leadId, type].map(text),
    instant(at),
    ...[outcome, seller].map(text),
    money,
    money,
    ...[currency, reason].map(text),
    'null',
    ...provenance(activity),
  ];
}

function adRow(agreement: Agreement, ad: AdMetric, entry: number): readonly string[] {
  const keys = ['platform', 'account', 'campaign', 'adset', 'ad'];
  const fields = agreement.fields.filter((field) => field.pii === null && !keys.includes(field.name));
  const labels = [...keys, ...fields.map((field) => field.name)].map((name) =>
    text(ad.labels.get(name) ?? null),
  );
  const { impressions, clicks, spend } = ad;
  const numbers = [impressions, clicks, spend, spend].map(String);
  return [
    text(ad.day),
    ...labels,
    ...numbers,
    'null',
    'null',
    'null',
    'null',
    ...provenance({ recordedAt: ad.recordedAt ?? 0n, entry, part: 0 }),
  ];
}

function provenance({ recordedAt, entry, part, withdrawnAt }: Provenance): readonly string[] {
  return [instant(recordedAt), String(entry), String(part), 'null', instant(withdrawnAt ?? null)];
}

function literal(value: Value, integer: boolean): string {
  if (typeof value === 'string') return text(value);
  return typeof value === 'bigint' && !integer ? instant(value) : String(value);
}

function text(value: string | null): string {
  return value === null ? 'null' : `'${value.replaceAll("'", "''")}'`;
}

function instant(value: Instant | null): string {
  return value === null ? 'null' : `make_timestamp(${value})`;
}
