import type { Agreement } from '../agreement/agreement.ts';
import type { Judgement, Rulebook } from '../agreement/rulebook.ts';
import { firstInstant } from '../calendar/days.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { adDays } from './ad-days.ts';
import { allIds } from './changed-leads.ts';
import { creditRows, moveAnswers } from './credits.ts';
import { finish } from './finish.ts';
import type { ActivityKind } from './kinds.ts';
import { matchesOf } from './matches.ts';
import type { Match } from './matches.ts';
import { MacroIndex } from './nodes.ts';
import { plainLeads } from './plain-leads.ts';
import { rollupRows } from './rollup.ts';
import { ANY_TIME, repeatedActivities, repeatedLeads } from './sources.ts';
import type { Pass, Scope } from './sources.ts';
import { timelinePasses } from './timeline-leads.ts';
import { leadValues } from './value.ts';

/** The derived tables, by what they hold. */
export interface FactTables {
  /** A row a lead. */
  readonly facts: string;
  /** A row a counting mode, day, dimension and group; additive. */
  readonly rollup: string;
  /** A row a day, dimension and group of the ad metrics. */
  readonly adDay: string;
  /** A row an amount: of which lead, on which local day it came, and of which days its lead is. */
  readonly value: string;
  /** A row a lead: who is credited, for the dimensions over activities. */
  readonly credit: string;
  /** Whose each id is that is not a lead's own; absent where every record names its lead. */
  readonly alias?: string | undefined;
  /** What campaigns are called now; absent where none has an id or another name. */
  readonly campaigns?: string | undefined;
  /** The kinds of activities of which each lead keeps the first; absent where they are too many to be kept. */
  readonly kinds?: readonly ActivityKind[] | undefined;
}

export const STORED_TABLES = {
  facts: 'lead_facts',
  rollup: 'rollup',
  adDay: 'ad_day',
  value: 'lead_value',
  credit: 'lead_credit',
} as const satisfies FactTables;

export interface DerivationOptions {
  /** ISO 8601 UTC: nothing recorded or happening later counts. */
  readonly asOf: string;
  /** `changed`: only the leads of the temporary table `changed_lead`, in tables that are there already. */
  readonly scope: 'all' | 'changed';
  readonly tables?: FactTables;
  /** False where no ad metric came since the tables were derived: those of ads stay as they are. */
  readonly ads?: boolean;
}

