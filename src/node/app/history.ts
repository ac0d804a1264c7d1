import { createHash } from 'node:crypto';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import type { MeasureContext } from '../../core/measures/measure.ts';
import { rowsAsked } from '../../core/measures/registry.ts';
import type { QuestionView, RegisteredMeasure } from '../../core/measures/registry.ts';
import { sql } from '../../core/sql/sql.ts';
import type { AgreementRules } from './agreement-rules.ts';
import { judgedBeside, judgeFromFacts } from './draft-facts.ts';
import type { RunQuery } from './draft-facts.ts';
import { extentOf, extentQuery } from './extent.ts';
import { storedTables } from './identity.ts';
import { KeptRows } from './kept-rows.ts';
import type { OpenStore } from './open-store.ts';
import { SideFacts } from './side-facts.ts';

/** Answers kept for questions asked again of the same data. */
const MOST_ANSWERS = 200;

/** The rules by which the stored facts are derived; a version may begin to count while the store is open. */
export interface Standing {
  current(): Rulebook;
  adopt(rules: Rulebook): Promise<void>;
}

/** How questions read history: as of which instant, under which rules, and what was answered of it before. */
export class History {
  readonly #rules: AgreementRules;
  readonly #standing: Standing;
  readonly #answers = new Map<string, unknown>();
  /** Of the stored facts, as they are now. */
  readonly #rows = new KeptRows();
  readonly #side = new SideFacts();
  /** Of the present minute. */
  #context: MeasureContext | null = null;
  /** The instant of which the stored facts are. */
  #derived: string | null = null;
  /** When something told ahead of its time comes to pass next, and it is to be derived again. */
  #due: { readonly at: string | null } | null = null;

  constructor(rules: AgreementRules, standing: Standing) {
    this.#rules = rules;
    this.#standing = standing;
  }

  /** Answers a measure; `draft` are the rules that the question names, `null` for none. */
  ask(
    store: OpenStore,
    measure: RegisteredMeasure,
    question: unknown,
    view: QuestionView,
    draft: Rulebook | null,
  ): Promise<Result<unknown>> {
    return measure.judgesDrafts
      ? this.read(store, view, null, (context) =>
          this.#answerBeside(store, measure, question, context, draft),
        )
      : this.read(store, view, draft, (context) =>
          this.#answer(measure, question, context, this.#reader(store, context)),
        );
  }

  /** Forgets what was answered and derived of data that have changed. */
  forget(): void {
    this.#answers.clear();
    this.#rows.forget();
    this.#side.forget();
    this.#context = null;
    this.#derived = null;
    this.#due = null;
  }

