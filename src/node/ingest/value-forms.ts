/**
 * How people and programs write values. The engine reads the cells of files by these forms and the program the
 * members of records: a value says the same by either way. Regular expressions that RE2 and JavaScript read alike.
 */

/** What parts words: RE2's `\s` has no blank that does not break, which newer programs write before `PM`. */
export const SPACE = '[\\s\u00a0\u202f]';

export const PLAIN_INTEGER = String.raw`[+-]?\d{1,18}`;
export const PLAIN_NUMBER = String.raw`[+-]?\d{1,15}(\.\d{1,12})?`;
export const SCIENTIFIC = String.raw`[+-]?\d(\.\d{1,15})?[eE][+-]?\d{1,3}`;
/** `$1,234.56`, `1.234,56 €`, `(123)`, `7.25-`. */
export const DRESSED = `\\(?-?\\s*(?:[A-Z]{1,3}?\\$|[A-Z]{3}|[$€£¥]|S/\\.?)?\\s*-?[\\d.,'\\s\u00a0\u202f]*\\d[\\d.,'\\s\u00a0\u202f]*\\s*(?:[A-Z]{3}|[$€£¥])?-?\\)?`;

/** So many per cent. */
export const PER_CENT = '[^%]+%';
/** What stands between a number and its `%`. */
export const BEFORE_PER_CENT = ' \u00a0\u202f';

/** What says only that a number is less or more: `< 10`, `≥ 90 %`. */
export const BOUND = '^[<>≤≥]';