/** Microseconds since 1970 of an ISO 8601 instant in UTC, with up to six decimals of a second. */
export function microsecondsOf(instant: string): bigint {
  const match = /^(.*T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/.exec(instant);
  if (match?.[1] === undefined) throw new RangeError(`not an instant in UTC: ${instant}`);
  const seconds = Date.parse(`${match[1]}Z`) / 1000;
  return BigInt(seconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
}

/**
 * To commit what was done so far, and to go on without anybody writing in between: an engine writes a table of many
 * rows once, but all of it once more where one of its rows changes before it is committed.
 */
export const COMMIT = 'commit';

/** Statements that change nothing where a table is empty: to plan them takes most of the time of few leads. */
export interface OfSome {
  readonly table: Fragment;
  readonly steps: readonly Fragment[];
}

/** A statement of a derivation, the word to commit those before it, or what is to be done of some leads only. */
export type Step = Fragment | typeof COMMIT | OfSome;

export function isOfSome(step: Step): step is OfSome {
  return typeof step === 'object' && 'steps' in step;
}

/**
 * The passes from raw facts to derived tables, as statements to run in this order. What is committed on the way stands
 * by another name, so that the tables change all at once:
 *
 * ```
 *  lead_version, activity
 *        │ repeated_lead, repeated_activity      identities with several records: few
 *        ▼
 *     plain leads ──► facts                      the short way, for most
 *        │ timeline_lead                         those that it cannot tell
 *        ▼
 *     timeline: version, activity, moment, state, match, truth, reached ──► facts
 *        │
 *        ▼
 *     value, credit, rollup                      ad_metric ──► ad_day
 * ```
 *
 * Each lead is judged by the version of the agreement that was in force when it was created; the versions
 * share each pass.
 *
 * Invariant: what `changed` leaves equals what `all` would make.
 */
export function derivation(rules: Rulebook, dialect: Dialect, options: DerivationOptions): readonly Step[] {
  const tables: FactTables = options.tables ?? STORED_TABLES;
  const scope: Scope = {
    asOf: microsecondsOf(options.asOf),
    leads: options.scope,
    dialect,
    timezone: rules.counted.timezone,
    created: ANY_TIME,
    absent: rules.absent,
    alias: tables.alias,
    campaigns: tables.campaigns,
  };
  return options.scope === 'all'
    ? deriveAll(rules, scope, tables)
    : deriveChanged(rules, scope, tables, options.ads ?? true);
}

/** A version's rules, and the scope of the leads that it judges. */
interface Judged {
  readonly judgement: Judgement;
  readonly agreement: Agreement;
  readonly scope: Scope;
}

/** The predicates on activities of all the versions, and what is kept of them for each lead. */
export function storedMatches(rules: Rulebook): {
  readonly index: MacroIndex;
  readonly matches: readonly Match[];
} {
  const agreements = rules.judgements.map(({ agreement }) => agreement);
  const index = new MacroIndex(...agreements);
  return { index, matches: matchesOf(index, agreements) };
}

function judgedBy(rules: Rulebook, scope: Scope): readonly Judged[] {
  const instant = (day: string | null): bigint | null =>
    day === null ? null : firstInstant(day, scope.timezone);
  return rules.judgements.map((judgement) => ({
    judgement,
    agreement: judgement.agreement,
    scope: { ...scope, created: { from: instant(judgement.from), until: instant(judgement.until) } },
  }));
}

/** What each version makes of the leads that it judges, put together. */
function ofEach(judged: readonly Judged[], query: (each: Judged) => Fragment): Fragment {
  return join(judged.map(query), ' union all ');
}

function asTemporaryTable(pass: Pass): Fragment {
  return sql`create or replace temp table ${identifier(pass.name)} as ${pass.query}`;
}

function factsPasses(
  rules: Rulebook,
  judged: readonly Judged[],
  scope: Scope,
  kinds: FactTables['kinds'],
  target: string,
  temporary: boolean,
): readonly Step[] {
  const { index, matches } = storedMatches(rules);
  const finished = (
    { judgement, scope: own }: Judged,
    way: 'plain' | 'timeline',
    relation: Fragment,
  ): Fragment => finish(rules.counted, judgement, matches, kinds, way, relation, own);
  const facts = identifier(target);
  const create = temporary ? sql`create or replace temp table` : sql`create or replace table`;
  return [
    ...[repeatedLeads(scope), repeatedActivities(scope)].map(asTemporaryTable),
    sql`${create} ${facts} as ${ofEach(judged, (each) =>
      finished(each, 'plain', plainLeads(each.agreement, index, matches, kinds, each.scope)),
    )}`,
    ...(temporary ? [] : ([COMMIT] as const)),
    sql`create or replace temp table timeline_lead as
      select lead_id from ${facts} where by_timeline union select lead_id from repeated_lead`,
    sql`delete from ${facts} where by_timeline`,
    {
      table: identifier('timeline_lead'),
      steps: judged.flatMap((each) => [
        ...timelinePasses(each.agreement, index, each.scope).map(asTemporaryTable),
        sql`insert into ${facts} ${finished(each, 'timeline', identifier('timeline_reached'))}`,
      ]),
    },
  ];
}

/** The activities with several records: they are few, and to find them takes a look at all. */
export const KEPT_REPEATED = identifier('kept_repeated_activity');

function deriveAll(rules: Rulebook, scope: Scope, tables: FactTables): readonly Step[] {
  const { counted } = rules;
  const judged = judgedBy(rules, scope);
  const coming = `coming_${tables.facts}`;
  const facts = identifier(coming);
  const value = identifier(tables.value);
  const credit = identifier(tables.credit);
  return [
    ...factsPasses(rules, judged, scope, tables.kinds, coming, false),
    ...(tables.facts === STORED_TABLES.facts
      ? [sql`create or replace table ${KEPT_REPEATED} as select activity_id from repeated_activity`]
      : []),
    sql`create or replace table ${value} as
      ${ofEach(judged, (each) => leadValues(counted, each.agreement, facts, each.scope))}`,
    sql`create or replace table ${credit} as
      ${ofEach(judged, (each) => creditRows(each.agreement, facts, each.scope))}`,
    sql`create or replace table ${identifier(tables.rollup)} as
      ${rollupRows(counted, facts, value, false, scope.dialect)}`,
    sql`create or replace table ${identifier(tables.adDay)} as ${adDays(counted, scope)}`,
    // Last: facts that were updated take longer to read until they are committed.
    ...moveAnswers(counted, facts, credit),
    sql`drop table if exists ${identifier(tables.facts)}`,
    sql`alter table ${facts} rename to ${identifier(tables.facts)}`,
  ];
}

const shadows = [
  [identifier('lead_version'), identifier('changed_version')],
  [identifier('activity'), identifier('changed_activity')],
] as const;

/**
 * While the passes run, temporary tables with the records of the changed leads stand before the stored ones,
 * by the same names: whatever a pass reads, and however often, costs the change and not all leads. An activity
 * that others of its records put down to another lead changes that one too; of its activities all records are
 * there, whosever they are.
 */
function makeShadows({ alias }: FactTables): readonly Fragment[] {
  const [[version, changedVersion], [activity, changedActivity]] = shadows;
  const changed = sql`lead_id in (select lead_id from changed_lead)`;
  const moved = sql`lead_id in (select lead_id from moved_lead)`;
  const among = (activities: Fragment): Fragment =>
    sql`activity_id in (select activity_id from ${activities})`;
  return [
    sql`create or replace temp table ${changedActivity} as select * from ${activity} where ${changed}`,
    sql`create or replace temp table moved_lead as ${allIds(
      sql`select lead_id from (select distinct lead_id from ${activity} where ${among(changedActivity)})
        where not (${changed})`,
      alias,
    )}`,
    sql`insert into changed_lead select lead_id from moved_lead`,
    sql`insert into ${changedActivity} select * from ${activity} where ${moved}`,
    sql`insert into ${changedActivity} select * from ${activity}
      where ${among(sql`${changedActivity} where ${moved}`)} and not (${changed})`,
    sql`create or replace temp table ${changedVersion} as select * from ${version} where ${changed}`,
    ...shadows.map(([table, own]) => sql`alter table ${own} rename to ${table}`),
  ];
}

function deriveChanged(rules: Rulebook, scope: Scope, tables: FactTables, ads: boolean): readonly Step[] {
  const { counted } = rules;
  const judged = judgedBy(rules, scope);
  const facts = identifier(tables.facts);
  const value = identifier(tables.value);
  const credit = identifier(tables.credit);
  const rollup = identifier(tables.rollup);
  const fresh = identifier('fresh_facts');
  const changed = sql`lead_id in (select lead_id from changed_lead)`;
  return [
    ...makeShadows(tables),
    ...factsPasses(rules, judged, scope, tables.kinds, 'fresh_facts', true),
    sql`insert into ${KEPT_REPEATED} select activity_id from repeated_activity`,
    sql`create or replace temp table fresh_value as
      ${ofEach(judged, (each) => leadValues(counted, each.agreement, fresh, each.scope))}`,
    sql`create or replace temp table fresh_credit as
      ${ofEach(judged, (each) => creditRows(each.agreement, fresh, each.scope))}`,
    ...moveAnswers(counted, fresh, identifier('fresh_credit')),
    ...shadows.flatMap(([table, own]) => [
      sql`alter table ${table} rename to ${own}`,
      sql`drop table ${own}`,
    ]),
    // The rollup reads both once a dimension: of all leads that would be a scan each.
    sql`create or replace temp table changed_facts as
      select *, -1 as weight from ${facts} where ${changed} union all select *, 1 as weight from ${fresh}`,
    sql`create or replace temp table changed_value as
      select *, -1 as weight from ${value} where ${changed} union all select *, 1 as weight from fresh_value`,
    sql`insert into ${rollup}
      ${rollupRows(counted, identifier('changed_facts'), identifier('changed_value'), true, scope.dialect)}`,
    ...[facts, value, credit].map((table) => sql`delete from ${table} where ${changed}`),
    sql`insert into ${facts} select * from ${fresh}`,
    sql`insert into ${value} select * from fresh_value`,
    sql`insert into ${credit} select * from fresh_credit`,
    ...(ads ? [sql`create or replace table ${identifier(tables.adDay)} as ${adDays(counted, scope)}`] : []),
  ];
}

/** The temporary tables of a derivation, to drop when it is done. */
export const TEMPORARY_TABLES: readonly string[] = [
  'moved_lead',
  'repeated_lead',
  'repeated_activity',
  'timeline_lead',
  'timeline_version',
  'timeline_activity',
  'timeline_moment',
  'timeline_state',
  'timeline_match',
  'timeline_truth',
  'timeline_reached',
  'fresh_facts',
  'fresh_value',
  'fresh_credit',
  'changed_facts',
  'changed_value',
];

export function dropTemporaryTables(): readonly Fragment[] {
  return TEMPORARY_TABLES.map((name) => join([sql`drop table if exists`, identifier(name)], ' '));
}
