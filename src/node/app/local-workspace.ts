import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure, instantAsked, rowsAsked } from '../../core/measures/registry.ts';
import type { QuestionView, RegisteredMeasure } from '../../core/measures/registry.ts';
import { questionFaults } from '../../core/measures/question-faults.ts';
import { asOfQuestion } from '../../core/measures/question.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { sql } from '../../core/sql/sql.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { AgreementRules } from './agreement-rules.ts';
import { AgreementDesk } from './agreement-desk.ts';
import { editedAfterSigning, writeAgreement } from './agreement-versions.ts';
import { examine } from './doctor.ts';
import { judgedBeside, judgeFromFacts } from './draft-facts.ts';
import type { RunQuery } from './draft-facts.ts';
import { extentOf, extentQuery } from './extent.ts';
import { exportRows, unbroken } from './export.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import { storedTables } from './identity.ts';
import { decisionFaults, decisionRecord, identityReport } from './identity-report.ts';
import type { IdentityDecision, IdentityReport } from '../../core/identity/report.ts';
import { importInto } from './import.ts';
import type { ImportContext } from './import.ts';
import { Changes } from './changes.ts';
import { Intake } from './intake.ts';
import { LivingStore } from './living-store.ts';
import { stateText } from './load.ts';
import type { LoadContext } from './load.ts';
import { Loads } from './loads.ts';
import type { LoadEvent, LoadRequest } from './load-events.ts';
import { takeLock } from './lock.ts';
import { storeFault } from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { mendRow, retryBatch } from './mend.ts';
import { readRejects } from './rejects.ts';
import { countsQuery, statusOf } from './status.ts';
import { undoBatch } from './undo.ts';
import { Settling } from './settling.ts';
import { SideFacts } from './side-facts.ts';
import type {
  AgreementDraft,
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  NewSignature,
  NewVersion,
  Reject,
  RetryOptions,
  ServedWorkspace,
  Status,
  VersionStanding,
  Undone,
} from './workspace.ts';

/** Answers kept for questions asked again of the same data. */
const MOST_ANSWERS = 200;

/**
 * Opens the workspace of a home in this process: the agreement is checked, the ledger opened, the warehouse
 * brought up to it (or made anew where it is damaged).
 *
 * @param giveUp asked while another process holds the home: true where waiting for it is of no use
 */
export async function openWorkspace(home: string, giveUp?: () => boolean): Promise<Result<ServedWorkspace>> {
  const prepared = await prepareHome(home);
  if (!prepared.ok) return prepared;
  const text = await readAgreement(home);
  if (!text.ok) return text;
  const folder = storeFolder(home);
  let lock: Awaited<ReturnType<typeof takeLock>>;
  try {
    lock = await takeLock(join(folder, 'lock'), giveUp);
  } catch (error) {
    return refused(error);
  }
  if ('heldBy' in lock) return failure(fault('store.busy', { pid: lock.heldBy }));
  let ledger: SqliteLedger | null = null;
  try {
    ledger = SqliteLedger.open(folder);
    ledger.agreements.found(text.value.text);
    const rules = new AgreementRules(ledger.agreements).history(new Date().toISOString());
    if (!rules.ok) {
      await ledger.close();
      lock.release();
      return rules;
    }
    const store = await LivingStore.open(folder, ledger, rules.value);
    return success(new LocalWorkspace(home, rules.value, ledger, store, lock.release));
  } catch (error) {
    await ledger?.close();
    lock.release();
    return refused(error);
  }
}

/** What hinders the opening, where it is its user's to mend. */
function refused(error: unknown): Result<never> {
  const found = storeFault(error);
  if (found instanceof FaultError) return failure(...found.faults);
  throw error;
}

class LocalWorkspace implements ServedWorkspace {
  readonly home: string;
  readonly intake: Intake;
  readonly settling: Settling;
  readonly changes = new Changes();
  readonly #rules: AgreementRules;
  readonly #desk: AgreementDesk;
  /** By which the stored facts are derived. */
  #current: Rulebook;
  readonly #ledger: SqliteLedger;
  readonly #release: () => void;
  readonly #store: LivingStore;
  #seen: OpenStore | null = null;
  readonly #answers = new Map<string, unknown>();
  readonly #side = new SideFacts();
  /** Of the present minute. */
  #context: MeasureContext | null = null;
  /** The instant of which the stored facts are. */
  #derived: string | null = null;
  readonly #loads = new Loads();

