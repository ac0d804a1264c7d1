import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { microsecondsOf } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import {
  canJudgeFromFacts,
  draftBeside,
  draftLeads,
  onlyExactly,
  REPEATED_ACTIVITIES,
} from '../../core/facts/draft-leads.ts';
import { OTHER_KINDS } from '../../core/facts/kinds.ts';
import { ANY_TIME, repeatedActivities } from '../../core/facts/sources.ts';
import type { DraftContext, MeasureContext } from '../../core/measures/measure.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Row } from '../../core/measures/measure.ts';
import { storedKinds } from './activity-kinds.ts';
import type { OpenStore } from './open-store.ts';

/** Runs a query where the tables of a draft are. */
export type RunQuery = (query: Fragment) => Promise<readonly Row[]>;

/** Facts as they are stored: the rules, the tables and the instant of which they are. */
export interface StoredFacts {
  readonly rules: Rulebook;
  readonly tables: FactTables;
  readonly asOf: string;
}

/**
 * Judges every lead by a draft beside how it is read today, from the facts as they are stored, without
 * touching them.
 *
 * @param draft of one judgement, over the fields of the store
 * @returns `null` where the draft has to be derived: see `canJudgeFromFacts`
 */
export function judgeFromFacts<T>(
  { warehouse }: OpenStore,
  stored: StoredFacts,
  draft: Rulebook,
  work: (draft: DraftContext, run: RunQuery) => Promise<T>,
): Promise<T> | null {
  const [{ agreement }] = draft.judgements;
  if (!canJudgeFromFacts(stored.rules, agreement)) return null;
  return warehouse.scratch(async (scratch) => {
    // Together with the facts: when these are derived anew, their columns of kinds may be others.
    const kinds = await storedKinds(scratch);
    await scratch.run(REPEATED_ACTIVITIES);
    const tables = { ...stored.tables, kinds };
    const scope = {
      asOf: microsecondsOf(stored.asOf),
      leads: 'all',
      dialect: warehouse.dialect,
      timezone: agreement.timezone,
      created: ANY_TIME,
      absent: draft.absent,
      alias: tables.alias,
      campaigns: tables.campaigns,
    } as const;
    const exists = async (condition: Fragment): Promise<boolean> => {
      const [row] = await scratch.query(
        sql`select exists (select 1 from ${identifier(tables.facts)} f where ${condition}) as has`,
      );
      return row?.['has'] === true;
    };
    const otherKinds = kinds !== undefined && (await exists(OTHER_KINDS));
    const timeline = await exists(onlyExactly(stored.rules, agreement, scope, tables, otherKinds));
    const exceptions = { timeline, otherKinds };
    const { statements, ...judged } = draftLeads(stored.rules, agreement, scope, tables, exceptions);
    for (const statement of statements) await scratch.run(statement);
    return work({ agreement, ...judged }, (query) => scratch.query(query));
  });
}

/**
 * The same where both readings are derived in tables of their own.
 *
 * @param tables of the draft
 */
export function judgedBeside<T>(
  { warehouse }: OpenStore,
  today: MeasureContext,
  draft: Rulebook,
  tables: FactTables,
  work: (draft: DraftContext, run: RunQuery) => Promise<T>,
): Promise<T> {
  const agreement = draft.counted;
  const judged = draftBeside(today.agreement, agreement, {
    today: today.tables,
    draft: tables,
  });
  const scope = {
    asOf: microsecondsOf(today.asOf),
    leads: 'all',
    dialect: warehouse.dialect,
    timezone: agreement.timezone,
    created: ANY_TIME,
    absent: draft.absent,
    alias: today.tables.alias,
    campaigns: today.tables.campaigns,
  } as const;
  return warehouse.scratch(async (scratch) => {
    // What was derived has dropped its own; questions on money read the activities, and so want it.
    const { query } = repeatedActivities(scope);
    await scratch.run(sql`create or replace temp table repeated_activity as ${query}`);
    return work({ agreement, ...judged }, (each) => scratch.query(each));
  });
}
