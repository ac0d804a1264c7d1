import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type Database from 'libsql';
import { openAccessFile } from './access-file.ts';

/** What a token may do; what is not named is denied. */
export const SCOPES = ['leads:write', 'activities:write', 'ads:write', 'read'] as const;
export type Scope = (typeof SCOPES)[number];

/** A token as it is kept: its own text is shown once, and only its hash stays. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  /** To the minute; null: never. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

const SCHEMA = `
  create table if not exists token (
    id text primary key,
    name text not null,
    hash text not null unique,
    scopes text not null,
    created_at text not null,
    last_used_at text,
    revoked_at text
  );`;

const PREFIX = 'tregua_';
const SECRET_BYTES = 32;
const USE_NOTED_MS = 60_000;

/**
 * Who may write and read from outside. A file of its own beside the ledger, for its owner alone: the command
 * line changes it while a server holds the home, and the server sees it at the next request.
 */
export class AccessStore {
  readonly #database: Database.Database;

  readonly #lookUp: Database.Statement;
  /** By hash: requests that are read in the same turn of the event loop share a look. */
  readonly #ofThisTurn = new Map<string, Token | null>();

  private constructor(database: Database.Database) {
    this.#database = database;
    // For each request that is written.
    this.#lookUp = database.prepare('select * from token where hash = ? and revoked_at is null');
  }

  static open(home: string): AccessStore {
    const database = openAccessFile(home);
    database.exec(SCHEMA);
    return new AccessStore(database);
  }

  /** @returns the token, and its text, which cannot be told again */
  createToken(name: string, scopes: readonly Scope[]): { readonly token: Token; readonly text: string } {
    const text = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    const token: Token = {
      id: randomUUID().slice(0, 8),
      name,
      scopes,
      createdAt: new Date().toISOString(),
      lastUsedAt: null,
      revokedAt: null,
    };
    this.#database
      .prepare('insert into token (id, name, hash, scopes, created_at) values (?, ?, ?, ?, ?)')
      .run(token.id, name, hashOf(text), scopes.join(' '), token.createdAt);
    return { token, text };
  }

  tokens(): readonly Token[] {
    const rows: unknown[] = this.#database.prepare('select * from token order by created_at, id').all();
    return rows.map(tokenOf);
  }

  /** @returns false where there is no such token, or it is revoked already */
  revokeToken(id: string): boolean {
    const { changes } = this.#database
      .prepare('update token set revoked_at = ? where id = ? and revoked_at is null')
      .run(new Date().toISOString(), id);
    this.#ofThisTurn.clear();
    return changes > 0;
  }

  /** The token of a text, if there is one in force, noted as used. */
  tokenOf(text: string): Token | null {
    const hash = hashOf(text);
    const known = this.#ofThisTurn.get(hash);
    if (known !== undefined) return known;
    if (this.#ofThisTurn.size === 0) setImmediate(() => this.#ofThisTurn.clear());
    const token = this.#look(hash);
    this.#ofThisTurn.set(hash, token);
    return token;
  }

  #look(hash: string): Token | null {
    const row: unknown = this.#lookUp.get(hash);
    if (row === undefined) return null;
    const token = tokenOf(row);
    const now = Date.now();
    if (token.lastUsedAt === null || now - Date.parse(token.lastUsedAt) > USE_NOTED_MS) {
      this.#database
        .prepare('update token set last_used_at = ? where id = ?')
        .run(new Date(now).toISOString(), token.id);
    }
    return token;
  }

  close(): void {
    this.#database.close();
  }
}

/** The text has 256 bits of chance: nothing slower than a digest is needed to keep it from being guessed. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function tokenOf(row: unknown): Token {
  const text = (name: string): string | null => {
    const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, name) : null;
    return typeof value === 'string' ? value : null;
  };
  const scopes = new Set((text('scopes') ?? '').split(' '));
  return {
    id: text('id') ?? '',
    name: text('name') ?? '',
    scopes: SCOPES.filter((scope) => scopes.has(scope)),
    createdAt: text('created_at') ?? '',
    lastUsedAt: text('last_used_at'),
    revokedAt: text('revoked_at'),
  };
}
