import type { Row } from '../../core/measures/measure.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import type { Fragment } from '../../core/sql/sql.ts';

/** Where derived facts live: one engine behind one interface. */
export interface Warehouse {
  readonly dialect: Dialect;
  /** All rows of a query, on a snapshot of its own. Throws the engine's error. */
  query(query: Fragment): Promise<readonly Row[]>;
  /** The rows in chunks, with bounded memory. */
  stream(query: Fragment): AsyncIterable<readonly Row[]>;
  /** Work with temporary tables of its own, on a snapshot, that leaves nothing behind. */
  scratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T>;
  /** Runs the work and commits, or rolls back where it throws. One transaction at a time. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Scratch {
  query(query: Fragment): Promise<readonly Row[]>;
  /** @returns the number of rows changed */
  run(statement: Fragment): Promise<number>;
}

export interface Transaction extends Scratch {
  /** Commits what was done so far; nobody else writes before the rest is committed, too. */
  commit(): Promise<void>;
  /** How far the statement that runs is, from 0 to 1, as the engine guesses it; null where it cannot tell. */
  progress(): number | null;
  /** Bulk insert of rows as text, by position; `null` is NULL. The table's columns are all VARCHAR or BIGINT. */
  append(
    table: string,
    rows: Iterable<readonly (string | bigint | null)[]> | AsyncIterable<readonly (string | bigint | null)[]>,
  ): Promise<number>;
}
