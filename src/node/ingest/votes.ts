import type { DateOrder } from './mapping.ts';

/** The order of day, month and year that a file's dates show. */
export type DateVote = DateOrder | 'conflict' | null;

/**
 * Gathers evidence of the order of dates: a first part over 12 is a day, and so is a second one; dots are
 * day first. Without either, the part with clearly more distinct values is the day. ISO needs no vote.
 */
export class DateOrderVote {
  #dayFirst = 0;
  #monthFirst = 0;
  #iso = 0;
  readonly #first = new Set<number>();
  readonly #second = new Set<number>();

  add(text: string): void {
    const value = text.trim();
    if (/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(value)) {
      this.#iso += 1;
      return;
    }
    const match = /^(\d{1,2})([-/.])(\d{1,2})[-/.]\d{2,4}/.exec(value);
    if (!match) return;
    const first = Number(match[1]);
    const second = Number(match[3]);
    this.#first.add(first);
    this.#second.add(second);
    if (first > 12 && second <= 12) this.#dayFirst += 1;
    else if (second > 12 && first <= 12) this.#monthFirst += 1;
    else if (match[2] === '.') this.#dayFirst += 1;
  }

  get verdict(): DateVote {
    if (this.#dayFirst > 0 && this.#monthFirst > 0) return 'conflict';
    if (this.#dayFirst > 0) return 'dmy';
    if (this.#monthFirst > 0) return 'mdy';
    if (this.#first.size > 0) {
      // Both parts fit a month: a day takes more values than a month in all but the shortest files.
      if (this.#first.size >= this.#second.size + 4) return 'dmy';
      if (this.#second.size >= this.#first.size + 4) return 'mdy';
      return null;
    }
    return this.#iso > 0 ? 'ymd' : null;
  }

  /** True where some date needs the order to be read. */
  get isNeeded(): boolean {
    return this.#first.size > 0;
  }
}

/**
 * Gathers evidence of the decimal mark: of both marks the last is it; a single one with other than three
 * digits behind it is it; a repeated one groups thousands.
 */
export class DecimalVote {
  #comma = 0;
  #point = 0;
  #undecided = false;

  add(text: string): void {
    const digits = text.replaceAll(/[^\d.,]/g, '');
    const comma = digits.lastIndexOf(',');
    const point = digits.lastIndexOf('.');
    if (comma >= 0 && point >= 0) {
      if (comma > point) this.#comma += 3;
      else this.#point += 3;
      return;
    }
    const mark = comma >= 0 ? ',' : point >= 0 ? '.' : null;
    if (mark === null) return;
    const parts = digits.split(mark);
    if (parts.length > 2) {
      if (mark === ',') this.#point += 1;
      else this.#comma += 1;
    } else if (parts[1]?.length !== 3 || parts[0] === '0') {
      if (mark === ',') this.#comma += 2;
      else this.#point += 2;
    } else {
      this.#undecided = true;
    }
  }

  get verdict(): '.' | ',' | null {
    if (this.#comma === this.#point) return null;
    return this.#comma > this.#point ? ',' : '.';
  }

  /** True where a number such as `1.753` cannot be read without it. */
  get isNeeded(): boolean {
    return this.#undecided || this.#comma + this.#point > 0;
  }
}
