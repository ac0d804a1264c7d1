import type { Agreement } from '../../core/agreement/agreement.ts';
import { CAMPAIGN_TABLE, campaignNames, hasCampaigns, touchRenamed } from '../../core/facts/campaigns.ts';
import type { IdentityScope } from '../../core/facts/identity-keys.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';

const FRESH = 'fresh_campaign';

/** How far the stored names are those of the raw tables. */
export interface CampaignState {
  /** The facts are current but for the leads in `touched`. */
  readonly isCurrent: boolean;
  /** No ad came or went since. */
  readonly hasSameAds: boolean;
}

/**
 * Brings `campaign_name` up to the ads, and adds to `touched` the leads whose campaign is called otherwise now.
 *
 * @returns the table, or null where every campaign is called by its one name
 */
export async function resolveCampaigns(
  transaction: Transaction,
  agreement: Agreement,
  scope: IdentityScope,
  { isCurrent, hasSameAds }: CampaignState,
): Promise<string | null> {
  const stored = identifier(CAMPAIGN_TABLE);
  await transaction.run(sql`create table if not exists ${stored} (told VARCHAR, name VARCHAR)`);
  if (!isCurrent || !hasSameAds) {
    const fresh = identifier(FRESH);
    const names = hasCampaigns(agreement) ? campaignNames(scope) : sql`select * from ${stored} where false`;
    await transaction.run(sql`create or replace temp table ${fresh} as ${names}`);
    if (isCurrent && hasCampaigns(agreement)) await transaction.run(touchRenamed(CAMPAIGN_TABLE, FRESH));
    await transaction.run(sql`delete from ${stored}`);
    await transaction.run(sql`insert into ${stored} select * from ${fresh}`);
    await transaction.run(sql`drop table ${fresh}`);
  }
  return (await hasRows(transaction, CAMPAIGN_TABLE)) ? CAMPAIGN_TABLE : null;
}

/** What campaigns were called at an earlier instant, in a table named after that of its facts; null as above. */
export async function campaignsAsOf(
  transaction: Transaction,
  agreement: Agreement,
  scope: IdentityScope,
  facts: string,
): Promise<string | null> {
  if (!hasCampaigns(agreement)) return null;
  const table = `${CAMPAIGN_TABLE}_of_${facts}`;
  await transaction.run(sql`create or replace table ${identifier(table)} as ${campaignNames(scope)}`);
  return (await hasRows(transaction, table)) ? table : null;
}

async function hasRows(transaction: Transaction, table: string): Promise<boolean> {
  const [row] = await transaction.query(sql`select exists (select 1 from ${identifier(table)}) as some`);
  return row?.['some'] === true;
}
