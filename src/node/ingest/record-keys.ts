import type { Agreement } from '../../core/agreement/agreement.ts';
import { isKeyName, kindOfName } from '../../core/identity/rungs.ts';
import type { KeyKind } from '../../core/identity/rungs.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { storeKeys } from './store-keys.ts';
import { valueColumn, whenColumn } from './convert-rows.ts';
import type { ConvertedRecord } from './convert-rows.ts';
import { keyTargets, tellingTargets } from './telling-targets.ts';

/** Whose a record is, as far as it says so itself. Fragments over the converted rows. */
export interface RecordIdentity {
  /** The lead's own id; else that of another system; else one made of the record's keys. */
  readonly id: Fragment;
  /** `crm` or `key` where the id is not the lead's own, else NULL; null where it always is. */
  readonly guest: Fragment | null;
  readonly keys: readonly { readonly kind: KeyKind; readonly value: Fragment }[];
  /** When it happened. */
  readonly at: Fragment;
}

/** Meta's lead exports write `l:` before the digits that its API and the CRM have alone. */
export function bareLeadId(id: Fragment): Fragment {
  return sql`(case when starts_with(${id}, 'l:') and regexp_full_match(${id}, ${String.raw`l:\d{6,20}`}) then substr(${id}, 3) else ${id} end)`;
}

/** Meta's cookie `fb.1.<when>.<fbclid>` holds the id of the click. */
function bareClickId(id: Fragment): Fragment {
  return sql`regexp_replace(${id}, ${String.raw`^fb\.\d\.\d{10,13}\.`}, '')`;
}

export function identityOf(
  converted: ConvertedRecord,
  agreement: Agreement,
  dialect: Dialect,
  ofRow: Fragment,
): RecordIdentity {
  const { part, targets } = converted;
  const has = (name: string): boolean => targets.some((target) => target.name === name);
  const value = (name: string): Fragment => valueColumn(part, name);
  const system = has('crm') ? sql`coalesce(lower(${value('crm')}), 'crm')` : raw("'crm'");
  const ofSystem = (name: string): Fragment => sql`(${system} || ':' || ${value(name)})`;
  const at = atOf(converted, dialect);
  const own = has('lead_id') ? bareLeadId(value('lead_id')) : null;
  const other = has('crm_id') ? ofSystem('crm_id') : null;
  const telling = tellingTargets(converted, agreement)
    .filter(({ name }) => name !== 'lead_id' && name !== 'crm_id')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const made =
    telling.length === 0
      ? null
      : madeId(
          telling.map(({ name }) => value(name)),
          at,
        );
  const ids = [own, other, made].filter((id) => id !== null);
  const nothing = dialect.nothing('text');
  const guest =
    other === null && made === null
      ? null
      : sql`(case ${own === null ? raw('') : sql`when ${own} is not null then ${nothing}`}
          ${other === null ? raw('') : sql`when ${other} is not null then 'crm'`} when true then 'key' end)`;
  return {
    id: ids.length === 0 ? ofRow : ids.length === 1 ? join(ids) : sql`coalesce(${join(ids)})`,
    guest,
    keys: keyTargets(targets).flatMap(({ name }) => {
      if (!isKeyName(name)) return [];
      const kind = kindOfName(name);
      const key =
        kind === 'crm_id' ? ofSystem(name) : name === 'fbclid' ? bareClickId(value(name)) : value(name);
      return [{ kind, value: key }];
    }),
    at,
  };
}

/** The same keys at the same instant are the same record, in whichever file it stands. */
function madeId(values: readonly Fragment[], at: Fragment): Fragment {
  const texts = join(values.map((value) => sql`coalesce(lower(trim(${value})), '')`));
  const some = join(
    values.map((value) => sql`${value} is not null`),
    ' or ',
  );
  return sql`(case when ${some} then 'key:' || md5(concat_ws(chr(31), ${texts}, cast(${at} as VARCHAR))) end)`;
}

function atOf({ part, targets, record }: ConvertedRecord, dialect: Dialect): Fragment {
  const names = record.kind === 'activities' ? ['at'] : ['effective_at', 'created_at'];
  const known = names.filter((name) => targets.some((target) => target.name === name));
  if (known.length === 0) return dialect.nothing('instant');
  return sql`coalesce(${join(known.map((name) => valueColumn(part, name)))})`;
}

/** True of a record that brings more of an identity than its lead's own id. */
export function bringsKeys(identity: RecordIdentity): boolean {
  return identity.guest !== null || identity.keys.length > 0;
}

/** Adds what the accepted rows of a record tell of identities to `lead_key`, where it is not known already. */
export async function addKeys(
  transaction: Transaction,
  { part }: ConvertedRecord,
  { id, guest, keys, at }: RecordIdentity,
  agreement: Agreement,
  dialect: Dialect,
  /** `recorded_at, entry` of the entry. */
  provenance: Fragment,
): Promise<void> {
  const rows = sql`from converted where refusal is null and ${whenColumn(part)}`;
  const row = (kind: string, text: Fragment): Fragment =>
    sql`select ${id} as lead_id, ${dialect.literal('string', kind)} as kind, ${text} as text, ${at} as moment ${rows}`;
  const told = [
    ...(guest === null ? [] : [row('guest', guest)]),
    ...keys.map(({ kind, value }) => row(kind, value)),
  ];
  if (told.length === 0) return;
  await storeKeys(
    transaction,
    sql`select distinct lead_id, kind, text, moment, ${provenance}, ${raw(String(part))}
      from (${join(told, ' union all ')})`,
    agreement,
    dialect,
  );
}
