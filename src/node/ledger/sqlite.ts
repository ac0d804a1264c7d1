import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import { isDiskFull } from '../system-error.ts';
import type { Mapping } from '../ingest/mapping.ts';
import { AgreementArchive } from './agreement-archive.ts';
import type {
  EntryDraft,
  KeptAnswer,
  Ledger,
  LedgerEntry,
  RequestDraft,
  SourceState,
  Retold,
  StoredFile,
} from './ledger.ts';
import { packed, unpacked } from './payload.ts';
import { transact } from './transact.ts';
import { SourceStates, STATE_SCHEMA } from './source-states.ts';
import type { Growth } from './growth.ts';
import { BEHIND_BYTES, FileHolds, INCOMING, Spool } from './spool.ts';
import { WriteLog } from './write-log.ts';
import { member } from './member.ts';

/** Below this much free disk nothing is taken in: what is there must still be able to be read and mended. */
const DISK_FLOOR_BYTES = 64 * 1024 * 1024;

/** A look at the free disk holds for so long, in which requests cannot write as much as the floor. */
const DISK_LOOK_MS = 100;

const UNFINISHED = [INCOMING, '.export-'];

/** Times its size that a file takes up at most once it is taken in: its facts, raw and derived. */
const GROWN = 2;

const SCHEMA = `
  create table if not exists entry (
    id integer primary key autoincrement,
    source text not null,
    external_id text not null,
    received_at text not null,
    file_hash text not null,
    file_name text not null,
    file_bytes integer not null,
    mapping text not null,
    payload blob,
    answer blob,
    unique (source, external_id)
  );
  create table if not exists taken_back (
    nth integer primary key autoincrement,
    entry integer not null unique,
    at text not null
  );
  create table if not exists retold (
    entry integer not null,
    line integer not null,
    by_entry integer not null,
    primary key (entry, line, by_entry)
  );`;

/** All but the bytes. */
const ENTRY_COLUMNS = `id, source, external_id, received_at, file_hash, file_name, file_bytes, mapping,
  payload is not null as is_kept`;

/** A ledger in SQLite with its files beside it, in one folder. */
export class SqliteLedger implements Ledger {
  /** Every version of the agreement. */
  readonly agreements: AgreementArchive;
  readonly #database: Database.Database;
  readonly #files: string;
  readonly #holds = new FileHolds();
  readonly #states: SourceStates;
  #free = 0;
  #freeUntil = -1;

  /** What is asked for each request is prepared once. */
  readonly #prepared = new Map<string, Database.Statement>();

  readonly #log: WriteLog;
  /** The first entry that a power cut might still take; infinite where there is none. */
  #unflushedFrom = Infinity;

  private constructor(database: Database.Database, files: string, log: WriteLog) {
    this.#log = log;
    this.agreements = new AgreementArchive(database);
    this.#database = database;
    this.#states = new SourceStates(database);
    this.#files = files;
  }

  static open(folder: string): SqliteLedger {
    const files = join(folder, 'files');
    mkdirSync(files, { recursive: true });
    for (const name of readdirSync(files)) {
      // What a killed process was still taking in or giving out; nobody was told that it is kept.
      if (UNFINISHED.some((start) => name.startsWith(start))) rmSync(join(files, name), { force: true });
    }
    const path = join(folder, 'ledger.sqlite');
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    // In WAL the default does not flush at each commit: what is acknowledged must survive a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.exec(SCHEMA + STATE_SCHEMA);
    addColumns(database, 'entry', { payload: 'blob', answer: 'blob' });
    addColumns(database, 'source_state', { entry: 'integer', passed_over: 'text' });
    addColumns(database, 'state_before', { passed_over: 'text' });
    return new SqliteLedger(database, files, new WriteLog(`${path}-wal`));
  }

  async storeFile(content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const { stored } = await this.storeWhile(content, () => Promise.resolve());
    return stored;
  }

