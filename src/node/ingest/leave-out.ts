import type { LeaveOutRule } from './mapping.ts';
import { plainText } from './presets/header-names.ts';

/** Tells the rows of a file that are no data: its sums, the notes below them, a second table. */
export class LeaveOut {
  readonly #rules: readonly (LeaveOutRule & { readonly positions: readonly number[] })[];
  #rest: string | null = null;

  constructor(rules: readonly LeaveOutRule[], columns: readonly string[]) {
    this.#rules = rules.map((rule) => ({
      ...rule,
      positions: (rule.blank ?? []).map((header) => columns.indexOf(header)),
    }));
  }

  /** Why a row is left out, null where it is data. Rows are asked about in their order. */
  reason(cells: readonly (string | null)[]): string | null {
    if (this.#rest !== null || this.#rules.length === 0) return this.#rest;
    const texts = cells.map((cell) => plainText((cell ?? '').slice(0, 200)));
    for (const rule of this.#rules) {
      const { begins = [], is = [], positions, reason } = rule;
      const isOut =
        texts.some((text) => is.includes(text) || begins.some((word) => text.startsWith(word))) ||
        (positions.length > 0 && positions.every((position) => texts[position] === ''));
      if (!isOut) continue;
      if (rule.onwards === true) this.#rest = reason;
      return reason;
    }
    return null;
  }
}
