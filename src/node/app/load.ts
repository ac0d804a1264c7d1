import { randomBytes } from 'node:crypto';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { airbyte } from '../ingest/airbyte.ts';
import { byteLines } from '../ingest/byte-lines.ts';
import type { ByteLine } from '../ingest/byte-lines.ts';
import { singer } from '../ingest/singer.ts';
import type { TapFormat, TapMessage } from '../ingest/tap-message.ts';
import type { LedgerEntry, SourceState } from '../ledger/ledger.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import { readMappings } from './home.ts';
import { reportOf } from './import.ts';
import type { LoadEvent, LoadFormat, LoadReport, LoadRequest } from './load-events.ts';
import type { OpenStore } from './open-store.ts';
import { readRejects } from './rejects.ts';
import { shippedMappings } from './shipped-mappings.ts';
import { StreamBatches } from './stream-batches.ts';
import { paramsOf } from './unread-entries.ts';
import type { Reject } from './workspace.ts';

const FORMATS: Readonly<Record<LoadFormat, TapFormat>> = { singer, airbyte };

const LONGEST_LINE = 64 * 1024 * 1024;
/** So much is kept at the next state. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** So much is kept without waiting for one. */
const MOST_BYTES = 32 * 1024 * 1024;
const PATIENCE_MS = 30_000;
const MOST_EXAMPLES = 5;
/** Between two tellings of how many records came. */
const TOLD_MS = 250;

const SOURCE = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}$/;

export interface LoadContext {
  readonly home: string;
  readonly agreement: Agreement;
  readonly ledger: SqliteLedger;
  /** Work on the store as it is now, mended where it must be. */
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
}

/**
 * Takes in what a tap writes, batch after batch: the records go to the ledger, and with them, in one
 * transaction, the last state that came after them all. Whatever befalls it, what it kept stays kept; at the
 * last it tells its sums, and the faults that ended it before its time.
 */
export async function* loadInto(context: LoadContext, request: LoadRequest): AsyncGenerator<LoadEvent> {
  const { source } = request;
  if (!SOURCE.test(source)) throw new FaultError([fault('load.bad_source', { source })]);
  const own = await readMappings(context.home, context.agreement);
  if (!own.ok) throw new FaultError(own.faults);
  const shipped = await shippedMappings(context.agreement);
  const load = new Load(
    context,
    request,
    new StreamBatches({
      source,
      load: `${new Date().toISOString()}-${randomBytes(4).toString('hex')}`,
      format: FORMATS[request.format],
      agreement: context.agreement,
      ledger: context.ledger,
      own: own.value,
      shipped,
      passedOver: context.ledger.sourceState(source)?.passedOver ?? [],
    }),
  );
  const faults: Diagnostic[] = [];
  let isHeard = false;
  try {
    for await (const line of byteLines(request.content, LONGEST_LINE)) yield* load.take(line);
    yield* load.keep();
    if (load.trouble !== null) faults.push(fault('load.source_failed', { source, text: load.trouble }));
    isHeard = true;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    faults.push(...error.faults);
    // What came before a line that cannot be read is none the worse for it.
    if (error.faults.every((each) => each.code.startsWith('load.'))) yield* load.keep();
    isHeard = true;
  } finally {
    await load.discard();
    // Whoever told it may be gone in the middle: what was kept counts all the same.
    if (!isHeard) await load.read();
  }
  const { report, unread } = await load.end();
  yield { kind: 'end', report, faults: [...faults, ...unread] };
}

/** A state as its tap wants to be told it: the value, or the list of those of the streams. */
export function stateText({ format, parts }: SourceState): string {
  const texts = Object.values(parts);
  return format === 'singer' ? (texts[0] ?? '{}') : `[${texts.join(',')}]`;
}

class Load {
  trouble: string | null = null;
  readonly #context: LoadContext;
  readonly #request: LoadRequest;
  readonly #batches: StreamBatches;
  readonly #entries: LedgerEntry[] = [];
  /** What to answer once the records before it are kept. */
  #echoes: string[] = [];
  #parts: Readonly<Record<string, string>>;
  #hasNewState = false;
  #lastKept = performance.now();
  #lastDerived = performance.now();
  #records = 0;
  #lastTold = performance.now();

  constructor(context: LoadContext, request: LoadRequest, batches: StreamBatches) {
    this.#context = context;
    this.#request = request;
    this.#batches = batches;
    const known = context.ledger.sourceState(request.source);
    this.#parts = known?.format === request.format ? known.parts : {};
  }

