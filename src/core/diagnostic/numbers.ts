import type { Language } from './wording.ts';

/** Numbers as a reader of the language writes them. */
export interface NumberFormat {
  count(value: number | null): string;
  percent(rate: number | null): string;
  /** Both ends of an interval of rates, with one sign: `65.0–67.4%`. */
  interval(low: number | null, high: number | null): string;
  points(difference: number | null): string;
  /** With one decimal, as parts of counts are. */
  tenths(value: number | null): string;
  signedTenths(value: number | null): string;
  money(amount: number | null): string;
  relative(change: number | null): string;
  duration(seconds: number): string;
  /** A whole span in words: `30 days`, `36 hours`. */
  span(seconds: number): string;
  instant(iso: string): string;
  /** The local weekday in words, and the local time, of an instant. */
  weekday(iso: string): string;
  time(iso: string): string;
  /** A local day without its year: `26 nov`. */
  day(iso: string): string;
  /** The month of a local day: `junio de 2026`. */
  month(iso: string): string;
}

const NONE = '–';

export function numberFormat(language: Language, currency: string, timezone: string): NumberFormat {
  // es-ES leaves four digits ungrouped by default; 1.586 is how the rest of our screens write it.
  const locale = language === 'es' ? 'es-ES' : 'en-US';
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: 'always' });
  const decimal = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
    useGrouping: 'always',
  });
  const tenths = { style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 } as const;
  const percent = new Intl.NumberFormat(locale, { ...tenths, useGrouping: 'always' });
  const signedPercent = new Intl.NumberFormat(locale, { ...tenths, signDisplay: 'exceptZero' });
  const signed = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
    useGrouping: 'always',
    signDisplay: 'exceptZero',
  });
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: 2,
    useGrouping: 'always',
  });
  const round = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: 0,
    useGrouping: 'always',
  });
  const time = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: timezone });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: timezone });
  const ofDay = (parts: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const format = new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC' });
    return (iso) => format.format(new Date(`${iso}T00:00:00Z`));
  };
  return {
    count: (value) => (value === null ? NONE : count.format(value)),
    percent: (rate) => (rate === null ? NONE : percent.format(rate)),
    interval: (low, high) =>
      low === null || high === null ? NONE : `${decimal.format(low * 100)}–${percent.format(high)}`,
    points: (difference) => (difference === null ? NONE : signed.format(difference * 100)),
    tenths: (value) => (value === null ? NONE : decimal.format(value)),
    signedTenths: (value) => (value === null ? NONE : signed.format(value)),
    money: (amount) =>
      amount === null ? NONE : Math.abs(amount) >= 1000 ? round.format(amount) : money.format(amount),
    relative: (change) => (change === null ? NONE : signedPercent.format(change)),
    span: (seconds) => spanText(seconds, locale),
    duration: (seconds) => durationText(seconds, decimal, language),
    instant: (iso) => time.format(new Date(iso)),
    weekday: (iso) => weekday.format(new Date(iso)),
    time: (iso) => clock.format(new Date(iso)),
    day: ofDay({ day: 'numeric', month: 'short' }),
    month: ofDay({ month: 'long', year: 'numeric' }),
  };
}

function durationText(seconds: number, decimal: Intl.NumberFormat, language: Language): string {
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(seconds)} s`;
  if (size < 5400) return `${Math.round(seconds / 60)} min`;
  if (size < 129_600) return `${decimal.format(seconds / 3600)} h`;
  return `${decimal.format(seconds / 86_400)} ${language === 'es' ? 'días' : 'days'}`;
}

/** Exact in the greatest unit that divides it, as the agreement's writer wrote it. */
function spanText(seconds: number, locale: string): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? ['second', 1];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}
