import type { Agreement } from '../agreement/agreement.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { standing } from './sources.ts';
import type { Scope } from './sources.ts';
import { fieldColumn } from './tables.ts';

/** What a campaign is called now, by its id and by what it was called before: `told, name`. */
export const CAMPAIGN_TABLE = 'campaign_name';

/** The field in which leads and ads say their campaign. */
export const CAMPAIGN_FIELD = 'campaign';

/** True where leads say their campaign, so that its id can stand for it. */
export function hasCampaigns(agreement: Agreement): boolean {
  return agreement.fields.some(
    ({ name, type, pii }) => name === CAMPAIGN_FIELD && type === 'string' && pii === null,
  );
}

/**
 * Input: `ad_metric`. Output: rows `told, name`, each `told` once: the ids that ads bring, and the names that their
 * campaigns had before, with the name of the latest day. Left out is what does not tell one campaign: an id of two
 * platforms, a name that another campaign has as well, or that ads without an id have.
 */
export function campaignNames(scope: Pick<Scope, 'asOf' | 'dialect'>): Fragment {
  return sql`with ad as (
      select campaign_id, campaign, platform, day, recorded_at, entry, part from ad_metric m
      where ${standing(scope, 'm')} and campaign is not null),
    latest as (
      select campaign_id, campaign as name from (
        select *, row_number() over (partition by campaign_id
          order by campaign = campaign_id, day desc, recorded_at desc, entry desc, part desc, campaign) as nth
        from ad where campaign_id is not null) where nth = 1 and campaign_id in (
        select campaign_id from ad group by campaign_id having count(distinct platform) <= 1)),
    called as (
      select distinct ad.campaign as told, coalesce(l.name, ad.campaign) as name
      from ad left join latest l on l.campaign_id = ad.campaign_id
      union select campaign_id, name from latest)
    select told, min(name) as name from called group by told having count(*) = 1 and min(name) <> told`;
}

/** Adds to `touched` the leads whose campaign two tables of names do not call alike. */
export function touchRenamed(before: string, after: string): Fragment {
  const moved = sql`(select coalesce(b.told, a.told) as told
    from ${identifier(before)} b full join ${identifier(after)} a on a.told = b.told
    where a.name is distinct from b.name)`;
  return sql`insert into touched select lead_id from lead_version
    where exists (select 1 from ${moved}) and (campaign_id in ${moved} or ${identifier(fieldColumn(CAMPAIGN_FIELD))} in ${moved})`;
}
