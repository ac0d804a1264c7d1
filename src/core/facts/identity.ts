import type { Agreement } from '../agreement/agreement.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { identityKeyPasses } from './identity-keys.ts';
import { aliasRows, identityLinkPasses, pairRows } from './identity-links.ts';
import type { IdentityScope } from './identity-keys.ts';

/** Whose each id is that is not a lead's own: `source_id, lead_id, rung, recorded_at`. */
export const ALIAS_TABLE = 'lead_alias';

/** What is to be confirmed or rejected: `source_id, lead_id, rung, doubt`. */
export const PAIR_TABLE = 'identity_pair';

export const IDENTITY_TABLES: readonly string[] = [ALIAS_TABLE, PAIR_TABLE];

const TEMPORARY = [
  'identity_guest',
  'identity_key',
  'identity_decided',
  'identity_node',
  'identity_holder',
  'identity_link',
  'identity_choice',
  'identity_pointer',
];

/** Makes the stored tables where they are not there yet, empty. */
export function identityTables(): readonly Fragment[] {
  return [
    sql`create table if not exists ${identifier(ALIAS_TABLE)}
      (source_id VARCHAR, lead_id VARCHAR, rung VARCHAR, recorded_at TIMESTAMP)`,
    sql`create table if not exists ${identifier(PAIR_TABLE)}
      (source_id VARCHAR, lead_id VARCHAR, rung VARCHAR, doubt VARCHAR)`,
  ];
}

/**
 * The passes from keys to leads, as statements to run in this order in one transaction; before the facts are
 * derived, and only where some id is not a lead's own or something was decided.
 *
 * ```
 *  lead_key, contact_key, lead_contact, identity_decision
 *        │ identity_guest, identity_key, identity_decided, identity_node
 *        ▼
 *     identity_holder, identity_link, identity_choice, identity_pointer
 *        │
 *        ▼
 *     alias, pair
 * ```
 *
 * @param alias the table to make of whose each id is
 * @param pair the table to make of what is to be asked
 */
export function identityDerivation(
  agreement: Agreement,
  scope: IdentityScope,
  { alias, pair }: { readonly alias: string; readonly pair: string },
): readonly Fragment[] {
  return [
    ...[...identityKeyPasses(agreement, scope), ...identityLinkPasses(scope)].map(
      ({ name, query }) => sql`create or replace temp table ${identifier(name)} as ${query}`,
    ),
    sql`create or replace table ${identifier(alias)} as ${aliasRows()}`,
    sql`create or replace table ${identifier(pair)} as ${pairRows()}`,
    ...TEMPORARY.map((name) => sql`drop table if exists ${identifier(name)}`),
  ];
}

/** Adds to `touched` the ids that two tables of aliases do not give to the same lead, and those leads. */
export function touchMoved(before: string, after: string): Fragment {
  return sql`insert into touched
    select unnest([source_id, was, is_now]) from (
      select coalesce(b.source_id, a.source_id) as source_id, b.lead_id as was, a.lead_id as is_now
      from ${identifier(before)} b full join ${identifier(after)} a on a.source_id = b.source_id
      where a.lead_id is distinct from b.lead_id)`;
}