  async storeWhile<T>(
    content: AsyncIterable<Uint8Array>,
    look: (path: string, growth: Growth) => Promise<T>,
  ): Promise<{ readonly stored: StoredFile; readonly seen: T }> {
    const spool = await this.openSpool();
    const filled = this.#fill(spool, content);
    // The look learns of it by the growth, and may end before.
    filled.catch(() => undefined);
    try {
      await spool.growth.beyond(BEHIND_BYTES);
      const seen = await look(spool.path, spool.growth);
      await filled;
      return { stored: await spool.finish(), seen };
    } catch (error) {
      await filled.catch(() => undefined);
      await spool.discard();
      throw diskFault(error);
    }
  }

  async #fill(spool: Spool, content: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of content) await spool.write(chunk);
      await this.requireDisk(GROWN * spool.bytes);
      await spool.written();
    } catch (error) {
      spool.growth.fail(error);
      throw error;
    }
  }

  async openSpool(): Promise<Spool> {
    await this.requireDisk();
    try {
      return await Spool.open(this.#files, this.#holds);
    } catch (error) {
      throw diskFault(error);
    }
  }

  letGo(hash: string): void {
    if (!this.#holds.letGo(hash) || this.#namesFile(hash)) return;
    // At once: whoever stores the same bytes next must find them or write them anew.
    rmSync(this.filePath(hash), { force: true });
  }

  filePath(hash: string): string {
    return join(this.#files, hash);
  }

  get filesFolder(): string {
    return this.#files;
  }

  append(entry: EntryDraft): Promise<{ entry: LedgerEntry; known: boolean }> {
    const { known, externalId } = this.standing(entry.source, entry.externalId);
    if (known !== null) return Promise.resolve({ entry: known, known: true });
    try {
      const stored = this.#insert({ ...entry, externalId }, null, null, this.#nextInstant());
      // Its commit has flushed what came before as well.
      this.#unflushedFrom = Infinity;
      return Promise.resolve({ entry: stored, known: false });
    } catch (error) {
      return Promise.reject(diskFault(error));
    }
  }

  /**
   * Written by a commit that does not flush, then flushed beside the event loop, which takes in the next requests
   * meanwhile. Until then the entries are told to nobody.
   */
  async appendRequests(requests: readonly RequestDraft[]): Promise<readonly LedgerEntry[]> {
    try {
      const entries = this.#write(requests);
      await this.#log.flush();
      this.#unflushedFrom = Infinity;
      return entries;
    } catch (error) {
      throw diskFault(error);
    }
  }

  #write(requests: readonly RequestDraft[]): readonly LedgerEntry[] {
    const receivedAt = this.#nextInstant();
    const all = (): readonly LedgerEntry[] =>
      requests.map(({ source, externalId, name, payload, mapping, answer }) => {
        const file = { hash: sha256(payload), name, bytes: payload.byteLength };
        const draft: EntryDraft = { source, externalId, file, kept: 'entry', mapping };
        return this.#insert(draft, packed(payload), packed(Buffer.from(answer)), receivedAt);
      });
    this.#database.pragma('synchronous = NORMAL');
    try {
      const entries = transact(this.#database, all);
      this.#unflushedFrom = Math.min(this.#unflushedFrom, entries[0]?.id ?? Infinity);
      return entries;
    } finally {
      this.#database.pragma('synchronous = FULL');
    }
  }

  answerTo(source: string, externalId: string): KeptAnswer | null {
    const row: unknown = this.#statement(
      'select id, file_hash, file_name, answer from entry where source = ? and external_id = ?',
    ).get(source, externalId);
    if (row === undefined) return null;
    const answer = bytesOf(member(row, 'answer'));
    return {
      entry: Number(member(row, 'id')),
      name: String(member(row, 'file_name')),
      hash: String(member(row, 'file_hash')),
      answer: answer === null ? '' : Buffer.from(unpacked(answer)).toString(),
    };
  }

  payload(id: number): Uint8Array {
    const row: unknown = this.#statement('select payload from entry where id = ?').get(id);
    const bytes = bytesOf(member(row, 'payload'));
    if (bytes === null) throw new InvariantError(`an entry without a payload: ${id}`);
    return unpacked(bytes);
  }

  commit(drafts: readonly EntryDraft[], state: SourceState | null): Promise<readonly LedgerEntry[]> {
    try {
      const write = (): readonly LedgerEntry[] => {
        const entries = drafts.map((draft) => this.#insert(draft, null, null, this.#nextInstant()));
        this.#states.keep(entries, state);
        return entries;
      };
      const entries = transact(this.#database, write);
      this.#unflushedFrom = Infinity;
      return Promise.resolve(entries);
    } catch (error) {
      return Promise.reject(diskFault(error));
    }
  }

  sourceState(source: string): SourceState | null {
    return this.#states.of(source);
  }

  statesKeptAt(): ReadonlyMap<string, string> {
    const rows: unknown[] = this.#database.prepare('select source, recorded_at from source_state').all();
    return new Map(rows.map((row) => [String(member(row, 'source')), String(member(row, 'recorded_at'))]));
  }

  withdraw(id: number): Promise<void> {
    this.#database.prepare('delete from entry where id = ?').run(id);
    return Promise.resolve();
  }

  entriesAfter(id: number, most = -1): Promise<readonly LedgerEntry[]> {
    const rows: unknown[] = this.#statement(
      `select ${ENTRY_COLUMNS} from entry where id > ? and id < ? and id not in (select entry from taken_back)
       order by id limit ?`,
    ).all(id, Math.min(this.#unflushedFrom, Number.MAX_SAFE_INTEGER), most);
    return Promise.resolve(rows.map(entryOf));
  }

  mappingsOf(source: string): readonly { readonly entry: number; readonly mapping: Mapping }[] {
    // Many batches of a stream are read alike.
    const rows: unknown[] = this.#database
      .prepare(
        `select max(id) as id, mapping from entry
         where source = ? and payload is null and id not in (select entry from taken_back)
         group by mapping ->> '$.stream.name', mapping ->> '$.records', mapping ->> '$.format.columns'
         order by id desc`,
      )
      .all(source);
    return rows.map((row) => ({
      entry: Number(member(row, 'id')),
      // Written by ourselves, from the same type.
      mapping: JSON.parse(String(member(row, 'mapping'))),
    }));
  }

  idsOf(source: string): readonly number[] {
    const rows: unknown[] = this.#database
      .prepare(
        'select id from entry where source = ? and id not in (select entry from taken_back) order by id desc',
      )
      .all(source);
    return rows.map((row) => Number(member(row, 'id')));
  }

  #namesFile(hash: string): boolean {
    const row: unknown = this.#database
      .prepare('select 1 as n from entry where file_hash = ? and payload is null limit 1')
      .get(hash);
    return row !== undefined;
  }

  lastId(): Promise<number> {
    return Promise.resolve(this.lastBefore(Number.MAX_SAFE_INTEGER));
  }

  lastBefore(id: number): number {
    const row: unknown = this.#database
      .prepare(
        `select coalesce(max(id), 0) as id from entry
         where id < ? and id not in (select entry from taken_back)`,
      )
      .get(id);
    return Number(member(row, 'id'));
  }

  entry(id: number): LedgerEntry | null {
    const row: unknown = this.#database.prepare(`select ${ENTRY_COLUMNS} from entry where id = ?`).get(id);
    return row === undefined ? null : entryOf(row);
  }

  takeBack(entry: LedgerEntry): { readonly isNew: boolean; readonly rewound: boolean } {
    try {
      return transact(this.#database, () => {
        const { changes } = this.#database
          .prepare('insert into taken_back (entry, at) values (?, ?) on conflict do nothing')
          .run(entry.id, new Date().toISOString());
        return changes > 0
          ? { isNew: true, rewound: this.#states.rewind(entry) }
          : { isNew: false, rewound: false };
      });
    } catch (error) {
      throw diskFault(error);
    }
  }

  takenBack(): readonly number[] {
    const rows: unknown[] = this.#database.prepare('select entry from taken_back order by nth').all();
    return rows.map((row) => Number(member(row, 'entry')));
  }

  retell(entry: number, lines: readonly number[], by: number): void {
    const add = this.#database.prepare(
      'insert into retold (entry, line, by_entry) values (?, ?, ?) on conflict do nothing',
    );
    try {
      transact(this.#database, () => {
        for (const line of lines) add.run(entry, line, by);
      });
    } catch (error) {
      throw diskFault(error);
    }
  }

  retold(): readonly Retold[] {
    const rows: unknown[] = this.#database
      .prepare(
        `select entry, line, max(by_entry) as by_entry from retold
         where by_entry not in (select entry from taken_back) group by entry, line`,
      )
      .all();
    return rows.map((row) => ({
      entry: Number(member(row, 'entry')),
      line: Number(member(row, 'line')),
      by: Number(member(row, 'by_entry')),
    }));
  }

  standing(source: string, externalId: string): { known: LedgerEntry | null; externalId: string } {
    const gone = new Set(this.takenBack());
    for (let nth = 1; ; nth += 1) {
      const id = nth === 1 ? externalId : `${externalId}#${nth}`;
      const known = this.find(source, id);
      if (known === null || !gone.has(known.id)) return { known, externalId: id };
    }
  }

  /** SQLite's own check: `ok`, or what is wrong. */
  integrity(): string {
    const rows: unknown[] = this.#database.prepare('pragma integrity_check').all();
    return rows.map((row) => String(member(row, 'integrity_check'))).join('; ');
  }

  close(): Promise<void> {
    this.#database.close();
    return this.#log.close();
  }

  find(source: string, externalId: string): LedgerEntry | null {
    const row: unknown = this.#database
      .prepare(`select ${ENTRY_COLUMNS} from entry where source = ? and external_id = ?`)
      .get(source, externalId);
    return row === undefined ? null : entryOf(row);
  }

  #insert(
    entry: EntryDraft,
    payload: Uint8Array | null,
    answer: Uint8Array | null,
    receivedAt: string,
  ): LedgerEntry {
    const { lastInsertRowid } = this.#statement(
      `insert into entry (source, external_id, received_at, file_hash, file_name, file_bytes, mapping, payload, answer)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      entry.source,
      entry.externalId,
      receivedAt,
      entry.file.hash,
      entry.file.name,
      entry.file.bytes,
      JSON.stringify(entry.mapping),
      payload,
      answer,
    );
    return { ...entry, id: Number(lastInsertRowid), receivedAt };
  }

  #statement(text: string): Database.Statement {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const made = this.#database.prepare(text);
    this.#prepared.set(text, made);
    return made;
  }

  /** Never earlier than the entry before: a clock that is set back must not reorder what is known. */
  #nextInstant(): string {
    const row: unknown = this.#statement(
      'select received_at as last from entry order by id desc limit 1',
    ).get();
    const last = member(row, 'last');
    const now = new Date().toISOString();
    return typeof last === 'string' && last > now ? last : now;
  }

  /** Throws a `FaultError` where hardly any disk is left for what is to come. */
  async requireDisk(needed = 0): Promise<void> {
    const now = performance.now();
    if (now > this.#freeUntil) {
      const { bavail, bsize } = await statfs(this.#files);
      this.#free = bavail * bsize;
      this.#freeUntil = now + DISK_LOOK_MS;
    }
    if (this.#free < DISK_FLOOR_BYTES + needed) {
      throw new FaultError([fault('store.disk_full', { free: Math.floor(this.#free / 1_048_576) })]);
    }
  }
}

/** For a ledger of before. */
function addColumns(
  database: Database.Database,
  table: string,
  columns: Readonly<Record<string, string>>,
): void {
  const rows: unknown[] = database.prepare(`pragma table_info(${table})`).all();
  const names = new Set(rows.map((row) => member(row, 'name')));
  for (const [name, type] of Object.entries(columns)) {
    if (!names.has(name)) database.exec(`alter table ${table} add column ${name} ${type}`);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(value: unknown): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
}

function entryOf(row: unknown): LedgerEntry {
  const text = (name: string): string => String(member(row, name));
  return {
    id: Number(member(row, 'id')),
    source: text('source'),
    externalId: text('external_id'),
    receivedAt: text('received_at'),
    file: { hash: text('file_hash'), name: text('file_name'), bytes: Number(member(row, 'file_bytes')) },
    kept: member(row, 'is_kept') === 1 ? 'entry' : 'file',
    // Written by ourselves, from the same type.
    mapping: JSON.parse(text('mapping')),
  };
}

function diskFault(error: unknown): unknown {
  return isDiskFull(error)
    ? new FaultError([fault('store.disk_full', { free: 0 })], { cause: error })
    : error;
}
