import type { Mapping } from '../ingest/mapping.ts';

/** An input as it came. Its file lies beside the ledger, named by its SHA-256. */
export interface LedgerEntry {
  /** Ascending, without reuse. */
  readonly id: number;
  readonly source: string;
  /** Unique with `source`: for a file, its hash and its mapping's. */
  readonly externalId: string;
  /** ISO 8601 UTC with microseconds, never earlier than the entry before. */
  readonly receivedAt: string;
  readonly file: { readonly hash: string; readonly name: string; readonly bytes: number };
  /** Frozen with all that was sniffed, so that it reads the same at each rebuild. */
  readonly mapping: Mapping;
}

export interface StoredFile {
  readonly hash: string;
  readonly bytes: number;
  readonly path: string;
}

/** The truth: what is acknowledged is in here, flushed to disk. */
export interface Ledger {
  /** Copies the bytes beside the ledger, flushed; the same content is kept once. */
  storeFile(content: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  filePath(hash: string): string;
  /** Durable on return. Gives the entry that is there already where `externalId` is known. */
  append(
    entry: Omit<LedgerEntry, 'id' | 'receivedAt'>,
  ): Promise<{ readonly entry: LedgerEntry; readonly known: boolean }>;
  /** Takes back an entry of which nobody was told yet that it is kept. */
  withdraw(id: number): Promise<void>;
  entriesAfter(id: number): Promise<readonly LedgerEntry[]>;
  lastId(): Promise<number>;
  close(): Promise<void>;
}
