import { createHash, randomUUID } from 'node:crypto';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import type { Mapping } from '../ingest/mapping.ts';
import { JsonFault } from '../ingest/records/json-text.ts';
import type { PreparedItem } from '../ingest/records/prepare-entry.ts';
import type { RecordRefusal, RecordRow } from '../ingest/records/record-reader.ts';
import type { LedgerEntry, RequestDraft } from '../ledger/ledger.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { OpenStore } from './open-store.ts';
import { KnownIds } from './known-ids.ts';
import { payloadText, PayloadReader } from './payload-reader.ts';
import { PendingRows } from './pending-rows.ts';
import type { Settling } from './settling.ts';
import { toldBefore } from './told-before.ts';

/** An input that comes as a request: records of the API, a delivery of a webhook. */
export interface IntakeRequest {
  readonly source: string;
  /** How it is called where entries are listed. */
  readonly name: string;
  readonly mapping: Mapping;
  readonly payload: Uint8Array;
  /** What makes it the same when it is sent again; null: nothing does. */
  readonly externalId: string | null;
  /**
   * A webhook's: what comes again by its id is the same whatever it holds, waits for the first where that is
   * still on its way, and is not to come again mended where it was refused.
   */
  readonly isDelivery: boolean;
}

export type ItemStatus = 'accepted' | 'unchanged' | 'rejected';

export interface ItemResult {
  readonly status: ItemStatus;
  /** The lead's, the activity's; null of an ad metric and of what is refused. */
  readonly id: string | null;
  readonly refusal: RecordRefusal | null;
}

export interface IntakeAnswer {
  readonly entry: number;
  readonly results: readonly ItemResult[];
  /** It had been sent before: what was answered then. */
  readonly replayed: boolean;
}

/** Rows that wait for the warehouse; beyond, callers wait too. */
const MOST_WAITING = 300_000;

const LETTERS = { accepted: 'a', unchanged: 'u', rejected: 'r' } as const;

interface Queued {
  readonly request: IntakeRequest;
  readonly items: readonly PreparedItem[];
  readonly resolve: (answer: IntakeAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface IntakeContext {
  readonly agreement: () => Agreement;
  readonly ledger: SqliteLedger;
  readonly settling: Settling;
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
}

/**
 * Takes requests in: each is judged item by item under the agreement, kept in the ledger, flushed, and only
 * then answered. Requests that come while others are being flushed share the next flush. The warehouse follows
 * after the answer.
 */
export class Intake {
  readonly #context: IntakeContext;
  readonly #payloads: PayloadReader;
  readonly #pending = new PendingRows();
  readonly #known: KnownIds;
  readonly #inFlight = new Map<string, Promise<IntakeAnswer>>();
  #queue: Queued[] = [];
  #working = false;

  constructor(context: IntakeContext) {
    this.#context = context;
    this.#payloads = new PayloadReader(context.ledger, context.agreement);
    this.#known = new KnownIds(context.ledger, this.#pending);
    context.settling.onSettled((watermark) => this.#pending.settle(watermark));
  }

  /** The agreement under which records are judged at this moment. */
  get agreement(): Agreement {
    return this.#context.agreement();
  }

  /**
   * Durable on return. Throws a `FaultError` where the body cannot be read, where the same id came with
   * another body or is being dealt with just now, and where the disk is full.
   */
  async submit(request: IntakeRequest): Promise<IntakeAnswer> {
    const { source, externalId } = request;
    if (externalId === null) return this.#enter(request);
    const key = `${source} ${externalId}`;
    // Before what is kept is looked at: it may be written and not be flushed yet.
    const first = this.#inFlight.get(key);
    if (first !== undefined) {
      if (!request.isDelivery) throw new FaultError([fault('intake.in_flight')]);
      return { ...(await first), replayed: true };
    }
    const known = this.#replay(request, externalId);
    if (known !== null) return known;
    const entered = this.#enter(request);
    this.#inFlight.set(key, entered);
    try {
      return await entered;
    } finally {
      this.#inFlight.delete(key);
    }
  }

  async #enter(request: IntakeRequest): Promise<IntakeAnswer> {
    const items = this.#read(request);
    if (items.length === 0) throw new FaultError([fault('intake.nothing')]);
    if (this.#pending.size > MOST_WAITING) await this.#context.settling.settled();
    return new Promise<IntakeAnswer>((resolve, reject) => {
      this.#queue.push({ request, items, resolve, reject });
      if (!this.#working) void this.#work();
    });
  }

  #read({ mapping, payload }: IntakeRequest): readonly PreparedItem[] {
    try {
      return this.#payloads.items(mapping, payloadText(payload));
    } catch (error) {
      if (error instanceof JsonFault) throw new FaultError([fault(error.code, { detail: error.detail })]);
      if (error instanceof TypeError) throw new FaultError([fault('json.encoding')]);
      throw error;
    }
  }

  /** What was answered to the same request before. */
  #replay(request: IntakeRequest, externalId: string): IntakeAnswer | null {
    const kept = this.#context.ledger.answerTo(request.source, externalId);
    if (kept === null) return null;
    if (request.isDelivery) return { entry: kept.entry, results: [], replayed: true };
    const hash = createHash('sha256').update(request.payload).digest('hex');
    if (kept.hash !== hash || kept.name !== request.name) throw new FaultError([fault('intake.other_body')]);
    return {
      entry: kept.entry,
      results: resultsOf(this.#read(request), statusesOf(kept.answer)),
      replayed: true,
    };
  }

  /** One group after the other: what was told before must be known when the next is judged. */
  async #work(): Promise<void> {
    this.#working = true;
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        await this.#take(group);
      } catch (error) {
        for (const { items, reject } of group) {
          this.#pending.drop(items.flatMap(rowsOf));
          reject(error);
        }
      }
    }
    this.#working = false;
  }

