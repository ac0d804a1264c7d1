import type { TrendAnswer } from '../../../src/core/measures/answer.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** A way to write local days; each takes long to make, and is made once. */
function formatOf(language: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  formats.set(key, made);
  return made;
}

/** A day in full, as a sentence tells it. */
export function longDay(day: string, language: string): string {
  return formatOf(language, 'long', { dateStyle: 'long' }).format(new Date(`${day}T00:00:00Z`));
}

/** A day as an axis tells it, by its unit. */
export function dayText(day: string, every: TrendAnswer['every'], language: string): string {
  const format =
    every === 'month'
      ? formatOf(language, 'month', { month: 'short', year: 'numeric' })
      : formatOf(language, 'day', { day: 'numeric', month: 'short' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** Both ends of a range of local days, with what they share said once: `1 mar – 31 may 2026`. */
export function spanText(from: string, to: string, language: string): string {
  const format = formatOf(language, 'span', { day: 'numeric', month: 'short', year: 'numeric' });
  return format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
}