  constructor(
    home: string,
    current: Rulebook,
    ledger: SqliteLedger,
    store: LivingStore,
    release: () => void,
  ) {
    this.home = home;
    this.#current = current;
    this.#rules = new AgreementRules(ledger.agreements);
    this.#desk = new AgreementDesk(ledger.agreements, (text) => this.#putInForce(text));
    this.#ledger = ledger;
    this.#store = store;
    this.#release = release;
    this.settling = new Settling({ use: (work) => this.#use(work) });
    this.settling.onSettled(() => this.#forgetAndTell());
    this.intake = new Intake({
      agreement: () => this.#current.counted,
      ledger,
      settling: this.settling,
      use: (work) => this.#use(work),
    });
  }

  get notices(): readonly Diagnostic[] {
    const edited = editedAfterSigning(this.#ledger.agreements);
    return edited === null
      ? this.#store.notices
      : [...this.#store.notices, warning('agreement.edited_after_signing', edited)];
  }

  agreement(): Promise<{ version: number; agreement: Agreement }> {
    const { version, counted } = this.#current;
    const archived = this.#ledger.agreements.find(version);
    const own = archived === null ? null : this.#rules.read(archived);
    return Promise.resolve({ version, agreement: own?.ok === true ? own.value : counted });
  }

  versions(): Promise<readonly VersionStanding[]> {
    return Promise.resolve(this.#desk.versions());
  }

  versionText(version: number): Promise<Result<string>> {
    return Promise.resolve(this.#desk.versionText(version));
  }

  putVersion(version: NewVersion): Promise<Result<VersionStanding>> {
    return this.#desk.putVersion(version);
  }

  signVersion(version: number, signature: NewSignature): Promise<Result<VersionStanding>> {
    return this.#desk.signVersion(version, signature);
  }

  withdrawVersion(version: number): Promise<Result<VersionStanding>> {
    return Promise.resolve(this.#desk.withdrawVersion(version));
  }

  async #putInForce(text: string): Promise<void> {
    await writeAgreement(this.home, text);
    const rules = this.#rules.history(new Date().toISOString());
    if (!rules.ok) throw new FaultError(rules.faults);
    await this.#adopt(rules.value);
  }

  async #adopt(rules: Rulebook): Promise<void> {
    this.#current = rules;
    await this.#store.adopt(rules);
    this.#forget();
  }

  async status(question: unknown = {}): Promise<Status> {
    const asked = asOfQuestion.safeParse(question);
    if (!asked.success) throw new FaultError(questionFaults(asOfQuestion, question));
    const asOf = instantAsked(asked.data.as_of, this.#current.counted.timezone);
    const seen = await this.#use((store) =>
      this.#seenFrom(store, { asOf, version: null, draft: null }, null, async (found) => {
        const [counts] = await store.warehouse.query(countsQuery(found));
        return success<readonly [MeasureContext, Row | undefined]>([found, counts]);
      }),
    );
    if (!seen.ok) throw new FaultError(seen.faults);
    const [context, counts] = seen.value;
    return statusOf(context, counts, this.notices);
  }

  async ask(name: string, question: unknown, draft?: AgreementDraft): Promise<Result<unknown>> {
    const measure = findMeasure(name);
    if (measure === null) return failure(fault('question.unknown_measure', { name }));
    const view = measure.viewOf(question, this.#current.counted.timezone);
    if (!view.ok) return view;
    const rules = this.#draftRules(view.value, draft);
    if (rules !== null && !rules.ok) return rules;
    const other = rules?.value ?? null;
    return this.#use((store) =>
      measure.judgesDrafts
        ? this.#seenFrom(store, view.value, null, (context) =>
            this.#answerBeside(store, measure, question, context, other),
          )
        : this.#seenFrom(store, view.value, other, (context) =>
            this.#answer(measure, question, context, (query) => store.warehouse.query(query)),
          ),
    );
  }

  /** The rules of a draft, by its text or its number; `null` where the question is of none. */
  #draftRules({ draft: version }: QuestionView, draft: AgreementDraft | undefined): Result<Rulebook> | null {
    if (draft === undefined) return version === null ? null : this.#rules.version(version);
    const agreement = parseAgreement(draft.text, draft.file);
    return agreement.ok ? this.#rules.draft(agreement.value) : agreement;
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
      ? judgeFromFacts(store, { rules: this.#current, tables: context.tables, asOf }, draft, (found, run) =>
          this.#answer(measure, question, { ...context, draft: found }, run),
        )
      : null;
    return (
      fromFacts ??
      this.#side.read(store, asOf, draft, digest(draft.judgements), (tables) =>
        this.#answer(measure, question, { ...context, draft: judgedBeside(context, draft, tables) }, query),
      )
    );
  }

  importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    return this.#changing((context) => importInto(context, request));
  }

  undo(batch: number): Promise<Result<Undone>> {
    return this.#changing((context) => undoBatch(context, batch));
  }

  mend(batch: number, line: number, values: Readonly<Record<string, string>>): Promise<Result<ImportReport>> {
    return this.#changing((context) => mendRow(context, batch, line, values));
  }

  retry(batch: number, options: RetryOptions): Promise<Result<ImportReport>> {
    return this.#changing((context) => retryBatch(context, batch, options));
  }

  /** Work that changes what counts: nothing of before is answered after it. */
  async #changing<T>(work: (context: ImportContext) => Promise<Result<T>>): Promise<Result<T>> {
    try {
      const result = await work(this.#loadContext());
      if (result.ok) await this.#store.recheck();
      return result;
    } finally {
      this.#forgetAndTell();
    }
  }

  load(request: LoadRequest): AsyncIterable<LoadEvent> {
    return this.#loads.load(this.#loadContext(), request, () => this.#forgetAndTell());
  }

