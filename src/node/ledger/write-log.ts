import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/**
 * The write-ahead log of a database in SQLite, to flush what was committed without a flush: `synchronous = FULL` does
 * just that at the end of each commit, but holds the event loop for it. The log stays the same file for as long as
 * the database is open.
 */
export class WriteLog {
  readonly #path: string;
  #file: Promise<FileHandle> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Durable on return is what was committed before the call. Throws the system's error. */
  async flush(): Promise<void> {
    // Some systems flush only what may be written.
    this.#file ??= open(this.#path, 'r+');
    await (await this.#file).datasync();
  }

  async close(): Promise<void> {
    const file = await this.#file;
    this.#file = null;
    await file?.close();
  }
}
