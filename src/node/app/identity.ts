import type { Agreement } from '../../core/agreement/agreement.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import { CAMPAIGN_TABLE } from '../../core/facts/campaigns.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import {
  ALIAS_TABLE,
  identityDerivation,
  identityTables,
  PAIR_TABLE,
  touchMoved,
} from '../../core/facts/identity.ts';
import type { IdentityScope } from '../../core/facts/identity-keys.ts';
import { fieldColumn } from '../../core/facts/tables.ts';
import { phoneCountry } from '../../core/identity/country.ts';
import { keyFields } from '../../core/identity/rungs.ts';
import { identifier, join, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { learnContactKeys, learnFieldKeys } from '../ingest/contact-keys.ts';
import type { Comparison } from '../ingest/contact-keys.ts';
import type { Transaction, Warehouse } from '../warehouse/warehouse.ts';

const FRESH = { alias: 'fresh_alias', pair: 'fresh_pair' };

const GUESTS = sql`select lead_id from lead_key where kind = 'guest'`;
const TOUCHED = sql`select lead_id from touched`;

/** Tables of facts with those of whose ids are and what campaigns are called, where there is anything to say. */
export function withNames(
  tables: FactTables,
  { alias, campaigns }: { readonly alias: string | null; readonly campaigns: string | null },
): FactTables {
  return {
    ...tables,
    ...(alias === null ? {} : { alias }),
    ...(campaigns === null ? {} : { campaigns }),
  };
}

/** The stored tables, with that of aliases where some record came under another id, and that of campaigns. */
export async function storedTables(warehouse: Warehouse): Promise<FactTables> {
  const [row] = await warehouse.query(sql`select exists (select 1 from ${identifier(ALIAS_TABLE)}) as aliases,
    exists (select 1 from ${identifier(CAMPAIGN_TABLE)}) as campaigns`);
  return withNames(STORED_TABLES, {
    alias: row?.['aliases'] === true ? ALIAS_TABLE : null,
    campaigns: row?.['campaigns'] === true ? CAMPAIGN_TABLE : null,
  });
}

/**
 * Brings `lead_alias` and `identity_pair` up to the raw tables, and adds to `touched` whom that moves.
 *
 * @param isCurrent they are as the raw tables were but for the ids in `touched`
 * @returns the table of aliases, or null where every record names its lead
 */
export async function resolveIdentity(
  transaction: Transaction,
  agreement: Agreement,
  scope: IdentityScope,
  isCurrent: boolean,
): Promise<string | null> {
  for (const step of identityTables()) await transaction.run(step);
  if (!(await hasGuests(transaction))) {
    await transaction.run(sql`insert into touched select unnest([source_id, lead_id]) from lead_alias`);
    for (const table of [ALIAS_TABLE, PAIR_TABLE])
      await transaction.run(sql`delete from ${identifier(table)}`);
    return null;
  }
  if (!isCurrent || (await concernsIdentity(transaction, agreement))) {
    await learnKeys(
      transaction,
      agreement,
      isCurrent ? sql`${GUESTS} and lead_id in (${TOUCHED})` : GUESTS,
      null,
    );
    await learnEmailsOfAlike(transaction, agreement);
    for (const step of identityDerivation(agreement, scope, FRESH)) await transaction.run(step);
    await transaction.run(touchMoved(ALIAS_TABLE, FRESH.alias));
    for (const [stored, fresh] of [
      [ALIAS_TABLE, FRESH.alias],
      [PAIR_TABLE, FRESH.pair],
    ] as const) {
      await transaction.run(sql`delete from ${identifier(stored)}`);
      await transaction.run(sql`insert into ${identifier(stored)} select * from ${identifier(fresh)}`);
      await transaction.run(sql`drop table ${identifier(fresh)}`);
    }
  }
  return ALIAS_TABLE;
}

/** Whose each id was at an earlier instant, in a table named after that of its facts; null where none need it. */
export async function identityAsOf(
  transaction: Transaction,
  agreement: Agreement,
  scope: IdentityScope,
  facts: string,
): Promise<string | null> {
  if (!(await hasGuests(transaction))) return null;
  const names = { alias: `${ALIAS_TABLE}_of_${facts}`, pair: `${PAIR_TABLE}_of_${facts}` };
  for (const step of identityDerivation(agreement, scope, names)) await transaction.run(step);
  return names.alias;
}

async function isTrue(transaction: Transaction, condition: Fragment): Promise<boolean> {
  const [row] = await transaction.query(sql`select ${condition} as answer`);
  return row?.['answer'] === true;
}

/** True where some id is not a lead's own, or something was decided. */
function hasGuests(transaction: Transaction): Promise<boolean> {
  return isTrue(transaction, sql`(exists (${GUESTS}) or exists (select 1 from identity_decision))`);
}

/** True where what was touched may change whose an id is. A lead of its own that shares nothing does not. */
async function concernsIdentity(transaction: Transaction, agreement: Agreement): Promise<boolean> {
  const known = await isTrue(
    transaction,
    sql`(exists (select 1 from lead_key where lead_id in (${TOUCHED}))
      or exists (select 1 from identity_decision where source_id in (${TOUCHED}) or lead_id in (${TOUCHED})))`,
  );
  const alike = await learnKeys(transaction, agreement, GUESTS, TOUCHED);
  return known || alike;
}

async function learnKeys(
  transaction: Transaction,
  agreement: Agreement,
  sought: Comparison['sought'],
  among: Comparison['among'],
): Promise<boolean> {
  const country = { country: phoneCountry(agreement.country, agreement.currency) };
  let some = false;
  for (const { field, kind } of keyFields(agreement)) {
    const column = identifier(fieldColumn(field.name));
    const found = await learnFieldKeys(transaction, column, kind, { sought, among }, country);
    some ||= found;
  }
  return some;
}

/** The e-mails of all that share something with a guest: those that differ tell people apart. */
async function learnEmailsOfAlike(transaction: Transaction, agreement: Agreement): Promise<void> {
  const fields = keyFields(agreement);
  const alike = fields.map(
    ({
      field,
      kind,
    }) => sql`select lead_id from lead_contact where md5(${identifier(fieldColumn(field.name))}) in
      (select text_digest from contact_key where kind = ${kind} and value is not null)`,
  );
  const ids = join([sql`select lead_id from lead_key`, ...alike], ' union ');
  for (const { field, kind } of fields) {
    if (kind !== 'email') continue;
    const column = identifier(fieldColumn(field.name));
    const texts = sql`select ${column} as text from lead_contact where lead_id in (${ids})`;
    await learnContactKeys(transaction, texts, kind, {
      country: phoneCountry(agreement.country, agreement.currency),
    });
  }
}
