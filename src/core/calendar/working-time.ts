import { Temporal } from 'temporal-polyfill';

/** The hours in which somebody works: minutes of the local day by weekday, none on holidays (ISO dates). */
export interface WorkingHours {
  readonly timezone: string;
  /** By weekday from Monday; `null` on days without work. At least one of them is open. */
  readonly week: readonly (OpenTime | null)[];
  readonly holidays: ReadonlySet<string>;
}

export interface OpenTime {
  /** Minutes of the local day, 0 to 1440. */
  readonly from: number;
  readonly to: number;
}

/** A stretch of work, in microseconds since 1970 UTC; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const DAY_MICROSECONDS = 86_400_000_000;
const MINUTE = 60_000_000;
const MINUTES = 1440;

function microseconds(instant: Temporal.Instant): number {
  return instant.epochMilliseconds * 1000;
}

function startOf(day: Temporal.PlainDate, timezone: string): Temporal.Instant {
  return day.toZonedDateTime(timezone).toInstant();
}

/**
 * The first instant of a local day at which its clock shows so many minutes or more: what falls into the hour
 * that a day lacks begins after it, and of an hour that comes twice the first counts.
 */
function clockAt(day: Temporal.PlainDate, minutes: number, timezone: string): Temporal.Instant {
  const end = startOf(day.add({ days: 1 }), timezone);
  if (minutes >= MINUTES) return end;
  const wanted = day.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const earlier = wanted.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  const found = earlier.toPlainDateTime().equals(wanted)
    ? earlier.toInstant()
    : (earlier.getTimeZoneTransition('next')?.toInstant() ?? end);
  return Temporal.Instant.compare(found, end) > 0 ? end : found;
}

/**
 * The stretches of work of the local days from one (ISO) on, without end. Days far from a change of the clock
 * are arithmetic; the others are asked of the calendar.
 */
export function* workingSpans({ timezone, week, holidays }: WorkingHours, from: string): Generator<Span> {
  const free = new Set([...holidays].map(numberOf));
  let steady: Steady | null = null;
  for (let day = numberOf(from); ; day += 1) {
    // The first of January 1970 was a Thursday.
    const open = week[(((day + 3) % 7) + 7) % 7] ?? null;
    if (open === null || free.has(day)) continue;
    if (steady === null || day >= steady.until) steady = steadyFrom(day, timezone);
    if (day < steady.until) {
      const midnight = day * DAY_MICROSECONDS - steady.offset;
      yield { from: midnight + open.from * MINUTE, to: midnight + open.to * MINUTE };
    } else {
      const date = dateOf(day);
      const span = {
        from: microseconds(clockAt(date, open.from, timezone)),
        to: microseconds(clockAt(date, open.to, timezone)),
      };
      if (span.to > span.from) yield span;
    }
  }
}

/** The days since 1970 of a local day (ISO), and back. */
function numberOf(day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) * 1000) / DAY_MICROSECONDS);
}

function dateOf(day: number): Temporal.PlainDate {
  return new Temporal.PlainDate(1970, 1, 1).add({ days: day });
}

/** Up to a day, not included, the clock is ahead of UTC by so many microseconds. */
interface Steady {
  readonly until: number;
  readonly offset: number;
}

/** How long the clock stays as it is at a day: not at all where it has just changed, or is about to. */
function steadyFrom(day: number, timezone: string): Steady {
  const before = startOf(dateOf(day), timezone).toZonedDateTimeISO(timezone);
  const offset = before.offsetNanoseconds / 1000;
  const change = before.subtract({ hours: 36 }).getTimeZoneTransition('next');
  if (change === null) return { until: Number.POSITIVE_INFINITY, offset };
  return { until: Math.max(day, numberOf(change.toPlainDate().toString()) - 1), offset };
}

/**
 * Working time as a function of the instant, in pieces of a day (24 hours from `origin` on): within a piece it
 * is `before` and what of the piece's stretches of work is past.
 */
export interface WorkingClock {
  /** The first instant of the first day, microseconds since 1970. */
  readonly origin: number;
  /** Working microseconds before each piece. */
  readonly before: readonly number[];
  /** The stretches of each piece: begins, from `origin` on, and lengths; pieces with fewer have lengths of 0. */
  readonly stretches: readonly { readonly begins: readonly number[]; readonly lengths: readonly number[] }[];
}

/** Clocks that were made last, by what they are of: each takes some milliseconds a thousand days. */
const clocks = new Map<string, WorkingClock>();
const MOST_CLOCKS = 16;

/** The clock of the local days from one (ISO) to the piece that holds an instant. */
export function workingClock(hours: WorkingHours, from: string, until: number): WorkingClock {
  const origin = microseconds(startOf(Temporal.PlainDate.from(from), hours.timezone));
  const pieces = Math.max(1, Math.floor((until - origin) / DAY_MICROSECONDS) + 1);
  const key = JSON.stringify([hours.timezone, hours.week, [...hours.holidays], from, pieces]);
  const clock = clocks.get(key) ?? clockOf(hours, from, origin, pieces);
  clocks.delete(key);
  clocks.set(key, clock);
  for (const oldest of clocks.keys()) {
    if (clocks.size <= MOST_CLOCKS) break;
    clocks.delete(oldest);
  }
  return clock;
}

function clockOf(hours: WorkingHours, from: string, origin: number, pieces: number): WorkingClock {
  const inPieces = Array.from({ length: pieces }, (): Span[] => []);
  for (const span of workingSpans(hours, from)) {
    let begins = span.from - origin;
    const ends = span.to - origin;
    if (begins >= pieces * DAY_MICROSECONDS) break;
    while (begins < ends) {
      const piece = Math.floor(begins / DAY_MICROSECONDS);
      const part = Math.min(ends, (piece + 1) * DAY_MICROSECONDS);
      inPieces[piece]?.push({ from: begins, to: part });
      begins = part;
    }
  }
  let passed = 0;
  const before = inPieces.map((spans) => {
    const sum = passed;
    for (const { from: begins, to } of spans) passed += to - begins;
    return sum;
  });
  const most = Math.max(1, ...new Set(inPieces.map((spans) => spans.length)));
  const stretches = Array.from({ length: most }, (_, nth) => ({
    begins: inPieces.map((spans) => spans[nth]?.from ?? 0),
    lengths: inPieces.map((spans) => {
      const span = spans[nth];
      return span === undefined ? 0 : span.to - span.from;
    }),
  }));
  return { origin, before, stretches };
}
