import type { Agreement } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { adDays } from './ad-days.ts';
import { creditRows } from './credits.ts';
import { finish } from './finish.ts';
import { MacroIndex } from './nodes.ts';
import { plainLeads } from './plain-leads.ts';
import { rollupRows } from './rollup.ts';
import { repeatedActivities, repeatedLeads } from './sources.ts';
import type { Pass, Scope } from './sources.ts';
import { timelinePasses } from './timeline-leads.ts';
import { leadValues } from './value.ts';

/** The derived tables, by what they hold. */
export interface FactTables {
  /** A row a lead. */
  readonly facts: string;
  /** A row a counting mode, day, dimension and group; additive. */
  readonly rollup: string;
  /** A row a day, dimension and group of the ad metrics. */
  readonly adDay: string;
  /** A row an amount: lead, local day, amount. */
  readonly value: string;
  /** A row a lead: who is credited, for the dimensions over activities. */
  readonly credit: string;
}

export const STORED_TABLES: FactTables = {
  facts: 'lead_facts',
  rollup: 'rollup',
  adDay: 'ad_day',
  value: 'lead_value',
  credit: 'lead_credit',
};

export interface DerivationOptions {
  /** ISO 8601 UTC: nothing recorded or happening later counts. */
  readonly asOf: string;
  /** `changed`: only the leads of the temporary table `changed_lead`, in tables that are there already. */
  readonly scope: 'all' | 'changed';
  readonly tables?: FactTables;
}

/** Microseconds since 1970 of an ISO 8601 instant in UTC, with up to six decimals of a second. */
export function microsecondsOf(instant: string): bigint {
  const match = /^(.*T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/.exec(instant);
  if (match?.[1] === undefined) throw new RangeError(`not an instant in UTC: ${instant}`);
  const seconds = Date.parse(`${match[1]}Z`) / 1000;
  return BigInt(seconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
}

/**
 * The passes from raw facts to derived tables, as statements to run in this order in one transaction:
 *
 * ```
 *  lead_version, activity
 *        │ repeated_lead, repeated_activity      identities with several records: few
 *        ▼
 *     plain leads ──► facts                      the short way, for most
 *        │ timeline_lead                         those that it cannot tell
 *        ▼
 *     timeline: version, activity, moment, state, match, truth, reached ──► facts
 *        │
 *        ▼
 *     value, credit, rollup                      ad_metric ──► ad_day
 * ```
 *
 * Invariant: what `changed` leaves equals what `all` would make.
 */
export function derivation(
  agreement: Agreement,
  dialect: Dialect,
  options: DerivationOptions,
): readonly Fragment[] {
  const tables = options.tables ?? STORED_TABLES;
  const scope: Scope = {
    asOf: microsecondsOf(options.asOf),
    leads: options.scope,
    dialect,
    timezone: agreement.timezone,
  };
  return options.scope === 'all'
    ? deriveAll(agreement, scope, tables)
    : deriveChanged(agreement, scope, tables);
}

function asTemporaryTable(pass: Pass): Fragment {
  return sql`create or replace temp table ${identifier(pass.name)} as ${pass.query}`;
}

function factsPasses(
  agreement: Agreement,
  scope: Scope,
  target: string,
  temporary: boolean,
): readonly Fragment[] {
  const index = new MacroIndex(agreement);
  const facts = identifier(target);
  const create = temporary ? sql`create or replace temp table` : sql`create or replace table`;
  return [
    ...[repeatedLeads(scope), repeatedActivities(scope)].map(asTemporaryTable),
    sql`${create} ${facts} as ${finish(agreement, plainLeads(agreement, index, scope), scope)}`,
    sql`create or replace temp table timeline_lead as
      select lead_id from ${facts} where by_timeline union select lead_id from repeated_lead`,
    sql`delete from ${facts} where by_timeline`,
    ...timelinePasses(agreement, index, scope).map(asTemporaryTable),
    sql`insert into ${facts} ${finish(agreement, identifier('timeline_reached'), scope)}`,
  ];
}

function deriveAll(agreement: Agreement, scope: Scope, tables: FactTables): readonly Fragment[] {
  const facts = identifier(tables.facts);
  const value = identifier(tables.value);
  return [
    ...factsPasses(agreement, scope, tables.facts, false),
    sql`create or replace table ${value} as ${leadValues(agreement, facts, scope)}`,
    sql`create or replace table ${identifier(tables.credit)} as ${creditRows(agreement, facts, scope)}`,
    sql`create or replace table ${identifier(tables.rollup)} as
      ${rollupRows(agreement, facts, value, 1, scope.dialect)}`,
    sql`create or replace table ${identifier(tables.adDay)} as ${adDays(agreement, scope)}`,
  ];
}

function deriveChanged(agreement: Agreement, scope: Scope, tables: FactTables): readonly Fragment[] {
  const facts = identifier(tables.facts);
  const value = identifier(tables.value);
  const credit = identifier(tables.credit);
  const rollup = identifier(tables.rollup);
  const fresh = identifier('fresh_facts');
  const changed = sql`lead_id in (select lead_id from changed_lead)`;
  const replaced = (table: Fragment): Fragment => sql`(select * from ${table} where ${changed})`;
  return [
    ...factsPasses(agreement, scope, 'fresh_facts', true),
    sql`create or replace temp table fresh_value as ${leadValues(agreement, fresh, scope)}`,
    sql`create or replace temp table fresh_credit as ${creditRows(agreement, fresh, scope)}`,
    sql`insert into ${rollup} ${rollupRows(agreement, replaced(facts), replaced(value), -1, scope.dialect)}`,
    ...[facts, value, credit].map((table) => sql`delete from ${table} where ${changed}`),
    sql`insert into ${facts} select * from ${fresh}`,
    sql`insert into ${value} select * from fresh_value`,
    sql`insert into ${credit} select * from fresh_credit`,
    sql`insert into ${rollup} ${rollupRows(agreement, fresh, identifier('fresh_value'), 1, scope.dialect)}`,
    sql`create or replace table ${identifier(tables.adDay)} as ${adDays(agreement, scope)}`,
  ];
}

/** The temporary tables of a derivation, to drop when it is done. */
export const TEMPORARY_TABLES: readonly string[] = [
  'repeated_lead',
  'repeated_activity',
  'timeline_lead',
  'timeline_version',
  'timeline_activity',
  'timeline_moment',
  'timeline_state',
  'timeline_match',
  'timeline_truth',
  'timeline_reached',
  'fresh_facts',
  'fresh_value',
  'fresh_credit',
];

export function dropTemporaryTables(): readonly Fragment[] {
  return TEMPORARY_TABLES.map((name) => join([sql`drop table if exists`, identifier(name)], ' '));
}
