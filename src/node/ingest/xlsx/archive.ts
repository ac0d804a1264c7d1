import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { damaged, WorkbookError } from './workbook-error.ts';

/** Of a workbook: real ones have some dozens. */
const MOST_PARTS = 10_000;
/** Unpacked; a sheet of a million rows and twenty columns has some 1.5 GB. */
const MOST_BYTES = 4 * 1024 ** 3;

const SYMBOLIC_LINK = 0xa000;
const FILE_TYPE = 0xf000;

/** The parts of a zip archive, checked before any of them is unpacked. Nothing is ever written to a disk. */
export class Archive {
  readonly #zip: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, parts: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#parts = parts;
  }

  static async open(path: string): Promise<Archive> {
    const zip = await openZip(path);
    try {
      return new Archive(zip, await checkedParts(zip));
    } catch (error) {
      zip.close();
      throw error instanceof WorkbookError ? error : damaged(wordsOf(error), error);
    }
  }

  has(name: string): boolean {
    return this.#parts.has(name);
  }

  /** The text of a part in pieces; more than its size says is an error, however it is packed. */
  async *text(name: string): AsyncGenerator<string> {
    const entry = this.#parts.get(name);
    if (entry === undefined) throw damaged(name);
    const decoder = new TextDecoder('utf-8');
    try {
      for await (const chunk of await this.#stream(entry)) {
        const bytes: Buffer = chunk;
        yield decoder.decode(bytes, { stream: true });
      }
      yield decoder.decode();
    } catch (error) {
      throw error instanceof WorkbookError ? error : damaged(wordsOf(error), error);
    }
  }

  close(): void {
    this.#zip.close();
  }

  #stream(entry: Entry): Promise<Readable> {
    return new Promise((resolve, reject) => {
      this.#zip.openReadStream(entry, (error, stream) => {
        if (error) reject(error);
        else resolve(stream);
      });
    });
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    yauzl.open(path, options, (error, zip) => {
      if (error) reject(damaged(wordsOf(error), error));
      else resolve(zip);
    });
  });
}

function checkedParts(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((resolve, reject) => {
    if (zip.entryCount > MOST_PARTS) {
      reject(damaged(String(zip.entryCount)));
      return;
    }
    const parts = new Map<string, Entry>();
    let bytes = 0;
    zip.on('entry', (entry: Entry) => {
      bytes += entry.uncompressedSize;
      const isLink = ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
      if (bytes > MOST_BYTES)
        reject(new WorkbookError('ingest.workbook_too_large', { most: Math.floor(MOST_BYTES / 1024 ** 3) }));
      else if (isLink || parts.has(entry.fileName)) reject(damaged(entry.fileName));
      else if (entry.isEncrypted()) reject(new WorkbookError('ingest.password'));
      else {
        parts.set(entry.fileName, entry);
        zip.readEntry();
      }
    });
    // A name that leads out of the archive is an error of the library's.
    zip.on('error', reject);
    zip.on('end', () => resolve(parts));
    zip.readEntry();
  });
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 120);
}
