import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '../../core/sql/sql.ts';
import type { PreparedEntry } from '../ingest/records/project-records.ts';
import type { OpenStore } from './open-store.ts';

/** Before the warehouse is tried again after a failure of its own. */
const PAUSE_MS = 1000;

/** While entries keep coming, it rests twice as long as it worked, at most this: the answers need the machine too. */
const MOST_REST_MS = 500;

interface SettlingContext {
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
}

/**
 * Brings the warehouse up to the ledger behind the answers: while entries come it applies and derives what is
 * there by then, together.
 */
export class Settling {
  readonly #context: SettlingContext;
  readonly #listeners: ((watermark: number) => void)[] = [];
  #running: Promise<void> | null = null;
  #report: (error: unknown) => void = () => undefined;
  #isWanted = false;
  #isOver = false;
  #waiting = 0;
  #toRemember: PreparedEntry[] = [];

  constructor(context: SettlingContext) {
    this.#context = context;
  }

  /** Calls back with the last entry that the facts count, whenever that has moved. */
  onSettled(listener: (watermark: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Where to tell what failed: what is acknowledged is safe, and is tried again. */
  reportTo(report: (error: unknown) => void): void {
    this.#report = report;
  }

  /** Spares the reading of an entry that was read to be acknowledged. */
  remember(entry: PreparedEntry): void {
    this.#toRemember.push(entry);
  }

  begin(): void {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when all that was in the ledger at the call is counted. */
  async settled(): Promise<void> {
    this.#waiting += 1;
    try {
      this.begin();
      await this.#running;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isOver) {
      this.#isWanted = false;
      const begun = performance.now();
      try {
        await this.#settle();
        const took = performance.now() - begun;
        // Whoever waits for it waits in vain otherwise.
        if (this.#isWanted && !this.#isOver && this.#waiting === 0)
          await sleep(Math.min(2 * took, MOST_REST_MS));
      } catch (error) {
        this.#report(error);
        this.#isWanted = true;
        if (!this.#isOver) await sleep(PAUSE_MS);
      }
    }
  }

  async #settle(): Promise<void> {
    const watermark = await this.#context.use(async ({ projector, warehouse }) => {
      for (const entry of this.#toRemember.splice(0)) projector.remember(entry);
      await projector.catchUp();
      await projector.derive(new Date().toISOString());
      const [row] = await warehouse.query(sql`select value from meta where key = 'derived_watermark'`);
      return Number(row?.['value'] ?? 0);
    });
    for (const listener of this.#listeners) listener(watermark);
  }
}
