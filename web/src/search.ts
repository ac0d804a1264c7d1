import { z } from 'zod';
import { ANSWERS } from '../../src/core/measures/handoff-outcomes.ts';
import type { Parameters, Status } from './api.ts';

const optional = z.string().optional().catch(undefined);

/** What stands in the address of every screen, so that a link shows another person the same. */
export const search = z.object({
  from: optional,
  to: optional,
  mode: z.enum(['cohort', 'period']).optional().catch(undefined),
  compare: z.enum(['none', 'previous', 'year']).optional().catch(undefined),
  /** By cohort, periods are compared at the same age; `false`: as they stand today. */
  equal_age: z.literal(false).optional().catch(undefined),
  where: optional,
  /** A local day or an instant: only what was recorded by then. */
  as_of: optional,
  filter: z.array(z.string()).optional().catch(undefined),
  dimension: optional,
  /** Another dimension that it is crossed with. */
  second: optional,
  stages: optional,
  /** How the table of groups is sorted; leads have their own. */
  order: optional,
  sort: optional,
  stage: optional,
  status: z.enum(['open', 'lost', 'won', 'skipped', 'late']).optional().catch(undefined),
  /** Leads that did not get as far as this stage. */
  unreached: optional,
  /** Leads by a criterion: what it said of them, or which datum it wants. */
  criterion: optional,
  result: z.enum(['pass', 'fail', 'unknown']).optional().catch(undefined),
  missing: optional,
  alone: z.literal('yes').optional().catch(undefined),
  sold: z.enum(['yes', 'uncounted']).optional().catch(undefined),
  /** Leads of a hand-over: how the promise stands with them, and in which group. */
  handoff: optional,
  answer: z.enum(ANSWERS).optional().catch(undefined),
  by: optional,
  group: optional,
  search: optional,
  /** The columns of the list of leads, by commas. */
  columns: optional,
  shown: optional,
  /** Of data: a source, a load, a reason of refusal. */
  source: optional,
  batch: optional,
  reason: optional,
  /** Files that were sent and are not loaded yet, by commas; the load that follows them. */
  files: optional,
  load: optional,
});

export type Search = z.output<typeof search>;

/** The members of a list of leads that came from a criterion, an opportunity or a hand-over: they go no farther than that list. */
export const OF_CRITERIA = {
  unreached: undefined,
  criterion: undefined,
  result: undefined,
  missing: undefined,
  alone: undefined,
  sold: undefined,
  handoff: undefined,
  answer: undefined,
  by: undefined,
  group: undefined,
} as const satisfies Partial<Search>;

/** The members of the screens of data: they go no farther than these. */
export const OF_DATA = {
  source: undefined,
  batch: undefined,
  reason: undefined,
  files: undefined,
  load: undefined,
} as const satisfies Partial<Search>;

const DEFAULT_DAYS = 90;

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Without any fact, the day of the question. */
export function dayOf({ as_of: asOf, timezone }: Status): DayRange {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(new Date(asOf));
  return { from: day, to: day };
}

/** The range of the address; without one, the last ninety days with data. */
export function rangeOf(state: Search, status: Status): DayRange {
  const extent = status.extent ?? dayOf(status);
  const to = state.to ?? extent.to;
  const start = addDays(to, 1 - DEFAULT_DAYS);
  return { from: state.from ?? (start < extent.from ? extent.from : start), to };
}

/** The members of a question that every screen shares. */
export function questionOf(state: Search, status: Status): Parameters {
  return {
    ...rangeOf(state, status),
    mode: state.mode ?? 'cohort',
    where: state.where,
    as_of: state.as_of,
    filter: state.filter,
  };
}

/** With what a screen compares: the period before, at the same age, where the address says no other. */
export function comparisonOf({ compare, equal_age: equalAge }: Search): Parameters {
  return { compare: compare ?? 'previous', equal_age: equalAge === false ? 'false' : undefined };
}

/** A filter of the address as its dimension and its value. */
export function partsOf(filter: string): { readonly dimension: string; readonly value: string } {
  const at = filter.indexOf('=');
  return { dimension: filter.slice(0, at), value: filter.slice(at + 1) };
}
