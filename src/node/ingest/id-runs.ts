/** Of a file whose ids are in no order at all, so many tell that. */
const MOST_RUNS = 10_000;

/** With `l:` begin ids of Meta's exports that are the same without it: of them, other bytes are no other id. */
const SMALL_L = 0x6c;
const COLON = 0x3a;

interface Run {
  readonly first: Buffer;
  last: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Tells, without keeping the ids of a file, that none comes twice: they ascend from row to row, by their bytes, and where
 * they begin anew, as in exports of several months or of several threads, each run lies apart from the others.
 */
export class IdRuns {
  readonly #runs: Run[] = [];
  /** The id of the row before, in bytes that may be others' soon. */
  #bytes: Buffer = NOTHING;
  #from = 0;
  #to = 0;
  #hasOne = false;
  #isKnown = true;

  /** The next id stands in these bytes, of which nothing is kept beyond the next `keepLast`. */
  add(bytes: Buffer, from: number, to: number): void {
    if (!this.#isKnown) return;
    if (bytes[from] === SMALL_L && bytes[from + 1] === COLON) {
      this.#isKnown = false;
      return;
    }
    if (!this.#hasOne || !isBefore(this.#bytes, this.#from, this.#to, bytes, from, to)) {
      this.#end();
      if (this.#runs.length === MOST_RUNS) {
        this.#isKnown = false;
        return;
      }
      this.#runs.push({ first: Buffer.from(bytes.subarray(from, to)), last: NOTHING });
    }
    this.#hasOne = true;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** To be called before the bytes that were given change. */
  keepLast(): void {
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#from, this.#to));
    this.#from = 0;
    this.#to = this.#bytes.length;
  }

  /** False where some id may have come twice. */
  areApart(): boolean {
    if (!this.#isKnown) return false;
    this.#end();
    const runs = this.#runs.toSorted((one, other) => one.first.compare(other.first));
    return runs.every(({ first }, nth) => {
      const before = runs[nth - 1];
      return before === undefined || before.last.compare(first) < 0;
    });
  }

  #end(): void {
    const run = this.#runs.at(-1);
    if (run !== undefined) run.last = Buffer.from(this.#bytes.subarray(this.#from, this.#to));
  }
}

/** True where a text's bytes are less than another's. */
function isBefore(
  left: Buffer,
  from: number,
  to: number,
  right: Buffer,
  start: number,
  end: number,
): boolean {
  const length = Math.min(to - from, end - start);
  for (let offset = 0; offset < length; offset += 1) {
    const difference = (left[from + offset] ?? 0) - (right[start + offset] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return to - from < end - start;
}
