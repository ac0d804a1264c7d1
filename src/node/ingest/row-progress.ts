/** How far a file has been read: its rows so far, or the share of it where the engine reads it by itself. */
export type RowsRead = { readonly rows: number } | { readonly share: number };

/** Tells whoever listens how far the files of entries have been read. */
export class RowProgress {
  readonly #listeners = new Map<number, (read: RowsRead) => void>();

  /** @returns how to stop listening */
  listen(entry: number, listener: (read: RowsRead) => void): () => void {
    this.#listeners.set(entry, listener);
    return () => void this.#listeners.delete(entry);
  }

  /** Where to tell of an entry; undefined where nobody listens. */
  of(entry: number): ((read: RowsRead) => void) | undefined {
    return this.#listeners.get(entry);
  }
}
