import type { WorkingClock } from '../calendar/working-time.ts';
import { DAY_MICROSECONDS } from '../calendar/working-time.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

function number(value: number): Fragment {
  return raw(String(value));
}

/**
 * What of the clock's pieces is looked up: each lookup of a row takes as long as a dozen sums, so that several numbers
 * share one, as whole multiples of a `unit` (a minute, mostly).
 */
interface Lookups {
  /** Microseconds. */
  readonly unit: number;
  /** Bits of a place within a piece. */
  readonly bits: number;
  /** A list for each stretch: where it begins in the piece, and above its length; of the first what was `before`, above. */
  readonly stretches: readonly (readonly number[])[];
  /** What was worked before each piece, where that is too much to stand in the list of the first stretch. */
  readonly before: readonly number[] | null;
}

const lookups = new WeakMap<WorkingClock, Lookups>();

function lookupsOf(clock: WorkingClock): Lookups {
  const found = lookups.get(clock) ?? madeOf(clock);
  lookups.set(clock, found);
  return found;
}

function madeOf({ before, stretches }: WorkingClock): Lookups {
  const places = stretches.map(({ begins, lengths }) =>
    begins.map((begin, piece) => (lengths[piece] === 0 ? 0 : begin - piece * DAY_MICROSECONDS)),
  );
  const unit = [...before, ...places.flat(), ...stretches.flatMap(({ lengths }) => lengths)].reduce(
    divisor,
    DAY_MICROSECONDS,
  );
  const bits = Math.ceil(Math.log2(DAY_MICROSECONDS / unit + 1));
  const most = (before.at(-1) ?? 0) / unit;
  const fits = most * 2 ** (2 * bits) < Number.MAX_SAFE_INTEGER;
  return {
    unit,
    bits,
    stretches: stretches.map(({ lengths }, nth) =>
      lengths.map(
        (length, piece) =>
          (places[nth]?.[piece] ?? 0) / unit +
          (length / unit) * 2 ** bits +
          (nth === 0 && fits ? ((before[piece] ?? 0) / unit) * 2 ** (2 * bits) : 0),
      ),
    ),
    before: fits ? null : before.map((worked) => worked / unit),
  };
}

/** The greatest number that divides both. */
function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

/**
 * A relation with `since` and `until` (instants), and `waited` beside its columns: the working microseconds
 * between the two, never less than 0. Two lookups of a day and some arithmetic for each row. What lies outside
 * the days of the clock is no working time.
 *
 * @param mark what these names end in, so that one relation may have several
 */
export function withWorked(relation: Fragment, clock: WorkingClock, dialect: Dialect, mark = ''): Fragment {
  const { unit, bits, stretches, before } = lookupsOf(clock);
  const last = number(clock.before.length - 1);
  const mask = number(2 ** bits - 1);
  const piece = (side: string): Fragment => identifier(`${side}_piece${mark}`);
  const place = (side: string): Fragment => identifier(`${side}_place${mark}`);
  const found = (side: string, nth: number): Fragment => identifier(`${side}_stretch_${nth}${mark}`);
  const from = (side: string): Fragment => identifier(`${side}_from${mark}`);
  const sides = ['since', 'until'] as const;
  const placed = sql`(select *, ${join(
    sides.map(
      (side) =>
        sql`(${dialect.microseconds(identifier(side + mark))} - ${number(clock.origin)}) as ${from(side)}`,
    ),
  )} from ${relation})`;
  const dated = sql`(select *, ${join(
    sides.map(
      (side) =>
        sql`greatest(0, least(${last}, ${dialect.integerQuotient(from(side), number(DAY_MICROSECONDS))})) as ${piece(side)}`,
    ),
  )} from ${placed})`;
  const looked = sql`(select *, ${join(
    sides.map(
      (side) =>
        sql`${from(side)} - ${piece(side)} * ${number(DAY_MICROSECONDS)} as ${place(side)}${tail(
          stretches.map((list, nth) => sql`${dialect.integerAt(list, piece(side))} as ${found(side, nth)}`),
        )}`,
    ),
  )} from ${dated})`;
  /** Worked from the first day of the clock up to a place in one of its days. */
  const passed = (side: string): Fragment => {
    const earlier =
      before === null
        ? sql`(${found(side, 0)} >> ${number(2 * bits)})`
        : dialect.integerAt(before, piece(side));
    const within = stretches.map((_, nth) => {
      const begins = sql`(${found(side, nth)} & ${mask}) * ${number(unit)}`;
      const length = sql`((${found(side, nth)} >> ${number(bits)}) & ${mask}) * ${number(unit)}`;
      return sql`greatest(0, least(${place(side)} - ${begins}, ${length}))`;
    });
    return join([sql`${earlier} * ${number(unit)}`, ...within], ' + ');
  };
  return sql`(select *, greatest(0, (${passed('until')}) - (${passed('since')})) as ${identifier(`waited${mark}`)} from ${looked})`;
}

/** The same by the calendar: every microsecond counts. */
export function withElapsed(relation: Fragment, dialect: Dialect, mark = ''): Fragment {
  const at = (side: string): Fragment => dialect.microseconds(identifier(side + mark));
  return sql`(select *, greatest(0, ${at('until')} - ${at('since')}) as ${identifier(`waited${mark}`)} from ${relation})`;
}
