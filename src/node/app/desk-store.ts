import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { storeFolder } from './home.ts';
import { preparePrivate } from './private-store.ts';
import { member } from '../ledger/member.ts';

/** What stands in the address of a screen: by name, one text or several. */
export const viewState = z.record(
  z.string().max(40),
  z.union([z.string().max(2000), z.array(z.string().max(500)).max(50)]),
);
export type ViewState = z.output<typeof viewState>;

export const SHARED_SCREENS = ['panorama', 'breakdowns'] as const;
export type SharedScreen = (typeof SHARED_SCREENS)[number];

/** What a meeting said of a chart, and of which question it said it. */
export const noteDraft = z.strictObject({
  chart: z.string().min(1).max(80),
  text: z.string().trim().min(1).max(4000),
  state: viewState,
});
/** A screen as somebody wants to find it again. */
export const viewDraft = z.strictObject({
  name: z.string().trim().min(1).max(120),
  screen: z.string().min(1).max(40),
  state: viewState,
});
export const shareDraft = z.strictObject({
  name: z.string().trim().min(1).max(120),
  screen: z.enum(SHARED_SCREENS),
  state: viewState,
  days: z.number().int().min(1).max(366),
});

const kept = { id: z.string(), created_at: z.string() };
export const note = noteDraft.extend(kept);
export const savedView = viewDraft.extend(kept);
export const share = shareDraft.omit({ days: true }).extend({
  ...kept,
  expires_at: z.string(),
  revoked_at: z.string().nullable(),
  last_seen_at: z.string().nullable(),
});

export type Note = z.output<typeof note>;
export type SavedView = z.output<typeof savedView>;
export type Share = z.output<typeof share>;

const SCHEMA = `
  create table if not exists kept (
    id text primary key,
    kind text not null,
    body text not null,
    created_at text not null,
    removed_at text
  );
  create table if not exists share (
    id text primary key,
    hash text not null unique,
    body text not null,
    created_at text not null,
    expires_at text not null,
    revoked_at text,
    last_seen_at text
  );`;

const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;

/** What is kept of each kind besides the numbers. */
export type KeptKind = 'note' | 'view';

/**
 * What people keep beside the numbers: notes on charts, screens by name, and links that show one of them to
 * somebody without an account. A file of its own beside the ledger, for its owner alone.
 */
export class DeskStore {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  static open(home: string): DeskStore {
    const folder = storeFolder(home);
    preparePrivate(folder, []);
    const database = new Database(join(folder, 'desk.sqlite'));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.pragma('busy_timeout = 5000');
    database.exec(SCHEMA);
    return new DeskStore(database);
  }

  /** The newest first. */
  notes(): readonly Note[] {
    return this.#list('note').map((row) => note.parse(row));
  }

  views(): readonly SavedView[] {
    return this.#list('view').map((row) => savedView.parse(row));
  }

  addNote(draft: z.output<typeof noteDraft>): Note {
    return { ...draft, ...this.#keep('note', draft) };
  }

  addView(draft: z.output<typeof viewDraft>): SavedView {
    return { ...draft, ...this.#keep('view', draft) };
  }

  /** @returns false where there is none of that id to take away */
  remove(kind: KeptKind, id: string): boolean {
    const { changes } = this.#database
      .prepare('update kept set removed_at = ? where id = ? and kind = ? and removed_at is null')
      .run(new Date().toISOString(), id, kind);
    return changes > 0;
  }

  /** Takes a removal back. */
  restore(kind: KeptKind, id: string): boolean {
    const { changes } = this.#database
      .prepare('update kept set removed_at = null where id = ? and kind = ? and removed_at is not null')
      .run(id, kind);
    return changes > 0;
  }

  /** @returns the link, and the text that opens it, which cannot be told again */
  addShare({ days, ...body }: z.output<typeof shareDraft>): { readonly share: Share; readonly text: string } {
    const text = randomBytes(SECRET_BYTES).toString('base64url');
    const now = Date.now();
    const made: Share = {
      ...body,
      id: randomUUID().slice(0, 8),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + days * DAY_MS).toISOString(),
      revoked_at: null,
      last_seen_at: null,
    };
    this.#database
      .prepare('insert into share (id, hash, body, created_at, expires_at) values (?, ?, ?, ?, ?)')
      .run(made.id, hashOf(text), JSON.stringify(body), made.created_at, made.expires_at);
    return { share: made, text };
  }

  shares(): readonly Share[] {
    const rows: unknown[] = this.#database.prepare('select * from share order by created_at desc, id').all();
    return rows.map(shareOf);
  }

  /** @returns false where there is no such link, or it is revoked already */
  revokeShare(id: string): boolean {
    const { changes } = this.#database
      .prepare('update share set revoked_at = ? where id = ? and revoked_at is null')
      .run(new Date().toISOString(), id);
    return changes > 0;
  }

  /** The link that a text opens, if it is in force at this instant; noted as seen. */
  shareOf(text: string, now: string): Share | null {
    const row: unknown = this.#database
      .prepare('select * from share where hash = ? and revoked_at is null and expires_at > ?')
      .get(hashOf(text), now);
    if (row === undefined) return null;
    const found = shareOf(row);
    // To the day: who looked when is nobody's business.
    if (found.last_seen_at?.slice(0, 10) !== now.slice(0, 10))
      this.#database.prepare('update share set last_seen_at = ? where id = ?').run(now, found.id);
    return found;
  }

  close(): void {
    this.#database.close();
  }

  #list(kind: KeptKind): readonly unknown[] {
    const rows: unknown[] = this.#database
      .prepare(
        'select id, created_at, body from kept where kind = ? and removed_at is null order by created_at desc, id',
      )
      .all(kind);
    return rows.map((row) => ({
      ...bodyOf(row),
      id: member(row, 'id'),
      created_at: member(row, 'created_at'),
    }));
  }

  #keep(kind: KeptKind, draft: object): { readonly id: string; readonly created_at: string } {
    const made = { id: randomUUID(), created_at: new Date().toISOString() };
    this.#database
      .prepare('insert into kept (id, kind, body, created_at) values (?, ?, ?, ?)')
      .run(made.id, kind, JSON.stringify(draft), made.created_at);
    return made;
  }
}

/** The text has 256 bits of chance: nothing slower than a digest is needed to keep it from being guessed. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function bodyOf(row: unknown): object {
  const body: unknown = JSON.parse(String(member(row, 'body')));
  return typeof body === 'object' && body !== null ? body : {};
}

function shareOf(row: unknown): Share {
  const names = ['id', 'created_at', 'expires_at', 'revoked_at', 'last_seen_at'] as const;
  return share.parse({
    ...bodyOf(row),
    ...Object.fromEntries(names.map((name) => [name, member(row, name)])),
  });
}