  async #take(group: readonly Queued[]): Promise<void> {
    const { ledger, settling } = this.#context;
    await ledger.requireDisk();
    const judged = await this.#judge(group);
    const entries = await ledger.appendRequests(
      group.map(({ request }, index) => draftOf(request, judged[index] ?? [])),
    );
    for (const [index, { items, resolve }] of group.entries()) {
      const entry: LedgerEntry | undefined = entries[index];
      if (entry === undefined) throw new InvariantError('a request without an entry');
      this.#pending.assign(entry.id, items.flatMap(rowsOf));
      settling.remember({ entry, items });
      resolve({ entry: entry.id, results: resultsOf(items, judged[index] ?? []), replayed: false });
    }
    settling.begin();
  }

  /** The status of each item of each request, as if they came one after the other. */
  async #judge(group: readonly Queued[]): Promise<readonly (readonly ItemStatus[])[]> {
    const isSame = new Map<RecordRow, boolean>();
    const first: RecordRow[] = [];
    for (const row of group.flatMap(({ items }) => items.flatMap(rowsOf))) {
      const same = this.#pending.note(row);
      if (same !== null) isSame.set(row, same);
      else first.push(row);
    }
    await this.#context.use(async (store) => {
      const agreement = this.#context.agreement();
      const isReady = this.#known.isReady(store, agreement);
      const maybe = isReady ? first.filter((row) => !this.#known.isUnknown(row.kind, row.id)) : first;
      for (const kind of ['leads', 'activities', 'ads'] as const) {
        const rows = maybe.filter((row) => row.kind === kind);
        const told = await toldBefore(store.warehouse, agreement, kind, rows);
        for (const [position, row] of rows.entries()) isSame.set(row, told.has(position));
      }
    });
    for (const row of first) this.#known.add(row.kind, row.id);
    return group.map(({ items }) =>
      items.map((item): ItemStatus => {
        if (item.kind === 'refused') return 'rejected';
        return item.rows.every((row) => isSame.get(row) === true) ? 'unchanged' : 'accepted';
      }),
    );
  }
}

function rowsOf(item: PreparedItem): readonly RecordRow[] {
  return item.kind === 'rows' ? item.rows : [];
}

function draftOf(request: IntakeRequest, statuses: readonly ItemStatus[]): RequestDraft {
  const { source, name, mapping, payload } = request;
  // A request of which nothing is good may come again, mended, by the same id.
  const isRemembered = request.isDelivery || statuses.some((status) => status !== 'rejected');
  return {
    source,
    name,
    mapping,
    payload,
    externalId: isRemembered && request.externalId !== null ? request.externalId : `once:${randomUUID()}`,
    answer: statuses.map((status) => LETTERS[status]).join(''),
  };
}

function statusesOf(letters: string): readonly ItemStatus[] {
  return Array.from(letters, (letter) =>
    letter === 'a' ? 'accepted' : letter === 'u' ? 'unchanged' : 'rejected',
  );
}

function resultsOf(items: readonly PreparedItem[], statuses: readonly ItemStatus[]): readonly ItemResult[] {
  return items.map((item, index): ItemResult => {
    const status = statuses[index] ?? 'rejected';
    if (item.kind === 'refused') return { status, id: null, refusal: item.refusal };
    const [row] = item.rows;
    return { status, id: row === undefined || row.kind === 'ads' ? null : row.id, refusal: null };
  });
}
