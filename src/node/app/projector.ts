import { createHash } from 'node:crypto';
import type { Agreement } from '../../core/agreement/agreement.ts';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import {
  COMMIT,
  derivation,
  dropTemporaryTables,
  isOfSome,
  microsecondsOf,
  STORED_TABLES,
} from '../../core/facts/derive.ts';
import type { DerivationOptions, FactTables } from '../../core/facts/derive.ts';
import { compactRollup } from '../../core/facts/rollup.ts';
import { changedLeads } from '../../core/facts/changed-leads.ts';
import type { IdentityScope } from '../../core/facts/identity-keys.ts';
import { createTable, rawTables } from '../../core/facts/tables.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { projectEntry } from '../ingest/project.ts';
import { RowProgress } from '../ingest/row-progress.ts';
import type { BatchReport } from '../ingest/batch-report.ts';
import { projectRecords } from '../ingest/records/project-records.ts';
import type { PreparedEntry } from '../ingest/records/project-records.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { Transaction, Warehouse } from '../warehouse/warehouse.ts';
import { readMeta, writeMeta } from './meta.ts';
import { PayloadReader } from './payload-reader.ts';
import { campaignsAsOf, resolveCampaigns } from './campaigns.ts';
import { identityAsOf, resolveIdentity, withNames } from './identity.ts';
import { findKinds, keepKinds, storedKinds } from './activity-kinds.ts';
import { undoTakenBack } from './taken-back.ts';
import { isOfEntry, markUnread, readUnread, thoseThatMiss, unmarkUnread } from './unread-entries.ts';
import type { UnreadEntry } from './unread-entries.ts';

/** Beyond this share of the leads it is quicker to derive all of them. */
const FEW = 0.1;

/** Beyond this many times its size, and these rows, the rollup is added up. */
const MOST_GROWTH = 1.5;
const LITTLE_GROWTH = 20_000;

/**
 * Of the ledger's entries, and of what those bring that are applied together: a group's rows are made in one go, and who
 * asks meanwhile waits for them.
 */
const PAGE = 500;
const MOST_GROUP_BYTES = 512 * 1024;

/** Changes of ours in how raw facts are made: a warehouse of another number is made anew. */
const PROJECTION = 9;

/** Changes of ours in how they are derived: what was derived by another number is derived anew. */
const DERIVATION = 3;

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** What raw facts depend on: a change of it reads the ledger again. */
function rawKey(agreement: Agreement): string {
  return digest([
    PROJECTION,
    rawTables(agreement),
    agreement.fields,
    agreement.timezone,
    agreement.currency,
    agreement.rates,
    agreement.country,
    agreement.identity,
  ]);
}

/** Keeps a warehouse what the ledger and the agreement say that it is. */
export class Projector {
  readonly rowsRead = new RowProgress();
  readonly #warehouse: Warehouse;
  readonly #ledger: SqliteLedger;
  readonly #rules: Rulebook;
  readonly #payloads: PayloadReader;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #filesRead = 0;
  #retried = 0;
  #unreadChanges = 0;

  constructor(warehouse: Warehouse, ledger: SqliteLedger, rules: Rulebook) {
    this.#warehouse = warehouse;
    this.#ledger = ledger;
    this.#rules = rules;
    this.#payloads = new PayloadReader(ledger, () => rules.counted);
  }

  /** Changes when a file begins and when it ends to be read into the warehouse: it is odd while one is. */
  get filesRead(): number {
    return this.#filesRead;
  }

  /** How often an entry was passed over, or none any more: who tells of them looks again when it has changed. */
  get unreadChanges(): number {
    return this.#unreadChanges;
  }

  /** How often an entry was read after later ones. */
  get retried(): number {
    return this.#retried;
  }

