import type { ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { daysBetween, localDay } from '../calendar/days.ts';
import { reachedDay } from '../facts/columns.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { MeasureContext, Row } from './measure.ts';

/** Of so many that reach a stage, this part has done so in time. */
const RIPE = 0.95;
/** With fewer that have reached it, it cannot be told how long it takes. */
const LEAST = 30;

/**
 * How long the leads that reached each stage took: rows `stage, days, leads`, in local days from the day of
 * creation. Of all leads: those of a range that is young would tell of the quick ones only.
 */
export function lagQuery(context: MeasureContext): Fragment {
  const { dialect } = context;
  const ofStage = (stage: ReachedStage): Fragment =>
    sql`select ${dialect.literal('string', stage.id)} as stage, ${reachedDay(stage)} - created_day as days,
        count(*) as leads
      from ${identifier(context.tables.facts)} where ${reachedDay(stage)} is not null
      group by ${reachedDay(stage)} - created_day`;
  return join(reachedStages(context.agreement).map(ofStage), ' union all ');
}

/** By stage, the days after its creation by which nineteen of twenty leads that reach it have; where told. */
export function ripeDays(rows: readonly Row[]): ReadonlyMap<string, number> {
  const lags = new Map<string, { readonly days: number; readonly leads: number }[]>();
  for (const { stage, days, leads } of rows) {
    if (typeof stage !== 'string' || typeof days !== 'number' || typeof leads !== 'number') continue;
    const own = lags.get(stage) ?? [];
    own.push({ days, leads });
    lags.set(stage, own);
  }
  const ripe = new Map<string, number>();
  for (const [stage, own] of lags) {
    const total = own.reduce((sum, { leads }) => sum + leads, 0);
    if (total < LEAST) continue;
    let passed = 0;
    const last = own
      .toSorted((left, right) => left.days - right.days)
      .find(({ leads }) => {
        passed += leads;
        return passed >= RIPE * total;
      });
    if (last !== undefined) ripe.set(stage, Math.max(0, last.days));
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
