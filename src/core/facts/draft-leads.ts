import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Rulebook } from '../agreement/rulebook.ts';
import type { Dialect } from '../sql/dialect.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { expressionSql } from '../sql/expression.ts';
import { activityScope } from './activity-scope.ts';
import { fieldValue, firstValueColumn, firstValueFields, lateAt, plainFields, reachedAt } from './columns.ts';
import { KEPT_REPEATED, storedMatches } from './derive.ts';
import type { FactTables } from './derive.ts';
import { furthestStage } from './finish.ts';
import { isOfKinds, matchOfKinds, OTHER_KINDS } from './kinds.ts';
import { countedMacros, matchColumn, matchesOf, namedMatch } from './matches.ts';
import type { Match } from './matches.ts';
import { isMacro, MacroIndex } from './nodes.ts';
import { lastMatch, withoutActivities } from './plain-rules.ts';
import { isPlain, judged } from './plain-leads.ts';
import { absentColumns, knownActivities } from './sources.ts';
import type { Scope } from './sources.ts';
import { isLasting } from './spans.ts';
import { criterionColumn, dimensionColumn, stageColumns } from './tables.ts';
import { timelinePasses } from './timeline-leads.ts';
import { valueStage } from './value.ts';

/**
 * History under a draft beside history as it is read today: a relation of a row a lead with the columns by
 * which leads are filtered and grouped as they are in `lead_facts`; today's figures of the lead under the names
 * of `today`; and the draft's under the names of `lead_facts`.
 */
export interface DraftLeads {
  /** Temporary tables that the relation reads, to be made first. */
  readonly statements: readonly Fragment[];
  readonly relation: Fragment;
  /** The relation of few leads: found before they are judged. */
  readonly among: (few: FewLeads) => Fragment;
  /** The same, but of the draft no more than what tells whether they reach a stage. */
  readonly reaching: (stage: ReachedStage, few: FewLeads) => Fragment;
}

/** Some leads, named twice: whoever reads the facts needs no ids, and whoever reads activities has nothing else. */
export interface FewLeads {
  /** True of them, over the columns of the facts. */
  readonly condition: Fragment;
  /** A query of their ids. */
  readonly ids: Fragment;
}

export function leadsOf(ids: Fragment): FewLeads {
  return { condition: sql`lead_id in (${ids})`, ids };
}

/** Made before anything here is asked: it wants to know which activities were told several times. */
export const REPEATED_ACTIVITIES = sql`create or replace temp table repeated_activity as select * from ${KEPT_REPEATED}`;

/** What some leads of the facts may be. */
export interface Exceptions {
  /** Of the exact way (see `onlyExactly`). */
  readonly timeline: boolean;
  /** With activities of a kind that came after those that are kept: `other_kinds`. */
  readonly otherKinds: boolean;
}

/** Today's columns beside the draft's. */
export function today(column: string): string {
  return `today_${column}`;
}

/**
 * True of drafts that stored facts suffice to judge: each of their rules is true for one stretch of time, and days are
 * days of the same time zone. Others have to be derived.
 */
export function canJudgeFromFacts(rules: Rulebook, draft: Agreement): boolean {
  return isPlain(draft) && draft.timezone === rules.counted.timezone;
}

/** The columns of the facts that tell leads apart, whatever the agreement. */
function commonColumns(counted: Agreement): readonly Fragment[] {
  return [
    ...['lead_id', 'created_at', 'created_day', 'created_hour', 'created_weekday'].map((name) =>
      identifier(name),
    ),
    ...plainFields(counted).map((field) => fieldValue(field.name)),
    ...firstValueFields(counted).map((name) => identifier(firstValueColumn(name))),
    ...counted.dimensions
      .filter((dimension) => dimension.kind === 'bands')
      .map((dimension) => identifier(dimensionColumn(dimension.id))),
  ];
}

function criterionNames(agreement: Agreement): readonly string[] {
  return reachedStages(agreement).flatMap((stage) =>
    stage.criteria.map((criterion) => criterionColumn(stage.id, criterion.id)),
  );
}

function todayColumns(counted: Agreement): readonly string[] {
  return [
    ...reachedStages(counted).flatMap((stage) => [stageColumns(stage.id).at, stageColumns(stage.id).day]),
    'status',
    'at_stage',
    'value',
    ...criterionNames(counted),
  ];
}

