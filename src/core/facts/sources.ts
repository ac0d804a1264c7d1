import type { Field } from '../agreement/agreement.ts';
import { all, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Dialect } from '../sql/dialect.ts';
import { columnTypeOfField, fieldColumn, isAdKey } from './tables.ts';

/** What a derivation reads: the records known at an instant, of all leads or of those that changed. */
export interface Scope {
  /** Microseconds since 1970 UTC: nothing recorded or happening later counts. */
  readonly asOf: bigint;
  /** `changed`: only the leads in the temporary table `changed_lead`. */
  readonly leads: 'all' | 'changed';
  readonly dialect: Dialect;
  readonly timezone: string;
  /** Only leads that were created from one instant to before another: microseconds, `null` for no bound. */
  readonly created: Created;
  /** Fields that the raw tables do not have: missing everywhere. */
  readonly absent: readonly Field[];
  /** The table of whose each id is that is not a lead's own; absent where every record names its lead. */
  readonly alias?: string | undefined;
  /** The table of what campaigns are called now; absent where no ad brought an id that leads could name. */
  readonly campaigns?: string | undefined;
  /** Tables or common expressions that stand for the raw ones: for records that were sought out before. */
  readonly sought?: { readonly versions: string; readonly activities: string };
}

interface Created {
  readonly from: bigint | null;
  readonly until: bigint | null;
}

/** All leads, whenever they were created. */
export const ANY_TIME: Scope['created'] = { from: null, until: null };

/** A step of the derivation: a table by name, and the query that makes it. */
export interface Pass {
  readonly name: string;
  readonly query: Fragment;
}

export function asOfInstant(scope: Pick<Scope, 'asOf' | 'dialect'>): Fragment {
  return scope.dialect.instant(scope.dialect.literal('int', String(scope.asOf)));
}

/** True of an instant of creation that lies in the scope. */
export function createdWithin(scope: Scope, createdAt: Fragment): Fragment {
  const instant = (at: bigint): Fragment => scope.dialect.instant(scope.dialect.literal('int', String(at)));
  const { from, until } = scope.created;
  return all([
    ...(from === null ? [] : [sql`${createdAt} >= ${instant(from)}`]),
    ...(until === null ? [] : [sql`${createdAt} < ${instant(until)}`]),
  ]);
}

/** `at` is a reserved word in DuckDB. */
export const AT: Fragment = identifier('at');

/** A raw table with all the fields that the rules know, without those that are personal data for ads. */
function withAbsent(scope: Scope, table: string, fields: readonly Field[]): Fragment {
  return fields.length === 0
    ? identifier(table)
    : sql`(select *${tail(absentColumns(scope, fields))} from ${identifier(table)})`;
}

/** Fields that no lead has a value of. */
export function absentColumns(scope: Scope, fields: readonly Field[] = scope.absent): readonly Fragment[] {
  return fields.map((field) => {
    const type = field.pii === null ? columnTypeOfField(field) : 'boolean';
    return sql`${scope.dialect.nothing(type)} as ${identifier(fieldColumn(field.name))}`;
  });
}

/** A relation of the columns of `ad_metric`, a campaign that had other names before by its present one. */
export function adMetrics(scope: Scope): Fragment {
  const metrics = withAbsent(
    scope,
    'ad_metric',
    scope.absent.filter((field) => field.pii === null && !isAdKey(field.name)),
  );
  return scope.campaigns === undefined
    ? metrics
    : withCampaigns(scope.campaigns, metrics, identifier('campaign'), sql``);
}

/** A relation with a column of campaigns' names in which their present ones stand for ids and earlier names. */
function withCampaigns(campaigns: string, relation: Fragment, column: Fragment, more: Fragment): Fragment {
  const names = identifier(campaigns);
  return sql`(select r.* replace (coalesce(by_id.name, by_name.name, r.${column}) as ${column}${more})
    from ${relation} r left join ${names} by_id on by_id.told = r.campaign_id
    left join ${names} by_name on by_name.told = r.${column})`;
}

/** The versions, each with its campaign's present name; one that brings an id alone brings the name. */
function campaignVersions(scope: Scope, fields: readonly Field[]): Fragment {
  const versions = withAbsent(scope, scope.sought?.versions ?? 'lead_version', scope.absent);
  if (scope.campaigns === undefined || scope.absent.some(({ name }) => name === 'campaign')) return versions;
  const position = fields.findIndex(({ name }) => name === 'campaign');
  const before = raw(String(position));
  const after = raw(String(position + 2));
  const brings =
    position < 0
      ? sql``
      : sql`, case when by_id.name is null then r.brings
          else substr(r.brings, 1, ${before}) || '1' || substr(r.brings, ${after}) end as brings`;
  return withCampaigns(scope.campaigns, versions, identifier(fieldColumn('campaign')), brings);
}

