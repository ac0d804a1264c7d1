import type { z } from 'zod';
import type { Agreement, Field } from '../agreement/agreement.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import type { Result } from '../diagnostic/result.ts';
import type { FactTables } from '../facts/derive.ts';
import type { DraftLeads } from '../facts/draft-leads.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fragment } from '../sql/sql.ts';

/** A value as the warehouse gives it: instants as ISO 8601 UTC, dates as YYYY-MM-DD, money as a number. */
export type RowValue = string | number | boolean | null | readonly RowValue[];
export type Row = Readonly<Record<string, RowValue>>;

/** What a measure knows besides its question. */
export interface MeasureContext {
  /** In whose form leads are counted: that of the version in force, or of the one that a question names. */
  readonly agreement: Agreement;
  /** Of the agreement. */
  readonly version: number;
  /** What judges the leads, by their creation. */
  readonly judgements: readonly Judgement[];
  /** Fields that the agreement has and the store does not. */
  readonly absent: readonly Field[];
  readonly dialect: Dialect;
  /** The instant up to which facts were derived: ISO 8601, UTC. */
  readonly asOf: string;
  /** Local days of the first and the last fact; null where there is none. */
  readonly extent: { readonly from: string; readonly to: string } | null;
  /** The stored tables, or those of an earlier instant. */
  readonly tables: FactTables;
  /** A draft that is judged beside, where the question is of one. */
  readonly draft?: DraftContext;
}

/** A draft of the agreement, and every lead under it beside how it is read today (see `DraftLeads`). */
export interface DraftContext extends Omit<DraftLeads, 'statements'> {
  readonly agreement: Agreement;
}

/**
 * A measure is a pair: what to ask of the warehouse, and what to make of the rows. Both are pure; the node
 * side only runs the SQL in between.
 */
export interface Measure<Question, Answer> {
  readonly name: string;
  /** It judges a draft beside how history is read, instead of reading history under it. */
  readonly judgesDrafts?: true;
  readonly question: z.ZodType<Question>;
  readonly answer: z.ZodType<Answer>;
  /** Queries by name, or the user's faults (an unknown stage, a rule that is no rule). */
  ask(question: Question, context: MeasureContext): Result<Readonly<Record<string, Fragment>>>;
  /**
   * What is asked once these rows are known, by name; asked again with what came, until it names nothing new. Its rows
   * come to `make` with the others.
   */
  more?(
    rows: Readonly<Record<string, readonly Row[]>>,
    question: Question,
    context: MeasureContext,
  ): Readonly<Record<string, Fragment>>;
  make(
    rows: Readonly<Record<string, readonly Row[]>>,
    question: Question,
    context: MeasureContext,
  ): Result<Answer>;
}
