import { raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { SPACE } from './value-forms.ts';

/** How months are written, in Spanish, English and Portuguese, without case. */
const MONTHS = [
  'ene|enero|jan|january|janeiro',
  'feb|febrero|february|fev|fevereiro',
  'mar|marzo|march|março',
  'abr|abril|apr|april',
  'may|mayo|mai|maio',
  'jun|junio|june|junho',
  'jul|julio|july|julho',
  'ago|agosto|aug|august',
  'sept?|septiembre|setiembre|september|set|setembro',
  'oct|octubre|october|out|outubro',
  'nov|noviembre|november|novembro',
  'dic|diciembre|dec|december|dez|dezembro',
] as const;

/** `13-abr-2026`, `13 de abril de 2026`, `13/apr/26`; then a time. */
const DAY_FIRST = String.raw`^(\d{1,2})(?:º|°|st|nd|rd|th)?(?:${SPACE}|[-/.])*(?:de${SPACE}+)?([a-zç]{3,10})\.?(?:${SPACE}|[-/.,])*(?:del?${SPACE}+)?(\d{4}|\d{2})((?:,?${SPACE}.+)?)$`;
/** `Apr 13, 2026`, `abril 13 2026`; then a time. */
const MONTH_FIRST = String.raw`^([a-zç]{3,10})\.?${SPACE}+(\d{1,2})(?:st|nd|rd|th)?,?${SPACE}+(\d{4})((?:,?${SPACE}.+)?)$`;

/** What is put in the place of the first that a pattern finds; `$1` is what its first group found. */
type Rewriting = readonly [pattern: string, to: string];

/** From `13-abr-2026 3:05 p.m.` in small letters to `2026-04-13 3:05 pm`. */
const REWRITINGS: readonly Rewriting[] = [
  [DAY_FIRST, '$3-$2-$1$4'],
  [MONTH_FIRST, '$3-$1-$2$4'],
  ...MONTHS.map((names, nth): Rewriting => [
    `^(\\d+)-(?:${names})-`,
    `$1-${String(nth + 1).padStart(2, '0')}-`,
  ]),
  // Two digits of a year are those of this century but for the last thirty of the one before.
  [String.raw`^([7-9]\d)-`, '19$1-'],
  [String.raw`^(\d\d)-`, '20$1-'],
  [String.raw`^(\d{4}-\d\d)-(\d)(\D|$)`, '$1-0$2$3'],
  [String.raw`^(\d{4}-\d\d-\d\d),?${SPACE}+`, '$1 '],
  [String.raw`${SPACE}?([ap])\.?${SPACE}?m\.?$`, ' $1m'],
];

const NAMED = '[A-Za-zç]{3}';
const NUMBERED = String.raw`^\d{4}-`;

/**
 * A text of a day or an instant that writes its month out, as one that does not: `13-abr-2026` is `2026-04-13`. Any
 * other stays as it is.
 */
export function withoutMonthNames(text: Fragment): Fragment {
  const rewritten = REWRITINGS.reduce<Fragment>(
    (from, [pattern, to]) => sql`regexp_replace(${from}, ${pattern}, ${to.replaceAll('$', '\\')})`,
    sql`lower(${text})`,
  );
  const isWritten = sql`regexp_matches(${text}, ${NAMED}) and not regexp_matches(${text}, ${NUMBERED})`;
  return sql`(case when ${isWritten} then upper(${rewritten}) else ${text} end)`;
}

const PATTERNS = REWRITINGS.map(([pattern, to]) => [new RegExp(pattern), to] as const);
const IS_NAMED = new RegExp(NAMED);
const IS_NUMBERED = new RegExp(NUMBERED);

/** The same of a text that the program reads itself. */
export function monthsNumbered(text: string): string {
  if (!IS_NAMED.test(text) || IS_NUMBERED.test(text)) return text;
  return PATTERNS.reduce(
    (from, [pattern, to]) => from.replace(pattern, to),
    text.toLowerCase(),
  ).toUpperCase();
}

/** How a day that stands as `2026-04-13` is followed by a time of twelve hours. */
export const SPOKEN_TIMES = raw(`['%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p']`);
