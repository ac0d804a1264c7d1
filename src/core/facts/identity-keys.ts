import type { Agreement } from '../agreement/agreement.ts';
import { keyFields } from '../identity/rungs.ts';
import type { KeyField } from '../identity/rungs.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { standing } from './sources.ts';
import type { Pass, Scope } from './sources.ts';
import { fieldColumn } from './tables.ts';

/** Until when records are known, and how the engine is asked. */
export type IdentityScope = Pick<Scope, 'asOf' | 'dialect'>;

/** Before every instant that a record can have. */
const LONG_AGO = '-62135596800000000';

/**
 * What is known of the ids and their keys at an instant.
 *
 * Input: `lead_key`, `contact_key`, `lead_contact`, `lead_version`, `identity_decision`, of each the records that
 * stand. Output:
 *
 * - `identity_guest(lead_id, level)`: the ids that are not leads' own; 1 of another system, 2 made of keys
 * - `identity_key(lead_id, kind, value, is_primary, is_shared, recorded_at)`: of two tellings of one record the later
 * - `identity_decided(one, other, verdict, recorded_at)`: what was decided last of two ids, `one < other`
 * - `identity_node(lead_id, level, created_at, at)`: every id that takes part; level 0 is a lead's own
 */
export function identityKeyPasses(agreement: Agreement, scope: IdentityScope): readonly Pass[] {
  const texts = keyFields(agreement).map((each) => keysOfField(agreement, each, scope));
  return [
    {
      name: 'identity_guest',
      query: sql`select lead_id, min(case when value = 'crm' then 1 else 2 end) as level, min(recorded_at) as recorded_at
        from lead_key where kind = 'guest' and ${standing(scope, 'lead_key')} group by lead_id`,
    },
    {
      name: 'identity_key',
      query: join(
        [
          sql`select lead_id, kind, value, is_primary, is_shared, recorded_at from (
            select *, rank() over (partition by lead_id, kind, record order by recorded_at desc, entry desc, part desc) as nth
            from lead_key where kind <> 'guest' and ${standing(scope, 'lead_key')}) where nth = 1`,
          ...texts,
        ],
        ' union all ',
      ),
    },
    {
      name: 'identity_decided',
      query: sql`select one, other, verdict, recorded_at from (
        select *, row_number() over (partition by one, other order by recorded_at desc, entry desc, part desc) as nth
        from (select least(source_id, lead_id) as one, greatest(source_id, lead_id) as other, *
          from identity_decision where ${standing(scope, 'identity_decision')} and source_id <> lead_id)) where nth = 1`,
    },
    nodes(scope),
  ];
}

/** The keys of a personal field: of the leads of which some text was turned into one. */
function keysOfField(agreement: Agreement, { field, kind }: KeyField, scope: IdentityScope): Fragment {
  const { dialect } = scope;
  const text = identifier(fieldColumn(field.name));
  const position = agreement.fields.findIndex((each) => each.name === field.name) + 1;
  const brought = sql`${standing(scope, 'lead_contact')} and substr(brings, ${raw(String(position))}, 1) = '1'`;
  const known = sql`(select text_digest from contact_key where kind = ${kind} and value is not null)`;
  return sql`select c.lead_id, ${dialect.literal('string', kind)} as kind, k.value, k.is_primary, k.is_shared, c.recorded_at from (
      select lead_id, ${text} as text, recorded_at, row_number() over (
        partition by lead_id, effective_at order by recorded_at desc, entry desc, part desc) as nth
      from lead_contact where ${brought} and lead_id in (
        select lead_id from lead_contact where ${dialect.digest(text)} in ${known})) c
    join contact_key k on k.kind = ${kind} and k.text_digest = ${dialect.digest(sql`c.text`)}
    where c.nth = 1 and k.value is not null`;
}

function nodes(scope: IdentityScope): Pass {
  const { dialect } = scope;
  const ids = sql`(select lead_id from identity_guest union select lead_id from identity_key
    union select one from identity_decided union select other from identity_decided)`;
  const longAgo = dialect.instant(dialect.literal('int', LONG_AGO));
  // As the facts have it: of several creations that of the latest version.
  const created = dialect.byGreatestIf(
    identifier('created_at'),
    [sql`coalesce(effective_at, ${longAgo})`, sql`recorded_at`, sql`entry`, sql`part`],
    sql`created_at is not null`,
  );
  return {
    name: 'identity_node',
    query: sql`select n.lead_id, coalesce(g.level, 0) as level, v.created_at, coalesce(v.created_at, k.first_at) as ${identifier('at')}
      from ${ids} n left join identity_guest g on g.lead_id = n.lead_id
      left join (select lead_id, ${created} as created_at from lead_version
        where ${standing(scope, 'lead_version')} and lead_id in (select lead_id from ${ids}) group by lead_id) v on v.lead_id = n.lead_id
      left join (select lead_id, min(${identifier('at')}) as first_at from lead_key
        where ${standing(scope, 'lead_key')} group by lead_id) k on k.lead_id = n.lead_id`,
  };
}