  /** Makes the tables where they are absent or of another form. */
  async prepare(): Promise<void> {
    const key = rawKey(this.#rules.counted);
    await this.#warehouse.transaction(async (transaction) => {
      await transaction.run(sql`create table if not exists meta (key VARCHAR, value VARCHAR)`);
      if ((await readMeta(transaction, 'raw')) === key) return;
      for (const table of rawTables(this.#rules.counted)) {
        await transaction.run(createTable(table, this.#warehouse.dialect));
      }
      await transaction.run(sql`delete from meta`);
      await writeMeta(transaction, 'raw', key);
    });
  }

  /**
   * Applies what the ledger holds beyond the watermark, an entry a transaction. One that cannot be read is
   * passed over and told by `unread`: it must not keep the others from counting. What was taken back is undone
   * first. One call at a time: another that goes on from a watermark of before would miss what this one undid.
   */
  catchUp(): Promise<readonly BatchReport[]> {
    const turn = this.#lastTurn.then(() => this.#catchUp());
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #catchUp(): Promise<readonly BatchReport[]> {
    const reports: BatchReport[] = [];
    await undoTakenBack(this.#warehouse, this.#ledger, rawTables(this.#rules.counted));
    let watermark = Number(
      (await this.#warehouse.query(sql`select value from meta where key = 'watermark'`))[0]?.['value'] ?? 0,
    );
    for (;;) {
      const entries = await this.#ledger.entriesAfter(watermark, PAGE);
      if (entries.length === 0) return reports;
      for (const group of groupsOf(entries)) reports.push(...(await this.#applyGroup(group)));
      watermark = entries.at(-1)?.id ?? watermark;
    }
  }

  /** Spares the reading of an entry that was read to be acknowledged. */
  remember(prepared: PreparedEntry): void {
    this.#payloads.remember(prepared);
  }

  /** Entries that hold their bytes go together, in one transaction; any other one alone. */
  async #applyGroup(group: readonly LedgerEntry[]): Promise<readonly BatchReport[]> {
    const last = group.at(-1);
    if (last === undefined || last.kept === 'file' || group.length === 1) return this.#applyEach(group);
    try {
      return await this.#warehouse.transaction(async (transaction) => {
        const watermark = Number((await readMeta(transaction, 'watermark')) ?? 0);
        const open = group.filter((entry) => entry.id > watermark);
        if (open.length === 0) return [];
        const reports = await this.#take(transaction, open);
        await writeMeta(transaction, 'watermark', String(last.id));
        return reports;
      });
    } catch (error) {
      if (!isOfEntry(error)) throw error;
      return this.#applyEach(group);
    }
  }

  async #applyEach(entries: readonly LedgerEntry[]): Promise<readonly BatchReport[]> {
    const reports: BatchReport[] = [];
    for (const entry of entries) {
      const report = await this.#reading(entry, () => this.#applyOrPass(entry));
      if (report !== null) reports.push(report);
    }
    return reports;
  }

  /** The entries that could not be read and still miss. */
  async unread(): Promise<readonly UnreadEntry[]> {
    const reasons = await readUnread(this.#warehouse);
    return reasons.size === 0 ? [] : thoseThatMiss(await this.#ledger.entriesAfter(0), reasons);
  }

  /**
   * Reads an entry that was passed over, now that its file may be there again.
   *
   * @returns false where it still cannot be read
   */
  async retry(entry: LedgerEntry): Promise<boolean> {
    try {
      await this.#reading(entry, () => this.#readAgain(entry));
      this.#unreadChanges += 1;
      return true;
    } catch (error) {
      if (isOfEntry(error)) return false;
      throw error;
    } finally {
      this.#retried += 1;
    }
  }

  #readAgain(entry: LedgerEntry): Promise<void> {
    return this.#warehouse.transaction(async (transaction) => {
      await unmarkUnread(transaction, entry.id);
      await this.#take(transaction, [entry]);
      // What was derived was derived without it.
      await writeMeta(transaction, 'derived_watermark', '');
    });
  }

  /** Forgets an entry that was passed over and that the ledger does not hold any more. */
  async forget(id: number): Promise<void> {
    const last = await this.#ledger.lastId();
    await this.#warehouse.transaction(async (transaction) => {
      await unmarkUnread(transaction, id);
      const watermark = Number((await readMeta(transaction, 'watermark')) ?? 0);
      await writeMeta(transaction, 'watermark', String(Math.min(watermark, last)));
    });
    this.#unreadChanges += 1;
  }

  /** What an entry would do, without doing it. */
  async rehearse(
    entry: LedgerEntry,
    look: (transaction: Transaction) => Promise<void>,
  ): Promise<BatchReport> {
    const kept: { report?: BatchReport } = {};
    const undo = new InvariantError('rehearsed');
    try {
      await this.#warehouse.transaction(async (transaction) => {
        await transaction.run(sql`create or replace temp table changed_lead (lead_id VARCHAR)`);
        const [report] = await this.#project(transaction, [entry], true);
        if (report !== undefined) kept.report = report;
        await look(transaction);
        throw undo;
      });
    } catch (error) {
      if (error !== undo) throw error;
    }
    if (!kept.report) throw undo;
    return kept.report;
  }

  /** @returns null where another caller applied the entry since it was looked for, or it cannot be read */
  async #applyOrPass(entry: LedgerEntry): Promise<BatchReport | null> {
    const isDone = async (transaction: Transaction): Promise<boolean> =>
      Number((await readMeta(transaction, 'watermark')) ?? 0) >= entry.id;
    const advance = (transaction: Transaction): Promise<void> =>
      writeMeta(transaction, 'watermark', String(entry.id));
    try {
      return await this.#warehouse.transaction(async (transaction) => {
        if (await isDone(transaction)) return null;
        const [report = null] = await this.#take(transaction, [entry]);
        await advance(transaction);
        return report;
      });
    } catch (error) {
      if (!isOfEntry(error)) throw error;
      await this.#warehouse.transaction(async (transaction) => {
        if (await isDone(transaction)) return;
        await markUnread(transaction, entry.id, error);
        await advance(transaction);
      });
      this.#unreadChanges += 1;
      return null;
    }
  }

  async #take(transaction: Transaction, entries: readonly LedgerEntry[]): Promise<readonly BatchReport[]> {
    await transaction.run(sql`create or replace temp table changed_lead (lead_id VARCHAR)`);
    // Where there are no facts yet, all of them will be derived.
    const tellsLeads = await hasFacts(transaction);
    const reports = await this.#project(transaction, entries, tellsLeads);
    // Kept until it is derived, across a crash between the two.
    await transaction.run(sql`create table if not exists touched (lead_id VARCHAR)`);
    await transaction.run(sql`insert into touched select lead_id from changed_lead`);
    await transaction.run(sql`drop table changed_lead`);
    return reports;
  }

  /** One entry with a file, or any number of them that hold their bytes. */
  async #project(
    transaction: Transaction,
    entries: readonly LedgerEntry[],
    tellsLeads: boolean,
  ): Promise<readonly BatchReport[]> {
    const common = { agreement: this.#rules.counted, dialect: this.#warehouse.dialect, tellsLeads };
    const [entry] = entries;
    if (entry?.kept !== 'file') {
      const prepared = entries.map((each) => this.#payloads.prepare(each));
      const reports = await projectRecords(transaction, { ...common, entries: prepared });
      this.#payloads.forget(entries);
      return reports;
    }
    const path = this.#ledger.filePath(entry.file.hash);
    const tell = this.rowsRead.of(entry.id);
    return [await projectEntry(transaction, { ...common, entry, path, tell })];
  }

  /** Work that may read an entry's file, from before it begins until it is committed. */
  async #reading<T>(entry: LedgerEntry, work: () => Promise<T>): Promise<T> {
    if (entry.kept !== 'file') return work();
    this.#filesRead += 1;
    try {
      return await work();
    } finally {
      this.#filesRead += 1;
    }
  }

  /**
   * Brings the derived tables up to the raw ones at an instant: the leads that were touched, or all of them.
   *
   * @returns true where something was derived
   */
  async derive(asOf: string): Promise<boolean> {
    const key = digest([PROJECTION, DERIVATION, this.#rules]);
    return this.#warehouse.transaction(async (transaction) => {
      await transaction.run(sql`create table if not exists touched (lead_id VARCHAR)`);
      const same = (await readMeta(transaction, 'derived')) === key;
      const watermark = await readMeta(transaction, 'watermark');
      const last = await readMeta(transaction, 'derived_as_of');
      if (same && last !== null) await this.#touchThoseDue(transaction, last, asOf);
      if (
        same &&
        watermark === (await readMeta(transaction, 'derived_watermark')) &&
        (await isEmpty(transaction, sql`touched`))
      ) {
        return false;
      }
      const isCurrent = same && (await hasFacts(transaction));
      const ads = await stateOfAds(transaction);
      const hasSameAds = ads === (await readMeta(transaction, 'derived_ads'));
      const { counted } = this.#rules;
      const scope = this.#scope(asOf);
      const tables = withNames(STORED_TABLES, {
        alias: await resolveIdentity(transaction, counted, scope, isCurrent),
        campaigns: await resolveCampaigns(transaction, counted, scope, { isCurrent, hasSameAds }),
      });
      const few = same && (await touchesFew(transaction));
      const kinds = few ? await storedKinds(transaction) : await findKinds(transaction);
      if (few) await transaction.run(changedLeads(tables.alias));
      await this.#run(transaction, this.#rules, {
        asOf,
        scope: few ? 'changed' : 'all',
        tables: { ...tables, kinds },
        ads: !hasSameAds,
      });
      await this.#compactRollup(transaction, few);
      await transaction.run(sql`delete from touched`);
      await keepKinds(transaction, kinds);
      await writeMeta(transaction, 'derived_ads', ads);
      await writeMeta(transaction, 'derived', key);
      await writeMeta(transaction, 'derived_watermark', watermark ?? '0');
      await writeMeta(transaction, 'derived_as_of', asOf);
      return true;
    });
  }

  /**
   * Derives what was known at an instant under some rules, into tables of their own.
   *
   * @returns the tables, with that of whose each id was where some were not a lead's own
   */
  async deriveAside(asOf: string, rules: Rulebook, tables: FactTables): Promise<FactTables> {
    return this.#warehouse.transaction(async (transaction) => {
      // Whose an id is does not hang on a draft: the store has the keys of its own agreement.
      const { counted } = this.#rules;
      const scope = this.#scope(asOf);
      const named = withNames(tables, {
        alias: await identityAsOf(transaction, counted, scope, tables.facts),
        campaigns: await campaignsAsOf(transaction, counted, scope, tables.facts),
      });
      const made = { ...named, kinds: await findKinds(transaction) };
      await this.#run(transaction, rules, { asOf, scope: 'all', tables: made });
      return made;
    });
  }

  #scope(asOf: string): IdentityScope {
    return { asOf: microsecondsOf(asOf), dialect: this.#warehouse.dialect };
  }

  async #run(transaction: Transaction, rules: Rulebook, options: DerivationOptions): Promise<void> {
    const steps = derivation(rules, this.#warehouse.dialect, options);
    for (const step of [...steps, ...dropTemporaryTables()]) {
      if (step === COMMIT) await transaction.commit();
      else if (!isOfSome(step)) await transaction.run(step);
      else if (!(await isEmpty(transaction, step.table)))
        for (const each of step.steps) await transaction.run(each);
    }
    await transaction.run(sql`drop table if exists changed_lead`);
  }

  /** Adds the rollup's rows up where changes have left many: a page reads all of them. */
  async #compactRollup(transaction: Transaction, few: boolean): Promise<void> {
    const rows = Number(await countOf(transaction, STORED_TABLES.rollup));
    const compact = Number((await readMeta(transaction, 'rollup_rows')) ?? rows);
    if (few && rows <= compact * MOST_GROWTH + LITTLE_GROWTH) return;
    if (few) {
      const rollup = identifier(STORED_TABLES.rollup);
      await transaction.run(
        sql`create or replace table ${rollup} as ${compactRollup(this.#rules.counted, rollup, this.#warehouse.dialect)}`,
      );
    }
    await writeMeta(transaction, 'rollup_rows', await countOf(transaction, STORED_TABLES.rollup));
  }

  /** What was told ahead of its time counts once its time has come. */
  async #touchThoseDue(transaction: Transaction, from: string, to: string): Promise<void> {
    const { dialect } = this.#warehouse;
    const instant = (iso: string) => dialect.instant(dialect.literal('int', String(microsecondsOf(iso))));
    const due = sql`> ${instant(from)}`;
    const until = sql`<= ${instant(to)}`;
    const at = identifier('at');
    await transaction.run(sql`insert into touched
      select lead_id from activity where ${at} ${due} and ${at} ${until}
      union select lead_id from lead_version where effective_at ${due} and effective_at ${until}
      union select lead_id from lead_version where created_at ${due} and created_at ${until}`);
  }
}

