import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure, instantAsked } from '../../core/measures/registry.ts';
import type { RegisteredMeasure } from '../../core/measures/registry.ts';
import { questionFaults } from '../../core/measures/question-faults.ts';
import { asOfQuestion } from '../../core/measures/question.ts';
import { microsecondsOf, STORED_TABLES } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { examine } from './doctor.ts';
import { EarlierFacts } from './earlier-facts.ts';
import { extentOf, extentQuery } from './extent.ts';
import { exportRows, unbroken } from './export.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import type { AgreementText } from './home.ts';
import { importInto } from './import.ts';
import { Intake } from './intake.ts';
import { LivingStore } from './living-store.ts';
import { takeLock } from './lock.ts';
import { storeFault } from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { readRejects } from './rejects.ts';
import { Settling } from './settling.ts';
import type {
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  Reject,
  ServedWorkspace,
  Status,
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
    const { version } = ledger.agreementVersion(text.value.text);
    const store = await LivingStore.open(folder, ledger, text.value.agreement);
    return success(new LocalWorkspace(home, text.value, version, ledger, store, lock.release));
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
  readonly #agreement: Agreement;
  readonly #version: number;
  readonly #ledger: SqliteLedger;
  readonly #release: () => void;
  readonly #store: LivingStore;
  #seen: OpenStore | null = null;
  readonly #answers = new Map<string, unknown>();
  readonly #earlier = new EarlierFacts();
  /** Of the present minute. */
  #context: MeasureContext | null = null;
  /** The instant of which the stored facts are. */
  #derived: string | null = null;

  constructor(
    home: string,
    text: AgreementText,
    version: number,
    ledger: SqliteLedger,
    store: LivingStore,
    release: () => void,
  ) {
    this.home = home;
    this.#agreement = text.agreement;
    this.#version = version;
    this.#ledger = ledger;
    this.#store = store;
    this.#release = release;
    this.settling = new Settling({ use: (work) => this.#use(work) });
    this.settling.onSettled(() => this.#forget());
    this.intake = new Intake({
      agreement: this.#agreement,
      ledger,
      settling: this.settling,
      use: (work) => this.#use(work),
    });
  }

  get notices(): readonly Diagnostic[] {
    return this.#store.notices;
  }

  agreement(): Promise<{ version: number; agreement: Agreement }> {
    return Promise.resolve({ version: this.#version, agreement: this.#agreement });
  }

  async status(question: unknown = {}): Promise<Status> {
    const asked = asOfQuestion.safeParse(question);
    if (!asked.success) throw new FaultError(questionFaults(asOfQuestion, question));
    const asOf = instantAsked(asked.data.as_of, this.#agreement.timezone);
    const [context, row] = await this.#use((store) =>
      this.#asOf(store, asOf, async (found): Promise<[MeasureContext, Row | undefined]> => {
        const instant = found.dialect.literal('int', String(microsecondsOf(found.asOf)));
        const recorded = sql`recorded_at <= ${found.dialect.instant(instant)}`;
        const [counts] = await store.warehouse.query(sql`select
          (select count(*) from ${identifier(found.tables.facts)}) as leads,
          (select count(*) from activity where ${recorded}) as activities,
          (select count(*) from ad_metric where ${recorded}) as ad_rows`);
        return [found, counts];
      }),
    );
    const count = (name: string): number => Number(row?.[name] ?? 0);
    return {
      name: this.#agreement.name,
      timezone: this.#agreement.timezone,
      currency: this.#agreement.currency,
      empty: count('leads') === 0 && count('ad_rows') === 0,
      extent: context.extent,
      as_of: context.asOf,
      leads: count('leads'),
      activities: count('activities'),
      ad_rows: count('ad_rows'),
      agreement: { version: this.#version, name: this.#agreement.name },
      notices: this.#store.notices,
    };
  }

  async ask(name: string, question: unknown): Promise<Result<unknown>> {
    const measure = findMeasure(name);
    if (measure === null) return failure(fault('question.unknown_measure', { name }));
    const asOf = measure.asOf(question, this.#agreement.timezone);
    if (!asOf.ok) return asOf;
    return this.#use((store) =>
      this.#asOf(store, asOf.value, (context) => this.#answer(store, measure, question, context)),
    );
  }

  async importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    try {
      const report = await importInto(
        {
          home: this.home,
          agreement: this.#agreement,
          ledger: this.#ledger,
          use: (work) => this.#use(work),
        },
        request,
      );
      if (report.ok) await this.#store.recheck();
      return report;
    } finally {
      this.#forget();
    }
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
      const rows = exportRows(warehouse, this.#agreement, table, format, this.#ledger.filesFolder);
      return rows.ok ? success(await unbroken(rows.value, table)) : rows;
    });
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
    const key = JSON.stringify([measure.name, question, context.asOf]);
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

  #forget(): void {
    this.#answers.clear();
    this.#earlier.forget();
    this.#context = null;
    this.#derived = null;
  }

  /**
   * What was known at an instant, or is known now (`null`): later than now there is nothing to know yet. Now
   * is told to the minute, so that what is asked twice is answered once.
   */
  async #asOf<T>(
    store: OpenStore,
    asOf: string | null,
    work: (context: MeasureContext) => Promise<T>,
  ): Promise<T> {
    const now = new Date().toISOString();
    const derived = await this.#derivedTo(store, now);
    const minute = `${now.slice(0, 16)}:00.000Z`;
    const present = derived > minute ? derived : minute;
    const asked = asOf === null || asOf > now ? present : asOf;
    if (asked < derived) {
      return this.#earlier.read(store, asked, async (tables) =>
        work(await this.#contextOf(store, asked, tables)),
      );
    }
    // Between the last derivation and now nothing has come to pass: the stored facts are those of both.
    if (asked !== this.#context?.asOf) {
      const context = await this.#contextOf(store, asked, STORED_TABLES);
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

  async #contextOf(store: OpenStore, asOf: string, tables: FactTables): Promise<MeasureContext> {
    const { warehouse } = store;
    const [row] = await warehouse.query(extentQuery(tables));
    return {
      agreement: this.#agreement,
      version: this.#version,
      dialect: warehouse.dialect,
      asOf,
      extent: extentOf(row, asOf, this.#agreement.timezone),
      tables,
    };
  }
}
