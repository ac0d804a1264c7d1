import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that was sent to be looked at before it is loaded. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
}

const MOST = 100;

/**
 * Files between their sending and their loading. They lie in a folder of their own that each start of the server
 * empties: nobody was told that they are kept.
 */
export class Uploads {
  readonly #folder: string;
  readonly #known = new Map<string, Upload>();

  constructor(home: string) {
    this.#folder = join(home, '.tregua', 'uploads');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Keeps a file; of more than a hundred that nobody loads, the oldest is let go. */
  async add(name: string, content: AsyncIterable<Uint8Array>): Promise<Upload> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const id = randomBytes(12).toString('hex');
    const path = join(this.#folder, id);
    try {
      await pipeline(Readable.from(content), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const upload = { id, name, bytes: (await stat(path)).size };
    this.#known.set(id, upload);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) await this.remove(oldest);
    return upload;
  }

  find(id: string): Upload | null {
    return this.#known.get(id) ?? null;
  }

  path({ id }: Upload): string {
    return join(this.#folder, id);
  }

  content({ id }: Upload): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.#folder, id), { highWaterMark: 1 << 20 });
  }

  async remove(id: string): Promise<void> {
    this.#known.delete(id);
    await rm(join(this.#folder, id), { force: true });
  }
}