function draftColumns(draft: Agreement): readonly Fragment[] {
  return [
    ...reachedStages(draft).flatMap((stage) => [reachedAt(stage), lateAt(stage)]),
    ...['status', 'at_stage', 'value', ...criterionNames(draft)].map((name) => identifier(name)),
  ];
}

function asToday(counted: Agreement, from: Fragment): readonly Fragment[] {
  return todayColumns(counted).map((name) => sql`${from}.${identifier(name)} as ${identifier(today(name))}`);
}

/** The names of today's columns once they are in a relation. */
function ofToday(counted: Agreement): readonly Fragment[] {
  return todayColumns(counted).map((name) => identifier(today(name)));
}

/**
 * Judges every lead by a draft from the facts as they are stored: the matches that today's rules ask for are
 * kept with each lead, and so is the first activity of each kind. Only predicates that are new to the draft and ask for
 * more than kinds look at the activities.
 *
 * @param rules by which the stored facts were derived
 * @param draft in whose form and with the fields of `rules`; see `canJudgeFromFacts`
 * @param exceptions what some of the leads are
 */
export function draftLeads(
  rules: Rulebook,
  draft: Agreement,
  scope: Scope,
  tables: FactTables,
  exceptions: Exceptions,
): DraftLeads {
  const { dialect } = scope;
  const { counted } = rules;
  const stored = storedColumns(rules);
  const index = indexOf(rules, draft);
  const doubtful = exceptions.timeline ? doubtfulMatches(index, draft) : [];
  const { kinds } = tables;
  // Found again by each that asks: to keep the matches of all leads takes longer than to find them.
  const ofOthers = sql`select lead_id from ${identifier(tables.facts)} where ${OTHER_KINDS}`;
  const presences = counted.fields
    .filter((field) => field.pii !== null)
    .map((field) => sql`f.${fieldValue(field.name)}`);
  const common = commonColumns(counted);
  /** The leads under the rules of the draft that `judging` has. */
  const plainOf = (judging: Agreement, few: FewLeads | null): Fragment => {
    const own = matchesOf(index, [judging]);
    const columns = new Set(own.map(matchColumn));
    const needed = [...own, ...doubtful.filter((match) => !columns.has(matchColumn(match)))];
    const fresh = needed.filter((match) => !stored.has(matchColumn(match)));
    const newAmount = needsOtherAmount(rules, judging);
    const byKinds = kinds !== undefined && fresh.every(isOfKinds) && !newAmount;
    const reads = (fresh.length > 0 && (!byKinds || exceptions.otherKinds)) || newAmount;
    const among = [...(few === null ? [] : [few.ids]), ...(byKinds ? [ofOthers] : [])];
    const joined = reads
      ? sql`left join (${freshMatches(judging, fresh, newAmount, scope, among)}) d on d.lead_id = f.lead_id`
      : raw('');
    const told = (match: Match): Fragment => {
      const column = identifier(matchColumn(match));
      if (stored.has(matchColumn(match))) return sql`f.${column}`;
      const found = match.what === 'unknown' ? sql`coalesce(d.${column}, 0)` : sql`d.${column}`;
      if (!byKinds) return found;
      const ofKinds = matchOfKinds(match, kinds, raw('f'), dialect);
      return exceptions.otherKinds
        ? sql`case when f.${OTHER_KINDS} then ${found} else ${ofKinds} end`
        : ofKinds;
    };
    const base = sql`(select ${join(common.map((column) => sql`f.${column}`))}${tail(presences)}${tail(
      absentColumns(scope),
    )}${tail(needed.map((match) => sql`${told(match)} as ${identifier(matchColumn(match))}`))}, ${
      newAmount ? raw('d.amount') : raw('f.amount')
    } as amount${tail(asToday(counted, raw('f')))}
    from ${factsOf(tables, few)} f ${joined} where ${all([
      raw('not f.by_timeline'),
      ...doubtful.map((match) => sql`coalesce(${told(match)}, 0) = 0`),
    ])})`;
    return sql`select ${join(common)}${tail(ofToday(counted))}${tail(draftColumns(judging))}
    from ${withStanding(judging, index, dialect, judged(judging, index, dialect, base))}`;
  };
  if (!exceptions.timeline)
    return {
      statements: [],
      relation: sql`(${plainOf(draft, null)})`,
      among: (few) => sql`(${plainOf(draft, few)})`,
      reaching: (stage, few) => sql`(${plainOf(upTo(draft, stage), few)})`,
    };
  const some: Scope = { ...scope, leads: 'changed' };
  const exactly = onlyExactly(rules, draft, scope, tables, exceptions.otherKinds);
  const passes = timelinePasses(draft, index, some);
  const bothOf = (judging: Agreement, few: FewLeads | null): Fragment =>
    sql`(${plainOf(judging, few)} union all ${timelinePart(counted, judging, dialect, factsOf(tables, few))})`;
  return {
    statements: [
      sql`create or replace temp table changed_lead as
        select lead_id from ${identifier(tables.facts)} f where ${exactly}`,
      sql`create or replace temp table timeline_lead as select lead_id from changed_lead`,
      ...passes.map((pass) => sql`create or replace temp table ${identifier(pass.name)} as ${pass.query}`),
    ],
    relation: bothOf(draft, null),
    among: (few) => bothOf(draft, few),
    reaching: (stage, few) => bothOf(upTo(draft, stage), few),
  };
}

