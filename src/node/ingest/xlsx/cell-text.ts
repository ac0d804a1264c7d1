/** Days from 1970 that Excel's day 0 is before it, in either of its calendars. */
const EPOCH = 25_569;
const EPOCH_1904 = 24_107;
const SECONDS_A_DAY = 86_400;
/** Digits that a number in a spreadsheet keeps. */
const DIGITS = 15;

/**
 * A day number as a wall clock: `2026-01-31`, or with its time where it has one. It has no time zone.
 *
 * @returns null for what no calendar has: a negative, 1900-02-29, years beyond 9999
 */
export function serialText(number: number, is1904: boolean): string | null {
  if (!Number.isFinite(number) || number < 0 || number >= 2_958_466) return null;
  const seconds = Math.round(number * SECONDS_A_DAY);
  const day = Math.floor(seconds / SECONDS_A_DAY);
  if (!is1904 && day === 60) return null;
  // Excel takes 1900 for a leap year, so that its days before March are one ahead.
  const shift = is1904 ? EPOCH_1904 : day < 60 ? EPOCH - 1 : EPOCH;
  const iso = new Date((seconds - shift * SECONDS_A_DAY) * 1000).toISOString();
  const time = iso.slice(11, 19);
  if (day === 0 && !is1904) return time;
  return seconds % SECONDS_A_DAY === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`;
}

/**
 * A number as text: what a spreadsheet shows of `1234.5599999999999` is `1234.56`. One of more digits than it
 * keeps comes as `1.2023500000000002E+17`, so that no id is taken for whole that is not.
 */
export function numberText(raw: string): string | null {
  const text = raw.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return null;
  const number = Number(text);
  if (!Number.isFinite(number)) return null;
  if (Math.abs(number) >= 10 ** DIGITS) {
    if (/[eE]/.test(text)) return text.toUpperCase();
    const [, sign = '', first = '', rest = ''] = /^([+-]?)0*(\d)(\d*)/.exec(text) ?? [];
    return `${sign === '-' ? '-' : ''}${first}.${rest}E+${rest.length}`;
  }
  const short = Number(number.toPrecision(DIGITS));
  return Math.abs(short) >= 1e-6 || short === 0 ? String(short) : short.toFixed(12).replace(/0+$/, '');
}
