import type { Agreement } from '../../core/agreement/agreement.ts';
import { phoneCountry } from '../../core/identity/country.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { identifier, join, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { hintOf, learnContactKeys } from './contact-keys.ts';

const TEXT_KEYS = ['email', 'phone', 'name'] as const;

/**
 * Adds keys to `lead_key` but those that the latest telling has: ids as they are, texts as what they come to.
 *
 * @param told a query of id, kind of key (or `guest`), text, instant, `recorded_at`, `entry` and `part`
 */
export async function storeKeys(
  transaction: Transaction,
  told: Fragment,
  agreement: Agreement,
  dialect: Dialect,
): Promise<void> {
  const at = identifier('at');
  await transaction.run(sql`create or replace temp table fresh_key as
    select * from (${told}) t(lead_id, kind, text, moment, recorded_at, entry, part)
    where text is not null and text <> lead_id`);
  const country = phoneCountry(agreement.country, agreement.currency);
  for (const kind of TEXT_KEYS) {
    const texts = sql`select text from fresh_key where kind = ${kind}`;
    await learnContactKeys(transaction, texts, kind, { country });
  }
  const hints = join(
    TEXT_KEYS.map((kind) => sql`when ${kind} then ${hintOf(kind, sql`f.text`)}`),
    ' ',
  );
  const isText = sql`f.kind in (${join(TEXT_KEYS.map((kind) => sql`${kind}`))})`;
  const named = sql`select f.lead_id, f.kind, coalesce(c.value, f.text) as value,
      coalesce(c.is_primary, true) as is_primary, coalesce(c.is_shared, false) as is_shared,
      case f.kind ${hints} end as hint, f.moment as ${at}, f.recorded_at, f.entry, f.part
    from fresh_key f left join contact_key c on c.kind = f.kind and c.text_digest = ${dialect.digest(sql`f.text`)}
    where not ${isText} or c.value is not null`;
  const latest = sql`(select * from (select *, rank() over (
      partition by lead_id, kind, ${at} order by recorded_at desc, entry desc, part desc) as nth
    from lead_key where lead_id in (select lead_id from fresh_key)) where nth = 1)`;
  await transaction.run(sql`insert into lead_key
      (lead_id, kind, value, is_primary, is_shared, hint, ${at}, recorded_at, entry, part)
    select n.* from (${named}) n
    anti join ${latest} k on k.lead_id = n.lead_id and k.kind = n.kind and k.value = n.value
      and k.${at} is not distinct from n.${at}`);
  await transaction.run(sql`drop table fresh_key`);
}
