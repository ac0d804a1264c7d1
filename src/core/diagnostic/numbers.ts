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
  /** Both ends of an interval of money, with one unit: `7.266.909–10.195.563 MXN`. */
  moneyInterval(low: number, high: number): string;
  /** Numbers that somebody agreed on, as they wrote them: `60%`, `MX$380`, `20`. */
  agreed(value: number | null, unit: 'percent' | 'money' | 'times'): string;
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

/** The sign of mathematics, as wide as a plus: what Intl writes is a hyphen. */
const MINUS = '−';

function withMinus(text: string): string {
  return text.replace('-', MINUS);
}

export function numberFormat(language: Language, currency: string, timezone: string): NumberFormat {
  // es-ES leaves four digits ungrouped by default; 1.586 is how the rest of our screens write it.
  const locale = language === 'es' ? 'es-ES' : 'en-US';
  const tenths = { style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 } as const;
  const money = { style: 'currency', currency, useGrouping: 'always' } as const;
  const oneDecimal = { maximumFractionDigits: 1, minimumFractionDigits: 1, useGrouping: 'always' } as const;
  // A format takes long to make: each is made when a number first needs it.
  const numbers = (options: Intl.NumberFormatOptions): ((value: number) => string) =>
    onceNeeded(() => {
      const format = new Intl.NumberFormat(locale, { signDisplay: 'negative', ...options });
      return (value: number) => withMinus(format.format(value));
    });
  const dates = (options: Intl.DateTimeFormatOptions): ((iso: string) => string) =>
    onceNeeded(() => {
      const format = new Intl.DateTimeFormat(locale, options);
      return (iso: string) => format.format(new Date(iso));
    });
  const count = numbers({ maximumFractionDigits: 0, useGrouping: 'always' });
  const decimal = numbers(oneDecimal);
  // A tenth of a day says something of 2 days, and nothing of 330.
  const fine = numbers({ maximumFractionDigits: 1, useGrouping: 'always' });
  const amount = (value: number): string => (Math.abs(value) < 10 ? fine(value) : count(value));
  const percent = numbers({ ...tenths, useGrouping: 'always' });
  const signedPercent = numbers({ ...tenths, signDisplay: 'exceptZero' });
  const signed = numbers({ ...oneDecimal, signDisplay: 'exceptZero' });
  const exact = numbers({ ...money, maximumFractionDigits: 2 });
  const round = numbers({ ...money, maximumFractionDigits: 0 });
  const agreed = {
    percent: numbers({ style: 'percent', maximumFractionDigits: 2, useGrouping: 'always' }),
    money: numbers({ ...money, maximumFractionDigits: 2, trailingZeroDisplay: 'stripIfInteger' }),
    times: numbers({ maximumFractionDigits: 2, useGrouping: 'always' }),
  };
  const ofDay = (parts: Intl.DateTimeFormatOptions): ((iso: string) => string) => {
    const format = dates({ ...parts, timeZone: 'UTC' });
    return (iso) => format(`${iso}T00:00:00Z`);
  };
  return {
    count: (value) => (value === null ? NONE : count(value)),
    percent: (rate) => (rate === null ? NONE : percent(rate)),
    interval: (low, high) =>
      low === null || high === null ? NONE : `${decimal(low * 100)}–${percent(high)}`,
    points: (difference) => (difference === null ? NONE : signed(difference * 100)),
    tenths: (value) => (value === null ? NONE : decimal(value)),
    signedTenths: (value) => (value === null ? NONE : signed(value)),
    money: (amount) => (amount === null ? NONE : Math.abs(amount) >= 1000 ? round(amount) : exact(amount)),
    moneyInterval: (low, high) => {
      const isLarge = Math.max(Math.abs(low), Math.abs(high)) >= 1000;
      const [from, to] = [low, high].map((end) => (isLarge ? round(end) : exact(end)));
      return `${(from ?? '').replace(/[^\d]+$/, '')}–${(to ?? '').replace(/^[^\d−]+/, '')}`;
    },
    agreed: (value, unit) => (value === null ? NONE : agreed[unit](value)),
    relative: (change) => (change === null ? NONE : signedPercent(change)),
    span: (seconds) => spanText(seconds, locale),
    duration: (seconds) => durationText(seconds, amount, language),
    instant: dates({ dateStyle: 'medium', timeStyle: 'short', timeZone: timezone }),
    weekday: dates({ weekday: 'long', timeZone: timezone }),
    time: dates({ timeStyle: 'short', timeZone: timezone }),
    day: ofDay({ day: 'numeric', month: 'short' }),
    month: ofDay({ month: 'long', year: 'numeric' }),
  };
}

/** A function that is made when it is first called. */
function onceNeeded<Value>(make: () => (value: Value) => string): (value: Value) => string {
  let made: ((value: Value) => string) | null = null;
  return (value) => {
    made ??= make();
    return made(value);
  };
}

function durationText(seconds: number, decimal: (value: number) => string, language: Language): string {
  const size = Math.abs(seconds);
  if (size < 90) return withMinus(`${Math.round(seconds)} s`);
  if (size < 5400) return withMinus(`${Math.round(seconds / 60)} min`);
  if (size < 129_600) return `${decimal(seconds / 3600)} h`;
  return `${decimal(seconds / 86_400)} ${language === 'es' ? 'días' : 'days'}`;
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
