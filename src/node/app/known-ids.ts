import { setTimeout as sleep } from 'node:timers/promises';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { identifier, raw, sql } from '../../core/sql/sql.ts';
import type { RecordKind } from '../ingest/mapping.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { PendingRows } from './pending-rows.ts';
import type { Projector } from './projector.ts';

/** The ids by which records of a kind are looked for; of ads that would be their day, which says nothing. */
const SOUGHT = {
  leads: { table: 'lead_version', column: 'lead_id' },
  activities: { table: 'activity', column: 'activity_id' },
} as const;

type SoughtKind = keyof typeof SOUGHT;

/** Bits for an id: with three of them set, one unknown id in a thousand looks known. */
const BITS_AN_ID = 24;
const SMALLEST_BITS = 2 ** 23;
const MOST_BITS = 2 ** 30;

/** So many ids are taken over at a time: nothing else runs while they are. */
const PIECE = 10_000;

/** After each piece it rests so many times as long as that took: what was acknowledged is to be counted meanwhile. */
const REST = 2;

/** What it needs to know of an open store. */
interface FilteredStore {
  readonly warehouse: Warehouse;
  readonly projector: Pick<Projector, 'filesRead' | 'retried'>;
}

/**
 * Tells of most ids that the warehouse cannot hold them, without asking it: a filter in which an unknown id may
 * look known, and a known one never unknown. It is made of what the warehouse holds behind the first requests, and
 * until then, and while a file is read, nothing is told.
 */
export class KnownIds {
  readonly #ledger: Pick<SqliteLedger, 'lastId'>;
  /** What is acknowledged and may not be in the warehouse yet. */
  readonly #pending: PendingRows;
  #bits = new Uint32Array(SMALLEST_BITS / 32);
  #count = 0;
  /** Of which the filter is. */
  #of: { readonly warehouse: Warehouse; readonly agreement: Agreement } | null = null;
  /** The entries up to this one are in it, whoever brought them. */
  #through = -1;
  /** As the projector's were when they were. */
  #filesRead = -1;
  #retried = 0;
  #filling: Promise<void> | null = null;

  constructor(ledger: Pick<SqliteLedger, 'lastId'>, pending: PendingRows) {
    this.#ledger = ledger;
    this.#pending = pending;
  }

  add(kind: RecordKind, id: string): void {
    if (!isSought(kind)) return;
    this.#count += 1;
    this.#set(kind, id);
  }

  /** True of an id that the warehouse cannot hold, by what was told of it with `isReady`. */
  isUnknown(kind: RecordKind, id: string): boolean {
    if (!isSought(kind)) return false;
    const size = this.#bits.length * 32;
    const [first, second] = hashesOf(kind, id);
    for (let nth = 0; nth < 3; nth += 1) {
      const bit = (first + nth * second) % size;
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return true;
    }
    return false;
  }

  /** Whether the filter has all ids of the store; where not, it begins to take them over. */
  isReady(store: FilteredStore, agreement: Agreement): boolean {
    const { filesRead, retried } = store.projector;
    const size = this.#bits.length * 32;
    const isFull = this.#count * BITS_AN_ID > size && size < MOST_BITS;
    const isOther = this.#of?.warehouse !== store.warehouse || this.#of.agreement !== agreement;
    const isAnew = isOther || isFull || this.#retried !== retried;
    if (!isAnew && this.#filling === null && this.#filesRead === filesRead) return true;
    // An odd number: a file is being read.
    if (this.#filling !== null || filesRead % 2 === 1) return false;
    if (isAnew) this.#through = -1;
    this.#of = { warehouse: store.warehouse, agreement };
    this.#filesRead = -1;
    this.#retried = retried;
    this.#filling = this.#fill(store, filesRead)
      // Whoever asks next tries again.
      .catch(() => undefined)
      .finally(() => {
        this.#filling = null;
      });
    return false;
  }

  async #fill({ warehouse }: FilteredStore, filesRead: number): Promise<void> {
    const since = this.#through;
    const [row] = await warehouse.query(sql`select
      (select coalesce(max(cast(value as BIGINT)), 0) from meta where key = 'watermark') as watermark,
      (select count(*) from lead_version) + (select count(*) from activity) as n`);
    const watermark = Number(row?.['watermark'] ?? 0);
    // While it is being made anew, what it holds is not all that it will.
    if (watermark < Math.min(this.#pending.firstEntry - 1, await this.#ledger.lastId())) return;
    if (since < 0) {
      const wanted = Math.max(SMALLEST_BITS, 2 * BITS_AN_ID * Number(row?.['n'] ?? 0));
      this.#bits = new Uint32Array(2 ** Math.ceil(Math.log2(Math.min(wanted, MOST_BITS))) / 32);
      this.#count = 0;
      for (const [kind, id] of this.#pending.ids()) this.add(kind, id);
    }
    for (const kind of ['leads', 'activities'] as const) await this.#take(warehouse, kind, since);
    this.#through = watermark;
    this.#filesRead = filesRead;
  }

  async #take(warehouse: Warehouse, kind: SoughtKind, since: number): Promise<void> {
    const { table, column } = SOUGHT[kind];
    const newer = sql`entry > ${raw(String(since))}`;
    const [span] = await warehouse.query(
      sql`select min(rowid) as first, max(rowid) as last from ${identifier(table)} where ${newer}`,
    );
    if (span?.['first'] === null || span === undefined) return;
    const last = Number(span['last']);
    for (let from = Number(span['first']); from <= last; from += PIECE) {
      const begun = performance.now();
      const [row] =
        await warehouse.query(sql`select list(${identifier(column)}) as ids from ${identifier(table)}
        where rowid >= ${raw(String(from))} and rowid < ${raw(String(from + PIECE))} and ${newer}`);
      const ids = row?.['ids'];
      if (Array.isArray(ids)) for (const id of ids) this.add(kind, String(id));
      await sleep(REST * (performance.now() - begun));
    }
  }

  #set(kind: SoughtKind, id: string): void {
    const size = this.#bits.length * 32;
    const [first, second] = hashesOf(kind, id);
    for (let nth = 0; nth < 3; nth += 1) {
      const bit = (first + nth * second) % size;
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }
}

function isSought(kind: RecordKind): kind is SoughtKind {
  return kind !== 'ads';
}

/** Two numbers of 32 bits, of which the second is odd, so that its multiples meet all places (FNV-1a, mixed). */
function hashesOf(kind: SoughtKind, id: string): readonly [number, number] {
  let hash = kind === 'leads' ? 0x811c9dc5 : 0x01000193;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  const first = mixed(hash);
  return [first, (mixed(first ^ 0x9e3779b9) | 1) >>> 0];
}

/** The last step of MurmurHash3: each bit depends on all. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
