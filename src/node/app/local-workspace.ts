import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure, instantAsked } from '../../core/measures/registry.ts';
import type { QuestionView, RegisteredMeasure } from '../../core/measures/registry.ts';
import { questionFaults } from '../../core/measures/question-faults.ts';
import { asOfQuestion } from '../../core/measures/question.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { sql } from '../../core/sql/sql.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { AgreementRules } from './agreement-rules.ts';
import {
  checkNewVersion,
  checkSignature,
  editedAfterSigning,
  isAgreed,
  standings,
  writeAgreement,
} from './agreement-versions.ts';
import { examine } from './doctor.ts';
import { extentOf, extentQuery } from './extent.ts';
import { exportRows, unbroken } from './export.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import { storedTables } from './identity.ts';
import { decisionFaults, decisionRecord, identityReport } from './identity-report.ts';
import type { IdentityDecision, IdentityReport } from '../../core/identity/report.ts';
import { importInto } from './import.ts';
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
import { readRejects } from './rejects.ts';
import { countsQuery, statusOf } from './status.ts';
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
  ServedWorkspace,
  Status,
  VersionStanding,
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
    return Promise.resolve(standings(this.#ledger.agreements, new Date().toISOString()));
  }

  versionText(version: number): Promise<Result<string>> {
    const found = this.#ledger.agreements.find(version);
    const known = this.#ledger.agreements.versions().map((each) => each.version);
    return Promise.resolve(
      found === null
        ? failure(fault('agreement.unknown_version', { version, known: known.join(', ') }))
        : success(found.text),
    );
  }

  async putVersion(version: NewVersion): Promise<Result<VersionStanding>> {
    const { agreements } = this.#ledger;
    const checked = checkNewVersion(agreements, version);
    if (!checked.ok) return checked;
    const { text, from, note = null, propose = false } = version;
    const last = agreements.applied().at(-1);
    if (!propose && last?.text === text && last.from === from) return success(this.#standing(last.version));
    const kept = agreements.add({ text, from, note, inForce: !propose });
    if (!propose) await this.#putInForce(kept.text);
    return success(this.#standing(kept.version));
  }

  async signVersion(number: number, signature: NewSignature): Promise<Result<VersionStanding>> {
    const { agreements } = this.#ledger;
    const checked = checkSignature(agreements, number, signature);
    if (!checked.ok) return checked;
    const { text, from, appliedAt } = checked.value;
    const agreement = checkNewVersion(agreements, { text, from, file: `tregua.yaml@${number}` });
    if (!agreement.ok && appliedAt === null) return agreement;
    const { area, name, reason = null } = signature;
    const signed = agreements.sign(number, { area, name: name.trim(), reason });
    if (agreement.ok && appliedAt === null && isAgreed(signed, agreement.value)) {
      agreements.apply(number, from);
      await this.#putInForce(text);
    }
    return success(this.#standing(number));
  }

  withdrawVersion(number: number): Promise<Result<VersionStanding>> {
    const found = this.#ledger.agreements.find(number);
    if (found === null || found.appliedAt !== null || found.withdrawnAt !== null)
      return Promise.resolve(failure(fault('agreement.no_proposal', { version: number })));
    this.#ledger.agreements.withdraw(number);
    return Promise.resolve(success(this.#standing(number)));
  }

  #standing(version: number): VersionStanding {
    const found = standings(this.#ledger.agreements, new Date().toISOString()).find(
      (each) => each.version === version,
    );
    if (found === undefined) throw new InvariantError(`a version that was not kept: ${version}`);
    return found;
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
      this.#seenFrom(store, { asOf, version: null }, null, async (found) => {
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
    const proposed = draft === undefined ? null : parseAgreement(draft.text, draft.file);
    if (proposed !== null && !proposed.ok) return proposed;
    return this.#use((store) =>
      this.#seenFrom(store, view.value, proposed?.value ?? null, (context) =>
        this.#answer(store, measure, question, context),
      ),
    );
  }

  async importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    try {
      const report = await importInto(this.#loadContext(), request);
      if (report.ok) await this.#store.recheck();
      return report;
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

  rejects(batch?: number): Promise<readonly Reject[]> {
    return this.#use(({ warehouse }) => readRejects(warehouse, batch ?? null, null));
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
    store: OpenStore,
    measure: RegisteredMeasure,
    question: unknown,
    context: MeasureContext,
  ): Promise<Result<unknown>> {
    const key = digest([measure.name, question, context.asOf, context.judgements]);
    const known = this.#answers.get(key);
    if (known !== undefined) return success(known);
    const asked = measure.ask(question, context);
    if (!asked.ok) return asked;
    const rows: Record<string, readonly Row[]> = {};
    await Promise.all(
      Object.entries(asked.value.queries).map(async ([part, query]) => {
        rows[part] = await store.warehouse.query(query);
      }),
    );
    const answer = asked.value.make(rows);
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
    draft: Agreement | null,
    work: (context: MeasureContext) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const now = new Date().toISOString();
    const derived = await this.#derivedTo(store, now);
    const minute = `${now.slice(0, 16)}:00.000Z`;
    const present = derived > minute ? derived : minute;
    const asked = asOf === null || asOf > now ? present : asOf;
    const rules =
      draft !== null
        ? this.#rules.draft(draft)
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
