import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

/**
 * Makes `changed_lead` of the ids in `touched`, with all the ids of whose they are.
 *
 * @param alias the table of whose each id is; `undefined` where every record names its lead
 */
export function changedLeads(alias: string | undefined): Fragment {
  return sql`create or replace temp table changed_lead as ${allIds(sql`select lead_id from touched`, alias)}`;
}

/**
 * All ids of the leads of which a query tells some: a lead is derived from the records under every one of them.
 *
 * @param some a query of a column `lead_id`
 */
export function allIds(some: Fragment, alias: string | undefined): Fragment {
  if (alias === undefined) return sql`select distinct lead_id from (${some}) where lead_id is not null`;
  const whose = identifier(alias);
  return sql`with told as (${some}), owner as (
      select coalesce(k.lead_id, t.lead_id) as lead_id from told t left join ${whose} k on k.source_id = t.lead_id)
    select distinct lead_id from (
      select lead_id from told union all select lead_id from owner
      union all select source_id from ${whose} where lead_id in (select lead_id from owner))
    where lead_id is not null`;
}
