import type { WorkingClock } from '../calendar/working-time.ts';
import { DAY_MICROSECONDS } from '../calendar/working-time.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

function number(value: number): Fragment {
  return raw(String(value));
}

/** The pieces of a clock as a relation: `piece`, `before`, `begins_0`, `length_0`, … */
function piecesOf({ before, stretches }: WorkingClock, dialect: Dialect): Fragment {
  return dialect.integerRows([
    { name: 'piece', values: before.map((_, nth) => nth) },
    { name: 'before', values: before },
    ...stretches.flatMap(({ begins, lengths }, nth) => [
      { name: `begins_${nth}`, values: begins },
      { name: `length_${nth}`, values: lengths },
    ]),
  ]);
}

/**
 * A relation with `since` and `until` (instants), and `waited` beside its columns: the working microseconds
 * between the two, never less than 0. Two lookups of a day and some arithmetic for each row. What lies outside
 * the days of the clock is no working time.
 */
export function withWorked(relation: Fragment, clock: WorkingClock, dialect: Dialect): Fragment {
  const last = number(clock.before.length - 1);
  const pieces = piecesOf(clock, dialect);
  const sinceOrigin = (column: string): Fragment =>
    sql`(${dialect.microseconds(identifier(column))} - ${number(clock.origin)})`;
  const pieceOf = (place: string): Fragment =>
    sql`greatest(0, least(${last}, ${dialect.integerQuotient(identifier(place), number(DAY_MICROSECONDS))}))`;
  const passed = (alias: string, place: string): Fragment =>
    join(
      [
        sql`${raw(alias)}.before`,
        ...clock.stretches.map(
          (_, nth) =>
            sql`greatest(0, least(${identifier(place)} - ${raw(alias)}.${identifier(`begins_${nth}`)}, ${raw(alias)}.${identifier(`length_${nth}`)}))`,
        ),
      ],
      ' + ',
    );
  const placed = sql`(select *, ${sinceOrigin('since')} as since_place, ${sinceOrigin('until')} as until_place
    from ${relation})`;
  return sql`(select rows_in.*,
      greatest(0, (${passed('to_piece', 'until_place')}) - (${passed('from_piece', 'since_place')})) as waited
    from ${placed} as rows_in
    join ${pieces} as from_piece on from_piece.piece = ${pieceOf('since_place')}
    join ${pieces} as to_piece on to_piece.piece = ${pieceOf('until_place')})`;
}

/** The same by the calendar: every microsecond counts. */
export function withElapsed(relation: Fragment, dialect: Dialect): Fragment {
  const passed = sql`${dialect.microseconds(identifier('until'))} - ${dialect.microseconds(identifier('since'))}`;
  return sql`(select *, greatest(0, ${passed}) as waited from ${relation})`;
}
