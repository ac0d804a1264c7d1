import type { Agreement } from '../../core/agreement/agreement.ts';
import { warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import type { MappingDocument } from '../ingest/mapping-document.ts';
import { absentColumns, chooseStreamMapping, streamMapping } from '../ingest/stream-mapping.ts';
import type { TapFormat } from '../ingest/tap-message.ts';
import type { EntryDraft } from '../ledger/ledger.ts';
import type { Spool } from '../ledger/spool.ts';
import { namingFault } from './one-naming.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';

const NEWLINE = Buffer.from('\n');

interface OpenBatch {
  readonly spool: Spool;
  readonly version: string | null;
}

interface Stream {
  key: readonly string[];
  readonly columns: Set<string>;
  /** Undefined until it is looked for. */
  document: MappingDocument | null | undefined;
  batch: OpenBatch | null;
  passedOver: number;
  /** It was seen that nothing of before was read under other ids. */
  isOneNaming: boolean;
  /** It was told, or need not be, that records of before are missing. */
  isTold: boolean;
}

export interface BatchContext {
  readonly source: string;
  readonly load: string;
  readonly format: TapFormat;
  readonly agreement: Agreement;
  readonly ledger: SqliteLedger;
  readonly own: readonly MappingDocument[];
  readonly shipped: readonly MappingDocument[];
  /** Streams of which earlier loads passed records over. */
  readonly passedOver: readonly string[];
}

/** The records of a load on their way into the ledger: a file a stream, cut where what reads it changes. */
export class StreamBatches {
  readonly warnings: Diagnostic[] = [];
  readonly #context: BatchContext;
  readonly #streams = new Map<string, Stream>();
  #ready: EntryDraft[] = [];
  readonly #held: string[] = [];
  #count = 0;
  #bytes = 0;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  /** Bytes that are of no entry yet. */
  get bytes(): number {
    return this.#bytes;
  }

  isKnown(stream: string): boolean {
    return this.#streams.has(stream);
  }

  get unmapped(): readonly { readonly stream: string; readonly records: number }[] {
    return [...this.#streams].flatMap(([stream, { passedOver }]) =>
      passedOver === 0 ? [] : [{ stream, records: passedOver }],
    );
  }

  /** Streams of which records were passed over, in this load or before, and none are read. */
  get passedOver(): readonly string[] {
    const before = this.#context.passedOver.filter(
      (name) => (this.#streams.get(name)?.document ?? null) === null,
    );
    return [...new Set([...before, ...this.unmapped.map(({ stream }) => stream)])];
  }

  /** A stream tells its key and its columns, anew where they change: what is open was told by the old ones. */
  async schema(name: string, key: readonly string[], columns: readonly string[]): Promise<void> {
    const known = this.#streams.get(name);
    const fresh = columns.filter((column) => known?.columns.has(column) !== true);
    if (known !== undefined && fresh.length === 0 && key.join('\n') === known.key.join('\n')) return;
    const stream = known ?? this.#open(name);
    await this.#cut(name, stream, false);
    stream.key = key;
    for (const column of columns) stream.columns.add(column);
    stream.document = undefined;
    const document = this.#documentOf(name, stream);
    if (document === null) return;
    this.#tellPassedBefore(name, stream);
    if (this.#context.shipped.includes(document)) return;
    for (const column of absentColumns(document, stream.columns)) {
      this.warnings.push(
        warning('load.no_column', {
          stream: name,
          column,
          nearest: nearest(column, [...stream.columns]) ?? '',
        }),
      );
    }
  }

  async record(
    name: string,
    version: string | null,
    columns: readonly string[],
    line: Uint8Array,
  ): Promise<void> {
    const stream = this.#streams.get(name) ?? this.#open(name);
    for (const column of columns) stream.columns.add(column);
    if (this.#documentOf(name, stream) === null) {
      stream.passedOver += 1;
      return;
    }
    this.#tellPassedBefore(name, stream);
    if (stream.batch !== null && stream.batch.version !== version) await this.#cut(name, stream, false);
    if (stream.batch === null) this.#requireOneNaming(name, stream);
    await this.#write(stream, version, line);
  }

  /** All records of a stream of another version are gone. */
  async activate(name: string, version: string, line: Uint8Array): Promise<void> {
    const stream = this.#streams.get(name) ?? this.#open(name);
    if (this.#documentOf(name, stream) === null) return;
    if (stream.batch !== null && stream.batch.version !== version) await this.#cut(name, stream, false);
    await this.#write(stream, version, line);
    await this.#cut(name, stream, true);
  }

  /** All that came since the last time, as drafts of entries whose files are flushed. */
  async finish(): Promise<readonly EntryDraft[]> {
    for (const [name, stream] of this.#streams) await this.#cut(name, stream, false);
    const drafts = this.#ready;
    this.#ready = [];
    this.#bytes = 0;
    return drafts;
  }

  /** Lets go of the files of drafts that were committed, or never will be. */
  letGo(): void {
    for (const hash of this.#held.splice(0)) this.#context.ledger.letGo(hash);
  }

  /** Lets go of what is of no entry. */
  async discard(): Promise<void> {
    for (const { batch } of this.#streams.values()) await batch?.spool.discard();
    this.letGo();
  }

  #open(name: string): Stream {
    const stream: Stream = {
      key: [],
      columns: new Set(),
      document: undefined,
      batch: null,
      passedOver: 0,
      isOneNaming: false,
      isTold: false,
    };
    this.#streams.set(name, stream);
    return stream;
  }

  /** Tells once, of a stream that a mapping reads, that none did before. */
  #tellPassedBefore(name: string, stream: Stream): void {
    if (stream.isTold) return;
    stream.isTold = true;
    const { source, passedOver } = this.#context;
    if (passedOver.includes(name))
      this.warnings.push(warning('load.passed_before', { stream: name, source }));
  }

  #documentOf(name: string, stream: Stream): MappingDocument | null {
    const { source, own, shipped, agreement } = this.#context;
    stream.document ??= chooseStreamMapping(
      { source, stream: name, key: stream.key, columns: stream.columns },
      own,
      shipped,
      agreement,
    );
    return stream.document;
  }

  /** Throws a `FaultError` where the stream was read before under other ids. */
  #requireOneNaming(name: string, stream: Stream): void {
    const document = this.#documentOf(name, stream);
    if (stream.isOneNaming || document === null) return;
    const { ledger, source } = this.#context;
    const { records } = document;
    const twofold = namingFault(ledger, source, { records, stream: { name }, columns: [] });
    if (twofold !== null) throw new FaultError([twofold]);
    stream.isOneNaming = true;
  }

  async #write(stream: Stream, version: string | null, line: Uint8Array): Promise<void> {
    stream.batch ??= { spool: await this.#context.ledger.openSpool(), version };
    await stream.batch.spool.write(Buffer.concat([line, NEWLINE]));
    this.#bytes += line.byteLength + 1;
  }

  async #cut(name: string, stream: Stream, activates: boolean): Promise<void> {
    const { batch } = stream;
    // By all the columns that there are by now: the first record may have had few.
    stream.document = undefined;
    const document = this.#documentOf(name, stream);
    if (batch === null || document === null) return;
    stream.batch = null;
    const { source, load, format, agreement } = this.#context;
    const { hash, bytes } = await batch.spool.finish();
    this.#held.push(hash);
    this.#count += 1;
    this.#ready.push({
      source,
      externalId: `${load}:${this.#count}`,
      kept: 'file',
      file: { hash, name: `${name}.jsonl`, bytes },
      mapping: streamMapping(
        document,
        { source, stream: name, key: stream.key, columns: stream.columns },
        { format, load, version: batch.version, activates },
        agreement,
      ),
    });
  }
}
