import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { localDay } from '../../src/core/calendar/days.ts';
import { workingDeadlines } from '../../src/core/calendar/working-deadline.ts';
import { workingClock, workingSpans } from '../../src/core/calendar/working-time.ts';
import type { WorkingHours } from '../../src/core/calendar/working-time.ts';
import { withWorked } from '../../src/core/facts/working-clock.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { raw, render, sql } from '../../src/core/sql/sql.ts';
import { workedBetween } from '../reference/working-time.ts';
import { SEED } from '../seed.ts';
import { openMemory } from './warehouse.ts';

const RUNS = Math.max(60, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 100));

/** Zones with what their clocks did: an hour less, one more, at midnight, by half an hour, a day that never was. */
const PLACES = [
  { timezone: 'UTC', near: ['2026-02-27', '2026-12-30'] },
  { timezone: 'America/Mexico_City', near: ['2026-06-12', '2022-04-02', '2022-10-29'] },
  { timezone: 'Europe/Madrid', near: ['2026-03-28', '2026-10-24'] },
  { timezone: 'America/Sao_Paulo', near: ['2017-10-14', '2018-02-17'] },
  { timezone: 'America/Havana', near: ['2026-03-07', '2026-10-31'] },
  { timezone: 'Australia/Lord_Howe', near: ['2026-04-04', '2026-10-03'] },
  { timezone: 'Asia/Kolkata', near: ['2026-01-01'] },
  { timezone: 'Pacific/Apia', near: ['2011-12-28'] },
] as const;

