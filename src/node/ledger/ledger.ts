import type { Mapping } from '../ingest/mapping.ts';
import type { Growth } from './growth.ts';
import type { Spool, StoredFile } from './spool.ts';

/** An input as it came. A file lies beside the ledger, named by its SHA-256; what is small stands in the entry. */
export interface LedgerEntry {
  /** Ascending, without reuse. */
  readonly id: number;
  readonly source: string;
  /** Unique with `source`: for a file, its hash and its mapping's. */
  readonly externalId: string;
  /** ISO 8601 UTC with microseconds, never earlier than the entry before. */
  readonly receivedAt: string;
  readonly file: { readonly hash: string; readonly name: string; readonly bytes: number };
  /** Where its bytes are: in a file of their own, or (a request, a webhook's delivery) in the entry itself. */
  readonly kept: 'file' | 'entry';
  /** Frozen with all that was sniffed, so that it reads the same at each rebuild. */
  readonly mapping: Mapping;
}

/** A refused row that a later entry tells anew. */
export interface Retold {
  readonly entry: number;
  readonly line: number;
  readonly by: number;
}

/** An entry to be. */
export type EntryDraft = Omit<LedgerEntry, 'id' | 'receivedAt'>;

/** How far a source has been read, in its own words, which nobody else understands. */
export interface SourceState {
  readonly source: string;
  readonly format: 'singer' | 'airbyte';
  /** JSON as it came: of the whole under '', or of each stream under its name. */
  readonly parts: Readonly<Record<string, string>>;
  /** Streams of which it stands for records that no mapping read, so that they are not here. */
  readonly passedOver: readonly string[];
}

/** A request to be kept in its entry. */
export interface RequestDraft {
  readonly source: string;
  readonly externalId: string;
  /** How it is called where entries are listed: `POST /v1/leads`. */
  readonly name: string;
  readonly payload: Uint8Array;
  readonly mapping: Mapping;
  /** What was answered, to be answered again where the same is sent again. */
  readonly answer: string;
}

export interface KeptAnswer {
  readonly entry: number;
  readonly name: string;
  /** SHA-256 of the payload. */
  readonly hash: string;
  readonly answer: string;
}
export type { StoredFile } from './spool.ts';

/** The truth: what is acknowledged is in here, flushed to disk. */
export interface Ledger {
  /** Copies the bytes beside the ledger, flushed; the same content is kept once. To be let go of by `letGo`. */
  storeFile(content: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /**
   * As `storeFile`; while the bytes come and are being flushed they are looked at, where they stand until then. Of a
   * large file the look begins before all has come: `growth` tells how far it is.
   */
  storeWhile<T>(
    content: AsyncIterable<Uint8Array>,
    look: (path: string, growth: Growth) => Promise<T>,
  ): Promise<{ readonly stored: StoredFile; readonly seen: T }>;
  /** Ends the hold of one who stored a file: it goes where no entry names it and nobody else holds it. */
  letGo(hash: string): void;
  filePath(hash: string): string;
  /** Durable on return. Gives the entry that is there already where `externalId` is known. */
  append(entry: EntryDraft): Promise<{ readonly entry: LedgerEntry; readonly known: boolean }>;
  /**
   * Appends the requests of many callers with one flush: durable on return, all or none. The caller has seen
   * to it that no `externalId` is known.
   */
  appendRequests(requests: readonly RequestDraft[]): Promise<readonly LedgerEntry[]>;
  /** What was answered to a request that is kept; null where none of that id is. */
  answerTo(source: string, externalId: string): KeptAnswer | null;
  /** The bytes of an entry that holds them itself. */
  payload(id: number): Uint8Array;
  /** A file to write piece by piece, for `commit`; once it is finished, to be let go of by `letGo`. */
  openSpool(): Promise<Spool>;
  /** All of them and the state of their source, or nothing: a state is never ahead of its records. */
  commit(drafts: readonly EntryDraft[], state: SourceState | null): Promise<readonly LedgerEntry[]>;
  sourceState(source: string): SourceState | null;
  /** When the state of each source was kept last: ISO 8601 UTC by its name. */
  statesKeptAt(): ReadonlyMap<string, string>;
  /** Takes back an entry of which nobody was told yet that it is kept. */
  withdraw(id: number): Promise<void>;
  /**
   * Enters that an entry counts no more, and moves the state of its source back to where it stood before it, where
   * it was told by a tap: durable on return. `isNew` is false where it was taken back before.
   */
  takeBack(entry: LedgerEntry): { readonly isNew: boolean; readonly rewound: boolean };
  /** The entries that count no more, in the order in which they were taken back. */
  takenBack(): readonly number[];
  entry(id: number): LedgerEntry | null;
  /** Enters that refused rows of an entry, by their lines, are told anew by a later one. */
  retell(entry: number, lines: readonly number[], by: number): void;
  /** The refused rows that a later entry which counts tells anew. */
  retold(): readonly Retold[];
  /** The last entry before one that counts, 0 where there is none. */
  lastBefore(id: number): number;
  /** The entry of an id that counts; where it was taken back, the id under which the same can be told again. */
  standing(
    source: string,
    externalId: string,
  ): { readonly known: LedgerEntry | null; readonly externalId: string };
  /** In their order, without those that were taken back; at most so many where it is said. */
  entriesAfter(id: number, most?: number): Promise<readonly LedgerEntry[]>;
  find(source: string, externalId: string): LedgerEntry | null;
  /** The mappings that the files of a source which count are read by, with the last entry of each. */
  mappingsOf(source: string): readonly { readonly entry: number; readonly mapping: Mapping }[];
  /** The entries of a source that count, the last first. */
  idsOf(source: string): readonly number[];
  lastId(): Promise<number>;
  close(): Promise<void>;
}
