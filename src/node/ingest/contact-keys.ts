import { createHash } from 'node:crypto';
import type { CountryCode } from 'libphonenumber-js/max';
import { keyForms } from '../../core/identity/key-forms.ts';
import type { TextKey } from '../../core/identity/rungs.ts';
import { sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';

/** So many texts are turned into keys at a time. */
const PIECE = 50_000;

const NO_KEY: readonly (string | null)[] = [null, null, null];

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Brings texts that are not in `contact_key` yet there, with what they come to.
 *
 * @param texts a query of one column, `text`
 */
export async function learnContactKeys(
  transaction: Transaction,
  texts: Fragment,
  kind: TextKey,
  { country }: { readonly country: CountryCode | null },
): Promise<void> {
  for (;;) {
    const rows = await transaction.query(sql`select distinct text from (${texts}) t
      where text is not null and md5(text) not in (select text_digest from contact_key where kind = ${kind})
      limit ${PIECE}`);
    if (rows.length === 0) return;
    await transaction.run(
      sql`create or replace temp table learnt (text_digest VARCHAR, value VARCHAR, is_primary VARCHAR, is_shared VARCHAR)`,
    );
    await transaction.append(
      'learnt',
      rows.flatMap((row) => keysOf(kind, String(row['text']), country)),
    );
    await transaction.run(sql`insert into contact_key (kind, text_digest, value, is_primary, is_shared)
      select ${kind}, text_digest, value, is_primary = 'yes', is_shared = 'yes' from learnt`);
    await transaction.run(sql`drop table learnt`);
  }
}

/** Rows of text digest, key and flags: one a form in which the text may have been hashed elsewhere. */
function keysOf(
  kind: TextKey,
  text: string,
  country: CountryCode | null,
): readonly (readonly (string | null)[])[] {
  const digest = createHash('md5').update(text).digest('hex');
  const forms = keyForms(kind, text, country);
  if (forms === null) return [[digest, ...NO_KEY]];
  if (forms.kind === 'hashed') return [[digest, forms.hash, 'yes', 'no']];
  return forms.texts.map((form, position) => [
    digest,
    sha256(form),
    position === 0 ? 'yes' : 'no',
    forms.isShared ? 'yes' : 'no',
  ]);
}

/** What texts of equal keys have in common, so that of many texts the few are found that may be equal. */
export function hintOf(kind: TextKey, text: Fragment): Fragment {
  const isHashed = sql`regexp_full_match(trim(${text}), '[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=')`;
  // What is not ASCII may come to anything; a hash tells nothing.
  const isPlain = kind === 'name' ? sql`true` : sql`not regexp_matches(${text}, '[^\\x00-\\x7F]')`;
  return sql`(case when ${isPlain} and not ${isHashed} then md5(${foldOf(kind, text)}) end)`;
}

function foldOf(kind: TextKey, text: Fragment): Fragment {
  switch (kind) {
    case 'email':
      return sql`regexp_replace(split_part(split_part(lower(${text}), '@', 1), '+', 1), '[^a-z0-9]', '', 'g')`;
    case 'phone':
      return sql`right(regexp_replace(${text}, '[^0-9]', '', 'g'), 7)`;
    case 'name':
      // The words may stand in any order: so may the letters.
      return sql`list_aggregate(list_sort(string_split(
        regexp_replace(lower(strip_accents(${text})), '[^a-z0-9]', '', 'g'), '')), 'string_agg', '')`;
  }
}

/** Which ids' texts are compared with which. */
export interface Comparison {
  /** The ids whose keys are looked for: a query of `lead_id`. */
  readonly sought: Fragment;
  /** The ids among whose texts: a query of `lead_id`; null for all. */
  readonly among: Fragment | null;
}

/**
 * Turns those texts of a field of `lead_contact` into keys, in `contact_key`, that may be equal to a sought one;
 * all of them where one that is sought is a hash.
 *
 * @param column of `lead_contact`
 * @returns whether there were any, known before or not
 */
export async function learnFieldKeys(
  transaction: Transaction,
  column: Fragment,
  kind: TextKey,
  { sought, among }: Comparison,
  country: { readonly country: CountryCode | null },
): Promise<boolean> {
  const hint = hintOf(kind, column);
  await transaction.run(sql`create or replace temp table wanted_hint as
    select distinct hint from (
      select hint from lead_key where kind = ${kind} and lead_id in (${sought})
      union all select ${hint} from lead_contact where ${column} is not null and lead_id in (${sought}))`);
  const [row] = await transaction.query(
    sql`select count(*) filter (where hint is null) as unknown, count(*) as hints from wanted_hint`,
  );
  let some = false;
  if (row?.['hints'] !== 0) {
    const alike =
      row?.['unknown'] === 0
        ? sql`(${hint} is null or ${hint} in (select hint from wanted_hint))`
        : sql`true`;
    const here = among === null ? sql`true` : sql`lead_id in (${among})`;
    const texts = sql`select ${column} as text from lead_contact where ${column} is not null and ${here} and ${alike}`;
    const [found] = await transaction.query(
      sql`select count(*) as n from (select 1 from (${texts}) limit 1)`,
    );
    some = found?.['n'] !== 0;
    if (some) await learnContactKeys(transaction, texts, kind, country);
  }
  await transaction.run(sql`drop table wanted_hint`);
  return some;
}
