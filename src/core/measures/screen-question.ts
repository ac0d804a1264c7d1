import { addDays } from '../calendar/add-days.ts';
import type { DayRange } from '../calendar/days.ts';

/** How a member of an address is read: what is not as it should be is as if it were not there. */
export type Read<Value> = (given: unknown) => Value | undefined;

export const readText: Read<string> = (given) => (typeof given === 'string' ? given : undefined);

const readTexts: Read<readonly string[]> = (given) =>
  Array.isArray(given) && given.every((each) => typeof each === 'string') ? given : undefined;

export function readOneOf<const Value extends string | boolean>(...known: readonly Value[]): Read<Value> {
  return (given) => known.find((each) => each === given);
}

/** The members of an address that say what is asked of every screen. */
export const QUESTION_MEMBERS = {
  from: readText,
  to: readText,
  mode: readOneOf('cohort', 'period'),
  compare: readOneOf('none', 'previous', 'year'),
  /** By cohort, periods are compared at the same age; `false`: as they stand today. */
  equal_age: readOneOf(false),
  where: readText,
  /** A local day or an instant: only what was recorded by then. */
  as_of: readText,
  filter: readTexts,
} as const;

/** Some members of an address, as they were read. */
export type Members<Readers extends Readonly<Record<string, Read<unknown>>>> = {
  readonly [Member in keyof Readers]?: ReturnType<Readers[Member]>;
};

/** What a screen's address says of the question: as the pages read it, and the server that knows what they ask first. */
export type ScreenState = Members<typeof QUESTION_MEMBERS>;

/** The members of an address that were as they should be. */
export function readMembers<Readers extends Readonly<Record<string, Read<unknown>>>>(
  readers: Readers,
  given: Readonly<Record<string, unknown>>,
): Members<Readers> {
  const read: { [Member in keyof Readers]?: ReturnType<Readers[Member]> } = {};
  for (const name in readers) Object.assign(read, memberOf(name, readers[name]?.(given[name])));
  return read;
}

function memberOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [name]: value };
}

/** What there is to ask about: the local days with data (`null` without any), as of an instant. */
export interface Askable {
  readonly timezone: string;
  readonly extent: DayRange | null;
  readonly as_of: string;
}

/** The parameters of a question, as an address takes them; what is `undefined` is not asked. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

const DEFAULT_DAYS = 90;

/** Without any fact, the day of the question. */
export function dayOf({ as_of: asOf, timezone }: Askable): DayRange {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(new Date(asOf));
  return { from: day, to: day };
}

/** The range of the address; without one, the last ninety days with data. */
export function rangeOf(state: ScreenState, known: Askable): DayRange {
  const extent = known.extent ?? dayOf(known);
  const to = state.to ?? extent.to;
  const start = addDays(to, 1 - DEFAULT_DAYS);
  return { from: state.from ?? (start < extent.from ? extent.from : start), to };
}

/** The members of a question that every screen shares. */
export function questionOf(state: ScreenState, known: Askable): Parameters {
  return {
    ...rangeOf(state, known),
    mode: state.mode ?? 'cohort',
    where: state.where,
    as_of: state.as_of,
    filter: state.filter,
  };
}

/** With what a screen compares: the period before, at the same age, where the address says no other. */
export function comparisonOf({ compare, equal_age: equalAge }: ScreenState): Parameters {
  return { compare: compare ?? 'previous', equal_age: equalAge === false ? 'false' : undefined };
}

/** What Panorama asks of the funnel before anything else: its times, which take longer, come after. */
export function firstQuestion(state: ScreenState, known: Askable): Parameters {
  return { ...questionOf(state, known), ...comparisonOf(state), times: 'false' };
}

/** What a page asks with: as of the day that its address names, worded in the reader's language. */
export function askedWith(
  parameters: Parameters,
  asOf: string | undefined,
  language: string,
): Parameters & { readonly lang: string } {
  return { as_of: asOf, ...parameters, lang: language };
}

/** Parameters as the part of an address after its `?`; the same text for the same question. */
export function queryText(parameters: Parameters): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => {
      if (value === undefined || value === '') return [];
      const values = Array.isArray(value) ? value : [value];
      return values.map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`);
    })
    .join('&');
}
