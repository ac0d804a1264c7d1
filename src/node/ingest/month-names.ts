import { raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';

/** How months are written, in Spanish and English, without case. */
const MONTHS = [
  'ene|enero|jan|january',
  'feb|febrero|february',
  'mar|marzo|march',
  'abr|abril|apr|april',
  'may|mayo',
  'jun|junio|june',
  'jul|julio|july',
  'ago|agosto|aug|august',
  'sept?|septiembre|setiembre|september',
  'oct|octubre|october',
  'nov|noviembre|november',
  'dic|diciembre|dec|december',
] as const;

/** `13-abr-2026`, `13 de abril de 2026`, `13/apr/26`; then a time. */
const DAY_FIRST = String.raw`^(\d{1,2})(?:º|°|st|nd|rd|th)?[\s\-/.]*(?:de\s+)?([a-z]{3,10})\.?[\s\-/.,]*(?:del?\s+)?(\d{4}|\d{2})((?:,?\s.+)?)$`;
/** `Apr 13, 2026`, `abril 13 2026`; then a time. */
const MONTH_FIRST = String.raw`^([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})((?:,?\s.+)?)$`;

/**
 * A text of a day or an instant that writes its month out, as one that does not: `13-abr-2026` is `2026-04-13`. Any
 * other stays as it is.
 */
export function withoutMonthNames(text: Fragment): Fragment {
  const replaced = (from: Fragment, pattern: string, to: string): Fragment =>
    sql`regexp_replace(${from}, ${pattern}, ${to})`;
  const ordered = replaced(
    replaced(sql`lower(${text})`, DAY_FIRST, String.raw`\3-\2-\1\4`),
    MONTH_FIRST,
    String.raw`\3-\1-\2\4`,
  );
  const numbered = MONTHS.reduce<Fragment>(
    (from, names, nth) => replaced(from, `^(\\d+)-(?:${names})-`, `\\1-${String(nth + 1).padStart(2, '0')}-`),
    ordered,
  );
  const tidied = [
    // Two digits of a year are those of this century but for the last thirty of the one before.
    [String.raw`^([7-9]\d)-`, String.raw`19\1-`],
    [String.raw`^(\d\d)-`, String.raw`20\1-`],
    [String.raw`^(\d{4}-\d\d)-(\d)(\D|$)`, String.raw`\1-0\2\3`],
    [String.raw`^(\d{4}-\d\d-\d\d),?\s+`, String.raw`\1 `],
    [String.raw`\s?([ap])\.?\s?m\.?$`, String.raw` \1m`],
  ].reduce((from, [pattern = '', to = '']) => replaced(from, pattern, to), numbered);
  const isWritten = sql`regexp_matches(${text}, '[A-Za-z]{3}') and not regexp_matches(${text}, ${String.raw`^\d{4}-`})`;
  return sql`(case when ${isWritten} then upper(${tidied}) else ${text} end)`;
}

/** How a day that stands as `2026-04-13` is followed by a time of twelve hours. */
export const SPOKEN_TIMES = raw(`['%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p']`);
