import type { Agreement, Field } from '../../core/agreement/agreement.ts';
import { fieldColumn } from '../../core/facts/tables.ts';
import { isKeyName } from '../../core/identity/rungs.ts';
import type { CellType } from './conversion.ts';
import type { FileFormat, MappingRecord, MappingKind } from './mapping.ts';
import { REQUIRED } from './mapping-document.ts';

/** A value that a record takes from a cell or a constant. */
export interface Target {
  /** The canonical name or field. */
  readonly name: string;
  readonly type: CellType;
  readonly required: boolean;
  /** The position of its column in the source, or a text for every row. */
  readonly from: { readonly column: number; readonly header: string } | { readonly constant: string };
  /** Values that mean "missing", besides the mapping's. */
  readonly missing: readonly string[];
  readonly field: Field | null;
}

/** What each canonical name is read as. */
export const CANONICAL_TYPES: Readonly<Record<MappingKind, Readonly<Record<string, CellType>>>> = {
  leads: { lead_id: 'text', created_at: 'timestamp', effective_at: 'timestamp' },
  activities: {
    activity_id: 'text',
    lead_id: 'text',
    type: 'text',
    at: 'timestamp',
    outcome: 'text',
    seller: 'text',
    amount: 'money',
    currency: 'text',
    reason: 'text',
  },
  ads: {
    date: 'day',
    platform: 'text',
    account: 'text',
    campaign: 'text',
    adset: 'text',
    ad: 'text',
    impressions: 'count',
    clicks: 'count',
    spend: 'money',
    currency: 'text',
    leads: 'count',
  },
  decisions: { source_id: 'text', lead_id: 'text', verdict: 'text', decided_at: 'text' },
};

/** Ids that a mapping names must be there in each row. */
export const IDENTITIES: ReadonlySet<string> = new Set(['lead_id', 'activity_id']);

/** `1.20235E+17`: what a spreadsheet leaves of an id or a phone that it took for a number. */
const DAMAGED = String.raw`[+-]?\d([.,]\d*)?[eE]\+\d{1,2}`;

/** Ids of other systems: one that is damaged would join what has nothing in common. */
const JOINING: ReadonlySet<string> = new Set(['crm_id', 'converted_id', 'campaign_id', 'utm_id']);

/** True of a value that is no number though it may be written in digits. */
export function isId({ name, field }: Target): boolean {
  return IDENTITIES.has(name) || JOINING.has(name) || field?.pii === 'phone';
}

/** The pattern of a damaged id that stands behind what a mapping puts before ids. */
export function damagedBehind(prefix: string | undefined): string {
  return `${(prefix ?? '').replaceAll(/[^\w-]/g, (mark) => `\\${mark}`)}${DAMAGED}`;
}

/** True where a spreadsheet may have written the values: what a program tells it has not damaged. */
export function mayBeOfSpreadsheet({ kind }: FileFormat): boolean {
  return kind === 'csv' || kind === 'xlsx' || kind === 'jsonl';
}

/** What a record of a mapping takes, in the mapping's order: columns before constants. */
export function targetsOf(
  record: MappingRecord,
  format: FileFormat,
  agreement: Agreement,
): readonly Target[] {
  const fields = record.kind === 'leads' || record.kind === 'ads' ? agreement.fields : [];
  // A record that may say otherwise whose it is need not say its lead's id.
  const hasKeys = [...Object.keys(record.columns), ...Object.keys(record.constants)].some(
    (name) => isKeyName(name) && fields.every((field) => field.name !== name),
  );
  const target = (name: string, from: Target['from']): Target => {
    const own = CANONICAL_TYPES[record.kind][name];
    const field = own === undefined ? (fields.find((each) => each.name === name) ?? null) : null;
    return {
      name,
      type: own ?? (field?.pii === null ? field.type : 'text'),
      required:
        (REQUIRED[record.kind].includes(name) || IDENTITIES.has(name)) && !(name === 'lead_id' && hasKeys),
      from,
      missing: field?.missing ?? [],
      field,
    };
  };
  return [
    ...Object.entries(record.columns).map(([name, header]) =>
      target(name, { column: format.columns.indexOf(header), header }),
    ),
    ...Object.entries(record.constants).map(([name, constant]) => target(name, { constant })),
  ];
}

/** The mask of the fields that a record mentions, in the agreement's order. */
export function bringsMask(targets: readonly Target[], agreement: Agreement): string {
  return agreement.fields
    .map((field) => (targets.some((target) => target.field?.name === field.name) ? '1' : '0'))
    .join('');
}

/** The name of a target's column in a raw table. */
export function rawColumn(target: Target): string {
  if (target.field) return fieldColumn(target.field.name);
  return target.name === 'date' ? 'day' : target.name;
}
