import type { Rulebook } from '../../core/agreement/rulebook.ts';
import type { FactTables } from '../../core/facts/derive.ts';
import { STORED_TABLES } from '../../core/facts/derive.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { OpenStore } from './open-store.ts';

/** So many are kept derived, beyond those that are being read. */
const MOST_KEPT = 3;

interface Kept {
  readonly slot: number;
  readonly tables: Promise<FactTables>;
  /** Questions that read its tables at this moment. */
  readers: number;
}

/**
 * The facts as of earlier instants, or under other versions of the agreement, in tables of their own. Many
 * questions of one derive them once, and no tables are made anew while somebody reads them.
 */
export class SideFacts {
  readonly #kept = new Map<string, Kept>();
  /** Forgotten while somebody reads them: their tables are not free yet. */
  readonly #old = new Set<Kept>();
  #swept: OpenStore | null = null;

  /**
   * Reads the facts as of an instant (ISO 8601, UTC) under some rules.
   *
   * @param digest of the rules
   */
  async read<T>(
    store: OpenStore,
    asOf: string,
    rules: Rulebook,
    digest: string,
    work: (tables: FactTables) => Promise<T>,
  ): Promise<T> {
    const key = `${asOf} ${digest}`;
    const kept = this.#kept.get(key) ?? this.#derive(store, key, asOf, rules);
    kept.readers += 1;
    try {
      return await work(await kept.tables);
    } finally {
      kept.readers -= 1;
      if (kept.readers === 0) this.#old.delete(kept);
    }
  }

  forget(): void {
    for (const kept of this.#kept.values()) if (kept.readers > 0) this.#old.add(kept);
    this.#kept.clear();
  }

  #derive(store: OpenStore, key: string, asOf: string, rules: Rulebook): Kept {
    for (const [each, { readers }] of this.#kept) {
      if (this.#kept.size < MOST_KEPT) break;
      if (readers === 0) this.#kept.delete(each);
    }
    const slots = new Set([...this.#kept.values(), ...this.#old].map(({ slot }) => slot));
    let slot = 0;
    while (slots.has(slot)) slot += 1;
    const kept: Kept = { slot, tables: this.#tablesOf(store, asOf, rules, slot), readers: 0 };
    this.#kept.set(key, kept);
    // What could not be derived is tried again by the next who asks.
    kept.tables.catch(() => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    });
    return kept;
  }

  async #tablesOf(store: OpenStore, asOf: string, rules: Rulebook, slot: number): Promise<FactTables> {
    if (this.#swept !== store) {
      this.#swept = store;
      await sweep(store);
    }
    return store.projector.deriveAside(asOf, rules, tablesIn(slot));
  }
}

function tablesIn(slot: number): FactTables {
  const suffix = `_aside_${slot}`;
  return {
    facts: STORED_TABLES.facts + suffix,
    rollup: STORED_TABLES.rollup + suffix,
    adDay: STORED_TABLES.adDay + suffix,
    value: STORED_TABLES.value + suffix,
    credit: STORED_TABLES.credit + suffix,
  };
}

/** Drops what an earlier process left behind. */
async function sweep({ warehouse }: OpenStore): Promise<void> {
  const rows = await warehouse.query(
    sql`select table_name from information_schema.tables where table_name similar to '.*_aside_[0-9]+'`,
  );
  await warehouse.transaction(async (transaction) => {
    for (const { table_name: name } of rows)
      await transaction.run(sql`drop table if exists ${identifier(String(name))}`);
  });
}