/** An agreement with the stages alone on which it depends when one of them is reached. */
function upTo(agreement: Agreement, { id }: ReachedStage): Agreement {
  const stages = reachedStages(agreement);
  const last = stages.findIndex((stage) => stage.id === id);
  let first = last;
  // A window is told from when the stage before was reached.
  while (first > 0 && (stages[first]?.requiresPrevious === true || stages[first]?.within !== null))
    first -= 1;
  return {
    ...agreement,
    stages: stages.slice(first, last + 1).map((stage) => ({ ...stage, value: null })),
    lost: [],
    handoffs: [],
  };
}

/** The columns of the matches that today's rules ask for. */
function storedColumns(rules: Rulebook): ReadonlySet<string> {
  return new Set(storedMatches(rules).matches.map(matchColumn));
}

function indexOf(rules: Rulebook, draft: Agreement): MacroIndex {
  return new MacroIndex(...rules.judgements.map(({ agreement }) => agreement), draft);
}

/** What tells that a count cannot be told. */
function doubtfulMatches(index: MacroIndex, draft: Agreement): readonly Match[] {
  const counts = countedMacros(index, [draft]);
  return matchesOf(index, [draft]).filter(({ macro, what }) => what === 'unknown' && counts.has(macro));
}

/** True of the leads of the facts `f` that the exact way alone can judge by a draft. */
export function onlyExactly(
  rules: Rulebook,
  draft: Agreement,
  scope: Scope,
  { kinds }: FactTables,
  hasOtherKinds: boolean,
): Fragment {
  const { dialect } = scope;
  const stored = storedColumns(rules);
  const untold = doubtfulMatches(indexOf(rules, draft), draft).map((match) => {
    if (stored.has(matchColumn(match))) return sql`f.${identifier(matchColumn(match))} > 0`;
    if (kinds !== undefined && isOfKinds(match) && !hasOtherKinds)
      return sql`${matchOfKinds(match, kinds, raw('f'), dialect)} > 0`;
    return sql`f.lead_id in (select lead_id from ${knownActivities(scope)}
      where (${expressionSql(match.predicate, activityScope(dialect), dialect)}) is null)`;
  });
  return any([raw('f.by_timeline'), ...untold]);
}

/** The facts of those leads, of all where none are named. */
function factsOf({ facts }: FactTables, few: FewLeads | null): Fragment {
  return few === null ? identifier(facts) : sql`(select * from ${identifier(facts)} where ${few.condition})`;
}

/** Beside each other, where both readings of history are derived in tables of their own. */
export function draftBeside(
  counted: Agreement,
  draft: Agreement,
  tables: { readonly today: FactTables; readonly draft: FactTables },
): DraftLeads {
  const columns = [
    ...commonColumns(counted).map((column) => sql`f.${column}`),
    ...asToday(counted, raw('f')),
    ...draftColumns(draft).map((column) => sql`d.${column}`),
  ];
  const beside = (few: FewLeads | null): Fragment =>
    sql`(select ${join(columns)} from ${factsOf(tables.today, few)} f
      join ${identifier(tables.draft.facts)} d on d.lead_id = f.lead_id)`;
  return { statements: [], relation: beside(null), among: beside, reaching: (_, few) => beside(few) };
}

