import {
  QUESTION_MEMBERS,
  readMembers,
  readOneOf,
  readText,
} from '../../src/core/measures/screen-question.ts';
import type { Members } from '../../src/core/measures/screen-question.ts';
import { ANSWERS } from '../../src/core/measures/handoff-outcomes.ts';

/** How each member of an address is read. */
const MEMBERS = {
  ...QUESTION_MEMBERS,
  dimension: readText,
  /** Another dimension that it is crossed with. */
  second: readText,
  stages: readText,
  /** How the table of groups is sorted; leads have their own. */
  order: readText,
  sort: readText,
  stage: readText,
  status: readOneOf('open', 'lost', 'won', 'skipped', 'late'),
  /** Leads that did not get as far as this stage. */
  unreached: readText,
  /** Leads by a criterion: what it said of them, or which datum it wants. */
  criterion: readText,
  result: readOneOf('pass', 'fail', 'unknown'),
  missing: readText,
  alone: readOneOf('yes'),
  sold: readOneOf('yes', 'uncounted'),
  /** Leads of a hand-over: how the promise stands with them, and in which group. */
  handoff: readText,
  answer: readOneOf(...ANSWERS),
  by: readText,
  group: readText,
  search: readText,
  /** The columns of the list of leads, by commas. */
  columns: readText,
  shown: readText,
  /** Of data: a source, a load, a reason of refusal. */
  source: readText,
  batch: readText,
  reason: readText,
  /** Files that were sent and are not loaded yet, by commas; the load that follows them. */
  files: readText,
  load: readText,
} as const;

/** What stands in the address of every screen, so that a link shows another person the same. */
export type Search = Members<typeof MEMBERS>;

/** An address may be anybody's: only what a screen knows is read of it. */
export function readSearch(given: Readonly<Record<string, unknown>>): Search {
  return readMembers(MEMBERS, given);
}

/** How far a list of leads is limited to those of one standing. */
export const readStatus = MEMBERS.status;

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

/** A filter of the address as its dimension and its value. */
export function partsOf(filter: string): { readonly dimension: string; readonly value: string } {
  const at = filter.indexOf('=');
  return { dimension: filter.slice(0, at), value: filter.slice(at + 1) };
}
