import type { WorkingHours } from '../../src/core/calendar/working-time.ts';

const MINUTE = 60_000;

interface Wall {
  readonly day: string;
  readonly weekday: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock shows at the beginning of a quarter of an hour, by its zone and instant: clocks change at one. */
const walls = new Map<string, Wall>();

/** What the clock of a zone shows at an instant (milliseconds, a whole minute), by the calendar of the host. */
function wallOf(instant: number, timezone: string): Wall {
  const quarter = Math.floor(instant / (15 * MINUTE)) * 15 * MINUTE;
  const key = `${timezone} ${quarter}`;
  const wall = walls.get(key) ?? askWall(quarter, timezone);
  walls.set(key, wall);
  return { ...wall, minute: wall.minute + (instant - quarter) / MINUTE };
}

function askWall(instant: number, timezone: string): Wall {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timezone, format);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  return {
    day,
    weekday: (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/**
 * Whether somebody works in each minute from one instant (milliseconds, a whole minute) to another: minute by
 * minute, watching the clock on the wall. A day's work begins when the clock first shows its hour, and is over
 * for the day when it first shows the other; a day is over when the next has begun.
 */
function* minutesOfWork(
  hours: WorkingHours,
  from: number,
  to: number,
): Generator<readonly [number, boolean]> {
  let day = '';
  let hasBegun = false;
  let isOver = false;
  // From two days before, so that what a day has seen of its clock is known.
  for (let at = from - 2880 * MINUTE; at < to; at += MINUTE) {
    const wall = wallOf(at, hours.timezone);
    if (wall.day > day) {
      day = wall.day;
      hasBegun = false;
      isOver = false;
    }
    const open = wall.day === day ? (hours.week[wall.weekday] ?? null) : null;
    if (open !== null && wall.minute >= open.from) hasBegun = true;
    if (open !== null && wall.minute >= open.to) isOver = true;
    const works = open !== null && hasBegun && !isOver && !hours.holidays.has(wall.day);
    if (at >= from) yield [at, works];
  }
}

/** Working milliseconds between two instants (milliseconds), counted minute by minute. */
export function workedBetween(hours: WorkingHours, from: number, to: number): number {
  let sum = 0;
  const first = Math.floor(from / MINUTE) * MINUTE;
  for (const [at, works] of minutesOfWork(hours, first, to)) {
    if (works) sum += Math.min(to, at + MINUTE) - Math.max(from, at);
  }
  return sum;
}
