import type Database from 'libsql';
import type { LedgerEntry, SourceState } from './ledger.ts';
import { member } from './member.ts';

export const STATE_SCHEMA = `
  create table if not exists source_state (
    source text primary key,
    format text not null,
    parts text not null,
    recorded_at text not null,
    entry integer,
    passed_over text
  );
  create table if not exists state_before (
    entry integer primary key,
    format text not null,
    parts text not null,
    passed_over text
  );`;

/**
 * How far each source has been read, and how far it had been before each batch that was kept of it. All that
 * writes is to be called within the transaction that keeps or takes back the batches.
 */
export class SourceStates {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  of(source: string): SourceState | null {
    const row: unknown = this.#database.prepare('select * from source_state where source = ?').get(source);
    return row === undefined ? null : stateOf(source, row);
  }

  /** Notes how far a source had been read before the batches of a commit, and how far it is read with them. */
  keep(batches: readonly LedgerEntry[], state: SourceState | null): void {
    const note = this.#database.prepare(
      'insert into state_before (entry, format, parts, passed_over) values (?, ?, ?, ?)',
    );
    for (const { id, source } of batches) {
      const before = this.of(source);
      if (before !== null) {
        const { format, parts, passedOver } = before;
        note.run(id, format, JSON.stringify(parts), JSON.stringify(passedOver));
      }
    }
    if (state !== null) this.#write(state, batches.at(-1)?.id ?? this.#lastEntry());
  }

  /**
   * A state must not be ahead of its records: where that of a batch's source came with the batch or after it, it
   * is again what it was before.
   *
   * @returns true where it was moved back
   */
  rewind({ id, source, mapping }: LedgerEntry): boolean {
    if (mapping.format.kind !== 'messages') return false;
    const row: unknown = this.#database
      .prepare('select 1 as n from source_state where source = ? and coalesce(entry, ?) >= ?')
      .get(source, id, id);
    if (row === undefined) return false;
    const before: unknown = this.#database.prepare('select * from state_before where entry = ?').get(id);
    if (before === undefined) this.#database.prepare('delete from source_state where source = ?').run(source);
    else this.#write(stateOf(source, before), id - 1);
    return true;
  }

  #write({ source, format, parts, passedOver }: SourceState, entry: number): void {
    this.#database
      .prepare(
        `insert or replace into source_state (source, format, parts, recorded_at, entry, passed_over)
         values (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[source, format, JSON.stringify(parts), new Date().toISOString(), entry],
        JSON.stringify(passedOver),
      );
  }

  #lastEntry(): number {
    const row: unknown = this.#database.prepare('select coalesce(max(id), 0) as id from entry').get();
    return Number(member(row, 'id'));
  }
}

function stateOf(source: string, row: unknown): SourceState {
  const format = member(row, 'format') === 'airbyte' ? 'airbyte' : 'singer';
  const passedOver = member(row, 'passed_over');
  // Written by ourselves, from the same types; a ledger of before does not know what was passed over.
  return {
    source,
    format,
    parts: JSON.parse(String(member(row, 'parts'))),
    passedOver: typeof passedOver === 'string' ? JSON.parse(passedOver) : [],
  };
}
