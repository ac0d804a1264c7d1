import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import type { Row } from '../../core/measures/measure.ts';
import { duckdb } from '../../core/sql/duckdb.ts';
import { render } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { rowValue } from './rows.ts';
import type { Scratch, Transaction, Warehouse } from './warehouse.ts';

export interface DuckdbOptions {
  /** The file, made where it is absent. */
  readonly path: string;
  /** The only folder that queries may read files of: the ledger's. */
  readonly files: string;
  /** Where queries larger than memory spill to. */
  readonly temporary: string;
  /** In DuckDB's words: `2GB`. */
  readonly memory: string;
}

const READERS = 3;

/** Opens a DuckDB file; throws the engine's error where it cannot (damage, another process). */
export async function openDuckdb(options: DuckdbOptions): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(options.path, {
    memory_limit: options.memory,
    temp_directory: options.temporary,
    // No older program reads the file, and the newer ways to pack texts take a quarter less to write.
    storage_compatibility_version: 'latest',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Rows have no order of their own: reading and writing go in parallel and in less memory.
    preserve_insertion_order: 'false',
  });
  try {
    const setup = await instance.connect();
    await setup.run("SET GLOBAL TimeZone = 'UTC'");
    const folder = options.files.replaceAll("'", "''");
    await setup.run(`SET allowed_directories = ['${folder}']`);
    await setup.run('SET enable_external_access = false');
    const writer = await instance.connect();
    // It counts how far a statement is only where it may show it: to us, and not on the terminal.
    await writer.run('SET enable_progress_bar = true');
    await writer.run('SET enable_progress_bar_print = false');
    await setup.run('SET lock_configuration = true');
    setup.closeSync();
    const readers = await Promise.all(Array.from({ length: READERS }, () => instance.connect()));
    return new DuckdbWarehouse(instance, readers, writer);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

class DuckdbWarehouse implements Warehouse {
  readonly dialect = duckdb;
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[];
  readonly #all: readonly DuckDBConnection[];
  #waiting: Waiting[] = [];
  #isClosed = false;
  /** Told once the last reader is idle. */
  #onQuiet: (() => void) | null = null;
  readonly #writer: DuckDBConnection;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(instance: DuckDBInstance, readers: readonly DuckDBConnection[], writer: DuckDBConnection) {
    this.#instance = instance;
    this.#idle = [...readers];
    this.#all = readers;
    this.#writer = writer;
  }

  async query(query: Fragment): Promise<readonly Row[]> {
    return this.#reading((connection) => queryOn(connection, query));
  }

  async *stream(query: Fragment): AsyncIterable<readonly Row[]> {
    const connection = await this.#acquire();
    try {
      const { text, values } = render(query, duckdb);
      const result = await connection.stream(text, [...values]);
      const names = result.columnNames();
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk
          .getRows()
          .map((row) => Object.fromEntries(names.map((name, index) => [name, rowValue(row[index] ?? null)])));
      }
    } finally {
      this.#release(connection);
    }
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed());
    const turn = this.#lastWrite.then(() => this.#transact(work));
    this.#lastWrite = turn.catch(() => undefined);
    return turn;
  }

  scratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
    return this.#reading(async (connection) => {
      await connection.run('BEGIN TRANSACTION');
      const scratch = new DuckdbTransaction(connection);
      try {
        return await work(scratch);
      } finally {
        await scratch.settled();
        await connection.run('ROLLBACK').catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    await this.#lastWrite;
    // A query on a connection that is closed under it is never answered.
    if (this.#idle.length < this.#all.length)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MOST_PATIENCE_MS);
        this.#onQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    for (const connection of [...this.#all, this.#writer]) connection.closeSync();
    this.#instance.closeSync();
  }

  async #transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    await this.#writer.run('BEGIN TRANSACTION');
    const transaction = new DuckdbTransaction(this.#writer);
    try {
      const result = await work(transaction);
      await this.#writer.run('COMMIT');
      return result;
    } catch (error) {
      await transaction.settled();
      // A fatal error has ended the transaction already; the first error is the one to tell.
      await this.#writer.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async #reading<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#acquire();
    try {
      return await work(connection);
    } finally {
      this.#release(connection);
    }
  }

  #acquire(): Promise<DuckDBConnection> {
    if (this.#isClosed) return Promise.reject(closed());
    const connection = this.#idle.pop();
    if (connection) return Promise.resolve(connection);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #release(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(connection);
    else this.#idle.push(connection);
    if (this.#idle.length === this.#all.length) this.#onQuiet?.();
  }
}

interface Waiting {
  readonly resolve: (connection: DuckDBConnection) => void;
  readonly reject: (error: Error) => void;
}

/** How long a store that is closed waits for readers, in milliseconds. */
const MOST_PATIENCE_MS = 10_000;

/** For whoever asks a store that another has taken the place of: it is asked again there. */
function closed(): Error {
  return new Error('the warehouse is closed');
}

async function queryOn(connection: DuckDBConnection, query: Fragment): Promise<readonly Row[]> {
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  const names = reader.columnNames();
  return reader
    .getRows()
    .map((row) => Object.fromEntries(names.map((name, index) => [name, rowValue(row[index] ?? null)])));
}

/** One statement after the other: what is asked at once takes turns, for a connection has one at a time. */
class DuckdbTransaction implements Transaction {
  readonly #connection: DuckDBConnection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  query(query: Fragment): Promise<readonly Row[]> {
    return this.#inTurn(() => queryOn(this.#connection, query));
  }

  commit(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#connection.run('COMMIT');
      await this.#connection.run('BEGIN TRANSACTION');
    });
  }

  progress(): number | null {
    const { percentage } = this.#connection.progress;
    return percentage < 0 ? null : Math.min(1, percentage / 100);
  }

  run(statement: Fragment): Promise<number> {
    return this.#inTurn(async () => {
      const { text, values } = render(statement, duckdb);
      const result = await this.#connection.run(text, [...values]);
      return result.rowsChanged;
    });
  }

  /** Once nothing runs any more: a connection that is closed under a statement takes the process with it. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async append(
    table: string,
    rows: Iterable<readonly (string | bigint | null)[]> | AsyncIterable<readonly (string | bigint | null)[]>,
  ): Promise<number> {
    const appender = await this.#connection.createAppender(table);
    let count = 0;
    for await (const row of rows) {
      for (const value of row) {
        if (value === null) appender.appendNull();
        else if (typeof value === 'bigint') appender.appendBigInt(value);
        else if (typeof value === 'string') appender.appendVarchar(value);
        else throw new InvariantError('a value that is neither text nor number');
      }
      appender.endRow();
      count += 1;
      if (count % 10_000 === 0) appender.flushSync();
    }
    appender.closeSync();
    return count;
  }
}