/** The money of each lead is summed over activities that some of today's versions do not count, or others. */
function needsOtherAmount(rules: Rulebook, draft: Agreement): boolean {
  const where = (agreement: Agreement): string =>
    JSON.stringify(valueStage(agreement)?.value.where.expression ?? null);
  return (
    valueStage(draft) !== null && rules.judgements.some(({ agreement }) => where(agreement) !== where(draft))
  );
}

/** Rows `lead_id` and the matches that no lead has yet, of the leads that have any and are of all that is named. */
function freshMatches(
  draft: Agreement,
  fresh: readonly Match[],
  newAmount: boolean,
  scope: Scope,
  among: readonly Fragment[],
): Fragment {
  const { dialect } = scope;
  const members = activityScope(dialect);
  const holds = (predicate: Match['predicate']): Fragment => expressionSql(predicate, members, dialect);
  const money = valueStage(draft);
  const counted = money === null ? raw('false') : holds(money.value.where.expression);
  const wanted = [
    ...fresh.map(({ predicate, what }) =>
      what === 'unknown' ? sql`coalesce(${holds(predicate)}, true)` : holds(predicate),
    ),
    ...(newAmount ? [counted] : []),
  ];
  const values = [
    ...fresh.map((match) => namedMatch(match, dialect)),
    ...(newAmount ? [sql`${dialect.sumIf(identifier('amount'), counted)} as amount`] : []),
  ];
  const are = all(among.map((leads) => sql`lead_id in (${leads})`));
  return sql`select lead_id${tail(values)} from ${knownActivities(scope)} where ${any(wanted)} and ${are} group by lead_id`;
}

/**
 * Adds `status`, `at_stage` and `value`. A lead is lost where it did not win and a losing activity came at its
 * last progress or later: which of them it was, and when, is not told.
 */
function withStanding(draft: Agreement, index: MacroIndex, dialect: Dialect, relation: Fragment): Fragment {
  const last = reachedStages(draft).at(-1);
  const won = last === undefined ? raw('false') : sql`${reachedAt(last)} is not null`;
  const losses = draft.lost.map(({ rule: { expression } }) =>
    isMacro(expression) && isLasting(expression)
      ? sql`coalesce(${identifier(lastMatch(index.name(expression)))} >= last_at, false)`
      : all([sql`coalesce(${withoutActivities(expression, dialect)}, false)`, raw('created_at >= last_at')]),
  );
  const money = valueStage(draft);
  const value =
    money === null
      ? dialect.nothing('money')
      : sql`case when ${reachedAt(money.stage)} is not null
          then ${dialect.cast(sql`coalesce(amount, 0)`, 'money')} end`;
  return sql`(select *, case when ${won} then 'won' when ${any(losses)} then 'lost' else 'open' end as status,
    ${furthestStage(draft, dialect)} as at_stage, ${value} as value from ${relation})`;
}

/** Leads whose history only the exact way can tell: today's facts, and what the passes made of the draft. */
function timelinePart(counted: Agreement, draft: Agreement, dialect: Dialect, facts: Fragment): Fragment {
  const last = reachedStages(draft).at(-1);
  const won = last === undefined ? raw('false') : sql`${reachedAt(last)} is not null`;
  const money = valueStage(draft);
  const value =
    money === null
      ? dialect.nothing('money')
      : sql`case when ${reachedAt(money.stage)} is not null
          then ${dialect.cast(sql`coalesce(amount, 0)`, 'money')} end`;
  const standing = sql`(select *,
    case when ${won} then 'won' when lost_at is not null then 'lost' else 'open' end as status,
    ${furthestStage(draft, dialect)} as at_stage, ${value} as value from timeline_reached)`;
  return sql`select ${join(commonColumns(counted).map((column) => sql`f.${column}`))}${tail(
    asToday(counted, raw('f')),
  )}${tail(draftColumns(draft).map((column) => sql`d.${column}`))}
    from ${facts} f join ${standing} d on d.lead_id = f.lead_id
    where f.lead_id in (select lead_id from timeline_lead)`;
}
