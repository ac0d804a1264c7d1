import type { Agreement } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { daysBetween, localDay } from '../calendar/days.ts';
import { GROWTH } from '../facts/rollup.ts';
import { tally } from '../facts/tallies.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext, Row } from './measure.ts';

/** Of so many that reach a stage, this part has done so in time. */
const RIPE = 0.95;
/** With fewer that have reached it, it cannot be told how long it takes. */
const LEAST = 30;

/**
 * How long the leads that reached each stage took: rows of `days`, in local days from the day of creation, with
 * as many figures as stages. Of all leads: those of a range that is young would tell of the quick ones only.
 */
export function lagQuery(context: MeasureContext): Fragment {
  const { dialect } = context;
  const figures = reachedStages(context.agreement).map(({ id }) => {
    const name = identifier(tally.reached(id));
    return sql`sum(${name}) as ${name}`;
  });
  return sql`select ${dialect.cast(identifier('value'), 'date')} - day as days, ${join(figures)}
    from ${identifier(context.tables.rollup)} where mode = 'cohort' and dimension = ${GROWTH}
    group by ${dialect.cast(identifier('value'), 'date')} - day`;
}

/**
 * By stage, the days after its creation by which nineteen of twenty leads that reach it have; where told.
 *
 * @param rows of `lagQuery`
 * @param least how many must have reached it
 */
export function ripeDays(
  rows: readonly Row[],
  agreement: Agreement,
  least = LEAST,
): ReadonlyMap<string, number> {
  const ripe = new Map<string, number>();
  for (const { id } of reachedStages(agreement)) {
    const own = rows.flatMap(({ days, [tally.reached(id)]: leads }) =>
      typeof days === 'number' && typeof leads === 'number' && leads > 0 ? [{ days, leads }] : [],
    );
    const total = own.reduce((sum, { leads }) => sum + leads, 0);
    if (total < least) continue;
    let passed = 0;
    const last = own
      .toSorted((left, right) => left.days - right.days)
      .find(({ leads }) => {
        passed += leads;
        return passed >= RIPE * total;
      });
    if (last !== undefined) ripe.set(id, Math.max(0, last.days));
  }
  return ripe;
}

/**
 * Whether leads created up to a local day are too young for a stage that takes so many days: by the last day of
 * which something is known, more of them may still reach it.
 */
export function isYoung(to: string, ripe: number | undefined, context: MeasureContext): boolean | null {
  if (ripe === undefined) return null;
  const today = localDay(context.asOf, context.agreement.timezone);
  const { extent } = context;
  const known = extent !== null && extent.to < today ? extent.to : today;
  return daysBetween(to, known) < ripe;
}
