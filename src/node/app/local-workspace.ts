import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Agreement } from '../../core/agreement/agreement.ts';
import type { TypeChanges } from '../../core/agreement/type-changes.ts';
import type { SeenValues } from '../../core/agreement/seen-values.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure, instantAsked } from '../../core/measures/registry.ts';
import type { QuestionView } from '../../core/measures/registry.ts';
import { questionFaults } from '../../core/measures/question-faults.ts';
import { asOfQuestion } from '../../core/measures/question.ts';
import { sql } from '../../core/sql/sql.ts';
import type { RejectFilter, RejectPage, RejectQuestion } from '../../core/data/standings.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { AgreementRules } from './agreement-rules.ts';
import { AgreementDesk } from './agreement-desk.ts';
import { editedAfterSigning, writeAgreement } from './agreement-versions.ts';
import { examine } from './doctor.ts';
import { exportRows, unbroken } from './export.ts';
import { History } from './history.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import { decisionFaults, decisionRecord, identityReport } from './identity-report.ts';
import type { IdentityDecision, IdentityReport } from '../../core/identity/report.ts';
import { importInto } from './import.ts';
import type { ImportContext } from './import.ts';
import { Changes } from './changes.ts';
import { DataDesk } from './data-desk.ts';
import { Intake } from './intake.ts';
import { LivingStore } from './living-store.ts';
import { stateText } from './load.ts';
import type { LoadContext } from './load.ts';
import { Loads } from './loads.ts';
import { RejectList } from './reject-list.ts';
import type { LoadEvent, LoadRequest } from './load-events.ts';
import { takeLock } from './lock.ts';
import { storeFault } from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { importMended } from './mend-file.ts';
import { mendRow, retryBatch } from './mend.ts';
import { readTypeChanges } from './type-changes.ts';
import { readSeenValues } from './seen-values.ts';
import { countsQuery, statusOf } from './status.ts';
import { undoBatch, undoSource } from './undo.ts';
import { Settling } from './settling.ts';
import type {
  AgreementDraft,
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  MendedFile,
  NewSignature,
  NewVersion,
  Reject,
  RetryOptions,
  ServedWorkspace,
  Status,
  VersionStanding,
  Undone,
  UndoneSource,
} from './workspace.ts';

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
  readonly data: DataDesk;
  readonly changes = new Changes();
  readonly #rules: AgreementRules;
  readonly #desk: AgreementDesk;
  /** By which the stored facts are derived. */
  #current: Rulebook;
  readonly #ledger: SqliteLedger;
  readonly #release: () => void;
  readonly #store: LivingStore;
  #seen: OpenStore | null = null;
  readonly #history: History;
  readonly #loads = new Loads();
  readonly #rejects: RejectList;
  /** How much there is, as of a context. */
  readonly #counts = new WeakMap<MeasureContext, readonly Row[]>();

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
    this.#history = new History(this.#rules, {
      current: () => this.#current,
      adopt: (rules) => this.#adopt(rules),
    });
    this.#desk = new AgreementDesk(ledger.agreements, (text) => this.#putInForce(text));
    this.#ledger = ledger;
    this.#store = store;
    this.#release = release;
    this.settling = new Settling({ use: (work) => this.#use(work) });
    this.settling.onSettled(() => this.#forgetAndTell());
    this.#rejects = new RejectList({ ledger, use: (work) => this.#use(work) });
    const changing = <T>(work: (context: ImportContext) => Promise<Result<T>>): Promise<Result<T>> =>
      this.#changing(work);
    this.data = new DataDesk({ ledger, use: (work) => this.#use(work), changing }, this.#rejects);
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
    this.#history.forget();
  }

  async status(question: unknown = {}): Promise<Status> {
    const asked = asOfQuestion.safeParse(question);
    if (!asked.success) throw new FaultError(questionFaults(asOfQuestion, question));
    const asOf = instantAsked(asked.data.as_of, this.#current.counted.timezone);
    const seen = await this.#use((store) =>
      this.#history.read(store, { asOf, version: null, draft: null }, null, async (found) => {
        const rows = this.#counts.get(found) ?? (await store.warehouse.query(countsQuery(found)));
        this.#counts.set(found, rows);
        const [counts] = rows;
        return success<readonly [MeasureContext, Row | undefined]>([found, counts]);
      }),
    );
    if (!seen.ok) throw new FaultError(seen.faults);
    const [context, counts] = seen.value;
    return statusOf(context, counts, this.notices);
  }

  async seenValues(): Promise<SeenValues> {
    const asked = { asOf: new Date().toISOString(), version: null, draft: null };
    const seen = await this.#use((store) =>
      this.#history.read(store, asked, null, async (found) =>
        success(await readSeenValues(store.warehouse, found)),
      ),
    );
    if (!seen.ok) throw new FaultError(seen.faults);
    return seen.value;
  }

  async typeChanges({ text, file }: AgreementDraft): Promise<Result<TypeChanges>> {
    const draft = parseAgreement(text, file);
    if (!draft.ok) return draft;
    const asked = { asOf: new Date().toISOString(), version: null, draft: null };
    return this.#use((store) =>
      this.#history.read(store, asked, null, async (found) =>
        success(await readTypeChanges(store.warehouse, found, draft.value)),
      ),
    );
  }

  async ask(name: string, question: unknown, draft?: AgreementDraft): Promise<Result<unknown>> {
    const measure = findMeasure(name);
    if (measure === null) return failure(fault('question.unknown_measure', { name }));
    const view = measure.viewOf(question, this.#current.counted.timezone);
    if (!view.ok) return view;
    const rules = this.#draftRules(view.value, draft);
    if (rules !== null && !rules.ok) return rules;
    return this.#use((store) =>
      this.#history.ask(store, measure, question, view.value, rules?.value ?? null),
    );
  }

  /** The rules of a draft, by its text or its number; `null` where the question is of none. */
  #draftRules({ draft: version }: QuestionView, draft: AgreementDraft | undefined): Result<Rulebook> | null {
    if (draft === undefined) return version === null ? null : this.#rules.version(version);
    const agreement = parseAgreement(draft.text, draft.file);
    return agreement.ok ? this.#rules.draft(agreement.value) : agreement;
  }

  importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    return this.#changing(
      (context) => importInto(context, request, (stored) => importMended(context, request, stored)),
      request.moreFollow !== true,
    );
  }

  undo(batch: number): Promise<Result<Undone>> {
    return this.#changing((context) => undoBatch(context, batch, (source) => this.#loads.isReading(source)));
  }

  undoSource(source: string): Promise<Result<UndoneSource>> {
    return this.#changing((context) => undoSource(context, source, (each) => this.#loads.isReading(each)));
  }

  mend(batch: number, line: number, values: Readonly<Record<string, string>>): Promise<Result<ImportReport>> {
    return this.#changing((context) => mendRow(context, batch, line, values));
  }

  mendFile(path: string, name: string): Promise<Result<MendedFile>> {
    return this.data.mendFile(path, name);
  }

  retry(batch: number, options: RetryOptions): Promise<Result<ImportReport>> {
    return this.#changing((context) => retryBatch(context, batch, options));
  }

  /** Work that changes what counts: nothing of before is answered after it. */
  async #changing<T>(work: (context: ImportContext) => Promise<Result<T>>, tells = true): Promise<Result<T>> {
    try {
      const result = await work(this.#loadContext());
      if (result.ok) await this.#store.recheck();
      return result;
    } finally {
      if (tells) this.#forgetAndTell();
      else this.#history.forget();
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

  passedOver(source: string): Promise<readonly string[]> {
    return Promise.resolve(this.#ledger.sourceState(source)?.passedOver ?? []);
  }

  batches(): Promise<readonly Readonly<Record<string, RowValue>>[]> {
    return this.#use(({ warehouse }) => warehouse.query(sql`select * from batch order by entry`));
  }

  rejects(question: RejectQuestion = {}): Promise<RejectPage> {
    return this.#rejects.page(question);
  }

  rejectsCsv(filter: RejectFilter, reasonOf: (reject: Reject) => string): AsyncIterable<Uint8Array> {
    return this.#rejects.csv(filter, reasonOf);
  }

  async rebuild(): Promise<Result<Status>> {
    await this.#store.rebuild();
    return success(await this.status());
  }

  exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>> {
    return this.#useDerived(async ({ warehouse }) => {
      const rows = exportRows(warehouse, this.#current.counted, table, format, this.#ledger.filesFolder);
      return rows.ok ? success(await unbroken(rows.value, table)) : rows;
    });
  }

  identity(): Promise<IdentityReport> {
    return this.#useDerived(({ warehouse }) => identityReport(warehouse, this.#current.counted));
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
    return this.#useDerived((store) => examine(this.#ledger, store, storeFolder(this.home)));
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
      if (store !== this.#seen) this.#history.forget();
      this.#seen = store;
      return work(store);
    });
  }

  /** Work on the stored facts as they are now. */
  #useDerived<T>(work: (store: OpenStore) => Promise<T>): Promise<T> {
    return this.#use(async (store) => {
      await this.#history.derivedTo(store, new Date().toISOString());
      return work(store);
    });
  }

  #forgetAndTell(): void {
    this.#history.forget();
    this.changes.tell();
  }
}
