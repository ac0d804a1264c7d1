import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { localDay } from '../../core/calendar/days.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure } from '../../core/measures/registry.ts';
import type { RegisteredMeasure } from '../../core/measures/registry.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { examine } from './doctor.ts';
import { exportRows, unbroken } from './export.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import type { AgreementText } from './home.ts';
import { importInto } from './import.ts';
import { LivingStore } from './living-store.ts';
import { takeLock } from './lock.ts';
import { storeFault } from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { readRejects } from './rejects.ts';
import type {
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  Reject,
  Status,
  Workspace,
} from './workspace.ts';

/** Answers kept for questions asked again of the same data. */
const MOST_ANSWERS = 200;
const MOST_EARLIER = 3;

/**
 * Opens the workspace of a home in this process: the agreement is checked, the ledger opened, the warehouse
 * brought up to it (or made anew where it is damaged).
 *
 * @param giveUp asked while another process holds the home: true where waiting for it is of no use
 */
export async function openWorkspace(home: string, giveUp?: () => boolean): Promise<Result<Workspace>> {
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

class LocalWorkspace implements Workspace {
  readonly home: string;
  readonly #agreement: Agreement;
  readonly #version: number;
  readonly #ledger: SqliteLedger;
  readonly #release: () => void;
  readonly #store: LivingStore;
  #seen: OpenStore | null = null;
  readonly #answers = new Map<string, unknown>();
  readonly #earlier = new Map<string, FactTables>();
  #context: MeasureContext | null = null;

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
  }

  get notices(): readonly Diagnostic[] {
    return this.#store.notices;
  }

  agreement(): Promise<{ version: number; agreement: Agreement }> {
    return Promise.resolve({ version: this.#version, agreement: this.#agreement });
  }

  async status(): Promise<Status> {
    const [context, row] = await this.#use(async (store) => {
      const current = await this.#currentContext(store);
      const [counts] = await store.warehouse.query(sql`select
        (select count(*) from lead_facts) as leads, (select count(*) from activity) as activities,
        (select count(*) from ad_metric) as ad_rows`);
      return [current, counts];
    });
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
    const asOf = measure.asOf(question);
    if (!asOf.ok) return asOf;
    return this.#use((store) => this.#askOf(store, measure, question, asOf.value));
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

  async #askOf(
    store: OpenStore,
    measure: RegisteredMeasure,
    question: unknown,
    asOf: string | null,
  ): Promise<Result<unknown>> {
    const context =
      asOf === null ? await this.#currentContext(store) : await this.#earlierContext(store, asOf);
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
    this.#earlier.clear();
    this.#context = null;
  }

  /** The stored facts, brought up to now where something told ahead of its time has come to pass. */
  async #currentContext(store: OpenStore): Promise<MeasureContext> {
    const due = this.#context === null ? true : await this.#isDue(store, this.#context.asOf);
    if (!due && this.#context !== null) return this.#context;
    await store.projector.derive(new Date().toISOString());
    const [row] = await store.warehouse.query(sql`select value from meta where key = 'derived_as_of'`);
    const asOf = typeof row?.['value'] === 'string' ? row['value'] : new Date().toISOString();
    this.#answers.clear();
    this.#context = await this.#contextOf(store, asOf, STORED_TABLES);
    return this.#context;
  }

  async #isDue(store: OpenStore, since: string): Promise<boolean> {
    const now = new Date().toISOString();
    const { dialect } = store.warehouse;
    const instant = (iso: string) =>
      dialect.instant(dialect.literal('int', String(BigInt(Date.parse(iso)) * 1000n)));
    const [row] = await store.warehouse.query(sql`select
      exists (select 1 from activity where "at" > ${instant(since)} and "at" <= ${instant(now)}) or
      exists (select 1 from lead_version where created_at > ${instant(since)} and created_at <= ${instant(now)}) or
      exists (select 1 from lead_version where effective_at > ${instant(since)} and effective_at <= ${instant(now)}) as due`);
    return row?.['due'] === true;
  }

  async #earlierContext(store: OpenStore, asOf: string): Promise<MeasureContext> {
    // Later than what is derived there is nothing to know yet.
    const current = await this.#currentContext(store);
    if (asOf >= current.asOf) return current;
    const known = this.#earlier.get(asOf);
    if (known) return this.#contextOf(store, asOf, known);
    if (this.#earlier.size >= MOST_EARLIER) {
      const [oldest] = this.#earlier.keys();
      if (oldest !== undefined) this.#earlier.delete(oldest);
    }
    const used = new Set([...this.#earlier.values()].map((tables) => tables.facts));
    const slot = [0, 1, 2].find((each) => !used.has(`${STORED_TABLES.facts}_as_of_${each}`)) ?? 0;
    const suffix = `_as_of_${slot}`;
    const tables: FactTables = {
      facts: STORED_TABLES.facts + suffix,
      rollup: STORED_TABLES.rollup + suffix,
      adDay: STORED_TABLES.adDay + suffix,
      value: STORED_TABLES.value + suffix,
      credit: STORED_TABLES.credit + suffix,
    };
    await store.projector.deriveAsOf(asOf, tables);
    this.#earlier.set(asOf, tables);
    return this.#contextOf(store, asOf, tables);
  }

  async #contextOf(store: OpenStore, asOf: string, tables: FactTables): Promise<MeasureContext> {
    const { warehouse } = store;
    const [row] = await warehouse.query(extentQuery(tables));
    const from = row?.['first'];
    const to = row?.['last'];
    const today = localDay(asOf, this.#agreement.timezone);
    return {
      agreement: this.#agreement,
      version: this.#version,
      dialect: warehouse.dialect,
      asOf,
      extent:
        typeof from === 'string' && typeof to === 'string' ? { from, to: to > today ? today : to } : null,
      tables,
    };
  }
}

/** The first and the last day on which something happened. */
function extentQuery(tables: FactTables): Fragment {
  return sql`select min(day) as first, max(day) as last from (
    select day from ${identifier(tables.rollup)} where dimension = ''
    union all select day from ${identifier(tables.adDay)} where dimension = '')`;
}
