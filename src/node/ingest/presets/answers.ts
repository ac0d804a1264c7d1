import type { DateOrder } from '../mapping.ts';

/** What people said of the exports of a source, once for all of them. */
export interface Answers {
  readonly currency: string | null;
  readonly timezone: string | null;
  readonly dates: DateOrder | null;
  readonly decimal: '.' | ',' | null;
  /** Texts that mean that there is no value. */
  readonly missing: readonly string[];
  /** Stages of a pipeline that mean a sale, a loss, or neither. */
  readonly won: readonly string[];
  readonly lost: readonly string[];
  readonly open: readonly string[];
  /** By a column's name as it is compared: the agreement's field, or blank for "keep it beside". */
  readonly columns: ReadonlyMap<string, string>;
}

const ORDERS = ['dmy', 'mdy', 'ymd'] as const satisfies readonly DateOrder[];

/**
 * Answers of `key` and value: `currency`, `timezone`, `dates`, `decimal`, `missing`, `won`, `lost`,
 * `open`, and `column:<name>` for columns.
 */
export function readAnswers(given: ReadonlyMap<string, string>): Answers {
  const decimal = given.get('decimal');
  return {
    currency: given.get('currency')?.toUpperCase() ?? null,
    timezone: given.get('timezone') ?? null,
    dates: ORDERS.find((each) => each === given.get('dates')) ?? null,
    decimal: decimal === '.' || decimal === ',' ? decimal : null,
    missing: textsIn(given.get('missing')),
    won: textsIn(given.get('won')),
    lost: textsIn(given.get('lost')),
    open: textsIn(given.get('open')),
    columns: new Map(
      [...given].flatMap(([key, value]): [string, string][] =>
        key.startsWith('column:') ? [[key.slice('column:'.length), value]] : [],
      ),
    ),
  };
}

/** Several texts of one answer, by semicolons. */
export function textsIn(answer: string | undefined): readonly string[] {
  return (answer ?? '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

export const NO_ANSWERS: Answers = readAnswers(new Map());
