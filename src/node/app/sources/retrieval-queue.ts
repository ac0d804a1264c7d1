import type Database from 'libsql';
import type { NoticedLead } from '../../ingest/records/delivery.ts';
import { transact } from '../../ledger/transact.ts';
import { numberIn, openAccessFile, textIn } from '../access-file.ts';

/** A lead that is to be fetched. */
export interface Retrieval {
  readonly lead: string;
  readonly attempts: number;
}

export type RetrievalState = 'waiting' | 'done' | 'gone';

const SCHEMA = `
  create table if not exists retrieval (
    source text not null,
    lead text not null,
    form text,
    state text not null,
    attempts integer not null default 0,
    next_at integer not null,
    error text,
    primary key (source, lead)
  ) without rowid;
  create index if not exists retrieval_due on retrieval (source, state, next_at);`;

/** The leads that notices name, until they are fetched: across restarts, each once. */
export class RetrievalQueue {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  static open(home: string): RetrievalQueue {
    const database = openAccessFile(home);
    database.exec(SCHEMA);
    return new RetrievalQueue(database);
  }

  /** Durable on return; what is known already stays as it is. */
  add(source: string, leads: readonly NoticedLead[], now: number): void {
    const insert = this.#database.prepare(
      `insert into retrieval (source, lead, form, state, next_at) values (?, ?, ?, 'waiting', ?)
       on conflict do nothing`,
    );
    transact(this.#database, () => {
      for (const { lead, form } of leads) insert.run(source, lead, form, now);
    });
  }

  due(source: string, now: number, most: number): readonly Retrieval[] {
    const rows: unknown[] = this.#database
      .prepare(
        `select lead, attempts from retrieval where source = ? and state = 'waiting' and next_at <= ?
         order by next_at limit ?`,
      )
      .all(source, now, most);
    return rows.map((row) => ({ lead: textIn(row, 'lead') ?? '', attempts: numberIn(row, 'attempts') }));
  }

  /** When the next is due; null where none waits. */
  nextDue(source: string): number | null {
    const row: unknown = this.#database
      .prepare(`select min(next_at) as at from retrieval where source = ? and state = 'waiting'`)
      .get(source);
    const at = numberIn(row, 'at');
    return at === 0 ? null : at;
  }

  end(source: string, lead: string, state: 'done' | 'gone', error: string | null = null): void {
    this.#database
      .prepare('update retrieval set state = ?, error = ? where source = ? and lead = ?')
      .run(state, error, source, lead);
  }

  /** A lead that was met without a notice of it. */
  note(source: string, lead: string, form: string): void {
    this.#database
      .prepare(
        `insert into retrieval (source, lead, form, state, next_at) values (?, ?, ?, 'done', 0)
         on conflict do update set state = 'done'`,
      )
      .run(source, lead, form);
  }

  isDone(source: string, lead: string): boolean {
    const row: unknown = this.#database
      .prepare(`select 1 as n from retrieval where source = ? and lead = ? and state = 'done'`)
      .get(source, lead);
    return row !== undefined;
  }

  again(source: string, lead: string, at: number, error: string): void {
    this.#database
      .prepare(
        'update retrieval set attempts = attempts + 1, next_at = ?, error = ? where source = ? and lead = ?',
      )
      .run(at, error, source, lead);
  }

  forms(source: string): readonly string[] {
    const rows: unknown[] = this.#database
      .prepare('select distinct form from retrieval where source = ? and form is not null order by form')
      .all(source);
    return rows.map((row) => textIn(row, 'form') ?? '');
  }

  count(source: string, state: RetrievalState): number {
    return numberIn(
      this.#database
        .prepare('select count(*) as n from retrieval where source = ? and state = ?')
        .get(source, state),
      'n',
    );
  }

  close(): void {
    this.#database.close();
  }
}
