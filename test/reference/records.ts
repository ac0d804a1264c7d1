import { Temporal } from 'temporal-polyfill';
import type { Agreement } from '../../src/core/agreement/agreement.ts';

/** Microseconds since 1970, UTC. */
export type Instant = bigint;

/** A value of an attribute: instants and integers are bigints, told apart by the field's type. */
export type Value = string | boolean | number | bigint;

export interface Provenance {
  readonly recordedAt: Instant;
  readonly entry: number;
  readonly part: number;
  /** From when on it does not stand any more. */
  readonly withdrawnAt?: Instant | null;
}

/** What a record says of a lead: an attribute that it does not mention is not in the map; null empties it. */
export interface LeadVersion extends Provenance {
  readonly leadId: string;
  readonly effectiveAt: Instant | null;
  readonly createdAt: Instant | null;
  readonly attributes: ReadonlyMap<string, Value | null>;
  /** Columns that the agreement does not declare, as JSON. */
  readonly extra?: string;
}

export interface Activity extends Provenance {
  readonly activityId: string;
  readonly leadId: string;
  readonly type: string | null;
  readonly at: Instant;
  readonly outcome: string | null;
  readonly seller: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly reason: string | null;
}

export interface AdMetric {
  readonly day: string;
  /** `platform`, `campaign` … and the fields of the agreement, as text. */
  readonly labels: ReadonlyMap<string, string>;
  readonly impressions: number;
  readonly clicks: number;
  readonly spend: number;
  /** When Tregua learnt it; without it, before everything else. */
  readonly recordedAt?: Instant;
}

export interface Records {
  readonly versions: readonly LeadVersion[];
  readonly activities: readonly Activity[];
  readonly ads: readonly AdMetric[];
}

export interface Setting {
  readonly agreement: Agreement;
  /** Nothing that was recorded or that happened later counts. */
  readonly asOf: Instant;
}

/** Whether a record is known at an instant, and not taken back by then. */
export function stands(record: Provenance, instant: Instant): boolean {
  const withdrawnAt = record.withdrawnAt ?? null;
  return record.recordedAt <= instant && (withdrawnAt === null || withdrawnAt > instant);
}

/** Whether the second record replaces the first of the same identity. */
export function isLater(first: Provenance, second: Provenance): boolean {
  if (first.recordedAt !== second.recordedAt) return second.recordedAt > first.recordedAt;
  if (first.entry !== second.entry) return second.entry > first.entry;
  return second.part > first.part;
}

/** In the order in which they were recorded. */
export function byRecording(a: Provenance, b: Provenance): number {
  return isLater(a, b) ? -1 : isLater(b, a) ? 1 : 0;
}

export function instantOf(iso: string): Instant {
  return Temporal.Instant.from(iso).epochNanoseconds / 1000n;
}

export function isoOf(instant: Instant): string {
  return Temporal.Instant.fromEpochNanoseconds(instant * 1000n).toString();
}
