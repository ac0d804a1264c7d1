import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { localDay } from '../../core/calendar/days.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { MeasureContext, Row, RowValue } from '../../core/measures/measure.ts';
import { findMeasure } from '../../core/measures/registry.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { SqliteLedger } from '../ledger/sqlite.ts';
import { examine } from './doctor.ts';
import { exportRows } from './export.ts';
import { prepareHome, readAgreement, storeFolder } from './home.ts';
import type { AgreementText } from './home.ts';
import { importInto } from './import.ts';
import { takeLock } from './lock.ts';
import { openStore, removeWarehouse } from './open-store.ts';
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
 */
export async function openWorkspace(home: string): Promise<Result<Workspace>> {
  const prepared = await prepareHome(home);
  if (!prepared.ok) return prepared;
  const text = await readAgreement(home);
  if (!text.ok) return text;
  const folder = storeFolder(home);
  const lock = await takeLock(join(folder, 'lock'));
  if ('heldBy' in lock) return failure(fault('store.busy', { pid: lock.heldBy }));
  let ledger: SqliteLedger | null = null;
  try {
    ledger = SqliteLedger.open(folder);
    const { version } = ledger.agreementVersion(text.value.text);
    const store = await openStore(folder, ledger, text.value.agreement);
    return success(new LocalWorkspace(home, text.value, version, ledger, store, lock.release));
  } catch (error) {
    await ledger?.close();
    lock.release();
    throw error;
  }
}

class LocalWorkspace implements Workspace {
  readonly home: string;
  readonly #agreement: Agreement;
  readonly #version: number;
  readonly #ledger: SqliteLedger;
  readonly #release: () => void;
  #store: OpenStore;
  readonly #answers = new Map<string, unknown>();
  readonly #earlier = new Map<string, FactTables>();
  #context: MeasureContext | null = null;

  constructor(
    home: string,
    text: AgreementText,
    version: number,
    ledger: SqliteLedger,
    store: OpenStore,
    release: () => void,
  ) {
    this.home = home;
    this.#agreement = text.agreement;
    this.#version = version;
    this.#ledger = ledger;
    this.#store = store;
    this.#release = release;
  }

  agreement(): Promise<{ version: number; agreement: Agreement }> {
    return Promise.resolve({ version: this.#version, agreement: this.#agreement });
  }

  async status(): Promise<Status> {
    const context = await this.#currentContext();
    const [row] = await this.#store.warehouse.query(sql`select
      (select count(*) from lead_facts) as leads, (select count(*) from activity) as activities,
      (select count(*) from ad_metric) as ad_rows`);
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
    const context =
      asOf.value === null ? await this.#currentContext() : await this.#earlierContext(asOf.value);
    const key = JSON.stringify([name, question, context.asOf]);
    const known = this.#answers.get(key);
    if (known !== undefined) return success(known);
    const asked = measure.ask(question, context);
    if (!asked.ok) return asked;
    const rows: Record<string, readonly Row[]> = {};
    await Promise.all(
      Object.entries(asked.value.queries).map(async ([part, query]) => {
        rows[part] = await this.#store.warehouse.query(query);
      }),
    );
    const answer = asked.value.make(rows);
    if (answer.ok) this.#remember(key, answer.value);
    return answer;
  }

  async importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    const report = await importInto(
      { home: this.home, agreement: this.#agreement, ledger: this.#ledger, store: this.#store },
      request,
    );
    this.#forget();
    return report;
  }

  batches(): Promise<readonly Readonly<Record<string, RowValue>>[]> {
    return this.#store.warehouse.query(sql`select * from batch order by entry`);
  }

  rejects(batch?: number): Promise<readonly Reject[]> {
    return readRejects(this.#store.warehouse, batch ?? null, null);
  }

  async rebuild(): Promise<Result<Status>> {
    await this.#store.warehouse.close();
    removeWarehouse(storeFolder(this.home));
    this.#store = await openStore(storeFolder(this.home), this.#ledger, this.#agreement);
    this.#forget();
    return success(await this.status());
  }

  exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>> {
    return Promise.resolve(
      exportRows(this.#store.warehouse, this.#agreement, table, format, this.#ledger.filesFolder),
    );
  }

  doctor(): Promise<readonly DoctorCheck[]> {
    return examine(this.#ledger, this.#store.warehouse, storeFolder(this.home));
  }

  async close(): Promise<void> {
    await this.#store.warehouse.close();
    await this.#ledger.close();
    this.#release();
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
  async #currentContext(): Promise<MeasureContext> {
    const due = this.#context === null ? true : await this.#isDue(this.#context.asOf);
    if (!due && this.#context !== null) return this.#context;
    await this.#store.projector.derive(new Date().toISOString());
    const [row] = await this.#store.warehouse.query(sql`select value from meta where key = 'derived_as_of'`);
    const asOf = typeof row?.['value'] === 'string' ? row['value'] : new Date().toISOString();
    this.#answers.clear();
    this.#context = await this.#contextOf(asOf, STORED_TABLES);
    return this.#context;
  }

  async #isDue(since: string): Promise<boolean> {
    const now = new Date().toISOString();
    const { dialect } = this.#store.warehouse;
    const instant = (iso: string) =>
      dialect.instant(dialect.literal('int', String(BigInt(Date.parse(iso)) * 1000n)));
    const [row] = await this.#store.warehouse.query(sql`select
      exists (select 1 from activity where "at" > ${instant(since)} and "at" <= ${instant(now)}) or
      exists (select 1 from lead_version where created_at > ${instant(since)} and created_at <= ${instant(now)}) or
      exists (select 1 from lead_version where effective_at > ${instant(since)} and effective_at <= ${instant(now)}) as due`);
    return row?.['due'] === true;
  }

  async #earlierContext(asOf: string): Promise<MeasureContext> {
    // Later than what is derived there is nothing to know yet.
    const current = await this.#currentContext();
    if (asOf >= current.asOf) return current;
    const known = this.#earlier.get(asOf);
    if (known) return this.#contextOf(asOf, known);
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
    await this.#store.projector.deriveAsOf(asOf, tables);
    this.#earlier.set(asOf, tables);
    return this.#contextOf(asOf, tables);
  }

  async #contextOf(asOf: string, tables: FactTables): Promise<MeasureContext> {
    const { warehouse } = this.#store;
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
