import type { Agreement, Dimension } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { any, identifier, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { groupOfLead } from './groups.ts';
import { EVENT_DAY, tallies, tally, tallyNames } from './tallies.ts';
import type { CountingMode, TallyGroup } from './tallies.ts';

/** The rollup's group for all calendar parts that need the hour; no dimension's id can be this. */
export const WEEKDAY_HOUR = '@weekday_hour';

/** The rollup's group for how cohorts grew: the day of what was reached, `YYYY-MM-DD`. */
export const GROWTH = '@growth';

/** The dimensions that the rollup keeps: those that are a column of the facts. */
export function isRolledUp(dimension: Dimension): boolean {
  return dimension.kind === 'field' || dimension.kind === 'bands';
}

function rollupGroups(agreement: Agreement, dialect: Dialect): readonly TallyGroup[] {
  const dimensions = agreement.dimensions.flatMap((dimension): TallyGroup[] =>
    dimension.kind === 'field' || dimension.kind === 'bands'
      ? [
          {
            id: dimension.id,
            grouping: groupOfLead(agreement, dimension, dialect),
            byDay: true,
            figures: null,
          },
        ]
      : [],
  );
  const calendar = groupOfLead(
    agreement,
    { kind: 'calendar', id: WEEKDAY_HOUR, label: {}, part: 'weekday_hour' },
    dialect,
  );
  return [...dimensions, { id: WEEKDAY_HOUR, grouping: calendar, byDay: true, figures: null }];
}

/**
 * Rows of the daily rollup: `mode, dimension, day, value` and the figures of `tallyNames`. They are additive:
 * what changed is added as the difference, of facts and values that carry a `weight`, the old −1 and the new 1.
 */
export function rollupRows(
  agreement: Agreement,
  facts: Fragment,
  values: Fragment,
  isWeighted: boolean,
  dialect: Dialect,
): Fragment {
  const names = tallyNames(agreement);
  const typed = (name: string, value: Fragment): Fragment =>
    sql`${dialect.cast(value, name === tally.amount ? 'money' : 'integer')} as ${identifier(name)}`;
  const ofMode = (mode: CountingMode): Fragment => {
    const request = {
      mode,
      groups: rollupGroups(agreement, dialect),
      range: null,
      condition: raw('true'),
      isWeighted,
    };
    const figures = names.map((name) => typed(name, identifier(name)));
    return sql`select ${dialect.literal('string', mode)} as mode, dimension, tally_day as day, value${tail(figures)}
      from (${tallies(agreement, facts, values, request, dialect)})`;
  };
  const grown = {
    mode: 'growth',
    groups: [
      {
        id: GROWTH,
        grouping: { key: EVENT_DAY, second: null, text: (key: Fragment) => dialect.cast(key, 'text') },
        byDay: true,
        figures: null,
      },
    ],
    range: null,
    condition: raw('true'),
    isWeighted,
  } as const;
  // Every lead stands in one weekday and hour: their sums are the totals, without a pass over the leads.
  const sums = names.map((name) => typed(name, sql`sum(${identifier(name)})`));
  const rows = sql`with grouped as (${ofMode('cohort')} union all ${ofMode('period')})
    select * from grouped
    union all select mode, ${dialect.literal('string', '')} as dimension, day, ${dialect.nothing('text')} as value${tail(sums)}
    from grouped where dimension = ${dialect.literal('string', WEEKDAY_HOUR)} group by mode, day
    union all select 'cohort' as mode, dimension, tally_day as day, value${tail(sums)}
    from (${tallies(agreement, facts, values, grown, dialect)}) group by dimension, tally_day, value`;
  // Of what changed most stays as it was, and nothing of it needs to be added.
  return isWeighted ? sql`select * from (${rows}) where ${isSome(agreement)}` : rows;
}

/** True of rows with a figure other than 0. */
function isSome(agreement: Agreement): Fragment {
  return any(tallyNames(agreement).map((name) => sql`${identifier(name)} <> 0`));
}

/** The rows of a rollup added up: each change leaves some of its own, and without this they only grow. */
export function compactRollup(agreement: Agreement, rollup: Fragment, dialect: Dialect): Fragment {
  const sums = tallyNames(agreement).map(
    (name) =>
      sql`${dialect.cast(sql`sum(${identifier(name)})`, name === tally.amount ? 'money' : 'integer')} as ${identifier(name)}`,
  );
  return sql`select * from (select mode, dimension, day, value${tail(sums)} from ${rollup}
    group by mode, dimension, day, value) where ${isSome(agreement)}`;
}