/** True of the rows of a raw table, by its name or alias, that were recorded by then and not taken back. */
export function standing(scope: Pick<Scope, 'asOf' | 'dialect'>, table: string): Fragment {
  const now = asOfInstant(scope);
  const withdrawn = sql`${identifier(table)}.withdrawn_at`;
  return sql`(${identifier(table)}.recorded_at <= ${now} and (${withdrawn} is null or ${withdrawn} > ${now}))`;
}

/** True of the rows that belong to the scope's leads. */
function ofScope(scope: Scope, table: string): Fragment {
  return scope.leads === 'all'
    ? raw('true')
    : sql`${identifier(table)}.lead_id in (select lead_id from changed_lead)`;
}

/** True of the rows of a raw table that stand and belong to the scope's leads. */
export function known(scope: Scope, table: string): Fragment {
  return all([standing(scope, table), ofScope(scope, table)]);
}

/** The activities, each with its lead's id, by the name or alias `activity`. */
export function activityRecords({ alias, sought }: Scope): Fragment {
  const table = identifier(sought?.activities ?? 'activity');
  if (alias === undefined) return sql`${table} as activity`;
  return sql`(select r.* replace (coalesce(k.lead_id, r.lead_id) as lead_id)
    from ${table} r left join ${identifier(alias)} k on k.source_id = r.lead_id) as activity`;
}

/**
 * The versions, each with its lead's id, by an alias. What is told under another id does not create its lead
 * anew: it holds from when that id was created, and what it leaves blank takes nothing from the lead. Ids of a
 * lead are told apart by `source_id`.
 *
 * @param fields of the agreement, where `brings` is asked for
 */
export function versionRecords(scope: Scope, name: string, fields: readonly Field[] = []): Fragment {
  const { alias } = scope;
  const versions = campaignVersions(scope, fields);
  const mentions = fields.map((field, position) => {
    const value = sql`r.${identifier(fieldColumn(field.name))}`;
    return sql`case when ${value} is null then '0' else substr(r.brings, ${raw(String(position + 1))}, 1) end`;
  });
  const brings =
    mentions.length === 0
      ? sql``
      : sql`, case when k.lead_id is null then r.brings else ${join(mentions, ' || ')} end as brings`;
  if (alias === undefined) return sql`${versions} ${identifier(name)}`;
  return sql`(select r.* replace (coalesce(k.lead_id, r.lead_id) as lead_id,
      case when k.lead_id is null then r.created_at end as created_at,
      case when k.lead_id is null then r.effective_at else coalesce(r.effective_at, r.created_at) end as effective_at${brings}),
      case when k.lead_id is null then '' else r.lead_id end as source_id
    from ${versions} r left join ${identifier(alias)} k on k.source_id = r.lead_id) ${identifier(name)}`;
}

/** What orders versions of one instant before their order of arrival: a lead's own first, then by their id. */
export function sourceOrder({ alias }: Scope): readonly Fragment[] {
  return alias === undefined ? [] : [identifier('source_id')];
}

/**
 * Input: `activity`. Output: temporary table `repeated_activity(activity_id)`, the identities with several
 * records, whosever they are. They are few, so that the rest is read without a sort.
 */
export function repeatedActivities(scope: Scope): Pass {
  return {
    name: 'repeated_activity',
    query: sql`select activity_id from ${activityRecords(scope)} where ${standing(scope, 'activity')}
    group by activity_id having count(*) > 1`,
  };
}

/** What rules and readers know of an activity. */
export const ACTIVITY_COLUMNS = [
  'activity_id',
  'lead_id',
  'type',
  'at',
  'outcome',
  'seller',
  'amount',
  'currency',
  'reason',
] as const;

/**
 * A relation of the activities as they stand: the latest record of each, none later than the instant. The latest
 * may say that an activity is another lead's: it is nobody else's then.
 */
export function knownActivities(scope: Scope): Fragment {
  const columns = join(ACTIVITY_COLUMNS.map((name) => identifier(name)));
  const now = asOfInstant(scope);
  return sql`(
    select ${columns} from ${activityRecords(scope)}
    where ${known(scope, 'activity')} and ${AT} <= ${now}
      and activity_id not in (select activity_id from repeated_activity)
    union all
    select ${columns} from (
      select ${columns}, row_number() over (
        partition by activity_id order by recorded_at desc, entry desc, part desc) as nth
      from ${activityRecords(scope)}
      where ${standing(scope, 'activity')} and activity_id in (select activity_id from repeated_activity)) activity
    where nth = 1 and ${AT} <= ${now} and ${ofScope(scope, 'activity')})`;
}

/**
 * Input: `lead_version`. Output: temporary table `repeated_lead(lead_id)`, the leads with several versions:
 * only these need their attributes put together.
 */
export function repeatedLeads(scope: Scope): Pass {
  return {
    name: 'repeated_lead',
    query: sql`select lead_id from ${versionRecords(scope, 'lead_version')} where ${known(scope, 'lead_version')}
    group by lead_id having count(*) > 1`,
  };
}