  /**
   * What was known at an instant, or is known now (`asOf` null): later than now there is nothing to know yet.
   * Now is told to the minute, so that what is asked twice is answered once. Read under the versions of the
   * agreement in force by then, under the one that is named, or under a draft.
   */
  async read<T>(
    store: OpenStore,
    { asOf, version }: QuestionView,
    draft: Rulebook | null,
    work: (context: MeasureContext) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const now = new Date().toISOString();
    const derived = await this.derivedTo(store, now);
    const minute = `${now.slice(0, 16)}:00.000Z`;
    const present = derived > minute ? derived : minute;
    const asked = asOf === null || asOf > now ? present : asOf;
    const rules =
      draft !== null
        ? success(draft)
        : version !== null
          ? this.#rules.version(version)
          : this.#rules.history(asked);
    if (!rules.ok) return rules;
    const own = digest(rules.value.judgements);
    if (asked < derived || own !== digest(this.#standing.current().judgements)) {
      // Between the last derivation and now nothing has come to pass.
      const instant = asked < derived ? asked : derived;
      return this.#side.read(store, instant, rules.value, own, async (tables) =>
        work(await this.#contextOf(store, asked, rules.value, tables)),
      );
    }
    // The stored facts are those of both instants.
    if (asked !== this.#context?.asOf) {
      const context = await this.#contextOf(
        store,
        asked,
        this.#standing.current(),
        await storedTables(store.warehouse),
      );
      if (asked !== present) return work(context);
      this.#context = context;
    }
    return work(this.#context);
  }

  /**
   * The stored facts brought up to now where something told ahead of its time has come to pass.
   *
   * @returns the instant of which they are
   */
  async derivedTo(store: OpenStore, now: string): Promise<string> {
    const rules = this.#rules.history(now);
    // A version may have begun to count since.
    if (rules.ok && rules.value.version !== this.#standing.current().version)
      await this.#standing.adopt(rules.value);
    const derived = this.#derived;
    if (derived !== null) {
      this.#due ??= { at: await this.#dueAfter(store, derived) };
      if (this.#due.at === null || Date.parse(this.#due.at) > Date.parse(now)) return derived;
    }
    await store.projector.derive(now);
    this.#rows.forget();
    const [row] = await store.warehouse.query(sql`select value from meta where key = 'derived_as_of'`);
    this.#answers.clear();
    this.#context = null;
    this.#derived = typeof row?.['value'] === 'string' ? row['value'] : now;
    this.#due = null;
    return this.#derived;
  }

  /** The first instant after another at which something told ahead of its time comes to pass; null for none. */
  async #dueAfter(store: OpenStore, since: string): Promise<string | null> {
    const { dialect } = store.warehouse;
    const after = dialect.instant(dialect.literal('int', String(BigInt(Date.parse(since)) * 1000n)));
    const [row] = await store.warehouse.query(sql`select min(due) as due from (
      select min("at") as due from activity where "at" > ${after}
      union all select min(created_at) from lead_version where created_at > ${after}
      union all select min(effective_at) from lead_version where effective_at > ${after})`);
    return typeof row?.['due'] === 'string' ? row['due'] : null;
  }

  async #contextOf(
    store: OpenStore,
    asOf: string,
    { counted, version, judgements, absent }: Rulebook,
    tables: FactTables,
  ): Promise<MeasureContext> {
    const { warehouse } = store;
    const [row] = await warehouse.query(extentQuery(tables));
    return {
      agreement: counted,
      version,
      judgements,
      absent,
      dialect: warehouse.dialect,
      asOf,
      extent: extentOf(row, asOf, counted.timezone),
      tables,
    };
  }

  /** Answers with a draft beside how history is read. */
  #answerBeside(
    store: OpenStore,
    measure: RegisteredMeasure,
    question: unknown,
    context: MeasureContext,
    draft: Rulebook | null,
  ): Promise<Result<unknown>> {
    const query: RunQuery = (each) => store.warehouse.query(each);
    if (draft === null) return this.#answer(measure, question, context, query);
    const isStored = context.tables.facts === STORED_TABLES.facts;
    const asOf = isStored ? (this.#derived ?? context.asOf) : context.asOf;
    const fromFacts = isStored
      ? judgeFromFacts(
          store,
          { rules: this.#standing.current(), tables: context.tables, asOf },
          draft,
          (found, run) => this.#answer(measure, question, { ...context, draft: found }, run),
        )
      : null;
    return (
      fromFacts ??
      this.#side.read(store, asOf, draft, digest(draft.judgements), (tables) =>
        judgedBeside(store, context, draft, tables, (found, run) =>
          this.#answer(measure, question, { ...context, draft: found }, run),
        ),
      )
    );
  }

  /** Asks the stored facts, and of what was asked of them before only once. */
  #reader({ warehouse }: OpenStore, context: MeasureContext): RunQuery {
    const run: RunQuery = (query) => warehouse.query(query);
    return context === this.#context ? (query) => this.#rows.of(query, warehouse.dialect, run) : run;
  }

  async #answer(
    measure: RegisteredMeasure,
    question: unknown,
    context: MeasureContext,
    run: RunQuery,
  ): Promise<Result<unknown>> {
    const { asOf, judgements, draft } = context;
    const key = digest([measure.name, question, asOf, judgements, draft?.agreement]);
    const known = this.#answers.get(key);
    if (known !== undefined) return success(known);
    const asked = measure.ask(question, context);
    if (!asked.ok) return asked;
    const answer = asked.value.make(await rowsAsked(asked.value, run));
    if (answer.ok) this.#remember(key, answer.value);
    return answer;
  }

  #remember(key: string, answer: unknown): void {
    if (this.#answers.size >= MOST_ANSWERS) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    this.#answers.set(key, answer);
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
