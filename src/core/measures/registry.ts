import type { z } from 'zod';
import { endOfDay, isDay } from '../calendar/days.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Fragment } from '../sql/sql.ts';
import { breakdown } from './breakdown.ts';
import { changes } from './changes.ts';
import { criteria } from './criteria.ts';
import { funnel } from './funnel.ts';
import { handoffs } from './handoffs.ts';
import { lead } from './lead.ts';
import { leads } from './leads.ts';
import { maturity } from './maturity.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { opportunities } from './opportunities.ts';
import { page } from './page.ts';
import { questionFaults } from './question-faults.ts';
import { targets } from './targets.ts';
import { trend } from './trend.ts';
import { whatif } from './whatif.ts';

/** A question that was checked, ready to ask. */
export interface Asked {
  readonly queries: Readonly<Record<string, Fragment>>;
  /** What is asked once these rows are known, beside what was asked; nothing new ends it. */
  more(rows: Readonly<Record<string, readonly Row[]>>): Readonly<Record<string, Fragment>>;
  make(rows: Readonly<Record<string, readonly Row[]>>): Result<unknown>;
}

/** The rows of all that a question asks, by the names of its queries. */
export async function rowsAsked(
  asked: Asked,
  run: (query: Fragment) => Promise<readonly Row[]>,
): Promise<Readonly<Record<string, readonly Row[]>>> {
  const take = async (queries: Readonly<Record<string, Fragment>>): Promise<Record<string, readonly Row[]>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(queries).map(async ([name, query]) => [name, await run(query)] as const),
      ),
    );
  let rows = await take(asked.queries);
  for (;;) {
    const known = new Set(Object.keys(rows));
    const left = Object.entries(asked.more(rows)).filter(([name]) => !known.has(name));
    if (left.length === 0) return rows;
    rows = { ...rows, ...(await take(Object.fromEntries(left))) };
  }
}

/** From where a question looks at history. */
export interface QuestionView {
  /** ISO 8601 UTC; `null` for now. */
  readonly asOf: string | null;
  /** A version to be judged beside how history is read; `null` for none, or for a draft that is no version. */
  readonly draft: number | null;
  /** The version of the agreement under which everything is read; `null`: each lead under that of its time. */
  readonly version: number | null;
}

/** A measure whose question and answer are only known at run time. */
export interface RegisteredMeasure {
  readonly name: string;
  readonly question: z.ZodType;
  readonly answer: z.ZodType;
  /** What is wrong with a question, as far as that can be told without an agreement. */
  faultsOf(question: unknown): readonly Diagnostic[];
  /**
   * From where the question wants to be answered; as of a local day means its end.
   *
   * @param timezone of the agreement
   */
  viewOf(question: unknown, timezone: string): Result<QuestionView>;
  /** It judges a draft beside how history is read, instead of reading history under it. */
  readonly judgesDrafts: boolean;
  ask(question: unknown, context: MeasureContext): Result<Asked>;
}

/** The instant of a checked `as_of`, in UTC: of a local day, its end. */
export function instantAsked(asOf: string | undefined, timezone: string): string | null {
  if (asOf === undefined) return null;
  return isDay(asOf) ? endOfDay(asOf, timezone) : new Date(asOf).toISOString();
}

function register<Question extends { as_of?: string; agreement?: string; draft?: string }, Answer>(
  measure: Measure<Question, Answer>,
): RegisteredMeasure {
  const check = (question: unknown): { question: Question } | { faults: readonly Diagnostic[] } => {
    const parsed = measure.question.safeParse(question);
    if (parsed.success) return { question: parsed.data };
    return { faults: questionFaults(measure.question, question) };
  };
  return {
    name: measure.name,
    question: measure.question,
    answer: measure.answer,
    judgesDrafts: measure.judgesDrafts === true,
    faultsOf: (question) => questionFaults(measure.question, question),
    viewOf(question, timezone) {
      const checked = check(question);
      if ('faults' in checked) return failure(...checked.faults);
      const { as_of: asOf, agreement, draft } = checked.question;
      return success({
        asOf: instantAsked(asOf, timezone),
        version: agreement === undefined ? null : Number(agreement),
        draft: draft === undefined ? null : Number(draft),
      });
    },
    ask(question, context) {
      const checked = check(question);
      if ('faults' in checked) return failure(...checked.faults);
      const queries = measure.ask(checked.question, context);
      if (!queries.ok) return queries;
      return {
        ok: true,
        value: {
          queries: queries.value,
          more: (rows) => measure.more?.(rows, checked.question, context) ?? {},
          make: (rows) => measure.make(rows, checked.question, context),
        },
        warnings: queries.warnings,
      };
    },
  };
}

/** Every measure: each has its command, its route and its description from here. */
export const measures: readonly RegisteredMeasure[] = [
  register(funnel),
  register(breakdown),
  register(trend),
  register(page),
  register(changes),
  register(maturity),
  register(criteria),
  register(opportunities),
  register(handoffs),
  register(targets),
  register(whatif),
  register(leads),
  register(lead),
];

export function findMeasure(name: string): RegisteredMeasure | null {
  return measures.find((measure) => measure.name === name) ?? null;
}
