import type { Agreement } from '../../core/agreement/agreement.ts';
import { isKeyName, kindOfName } from '../../core/identity/rungs.ts';
import type { KeyKind } from '../../core/identity/rungs.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { identifier, join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { valueColumn } from './convert-rows.ts';
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

/** What a record tells of its identity, as columns beside its own. */
export function keyColumns({ guest, keys, at }: RecordIdentity, dialect: Dialect): readonly Fragment[] {
  return [
    sql`${at} as key_at`,
    sql`${guest ?? dialect.nothing('text')} as key_guest`,
    ...keys.map(({ value }, nth) => sql`${value} as ${keyColumn(nth)}`),
  ];
}

function keyColumn(nth: number): Fragment {
  return identifier(`key_${nth}`);
}

/**
 * The keys that records tell, a row each, blank ones too: what `storeKeys` takes.
 *
 * @param relation of the records' columns with `keyColumns`
 * @param record what tells a record from its lead's others
 * @param provenance `row_key, recorded_at, entry, part`
 */
export function toldKeys(
  relation: Fragment,
  { keys }: RecordIdentity,
  record: Fragment,
  provenance: Fragment,
  dialect: Dialect,
): Fragment {
  const row = (kind: string, text: Fragment): Fragment =>
    sql`select row_id, lead_id, ${record} as record, ${dialect.literal('string', kind)} as kind, ${text} as text,
      key_at as moment, ${provenance} from ${relation}`;
  return join(
    [row('guest', raw('key_guest')), ...keys.map(({ kind }, nth) => row(kind, keyColumn(nth)))],
    ' union all ',
  );
}
