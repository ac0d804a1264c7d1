import type { Rulebook } from '../../core/agreement/rulebook.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import { isDiskFull } from '../system-error.ts';
import {
  closeStore,
  isDamage,
  isInvalidated,
  openAnew,
  openStore,
  removeWarehouse,
  storeFault,
} from './open-store.ts';
import type { OpenStore } from './open-store.ts';
import { isOfUnread, noticesOf } from './unread-entries.ts';

/**
 * The store of a workspace, mended while it is in use: damage shows only when the damaged block is read, and
 * a full disk makes the engine refuse all work until its file is opened again.
 */
export class LivingStore {
  readonly #folder: string;
  readonly #ledger: SqliteLedger;
  #rules: Rulebook;
  /** Null where it could not be opened again; the next use tries. */
  #store: OpenStore | null;
  #renewal: Promise<OpenStore> | null = null;
  #notices: readonly Diagnostic[];

  private constructor(folder: string, ledger: SqliteLedger, rules: Rulebook, store: OpenStore) {
    this.#folder = folder;
    this.#ledger = ledger;
    this.#rules = rules;
    this.#store = store;
    this.#notices = store.notices;
  }

  /** Throws a `FaultError` where the disk is full or another process holds the file. */
  static async open(folder: string, ledger: SqliteLedger, rules: Rulebook): Promise<LivingStore> {
    try {
      return new LivingStore(folder, ledger, rules, await openStore(folder, ledger, rules));
    } catch (error) {
      throw storeFault(error);
    }
  }

  get notices(): readonly Diagnostic[] {
    return this.#notices;
  }

  /**
   * Does some work, and once more where the store had to be mended for it: the work must bear being begun
   * twice. Throws a `FaultError` where the disk is full.
   */
  async use<T>(work: (store: OpenStore) => Promise<T>): Promise<T> {
    const store = this.#renewal ? await this.#renewal : (this.#store ?? (await this.#reopen()));
    const before = store.projector.unreadChanges;
    try {
      const done = await work(store);
      if (store.projector.unreadChanges !== before) await this.#tellUnread(store);
      return done;
    } catch (error) {
      if (isDiskFull(error)) {
        if (store === this.#store) await this.#reopen().catch(() => undefined);
        throw storeFault(error);
      }
      if (store === this.#store && this.#renewal === null) {
        if (isDamage(error)) return work(await this.#renew(openAnew));
        if (!isInvalidated(error)) throw error;
        return work(await this.#reopen());
      }
      // It was closed under this work by another's renewal.
      return work(await (this.#renewal ?? this.#store ?? this.#reopen()));
    }
  }

  /** Tells no more of entries that can be read by now. */
  async recheck(): Promise<void> {
    if (this.#notices.some(isOfUnread)) await this.use((store) => this.#tellUnread(store));
  }

  async #tellUnread({ projector }: OpenStore): Promise<void> {
    const unread = noticesOf(await projector.unread());
    this.#notices = [...this.#notices.filter((notice) => !isOfUnread(notice)), ...unread];
  }

  /** Makes the warehouse anew from the ledger. */
  async rebuild(): Promise<void> {
    await this.#renew((folder, ledger, rules) => {
      removeWarehouse(folder);
      return openStore(folder, ledger, rules);
    });
  }

  /** Reads everything by other rules from now on. */
  async adopt(rules: Rulebook): Promise<void> {
    await this.#renewal?.catch(() => undefined);
    this.#rules = rules;
    await this.#renew(openStore);
  }

  async close(): Promise<void> {
    await this.#renewal?.catch(() => undefined);
    if (this.#store !== null) await closeStore(this.#folder, this.#store);
    this.#store = null;
  }

  #reopen(): Promise<OpenStore> {
    return this.#renew(openStore);
  }

  #renew(open: typeof openStore): Promise<OpenStore> {
    this.#renewal ??= this.#replace(open).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #replace(open: typeof openStore): Promise<OpenStore> {
    const old = this.#store;
    this.#store = null;
    if (old !== null) await closeStore(this.#folder, old);
    try {
      const store = await open(this.#folder, this.#ledger, this.#rules);
      this.#store = store;
      this.#notices = [...this.#notices.filter((notice) => !isOfUnread(notice)), ...store.notices];
      return store;
    } catch (error) {
      throw storeFault(error);
    }
  }
}
