interface Waiting {
  readonly beyond: number;
  readonly resolve: (hasMore: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** How far a file has come that is read while it is being written. */
export class Growth {
  #bytes = 0;
  #isWhole = false;
  #failure: { readonly error: unknown } | null = null;
  #waiting: Waiting[] = [];

  /** Of a file that stands there whole, of whatever size. */
  static whole(): Growth {
    const growth = new Growth();
    growth.#bytes = Infinity;
    growth.end();
    return growth;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** So many bytes more can be read. */
  grow(bytes: number): void {
    this.#bytes += bytes;
    this.#tell();
  }

  /** Nothing more comes. */
  end(): void {
    this.#isWhole = true;
    this.#tell();
  }

  /** Nothing more comes, and what is there is not all. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#tell();
  }

  /**
   * Waits until more than so many bytes can be read.
   *
   * @returns false where the file has no more than these
   * @throws what kept it from becoming whole
   */
  beyond(bytes: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ beyond: bytes, resolve, reject });
      this.#tell();
    });
  }

  /** Waits until all of it can be read. */
  async all(): Promise<void> {
    await this.beyond(Infinity);
  }

  #tell(): void {
    this.#waiting = this.#waiting.filter(({ beyond, resolve, reject }) => {
      if (this.#bytes > beyond) resolve(true);
      else if (this.#failure !== null) reject(this.#failure.error);
      else if (this.#isWhole) resolve(false);
      else return true;
      return false;
    });
  }
}
