import type { Language } from '../../../src/core/diagnostic/wording.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago an instant was, in words: `3 days ago`, `hace 3 días`. */
export function ago(iso: string, language: Language, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  return format.format(0, 'second');
}

/** A local day of a fact: what came at an instant is told by its day in the agreement's time zone. */
export function dayOf(text: string, timezone: string, language: Language): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeZone: isDay ? 'UTC' : timezone,
  }).format(new Date(isDay ? `${text}T00:00:00Z` : text));
}
