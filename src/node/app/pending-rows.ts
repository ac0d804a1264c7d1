import type { RecordKind } from '../ingest/mapping.ts';
import type { RecordRow } from '../ingest/records/record-reader.ts';
import { keysText } from '../ingest/records/told-keys.ts';

/** What was told last of each identity, from its acknowledgement until the warehouse holds it. */
export class PendingRows {
  readonly #last = new Map<string, { readonly row: RecordRow; readonly content: string; entry: number }>();
  readonly #keysOf = new Map<number, string[]>();
  #count = 0;

  /** How many rows wait. */
  get size(): number {
    return this.#count;
  }

  /**
   * Notes a row as the latest of its identity.
   *
   * @param entry 0 while it is not appended yet
   * @returns whether the one before says the same; null where none waits
   */
  note(row: RecordRow): boolean | null {
    const key = keyOf(row);
    const content = JSON.stringify(row.cells) + keysText(row);
    const before = this.#last.get(key);
    if (before?.content === content) return true;
    this.#last.set(key, { row, content, entry: 0 });
    return before === undefined ? null : false;
  }

  /** The first entry that holds rows that wait; infinite where none does. */
  get firstEntry(): number {
    const [first = Infinity] = this.#keysOf.keys();
    return first;
  }

  /** The kinds and ids of the rows that wait. */
  *ids(): Iterable<readonly [RecordKind, string]> {
    for (const { row } of this.#last.values()) yield [row.kind, row.id];
  }

  /** Says which entry holds rows that were noted. */
  assign(entry: number, rows: readonly RecordRow[]): void {
    const keys = rows.map(keyOf);
    for (const key of keys) {
      const last = this.#last.get(key);
      if (last !== undefined) last.entry = entry;
    }
    this.#keysOf.set(entry, keys);
    this.#count += keys.length;
  }

  /** Forgets rows that were noted and are not appended after all. */
  drop(rows: readonly RecordRow[]): void {
    for (const row of rows) {
      const key = keyOf(row);
      if (this.#last.get(key)?.entry === 0) this.#last.delete(key);
    }
  }

  /** Forgets what the warehouse holds by now: all entries up to this one. */
  settle(watermark: number): void {
    for (const [entry, keys] of this.#keysOf) {
      if (entry > watermark) return;
      for (const key of keys) {
        if (this.#last.get(key)?.entry === entry) this.#last.delete(key);
      }
      this.#count -= keys.length;
      this.#keysOf.delete(entry);
    }
  }
}

function keyOf(row: RecordRow): string {
  return `${row.kind} ${row.identity}`;
}
