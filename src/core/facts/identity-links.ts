import { RUNGS, rungNumber } from '../identity/rungs.ts';
import type { Rung } from '../identity/rungs.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Pass } from './sources.ts';
import type { IdentityScope } from './identity-keys.ts';

/** A key that more ids of one kind have names nobody. */
const MOST_HOLDERS = 5;

/** A key that even more have is not worth a question. */
const MOST_ASKED = 50;

/** Two creations of one name this near are worth a question: microseconds. */
const NAME_WINDOW = 10 * 60 * 1_000_000;

/** The positions of the rungs, for SQL. */
function number(rung: Rung): Fragment {
  return raw(String(rungNumber(rung)));
}

const AT = identifier('at');

/**
 * Which id is whose.
 *
 * Input: what `identityKeyPasses` leaves. Output:
 *
 * - `identity_link(source_id, lead_id, rung, is_blocked, by_email, recorded_at)`: two ids that share a key, by its surest
 * - `identity_choice(source_id, lead_id, rung, doubt, recorded_at)`: of each id its best link that nobody rejected
 * - `identity_pointer(source_id, lead_id, rung, recorded_at)`: the next id on the way to the lead
 *
 * Invariant: a link leads to an id of a lesser level, or of the same level and created before, so that no way
 * goes round; all is a function of the set of records, not of their order.
 */
export function identityLinkPasses(scope: IdentityScope): readonly Pass[] {
  return [holders(), links(), choices(scope), pointers(scope)];
}

/** Output: `identity_holder(kind, value, holders, is_shared)`: how many ids of one level have a key of a guest's. */
function holders(): Pass {
  return {
    name: 'identity_holder',
    query: sql`select k.kind, k.value, max(k.holders) as holders, bool_or(k.is_shared) as is_shared from (
        select kind, value, level, count(distinct k.lead_id) as holders, bool_or(is_shared) as is_shared
        from identity_key k join identity_node n on n.lead_id = k.lead_id
        where n.level <= 1 group by kind, value, level) k
      semi join (select kind, value from identity_key semi join identity_guest using (lead_id)) g
        on g.kind = k.kind and g.value = k.value
      group by k.kind, k.value`,
  };
}

function rungOfKind(): Fragment {
  return sql`(case s.kind when 'email' then ${number('email')} when 'phone' then ${number('phone')}
    when 'name' then ${number('name')} else ${number('click_id')} end)`;
}

function links(): Pass {
  const isBlocked = sql`(h.is_shared or h.holders > ${raw(String(MOST_HOLDERS))})`;
  const later = (one: Fragment, other: Fragment): Fragment => sql`greatest(${one}, ${other})`;
  // Only an id of a lesser level can be pointed at, and of those a key has few: what is made of keys may be
  // without number.
  const byKeys = sql`select s.lead_id as source_id, c.lead_id, ${rungOfKind()} as rung, ${isBlocked} as is_blocked,
      ${later(sql`s.recorded_at`, sql`c.recorded_at`)} as recorded_at
    from identity_key s
    join identity_guest g on g.lead_id = s.lead_id
    join identity_holder h on h.kind = s.kind and h.value = s.value and h.holders <= ${raw(String(MOST_ASKED))}
    join (select k.* from identity_key k semi join (select lead_id from identity_node where level <= 1) n using (lead_id)) c
      on c.kind = s.kind and c.value = s.value and c.lead_id <> s.lead_id
    where s.kind <> 'crm_id'`;
  /** An id that another record brings as a key, both ways. */
  const byId = sql`select g.lead_id as source_id, k.lead_id, ${later(sql`g.recorded_at`, sql`k.recorded_at`)} as recorded_at
    from identity_key k join identity_guest g on g.lead_id = k.value
    where k.kind = 'crm_id' and k.lead_id <> k.value`;
  const crm = (source: string, lead: string): Fragment =>
    sql`select ${raw(source)} as source_id, ${raw(lead)} as lead_id, ${number('crm_id')} as rung, false as is_blocked, recorded_at
      from (${byId})`;
  const all = join([byKeys, crm('source_id', 'lead_id'), crm('lead_id', 'source_id')], ' union all ');
  const isEarlier = sql`(t.level < n.level or (t.level = n.level and l.rung = ${number('crm_id')} and
    (t.created_at < n.created_at or (t.created_at is not null and n.created_at is null)
      or (t.created_at is not distinct from n.created_at and t.lead_id < n.lead_id))))`;
  // Who has a creation must not hide behind one that has none.
  const staysLead = sql`(n.created_at is null or t.created_at is not null)`;
  return {
    name: 'identity_link',
    query: sql`select source_id, lead_id, rung, is_blocked, by_email, recorded_at from (
      select l.*, bool_or(l.rung = ${number('email')}) over (partition by l.source_id, l.lead_id) as by_email,
        row_number() over (partition by l.source_id, l.lead_id order by l.is_blocked, l.rung, l.recorded_at) as nth
      from (${all}) l
      join identity_node n on n.lead_id = l.source_id and n.level > 0
      join identity_node t on t.lead_id = l.lead_id
      where ${isEarlier} and ${staysLead}) where nth = 1`,
  };
}