/** Consecutive entries that hold their bytes, by as many as memory bears; each other one alone. */
function groupsOf(entries: readonly LedgerEntry[]): readonly (readonly LedgerEntry[])[] {
  const groups: LedgerEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const group = groups.at(-1);
    bytes += entry.file.bytes;
    if (group?.[0]?.kept === 'entry' && entry.kept === 'entry' && bytes <= MOST_GROUP_BYTES)
      group.push(entry);
    else {
      groups.push([entry]);
      bytes = entry.file.bytes;
    }
  }
  return groups;
}

/** What changes whenever an ad metric comes or is taken back. */
async function stateOfAds(transaction: Transaction): Promise<string> {
  const [row] = await transaction.query(
    sql`select count(*) as told, count(withdrawn_at) as withdrawn from ad_metric`,
  );
  return `${Number(row?.['told'])} ${Number(row?.['withdrawn'])}`;
}

async function countOf(transaction: Transaction, table: string): Promise<string> {
  const [row] = await transaction.query(sql`select count(*) as n from ${identifier(table)}`);
  return String(row?.['n'] ?? 0);
}

async function hasFacts(transaction: Transaction): Promise<boolean> {
  if ((await readMeta(transaction, 'derived')) === null) return false;
  return !(await isEmpty(transaction, identifier(STORED_TABLES.facts)));
}

async function isEmpty(transaction: Transaction, table: Fragment): Promise<boolean> {
  const [row] = await transaction.query(sql`select count(*) as n from (select 1 from ${table} limit 1)`);
  return row?.['n'] === 0;
}

async function touchesFew(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query(sql`select
    (select count(*) from (select distinct lead_id from touched)) as touched,
    (select count(*) from ${identifier(STORED_TABLES.facts)}) as leads`);
  return Number(row?.['touched'] ?? 0) < FEW * Number(row?.['leads'] ?? 0);
}
