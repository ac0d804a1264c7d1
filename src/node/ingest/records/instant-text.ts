import { Temporal } from 'temporal-polyfill';
import type { DateOrder } from '../mapping.ts';

export interface InstantOptions {
  /** Of instants that say no offset. */
  readonly timezone: string;
  readonly dates: DateOrder;
}

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** It was written as a day alone. */
  readonly isDay: boolean;
}

const TIME = String.raw`(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:\s([AaPp])\.?\s?[Mm]\.?)?)?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})${TIME}$`);
const LOCAL = new RegExp(String.raw`^(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2}),?${TIME}$`);
const OFFSET = /:\d{2}(?:\.\d+)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

const FIRST_YEAR = 1900;
const LAST_YEAR = 9998;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
}

/** The wall clock of a text without an offset; null where it is none or no such day is. */
function wallOf(text: string, dates: DateOrder): Wall | null {
  const iso = ISO.exec(text);
  const local = iso === null && dates !== 'ymd' ? LOCAL.exec(text) : null;
  const found = iso ?? local;
  if (found === null) return null;
  const [, one = '', two = '', three = '', hours, minutes, seconds, fraction = '', half] = found;
  const [year, month, day] =
    iso !== null ? [one, two, three] : dates === 'dmy' ? [three, two, one] : [three, one, two];
  const years = Number(year.length === 2 ? (Number(year) < 69 ? `20${year}` : `19${year}`) : year);
  const hour = Number(hours ?? 0);
  if (half !== undefined && (hour < 1 || hour > 12)) return null;
  const afternoon = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  const wall: Wall = {
    year: years,
    month: Number(month),
    day: Number(day),
    hour: afternoon,
    minute: Number(minutes ?? 0),
    second: Number(seconds ?? 0),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
    isDay: hours === undefined,
  };
  const isDay = wall.month >= 1 && wall.day >= 1 && wall.day <= daysIn(wall.year, wall.month);
  return isDay && wall.hour < 24 && wall.minute < 60 && wall.second < 60 ? wall : null;
}

function dayText({ year, month, day }: Wall): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function inRange(year: number): boolean {
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/** `YYYY-MM-DD` of a text that names a day, with or without a time; null where it names none. */
export function dayOf(text: string, dates: DateOrder): string | null {
  const compact = COMPACT.exec(text);
  const wall = wallOf(compact === null ? text : compact.slice(1).join('-'), dates);
  return wall === null || !inRange(wall.year) ? null : dayText(wall);
}

/** The first instant of a local day: midnight may not exist. */
export function startOfDay(day: string, timezone: string): string {
  return instantText(Temporal.PlainDate.from(day).toZonedDateTime(timezone).epochMilliseconds, 0);
}

/**
 * An instant as `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, as the warehouse writes it: of two equal wall clocks the
 * later, of a day alone its first instant.
 *
 * @returns null where the text is no instant of the years 1900 to 9998
 */
export function instantOf(text: string, { timezone, dates }: InstantOptions): string | null {
  const offset = OFFSET.exec(text)?.[1];
  const wall = wallOf(offset === undefined ? text : text.slice(0, -offset.length).trim(), dates);
  // Date.UTC takes the year 26 for 1926.
  if (wall === null || wall.year < FIRST_YEAR - 1) return null;
  const milliseconds =
    offset === undefined ? localMilliseconds(wall, timezone) : offsetMilliseconds(wall, offset);
  if (milliseconds === null || !inRange(new Date(milliseconds).getUTCFullYear())) return null;
  return instantText(milliseconds, wall.microsecond);
}

/** Without the fraction of a second. */
function offsetMilliseconds(wall: Wall, offset: string): number | null {
  const utc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  if (/^[A-Z]/.test(offset)) return utc;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  if (minutes > 18 * 60) return null;
  return utc - (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function localMilliseconds(wall: Wall, timezone: string): number | null {
  if (!inRange(wall.year)) return null;
  if (wall.isDay) return Temporal.PlainDate.from(dayText(wall)).toZonedDateTime(timezone).epochMilliseconds;
  const { year, month, day, hour, minute, second } = wall;
  if (timezone === 'UTC') return Date.UTC(year, month - 1, day, hour, minute, second);
  return Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }).toZonedDateTime(timezone, {
    disambiguation: 'later',
  }).epochMilliseconds;
}

function instantText(milliseconds: number, microsecond: number): string {
  const seconds = new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
  if (microsecond === 0) return seconds;
  return `${seconds}.${String(microsecond).padStart(6, '0').replace(/0+$/, '')}`;
}