const minute = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 48 }).map((half) => half * 30) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1440 }) },
);
const open = fc
  .tuple(minute, minute)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const day = (text: string, days: number): string =>
  new Date(Date.parse(`${text}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const scene = fc
  .record({
    place: fc.constantFrom(...PLACES),
    near: fc.nat(),
    week: fc
      .array(fc.option(open, { nil: null, freq: 3 }), { minLength: 7, maxLength: 7 })
      .filter((week) => week.some((each) => each !== null)),
    holidays: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 2 }),
    // Milliseconds from the day before the change of the clock on.
    pairs: fc.array(fc.tuple(fc.nat({ max: 96 * 3_600_000 }), fc.nat({ max: 60 * 3_600_000 })), {
      minLength: 6,
      maxLength: 6,
    }),
    whole: fc.boolean(),
  })
  .map(({ place: { timezone, near: days }, near, week, holidays, pairs, whole }) => {
    const start = days[near % days.length] ?? days[0];
    const origin = Date.parse(`${start}T00:00:00Z`);
    const hours: WorkingHours = {
      timezone,
      week,
      holidays: new Set(holidays.map((each) => day(start, each))),
    };
    const round = (instant: number): number => (whole ? Math.floor(instant / 60_000) * 60_000 : instant);
    return {
      hours,
      pairs: pairs.map(([from, length]) => {
        const begins = round(origin + from);
        return { from: begins, to: Math.max(begins, round(begins + length)) };
      }),
    };
  });

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

/** Working microseconds of each pair, by the SQL that the measures use. */
async function bySql(
  hours: WorkingHours,
  pairs: readonly { from: number; to: number }[],
  firstDay?: string,
): Promise<readonly number[]> {
  const first = new Date(Math.min(...pairs.map(({ from }) => from))).toISOString();
  const last = Math.max(...pairs.map(({ to }) => to));
  const clock = workingClock(hours, firstDay ?? localDay(first, hours.timezone), last * 1000);
  const rows = pairs
    .map(
      ({ from, to }, nth) =>
        `select ${nth} as nth, make_timestamp(${from * 1000}) as since, make_timestamp(${to * 1000}) as until`,
    )
    .join(' union all ');
  const query = sql`select nth, waited from ${withWorked(raw(`(${rows})`), clock, duckdb)} order by nth`;
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  return reader.getRowObjects().map(({ waited }) => Number(waited));
}

test(
  `working time in SQL is what the clock on the wall says, minute by minute (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    let worked = 0;
    for (const { hours, pairs } of fc.sample(scene, { seed: SEED, numRuns: RUNS })) {
      const told = JSON.stringify({ ...hours, holidays: [...hours.holidays], pairs });
      const expected = pairs.map(({ from, to }) => workedBetween(hours, from, to) * 1000);
      expect(await bySql(hours, pairs), told).toEqual(expected);
      worked += expected.reduce((sum, each) => sum + each, 0);
    }
    expect(worked).toBeGreaterThan(0);
  },
);

test(`a deadline is the last instant inside the promise (seed ${SEED})`, { timeout: 3_600_000 }, () => {
  for (const { hours, pairs } of fc.sample(scene, { seed: SEED + 1, numRuns: RUNS })) {
    const oldest = Math.min(...pairs.map(({ from }) => from)) * 1000;
    const deadlineOf = workingDeadlines(hours, oldest);
    for (const { from, to } of pairs) {
      // A promise of what was worked in the window, to the minute, so that it is often used up just at closing.
      const promised = workedBetween(hours, from, to);
      if (promised === 0) continue;
      const deadline = deadlineOf(from * 1000, promised * 1000) / 1000;
      const told = JSON.stringify({ ...hours, holidays: [...hours.holidays], from, to, promised, deadline });
      if (deadline - from > 12 * 86_400_000) continue;
      expect(deadline, told).toBeGreaterThanOrEqual(to);
      expect(workedBetween(hours, from, deadline), told).toBe(promised);
      expect(workedBetween(hours, from, deadline + 1), told).toBe(promised + 1);
    }
  }
});

describe('by hand', () => {
  const week = (from: number, to: number): WorkingHours['week'] =>
    Array.from({ length: 7 }, () => ({ from, to }));
  const hoursOf = (hours: WorkingHours, from: string): number => {
    const [span] = workingSpans(hours, from);
    if (span === undefined) throw new RangeError('no work');
    return (span.to - span.from) / 3_600_000_000;
  };

  test('a day of 23 hours, one of 25, and a night in which an hour is missing', () => {
    const madrid = { timezone: 'Europe/Madrid', week: week(0, 1440), holidays: new Set<string>() };
    expect(hoursOf(madrid, '2026-03-29')).toBe(23);
    expect(hoursOf(madrid, '2026-10-25')).toBe(25);
    expect(hoursOf(madrid, '2026-10-26')).toBe(24);
    // Two o'clock to four: of the two hours one is not there, or one is there twice.
    const night = { ...madrid, week: week(120, 240) };
    expect(hoursOf(night, '2026-03-29')).toBe(1);
    expect(hoursOf(night, '2026-10-25')).toBe(3);
  });

  test('a clock that begins when local time was told to the second, and lasts for two lives', async () => {
    const monrovia = { timezone: 'Africa/Monrovia', week: week(540, 1020), holidays: new Set<string>() };
    // From the seventh on the clock was that of Greenwich: whole days of the sixth and seventh, three hours of the eighth.
    const pair = { from: Date.parse('1972-01-06T08:00:00Z'), to: Date.parse('1972-01-08T12:00:00Z') };
    expect(await bySql(monrovia, [pair], '1850-01-01')).toEqual([19 * 3_600_000_000]);
  });

  test('a day that never was has no work', () => {
    const apia = { timezone: 'Pacific/Apia', week: week(540, 1020), holidays: new Set<string>() };
    const [first, second] = workingSpans(apia, '2011-12-29');
    expect(new Date((first?.from ?? 0) / 1000).toISOString()).toBe('2011-12-29T19:00:00.000Z');
    expect(new Date((second?.from ?? 0) / 1000).toISOString()).toBe('2011-12-30T19:00:00.000Z');
  });

  test('what is used up at closing runs out when work begins anew', () => {
    const utc: WorkingHours = {
      timezone: 'UTC',
      week: [...week(540, 1140).slice(0, 5), { from: 600, to: 840 }, null],
      holidays: new Set(['2026-06-05']),
    };
    const due = (since: string, minutes: number): string => {
      const at = Date.parse(since) * 1000;
      return new Date(workingDeadlines(utc, at)(at, minutes * 60_000_000) / 1000).toISOString();
    };
    // Thursday at 18:30; Friday is a holiday, Saturday works from 10 to 14.
    expect(due('2026-06-04T18:30:00Z', 29)).toBe('2026-06-04T18:59:00.000Z');
    expect(due('2026-06-04T18:30:00Z', 30)).toBe('2026-06-06T10:00:00.000Z');
    expect(due('2026-06-04T18:30:00Z', 60)).toBe('2026-06-06T10:30:00.000Z');
    expect(due('2026-06-06T15:00:00Z', 60)).toBe('2026-06-08T10:00:00.000Z');
  });
});
