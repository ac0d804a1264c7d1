import type { Agreement } from '../../core/agreement/agreement.ts';
import { phoneCountry } from '../../core/identity/country.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { identifier, join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { hintOf, learnContactKeys } from './contact-keys.ts';

const TEXT_KEYS = ['email', 'phone', 'name'] as const;

const AT = identifier('at');

/** What tells a version from its lead's others, as `lead_key.record` has it. */
export function recordOfVersion(effectiveAt: Fragment): Fragment {
  return sql`('lead:' || coalesce(cast(${effectiveAt} as VARCHAR), ''))`;
}

export function recordOfActivity(activityId: Fragment): Fragment {
  return sql`('activity:' || ${activityId})`;
}

/** Told keys with what they come to; a text that nobody has looked at yet comes to itself. */
function named(told: Fragment, dialect: Dialect): Fragment {
  const isText = sql`f.kind in (${join(TEXT_KEYS.map((kind) => sql`${kind}`))})`;
  const hints = join(
    TEXT_KEYS.map((kind) => sql`when ${kind} then ${hintOf(kind, sql`f.text`)}`),
    ' ',
  );
  return sql`(select f.*, coalesce(c.value, f.text) as value, coalesce(c.is_primary, true) as is_primary,
      coalesce(c.is_shared, false) as is_shared, case f.kind ${hints} end as hint
    from ${told} f left join contact_key c on c.kind = f.kind and c.text_digest = ${dialect.digest(sql`f.text`)}
    where f.text is not null and f.text <> f.lead_id and (not ${isText} or c.kind is null or c.value is not null))`;
}

/**
 * Which of some keys say something new: of each record and kind of key what is told is compared with what was told
 * last, in `lead_key` or among them.
 *
 * @param told relation of `row_id` (ascending as they were told), `lead_id`, `record`, `kind`, `text`, `row_key`; it
 *   stands in the query several times
 * @returns a query of `row_id, lead_id, record, kind`
 */
export function newTellings(told: Fragment, dialect: Dialect): Fragment {
  const said = raw('list_sort(list(distinct value)) as said');
  const telling = raw('lead_id, record, kind, row_key');
  return sql`select row_id, lead_id, record, kind from (
    select *, said is distinct from lag(said) over (partition by ${telling} order by is_told, row_id) as is_new from (
      select true as is_told, row_id, ${telling}, ${said} from ${named(told, dialect)}
      group by row_id, ${telling}
      union all
      select false, 0, ${telling}, said from (
        select ${telling}, recorded_at, entry, part, ${said} from lead_key
        where withdrawn_at is null and lead_id in (select lead_id from ${told})
        group by ${telling}, recorded_at, entry, part)
      qualify row_number() over (partition by ${telling} order by recorded_at desc, entry desc, part desc) = 1))
    where is_told and is_new`;
}

/**
 * Adds to `lead_key` what keys say anew: ids as they are, texts as what they come to. Leaves who said it in the
 * temporary table `told_anew(row_id, lead_id)`, for the caller to drop.
 *
 * @param told a query of `row_id`, `lead_id`, `record`, `kind` (of key, or `guest`), `text`, `moment`, `row_key`,
 *   `recorded_at`, `entry` and `part`
 */
export async function storeKeys(
  transaction: Transaction,
  told: Fragment,
  agreement: Agreement,
  dialect: Dialect,
): Promise<void> {
  const fresh = sql`fresh_key`;
  await transaction.run(sql`create or replace temp table ${fresh} as ${told}`);
  const country = phoneCountry(agreement.country, agreement.currency);
  for (const kind of TEXT_KEYS) {
    const texts = sql`select text from ${fresh} where kind = ${kind}`;
    await learnContactKeys(transaction, texts, kind, { country });
  }
  await transaction.run(sql`create or replace temp table new_telling as ${newTellings(fresh, dialect)}`);
  await transaction.run(sql`insert into lead_key
      (lead_id, record, kind, value, is_primary, is_shared, hint, ${AT}, recorded_at, entry, part, row_key)
    select distinct n.lead_id, n.record, n.kind, n.value, n.is_primary, n.is_shared, n.hint, n.moment,
      n.recorded_at, n.entry, n.part, n.row_key
    from ${named(fresh, dialect)} n semi join new_telling t
      on t.row_id = n.row_id and t.lead_id = n.lead_id and t.record = n.record and t.kind = n.kind`);
  await transaction.run(
    sql`create or replace temp table told_anew as select distinct row_id, lead_id from new_telling`,
  );
  for (const table of [fresh, sql`new_telling`]) await transaction.run(sql`drop table ${table}`);
}