  async *take({ line, bytes }: ByteLine): AsyncGenerator<LoadEvent> {
    if (bytes === null) throw new FaultError([fault('load.long_line', { line })]);
    const text = Buffer.from(bytes).toString('utf8');
    if (text.trim() === '') return;
    const message = FORMATS[this.#request.format].read(text);
    if (message.kind === 'fault') throw new FaultError([fault(message.code, { ...message.params, line })]);
    await this.#apply(message, bytes, line);
    for (const warning of this.#batches.warnings.splice(0)) yield { kind: 'warning', warning };
    if (message.kind === 'record') this.#records += 1;
    if (performance.now() - this.#lastTold > TOLD_MS) {
      this.#lastTold = performance.now();
      yield { kind: 'records', records: this.#records };
    }
    const waits = this.#batches.bytes;
    const isLate = performance.now() - this.#lastKept > PATIENCE_MS;
    if (waits >= MOST_BYTES || (message.kind === 'state' && (waits >= BATCH_BYTES || isLate)))
      yield* this.keep();
  }

  /** Keeps what came so far, with the state that goes with it, and lets it count. */
  async *keep(): AsyncGenerator<LoadEvent> {
    const drafts = await this.#batches.finish();
    const { source, format } = this.#request;
    const state: SourceState | null = this.#hasNewState
      ? { source, format, parts: this.#parts, passedOver: this.#batches.passedOver }
      : null;
    if (drafts.length === 0 && state === null) return;
    this.#entries.push(...(await this.#context.ledger.commit(drafts, state)));
    this.#batches.letGo();
    this.#hasNewState = false;
    this.#lastKept = performance.now();
    const echoes = this.#echoes;
    this.#echoes = [];
    for (const text of echoes) yield { kind: 'state', text };
    await this.#context.use(async ({ projector }) => {
      await projector.catchUp();
      if (performance.now() - this.#lastDerived < PATIENCE_MS) return;
      await projector.derive(new Date().toISOString());
      this.#lastDerived = performance.now();
    });
  }

  /** Reads what was kept, so that the next question counts it. */
  async read(): Promise<void> {
    if (this.#entries.length > 0) await this.#context.use(({ projector }) => projector.catchUp());
  }

  discard(): Promise<void> {
    return this.#batches.discard();
  }

  async end(): Promise<{ readonly report: LoadReport; readonly unread: readonly Diagnostic[] }> {
    return this.#context.use(async ({ projector, warehouse }) => {
      await projector.catchUp();
      await projector.derive(new Date().toISOString());
      const sums = { rowsRead: 0, accepted: 0, unchanged: 0, rejected: 0, withdrawn: 0 };
      const examples: Reject[] = [];
      for (const entry of this.#entries) {
        const report = await reportOf(warehouse, entry, false);
        for (const name of ['rowsRead', 'accepted', 'unchanged', 'rejected', 'withdrawn'] as const)
          sums[name] += report[name];
        if (report.rejected > 0 && examples.length < MOST_EXAMPLES)
          examples.push(...(await readRejects(warehouse, entry.id, MOST_EXAMPLES - examples.length)));
      }
      const ids = new Set(this.#entries.map(({ id }) => id));
      const unread = (await projector.unread()).filter(({ entry }) => ids.has(entry.id));
      return {
        report: {
          source: this.#request.source,
          ...sums,
          batches: [...ids],
          unmapped: this.#batches.unmapped,
          examples,
        },
        unread: unread.map((each) => fault('store.entry_unread', paramsOf(each))),
      };
    });
  }

  async #apply(
    message: Exclude<TapMessage, { kind: 'fault' }>,
    bytes: Uint8Array,
    line: number,
  ): Promise<void> {
    const format = FORMATS[this.#request.format];
    switch (message.kind) {
      case 'schema':
        return this.#batches.schema(message.stream, message.key, message.columns);
      case 'record':
        if (format.tellsSchema && !this.#batches.isKnown(message.stream))
          throw new FaultError([fault('load.no_schema', { stream: message.stream, line })]);
        return this.#batches.record(message.stream, message.version, message.columns, bytes);
      case 'activate':
        return this.#batches.activate(message.stream, message.version, bytes);
      case 'state': {
        this.#parts =
          message.part === '' ? { '': message.text } : { ...this.#parts, [message.part]: message.text };
        this.#hasNewState = true;
        this.#echoes = format.echoesAll ? [...this.#echoes, message.echo] : [message.echo];
        return;
      }
      case 'trouble':
        this.trouble = message.text;
        return;
      case 'other':
    }
  }
}
