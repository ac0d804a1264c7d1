import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { microsecondsOf } from '../../core/facts/derive.ts';
import { standing } from '../../core/facts/sources.ts';
import type { MeasureContext, Row } from '../../core/measures/measure.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Status } from './workspace.ts';

/** How much there is, as it was known at the instant of the context: one row `leads, activities, ad_rows`. */
export function countsQuery({ asOf, dialect, tables }: MeasureContext): Fragment {
  const known = { asOf: microsecondsOf(asOf), dialect };
  return sql`select
    (select count(*) from ${identifier(tables.facts)}) as leads,
    (select count(*) from activity where ${standing(known, 'activity')}) as activities,
    (select count(*) from ad_metric where ${standing(known, 'ad_metric')}) as ad_rows`;
}

export function statusOf(
  { agreement, version, extent, asOf }: MeasureContext,
  counts: Row | undefined,
  notices: readonly Diagnostic[],
): Status {
  const count = (name: string): number => Number(counts?.[name] ?? 0);
  return {
    name: agreement.name,
    timezone: agreement.timezone,
    currency: agreement.currency,
    empty: count('leads') === 0 && count('ad_rows') === 0,
    extent,
    as_of: asOf,
    leads: count('leads'),
    activities: count('activities'),
    ad_rows: count('ad_rows'),
    agreement: { version, name: agreement.name },
    notices,
  };
}
