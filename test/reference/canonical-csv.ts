import { parse } from 'csv-parse/sync';
import { Temporal } from 'temporal-polyfill';
import type { Agreement, Field } from '../../src/core/agreement/agreement.ts';
import type { Activity, AdMetric, Instant, LeadVersion, Provenance, Records, Value } from './records.ts';

/** The texts of a case's files; a file that a case does not need is absent. */
export interface CanonicalFiles {
  readonly leads?: string | undefined;
  readonly activities?: string | undefined;
  readonly ads?: string | undefined;
}

type Row = Readonly<Record<string, string>>;

/**
 * Reads files with canonical headers, one row a record, in the order of their rows. A `recorded_at` column,
 * which the program does not read, says when Tregua learnt it, and `withdrawn_at` when it was taken back.
 */
export function readRecords(agreement: Agreement, files: CanonicalFiles): Records {
  return {
    versions: rows(files.leads).map((row, nth) => readVersion(agreement, row, nth)),
    activities: rows(files.activities).map((row, nth) => readActivity(agreement, row, nth)),
    ads: rows(files.ads).map(readAd),
  };
}

function rows(text: string | undefined): readonly Row[] {
  return text === undefined ? [] : parse(text, { columns: true, skip_empty_lines: true, trim: true });
}

function readVersion(agreement: Agreement, row: Row, nth: number): LeadVersion {
  const attributes = new Map<string, Value | null>();
  for (const field of agreement.fields) {
    const text = row[field.name];
    if (text !== undefined) attributes.set(field.name, valueOf(text, field, agreement));
  }
  return {
    leadId: row['lead_id'] ?? '',
    createdAt: instantIn(row['created_at'], agreement),
    effectiveAt: instantIn(row['effective_at'], agreement),
    attributes,
    ...provenance(row, nth, agreement),
  };
}

function readActivity(agreement: Agreement, row: Row, nth: number): Activity {
  const at = instantIn(row['at'], agreement);
  if (at === null) throw new RangeError(`an activity without an instant: ${JSON.stringify(row)}`);
  const text = (name: string): string | null =>
    row[name] === undefined || row[name] === '' ? null : row[name];
  const amount = text('amount');
  return {
    activityId: text('activity_id') ?? `row ${nth}`,
    leadId: row['lead_id'] ?? '',
    type: text('type'),
    at,
    outcome: text('outcome'),
    seller: text('seller'),
    amount: amount === null ? null : Number(amount),
    currency: text('currency'),
    reason: text('reason'),
    ...provenance(row, nth, agreement),
  };
}

function readAd(row: Row): AdMetric {
  return {
    day: row['date'] ?? '',
    labels: new Map(Object.entries(row).filter(([, value]) => value !== '')),
    impressions: Number(row['impressions'] ?? 0),
    clicks: Number(row['clicks'] ?? 0),
    spend: Number(row['spend'] ?? 0),
  };
}

function provenance(row: Row, nth: number, agreement: Agreement): Provenance {
  return {
    recordedAt: instantIn(row['recorded_at'], agreement) ?? 0n,
    entry: nth,
    part: 0,
    withdrawnAt: instantIn(row['withdrawn_at'], agreement),
  };
}

function valueOf(text: string, field: Field, agreement: Agreement): Value | null {
  if (text === '' || field.missing.includes(text)) return null;
  switch (field.type) {
    case 'string':
      return text;
    case 'integer':
      return BigInt(text);
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'date':
    case 'timestamp':
      return instantIn(text, agreement);
  }
}

/** Without an offset a text is in the agreement's zone; a date is the first instant of that local day. */
function instantIn(text: string | undefined, { timezone }: Agreement): Instant | null {
  if (text === undefined || text === '') return null;
  const instant = /(?:Z|[+-]\d{2}:\d{2})$/.test(text)
    ? Temporal.Instant.from(text)
    : text.length === 10
      ? Temporal.PlainDate.from(text).toZonedDateTime(timezone).startOfDay().toInstant()
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).toInstant();
  return instant.epochNanoseconds / 1000n;
}
