import { transact } from '../../ledger/transact.ts';
import { randomBytes } from 'node:crypto';
import type Database from 'libsql';
import { numberIn, openAccessFile, textIn } from '../access-file.ts';
import { newSecret } from './standard-webhooks.ts';

export type SourceKind = 'form' | 'meta';

/** Something outside that sends what happens, or tells us where to fetch it. */
export interface Source {
  readonly name: string;
  readonly kind: SourceKind;
  /** The text of its mapping; null: by the names of the agreement. */
  readonly mapping: string | null;
  readonly createdAt: string;
  /** What keeps it from being fetched from, as a code of the catalogue; null: nothing. */
  readonly problem: string | null;
}

/**
 * `signing`: a Standard Webhooks secret. Of Meta: `app`, the app's secret that signs; `access`, the token that
 * fetches; `verify`, the word of its handshake.
 */
export type SecretKind = 'signing' | 'app' | 'access' | 'verify';

const SCHEMA = `
  create table if not exists source (
    name text primary key,
    kind text not null,
    mapping text,
    created_at text not null,
    problem text,
    paused_until integer not null default 0,
    reconciled_at integer not null default 0
  );
  create table if not exists secret (
    source text not null,
    kind text not null,
    value text not null,
    created_at text not null,
    expires_at integer
  );`;

/** The sources of a home and their secrets. The command line changes them while a server runs. */
export class SourceStore {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  static open(home: string): SourceStore {
    const database = openAccessFile(home);
    database.exec(SCHEMA);
    return new SourceStore(database);
  }

  /**
   * @param secrets those that the operator gives; what is missing of its kind is made
   * @returns false where there is one of that name
   */
  add(
    name: string,
    kind: SourceKind,
    mapping: string | null,
    secrets: Readonly<Partial<Record<SecretKind, string>>>,
  ): boolean {
    if (this.find(name) !== null) return false;
    const made: Readonly<Partial<Record<SecretKind, string>>> =
      kind === 'form'
        ? { signing: newSecret(), ...secrets }
        : { verify: randomBytes(18).toString('base64url'), ...secrets };
    transact(this.#database, () => {
      this.#database
        .prepare('insert into source (name, kind, mapping, created_at) values (?, ?, ?, ?)')
        .run(name, kind, mapping, new Date().toISOString());
      for (const [each, value] of Object.entries(made)) this.#putSecret(name, each, value);
    });
    return true;
  }

  sources(): readonly Source[] {
    const rows: unknown[] = this.#database.prepare('select * from source order by name').all();
    return rows.map(sourceOf);
  }

  find(name: string): Source | null {
    const row: unknown = this.#database.prepare('select * from source where name = ?').get(name);
    return row === undefined ? null : sourceOf(row);
  }

  /** @returns false where there is none of that name */
  remove(name: string): boolean {
    this.#database.prepare('delete from secret where source = ?').run(name);
    return this.#database.prepare('delete from source where name = ?').run(name).changes > 0;
  }

  /** Those in force, the newest first. */
  secrets(name: string, kind: SecretKind): readonly string[] {
    const rows: unknown[] = this.#database
      .prepare(
        `select value from secret where source = ? and kind = ? and (expires_at is null or expires_at > ?)
         order by rowid desc`,
      )
      .all(name, kind, Date.now());
    return rows.map((row) => textIn(row, 'value') ?? '');
  }

  /** Puts a secret in force; the ones before hold for so many milliseconds more. */
  replaceSecret(name: string, kind: SecretKind, value: string, keepMs: number): void {
    transact(this.#database, () => {
      this.#database
        .prepare('update secret set expires_at = ? where source = ? and kind = ? and expires_at is null')
        .run(Date.now() + keepMs, name, kind);
      this.#putSecret(name, kind, value);
      this.#database.prepare('update source set problem = null, paused_until = 0 where name = ?').run(name);
    });
  }

  /** Fetches nothing of a source until an instant; with a problem, until it is mended. */
  pause(name: string, until: number, problem: string | null): void {
    this.#database
      .prepare('update source set paused_until = ?, problem = ? where name = ?')
      .run(until, problem, name);
  }

  pausedUntil(name: string): number {
    return numberIn(
      this.#database.prepare('select paused_until from source where name = ?').get(name),
      'paused_until',
    );
  }

  reconciledAt(name: string): number {
    return numberIn(
      this.#database.prepare('select reconciled_at from source where name = ?').get(name),
      'reconciled_at',
    );
  }

  setReconciled(name: string, at: number): void {
    this.#database.prepare('update source set reconciled_at = ? where name = ?').run(at, name);
  }

  close(): void {
    this.#database.close();
  }

  #putSecret(name: string, kind: string, value: string): void {
    this.#database
      .prepare('insert into secret (source, kind, value, created_at) values (?, ?, ?, ?)')
      .run(name, kind, value, new Date().toISOString());
  }
}

function sourceOf(row: unknown): Source {
  return {
    name: textIn(row, 'name') ?? '',
    kind: textIn(row, 'kind') === 'meta' ? 'meta' : 'form',
    mapping: textIn(row, 'mapping'),
    createdAt: textIn(row, 'created_at') ?? '',
    problem: textIn(row, 'problem'),
  };
}
