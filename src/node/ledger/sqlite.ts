import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { isDiskFull } from '../system-error.ts';
import type { Ledger, LedgerEntry, StoredFile } from './ledger.ts';

/** Below this much free disk nothing is taken in: what is there must still be able to be read and mended. */
const DISK_FLOOR_BYTES = 64 * 1024 * 1024;

const UNFINISHED = /^\.(?:incoming|export)-/;

/** Times its size that a file takes up at most once it is taken in: its facts, raw and derived. */
const GROWTH = 2;

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
    unique (source, external_id)
  );
  create table if not exists agreement_version (
    version integer primary key autoincrement,
    text text not null,
    hash text not null,
    recorded_at text not null
  );`;

/** One version of the agreement as it was found. */
export interface AgreementVersion {
  readonly version: number;
  readonly text: string;
}

/** A ledger in SQLite with its files beside it, in one folder. */
export class SqliteLedger implements Ledger {
  readonly #database: Database.Database;
  readonly #files: string;

  private constructor(database: Database.Database, files: string) {
    this.#database = database;
    this.#files = files;
  }

  static open(folder: string): SqliteLedger {
    const files = join(folder, 'files');
    mkdirSync(files, { recursive: true });
    for (const name of readdirSync(files)) {
      // What a killed process was still taking in or giving out; nobody was told that it is kept.
      if (UNFINISHED.test(name)) rmSync(join(files, name), { force: true });
    }
    const database = new Database(join(folder, 'ledger.sqlite'));
    database.pragma('journal_mode = WAL');
    // In WAL the default does not flush at each commit: what is acknowledged must survive a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.exec(SCHEMA);
    return new SqliteLedger(database, files);
  }

  async storeFile(content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    await this.#requireDisk(0);
    const temporary = join(this.#files, `.incoming-${randomBytes(8).toString('hex')}`);
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      const file = await open(temporary, 'wx', 0o600);
      try {
        let written = Promise.resolve();
        for await (const chunk of content) {
          await written;
          // The disk takes it while it is digested and the next is read.
          written = file.appendFile(chunk);
          // Should the content fail first, that is what is told.
          written.catch(() => undefined);
          hash.update(chunk);
          bytes += chunk.byteLength;
        }
        await written;
        await this.#requireDisk(GROWTH * bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      const name = hash.digest('hex');
      const path = this.filePath(name);
      if (existsSync(path) && (await stat(path)).size === bytes) await rm(temporary);
      else await rename(temporary, path);
      await syncFolder(this.#files);
      return { hash: name, bytes, path };
    } catch (error) {
      await rm(temporary, { force: true });
      throw diskFault(error);
    }
  }

  filePath(hash: string): string {
    return join(this.#files, hash);
  }

  get filesFolder(): string {
    return this.#files;
  }

  append(entry: Omit<LedgerEntry, 'id' | 'receivedAt'>): Promise<{ entry: LedgerEntry; known: boolean }> {
    const known = this.#find(entry.source, entry.externalId);
    if (known !== null) return Promise.resolve({ entry: known, known: true });
    try {
      this.#database
        .prepare(
          `insert into entry (source, external_id, received_at, file_hash, file_name, file_bytes, mapping)
           values (?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          entry.source,
          entry.externalId,
          this.#nextInstant(),
          entry.file.hash,
          entry.file.name,
          entry.file.bytes,
          JSON.stringify(entry.mapping),
        );
    } catch (error) {
      return Promise.reject(diskFault(error));
    }
    const stored = this.#find(entry.source, entry.externalId);
    if (stored === null) return Promise.reject(new Error('an entry that was not kept'));
    return Promise.resolve({ entry: stored, known: false });
  }

  withdraw(id: number): Promise<void> {
    this.#database.prepare('delete from entry where id = ?').run(id);
    return Promise.resolve();
  }

  entriesAfter(id: number): Promise<readonly LedgerEntry[]> {
    const rows: unknown[] = this.#database.prepare('select * from entry where id > ? order by id').all(id);
    return Promise.resolve(rows.map(entryOf));
  }

  lastId(): Promise<number> {
    const row: unknown = this.#database.prepare('select coalesce(max(id), 0) as id from entry').get();
    return Promise.resolve(Number(member(row, 'id')));
  }

  /** The version of an agreement's text: the latest where it is the same, else a new one. */
  agreementVersion(text: string): AgreementVersion {
    const hash = createHash('sha256').update(text).digest('hex');
    const last: unknown = this.#database
      .prepare('select version, hash from agreement_version order by version desc limit 1')
      .get();
    if (last !== undefined && member(last, 'hash') === hash)
      return { version: Number(member(last, 'version')), text };
    this.#database
      .prepare('insert into agreement_version (text, hash, recorded_at) values (?, ?, ?)')
      .run(text, hash, new Date().toISOString());
    const version: unknown = this.#database
      .prepare('select max(version) as version from agreement_version')
      .get();
    return { version: Number(member(version, 'version')), text };
  }

  /** SQLite's own check: `ok`, or what is wrong. */
  integrity(): string {
    const rows: unknown[] = this.#database.prepare('pragma integrity_check').all();
    return rows.map((row) => String(member(row, 'integrity_check'))).join('; ');
  }

  close(): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }

  #find(source: string, externalId: string): LedgerEntry | null {
    const row: unknown = this.#database
      .prepare('select * from entry where source = ? and external_id = ?')
      .get(source, externalId);
    return row === undefined ? null : entryOf(row);
  }

  /** Never earlier than the entry before: a clock that is set back must not reorder what is known. */
  #nextInstant(): string {
    const row: unknown = this.#database.prepare('select max(received_at) as last from entry').get();
    const last = member(row, 'last');
    const now = new Date().toISOString();
    return typeof last === 'string' && last > now ? last : now;
  }

  async #requireDisk(needed: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#files);
    if (bavail * bsize < DISK_FLOOR_BYTES + needed) {
      throw new FaultError([fault('store.disk_full', { free: Math.floor((bavail * bsize) / 1_048_576) })]);
    }
  }
}

function member(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined;
}

function entryOf(row: unknown): LedgerEntry {
  const text = (name: string): string => String(member(row, name));
  return {
    id: Number(member(row, 'id')),
    source: text('source'),
    externalId: text('external_id'),
    receivedAt: text('received_at'),
    file: { hash: text('file_hash'), name: text('file_name'), bytes: Number(member(row, 'file_bytes')) },
    // Written by ourselves, from the same type.
    mapping: JSON.parse(text('mapping')),
  };
}

/** A rename is durable only when its folder is flushed. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its rename is written through.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function diskFault(error: unknown): unknown {
  return isDiskFull(error)
    ? new FaultError([fault('store.disk_full', { free: 0 })], { cause: error })
    : error;
}