function choices({ dialect }: IdentityScope): Pass {
  const gap = sql`abs(${dialect.microseconds(sql`n.${AT}`)} - ${dialect.microseconds(sql`t.${AT}`)})`;
  const weighed = sql`l.rung in (${number('click_id')}, ${number('phone')}) and not l.by_email`;
  const emails = sql`(select lead_id, min(value) as email from identity_key
    where kind = 'email' and is_primary and not is_shared group by lead_id)`;
  const judged = sql`select l.*, ${gap} as gap, t.${AT} > n.${AT} as is_after,
      t.${AT} is null or n.${AT} is null as is_untold,
      n.created_at is not null and t.created_at is not null as are_created,
      ${weighed} and coalesce(se.email <> te.email, false) as contradicts,
      ${weighed} and min(te.email) over same <> max(te.email) over same as are_several
    from identity_link l
    join identity_node n on n.lead_id = l.source_id
    join identity_node t on t.lead_id = l.lead_id
    left join ${emails} se on se.lead_id = l.source_id
    left join ${emails} te on te.lead_id = l.lead_id
    anti join (select * from identity_decided where verdict = 'reject') d
      on d.one = least(l.source_id, l.lead_id) and d.other = greatest(l.source_id, l.lead_id)
    window same as (partition by l.source_id, l.rung)`;
  const doubt = sql`case when is_blocked then 'shared' when rung = ${number('name')} then 'name'
    when contradicts then 'emails' when coalesce(are_several, false) then 'several' end`;
  const isNear = sql`(rung <> ${number('name')} or (are_created and gap <= ${raw(String(NAME_WINDOW))}))`;
  return {
    name: 'identity_choice',
    query: sql`select source_id, lead_id, rung, doubt, recorded_at from (
      select *, row_number() over (partition by source_id
        order by doubt is not null, rung, is_untold, is_after, gap, lead_id) as nth
      from (select *, ${doubt} as doubt from (${judged}) where ${isNear})) where nth = 1`,
  };
}

/** What people confirmed comes before what keys say; of two ids the later is the earlier's. */
function pointers({ dialect }: IdentityScope): Pass {
  const place = (node: string): Fragment => {
    const created = sql`${identifier(node)}.created_at`;
    const instant = sql`coalesce(${created}, ${dialect.instant(raw('0'))})`;
    return sql`(${created} is null, ${identifier(node)}.level, ${instant}, ${identifier(node)}.lead_id)`;
  };
  const order = sql`${place('a')} < ${place('b')}`;
  const confirmed = sql`select source_id, lead_id, recorded_at from (
    select *, row_number() over (partition by source_id order by recorded_at desc, lead_id) as nth from (
      select case when ${order} then b.lead_id else a.lead_id end as source_id,
        case when ${order} then a.lead_id else b.lead_id end as lead_id, d.recorded_at
      from identity_decided d join identity_node a on a.lead_id = d.one join identity_node b on b.lead_id = d.other
      where d.verdict = 'confirm')) where nth = 1`;
  return {
    name: 'identity_pointer',
    query: sql`with confirmed as (${confirmed})
      select source_id, lead_id, ${number('confirmed')} as rung, recorded_at from confirmed
      union all
      select source_id, lead_id, rung, recorded_at from identity_choice
      where doubt is null and source_id not in (select source_id from confirmed)`,
  };
}

/** A rung's name of its position. */
function rungName(position: Fragment): Fragment {
  return sql`case ${position} ${join(
    RUNGS.map((rung, index) => sql`when ${raw(String(index))} then ${raw(`'${rung}'`)}`),
    ' ',
  )} end`;
}

/** So often a way is doubled: one of a million ids has its end by then, and only a circle has none. */
const MOST_DOUBLINGS = 20;

/**
 * Output: rows `source_id, lead_id, rung, recorded_at`: of each id that is not the lead's own, whose it is; by
 * the least sure rung on the way, known since all of the way was.
 *
 * Most ways have one step. Of those that go on each round doubles how far they reach, so that a chain of ids costs
 * its length times the logarithm of it. Should ids ever point round in a circle, they are nobody's but their own.
 */
export function aliasRows(): Fragment {
  const surest = (one: string, other: string, column: string): Fragment =>
    raw(`greatest(${one}.${column}, coalesce(${other}.${column}, ${one}.${column}))`);
  return sql`with recursive step as materialized (
      select p.source_id, p.lead_id, p.rung, p.recorded_at, n.source_id is not null as goes_on
      from identity_pointer p left join identity_pointer n on n.source_id = p.lead_id),
    way(source_id, lead_id, rung, recorded_at, goes_on, nth) as (
      select s.source_id, s.lead_id, s.rung, s.recorded_at, n.goes_on, 0
      from step s join step n on n.source_id = s.lead_id where s.goes_on
      union all
      select w.source_id, coalesce(o.lead_id, w.lead_id), ${surest('w', 'o', 'rung')}, ${surest('w', 'o', 'recorded_at')},
        coalesce(o.goes_on, false), w.nth + 1
      from way w left join way o on o.source_id = (case when w.goes_on then w.lead_id end)
      where w.nth < ${raw(String(MOST_DOUBLINGS))} and (select bool_or(goes_on) from way)),
    last_but_one as (
      select source_id, arg_max(lead_id, nth) as lead_id, arg_max(rung, nth) as rung, arg_max(recorded_at, nth) as recorded_at
      from way where not goes_on group by source_id)
    select source_id, lead_id, ${rungName(identifier('rung'))} as rung, recorded_at from (
      select source_id, lead_id, rung, recorded_at from step where not goes_on
      union all
      select l.source_id, s.lead_id, greatest(l.rung, s.rung), greatest(l.recorded_at, s.recorded_at)
      from last_but_one l join step s on s.source_id = l.lead_id)`;
}

/** Output: rows `source_id, lead_id, rung, doubt`: the pairs to be confirmed or rejected. */
export function pairRows(): Fragment {
  return sql`select source_id, lead_id, ${rungName(identifier('rung'))} as rung, doubt from identity_choice
    where doubt is not null and source_id not in (select source_id from identity_pointer)`;
}
