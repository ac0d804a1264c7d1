/** Tells whoever listens that the data of a workspace are not what they were. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** @returns how to stop listening */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