  #loadContext(): LoadContext {
    return {
      home: this.home,
      agreement: this.#current.counted,
      ledger: this.#ledger,
      use: (work) => this.#use(work),
    };
  }

  sourceState(source: string): Promise<string | null> {
    const state = this.#ledger.sourceState(source);
    return Promise.resolve(state === null ? null : stateText(state));
  }

  batches(): Promise<readonly Readonly<Record<string, RowValue>>[]> {
    return this.#use(({ warehouse }) => warehouse.query(sql`select * from batch order by entry`));
  }

  async rejects(batch?: number): Promise<readonly Reject[]> {
    const all = await this.#use(({ warehouse }) => readRejects(warehouse, batch ?? null, null));
    const retold = new Set(this.#ledger.retold().map(({ entry, line }) => `${entry}:${line}`));
    return all.filter(({ entry, line }) => !retold.has(`${entry}:${line}`));
  }

  async rebuild(): Promise<Result<Status>> {
    await this.#store.rebuild();
    return success(await this.status());
  }

  exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>> {
    return this.#use(async ({ warehouse }) => {
      const rows = exportRows(warehouse, this.#current.counted, table, format, this.#ledger.filesFolder);
      return rows.ok ? success(await unbroken(rows.value, table)) : rows;
    });
  }

  identity(): Promise<IdentityReport> {
    return this.#use(async (store) => {
      await this.#derivedTo(store, new Date().toISOString());
      return identityReport(store.warehouse, this.#current.counted);
    });
  }

  async decideIdentity(decision: IdentityDecision): Promise<Result<IdentityReport>> {
    const [first, ...rest] = await this.#use(({ warehouse }) => decisionFaults(warehouse, decision));
    if (first !== undefined) return failure(first, ...rest);
    const record = decisionRecord(decision, new Date().toISOString());
    const kept = await this.importFile({
      content: Readable.from([Buffer.from(record)]),
      fileName: 'identity-decision.jsonl',
      as: 'decisions',
      source: 'identity',
      strict: true,
    });
    return kept.ok ? success(await this.identity()) : kept;
  }

  doctor(): Promise<readonly DoctorCheck[]> {
    return this.#use((store) => examine(this.#ledger, store, storeFolder(this.home)));
  }

  async close(): Promise<void> {
    await this.settling.close();
    await this.#store.close();
    await this.#ledger.close();
    this.#release();
  }

  /** Work on the store as it is now; of one that was made anew nothing is remembered. */
  #use<T>(work: (store: OpenStore) => Promise<T>): Promise<T> {
    return this.#store.use((store) => {
      if (store !== this.#seen) this.#forget();
      this.#seen = store;
      return work(store);
    });
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

  #forgetAndTell(): void {
    this.#forget();
    this.changes.tell();
  }

  #forget(): void {
    this.#answers.clear();
    this.#side.forget();
    this.#context = null;
    this.#derived = null;
  }

  /**
   * What was known at an instant, or is known now (`asOf` null): later than now there is nothing to know yet.
   * Now is told to the minute, so that what is asked twice is answered once. Read under the versions of the
   * agreement in force by then, under the one that is named, or under a draft.
   */
  async #seenFrom<T>(
    store: OpenStore,
    { asOf, version }: QuestionView,
    draft: Rulebook | null,
    work: (context: MeasureContext) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const now = new Date().toISOString();
    const derived = await this.#derivedTo(store, now);
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
    if (asked < derived || own !== digest(this.#current.judgements)) {
      // Between the last derivation and now nothing has come to pass.
      const instant = asked < derived ? asked : derived;
      return this.#side.read(store, instant, rules.value, own, async (tables) =>
        work(await this.#contextOf(store, asked, rules.value, tables)),
      );
    }
    // The stored facts are those of both instants.
    if (asked !== this.#context?.asOf) {
      const context = await this.#contextOf(store, asked, this.#current, await storedTables(store.warehouse));
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
  async #derivedTo(store: OpenStore, now: string): Promise<string> {
    const rules = this.#rules.history(now);
    // A version may have begun to count since.
    if (rules.ok && rules.value.version !== this.#current.version) await this.#adopt(rules.value);
    if (this.#derived !== null && !(await this.#isDue(store, this.#derived, now))) return this.#derived;
    await store.projector.derive(now);
    const [row] = await store.warehouse.query(sql`select value from meta where key = 'derived_as_of'`);
    this.#answers.clear();
    this.#context = null;
    this.#derived = typeof row?.['value'] === 'string' ? row['value'] : now;
    return this.#derived;
  }

  async #isDue(store: OpenStore, since: string, now: string): Promise<boolean> {
    const { dialect } = store.warehouse;
    const instant = (iso: string) =>
      dialect.instant(dialect.literal('int', String(BigInt(Date.parse(iso)) * 1000n)));
    const [row] = await store.warehouse.query(sql`select
      exists (select 1 from activity where "at" > ${instant(since)} and "at" <= ${instant(now)}) or
      exists (select 1 from lead_version where created_at > ${instant(since)} and created_at <= ${instant(now)}) or
      exists (select 1 from lead_version where effective_at > ${instant(since)} and effective_at <= ${instant(now)}) as due`);
    return row?.['due'] === true;
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
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
