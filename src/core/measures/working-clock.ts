import type { WorkingClock } from '../calendar/working-time.ts';
import { DAY_MICROSECONDS } from '../calendar/working-time.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

function number(value: number): Fragment {
  return raw(String(value));
}

/**
 * A relation with `since` and `until` (instants), and `waited` beside its columns: the working microseconds
 * between the two, never less than 0. Two lookups of a day and some arithmetic for each row. What lies outside
 * the days of the clock is no working time.
 */
export function withWorked(relation: Fragment, clock: WorkingClock, dialect: Dialect): Fragment {
  const { before, stretches, origin } = clock;
  const last = number(before.length - 1);
  const sinceOrigin = (column: string): Fragment =>
    sql`(${dialect.microseconds(identifier(column))} - ${number(origin)})`;
  const pieceOf = (place: Fragment): Fragment =>
    sql`greatest(0, least(${last}, ${dialect.integerQuotient(place, number(DAY_MICROSECONDS))}))`;
  /** Worked from the first day of the clock up to a place in one of its days. */
  const passed = (place: Fragment, piece: Fragment): Fragment =>
    join(
      [
        dialect.integerAt(before, piece),
        ...stretches.map(
          ({ begins, lengths }) =>
            sql`greatest(0, least(${place} - ${dialect.integerAt(begins, piece)}, ${dialect.integerAt(lengths, piece)}))`,
        ),
      ],
      ' + ',
    );
  const [since, until] = [identifier('since_place'), identifier('until_place')];
  const [from, to] = [identifier('since_piece'), identifier('until_piece')];
  const placed = sql`(select *, ${sinceOrigin('since')} as ${since}, ${sinceOrigin('until')} as ${until}
    from ${relation})`;
  const dated = sql`(select *, ${pieceOf(since)} as ${from}, ${pieceOf(until)} as ${to} from ${placed})`;
  return sql`(select *, greatest(0, (${passed(until, to)}) - (${passed(since, from)})) as waited from ${dated})`;
}

/** The same by the calendar: every microsecond counts. */
export function withElapsed(relation: Fragment, dialect: Dialect): Fragment {
  const passed = sql`${dialect.microseconds(identifier('until'))} - ${dialect.microseconds(identifier('since'))}`;
  return sql`(select *, greatest(0, ${passed}) as waited from ${relation})`;
}
