import fc from 'fast-check';
import type { Activity, Instant, LeadVersion, Value } from '../reference/records.ts';
import { instantOf } from '../reference/records.ts';

const HOUR = 3_600_000_000n;
const START = instantOf('2026-03-28T12:00:00Z');
/** What happens later, or is recorded later, does not count. */
export const AS_OF = START + 18n * 3n * HOUR;

/** Few instants, so that many things happen at the same one. Both sides of a daylight-saving night. */
const instant: fc.Arbitrary<Instant> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -4, max: 20 }).map((nth) => START + BigInt(nth) * 3n * HOUR) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 54n * HOUR }).map((us) => START + us) },
);
const recordedAt = fc.constantFrom(AS_OF - HOUR, AS_OF - 2n * HOUR, AS_OF, AS_OF + 1n);

/** When a record is taken back, if it is: before, at or after the instant that is asked. */
const withdrawnAt: fc.Arbitrary<Instant | null> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(AS_OF - HOUR, AS_OF, AS_OF + 1n) },
);

function missing<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { freq: 4 });
}

/** A record that mentions some attributes; null empties one. */
const attributes: fc.Arbitrary<ReadonlyMap<string, Value | null>> = fc
  .record<Record<string, Value | null>>(
    {
      age: missing(fc.bigInt({ min: -1n, max: 40n })),
      budget: missing(fc.constantFrom(0, 1.5, 10, 10.5, 20, 39)),
      zone: missing(fc.constantFrom('north', 'South', 'n', 'ñandú', 'NÑ', '0', 'false')),
      vip: missing(fc.boolean()),
      seen: missing(instant),
      phone: missing(fc.constant('600 000 000')),
    },
    { requiredKeys: [] },
  )
  .map((given) => new Map(Object.entries(given)));

const version = fc.record({
  effectiveAt: fc.option(instant, { freq: 3 }),
  createdAt: fc.option(instant, { freq: 2 }),
  attributes,
  recordedAt,
  withdrawnAt,
});

const activity = fc.record({
  /** Two of one name are a record and its correction. */
  name: fc.nat({ max: 8 }),
  type: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('call', 'message', 'sale', 'complaint', 'disqualified') },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  at: instant,
  outcome: missing(fc.constantFrom('ok', 'no')),
  seller: missing(fc.constantFrom('ana', 'bob')),
  amount: missing(fc.constantFrom(0, 10, 20.5, 40)),
  reason: missing(fc.constantFrom('price', 'north')),
  recordedAt,
  withdrawnAt,
});

export interface LeadRecords {
  readonly versions: readonly LeadVersion[];
  readonly activities: readonly Activity[];
}

/** The records of one lead, named by its place among the others. */
export type LeadMaker = (leadId: string) => LeadRecords;

export const leadMaker: fc.Arbitrary<LeadMaker> = fc
  .record({
    first: version,
    created: instant,
    later: fc.array(version, { maxLength: 3 }),
    activities: fc.array(activity, { maxLength: 6 }),
  })
  .map(({ first, created, later, activities }) => (leadId) => ({
    versions: [{ ...first, createdAt: created }, ...later].map((each, entry) => ({
      ...each,
      leadId,
      entry,
      part: 0,
    })),
    activities: activities.map(({ name, ...each }, entry) => ({
      ...each,
      activityId: `${leadId}-${name}`,
      leadId,
      currency: 'EUR',
      entry,
      part: 0,
    })),
  }));
