import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Growth } from './growth.ts';

export interface StoredFile {
  readonly hash: string;
  readonly bytes: number;
  readonly path: string;
}

/** What a process was still taking in when it was killed. */
export const INCOMING = '.incoming-';

const PIECE_BYTES = 256 * 1024;

/** So much is handed to the disk while more comes: at the end little is left to wait for. */
export const BEHIND_BYTES = 32 * 1024 * 1024;

/** Stored files that somebody takes in just now, by their hashes: several may take in the same bytes at once. */
export class FileHolds {
  readonly #holders = new Map<string, number>();

  hold(hash: string): void {
    this.#holders.set(hash, (this.#holders.get(hash) ?? 0) + 1);
  }

  /** @returns true where nobody else holds it */
  letGo(hash: string): boolean {
    const left = (this.#holders.get(hash) ?? 1) - 1;
    if (left > 0) this.#holders.set(hash, left);
    else this.#holders.delete(hash);
    return left <= 0;
  }
}

/** A file that is being taken in: of no entry yet, and gone should nothing come of it. */
export class Spool {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  /** How much of it can be read at `path`. */
  readonly growth = new Growth();
  #written: Promise<void> = Promise.resolve();
  #bytes = 0;
  /** What is too little to be written by itself. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** The flushes beside, one after the other. What one fails to write the next need not fail again: it is kept. */
  #flushed: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #unflushedBytes = 0;

  readonly #holds: FileHolds;

  private constructor(folder: string, temporary: string, file: FileHandle, holds: FileHolds) {
    this.#folder = folder;
    this.#temporary = temporary;
    this.#file = file;
    this.#holds = holds;
  }

  static async open(folder: string, holds: FileHolds): Promise<Spool> {
    const temporary = join(folder, INCOMING + randomBytes(8).toString('hex'));
    return new Spool(folder, temporary, await open(temporary, 'wx', 0o600), holds);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Where the bytes stand until they have their name: all of them once `written`. */
  get path(): string {
    return this.#temporary;
  }

  /** The bytes are its own from here on. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.byteLength;
    if (this.#waitingBytes >= PIECE_BYTES) await this.#flush();
  }

  /** Waits for the piece before only: the disk takes this one while the next is read. */
  async #flush(): Promise<void> {
    const [only] = this.#waiting;
    if (only === undefined) return;
    const piece = this.#waiting.length === 1 ? only : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#written;
    this.#written = this.#append(piece);
    // Should the content fail first, that is what is told.
    this.#written.catch(() => undefined);
    this.#unflushedBytes += piece.byteLength;
    if (this.#unflushedBytes >= BEHIND_BYTES && !this.#isFlushing) this.#flushBehind();
  }

  async #append(piece: Uint8Array): Promise<void> {
    await this.#file.appendFile(piece);
    this.growth.grow(piece.byteLength);
  }

  /** Hands to the disk what was written, beside what comes. */
  #flushBehind(): void {
    this.#unflushedBytes = 0;
    this.#isFlushing = true;
    this.#flushed = this.#flushed
      .then(() => this.#file.datasync())
      .finally(() => {
        this.#isFlushing = false;
      });
    this.#flushed.catch(() => undefined);
  }

  /** All bytes can be read at `path` on return; those of a large file are on their way to the disk. */
  async written(): Promise<void> {
    await this.#flush();
    await this.#written;
    if (this.#bytes >= BEHIND_BYTES) this.#flushBehind();
    this.growth.end();
  }

  /**
   * Flushes all of it and gives it its name, the SHA-256 of its bytes; the same content is kept once. It is held
   * until whoever took it in lets it go.
   */
  async finish(): Promise<StoredFile> {
    await this.#flush();
    await this.#written;
    await this.#flushed;
    await this.#file.sync();
    await this.#file.close();
    const hash = this.#hash.digest('hex');
    const path = join(this.#folder, hash);
    // Before its name is looked at: another who takes in the same bytes must not remove them from now on.
    this.#holds.hold(hash);
    if (existsSync(path) && (await stat(path)).size === this.#bytes) await rm(this.#temporary);
    else await rename(this.#temporary, path);
    await syncFolder(this.#folder);
    return { hash, bytes: this.#bytes, path };
  }

  async discard(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#flushed.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
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
