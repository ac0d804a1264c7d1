import { InvariantError } from '../../../core/diagnostic/errors.ts';
import type { Mapping, MappingRecord } from '../mapping.ts';
import { flatJson } from './flat-json.ts';
import { cellText, isJsonObject, parseJson } from './json-text.ts';
import type { PreparedItem } from './prepare-entry.ts';
import type { RecordReader, RecordRow } from './record-reader.ts';
import { holds } from './row-rule.ts';

/** A webhook's delivery as the ledger keeps it. */
export interface Delivery {
  /** The same for each attempt to deliver it. */
  readonly id: string;
  /** ISO 8601, UTC: when it was sent first, as far as we know. */
  readonly at: string;
  /** As it came, to the byte. */
  readonly body: string;
}

export function deliveryPayload({ id, at, body }: Delivery): Uint8Array {
  return Buffer.from(JSON.stringify({ id, at, body }));
}

/** The one item of a delivery: the records that its mapping makes of its body. Throws a `JsonFault`. */
export function prepareDelivery(
  reader: RecordReader,
  mapping: Mapping,
  payload: unknown,
): readonly PreparedItem[] {
  const { id, at, body } = deliveryOf(payload);
  const cells = flatJson(parseJson(body));
  const occurrence = new Map<string, number>();
  const rows: RecordRow[] = [];
  for (const [part, record] of mapping.records.entries()) {
    if (record.kind === 'decisions') throw new InvariantError('a decision in a delivery');
    if (record.when !== null && !holds(record.when, cells)) continue;
    const beside = part === 0 ? restOf(mapping, cells) : new Map<string, string | null>();
    const read = reader.read(record.kind, recordOf(record, cells, { id, at }), occurrence, beside);
    if (read.kind === 'refused')
      return [{ kind: 'refused', refusal: read.refusal, cells: Object.fromEntries(cells) }];
    rows.push(read.row);
  }
  return [{ kind: 'rows', rows }];
}

function deliveryOf(payload: unknown): Delivery {
  const member = (name: string): string => (isJsonObject(payload) ? (cellText(payload[name]) ?? '') : '');
  return { id: member('id'), at: member('at'), body: member('body') };
}

function recordOf(
  { kind, columns, constants }: MappingRecord,
  cells: ReadonlyMap<string, string | null>,
  { id, at }: { readonly id: string; readonly at: string },
): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [name, path] of Object.entries(columns)) {
    // What a form leaves out it does not mention.
    if (cells.has(path)) record[name] = cells.get(path);
  }
  Object.assign(record, constants);
  if (kind === 'leads') {
    if (!Object.hasOwn(columns, 'lead_id')) record['lead_id'] ??= id;
    // A later version of a known lead says when it holds from; the creation it leaves alone.
    if (!Object.hasOwn(columns, 'created_at') && !Object.hasOwn(columns, 'effective_at'))
      record['created_at'] ??= at;
  }
  return record;
}

/** What no record takes, kept with the first. */
function restOf(
  mapping: Mapping,
  cells: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string | null> {
  const used = new Set(mapping.records.flatMap((record) => Object.values(record.columns)));
  return new Map([...cells].filter(([path]) => !used.has(path)));
}

/** The changes that a notice of Meta's names, one an item: those of leads, and what else it holds. */
export function changesOf(notice: unknown): readonly unknown[] {
  const entries = isJsonObject(notice) && Array.isArray(notice['entry']) ? notice['entry'] : [];
  return entries.flatMap((entry: unknown): readonly unknown[] =>
    isJsonObject(entry) && Array.isArray(entry['changes']) ? entry['changes'] : [null],
  );
}

/** A lead that a notice names. */
export interface NoticedLead {
  readonly lead: string;
  readonly form: string | null;
  readonly page: string | null;
}

/** The lead of a change; null where it is no notice of a lead. */
export function noticedLead(change: unknown): NoticedLead | null {
  if (!isJsonObject(change) || change['field'] !== 'leadgen' || !isJsonObject(change['value'])) return null;
  const { value } = change;
  const id = (name: string): string | null => {
    const text = cellText(value[name]);
    return text !== null && /^\d{1,30}$/.test(text) ? text : null;
  };
  const lead = id('leadgen_id');
  return lead === null ? null : { lead, form: id('form_id'), page: id('page_id') };
}

/** A notice's items: nothing to count yet, or why a change is none of a lead. */
export function prepareNotice(notice: unknown): readonly PreparedItem[] {
  return changesOf(notice).map((change): PreparedItem => {
    if (noticedLead(change) !== null) return { kind: 'rows', rows: [] };
    const value = cellText(change)?.slice(0, 200) ?? null;
    return {
      kind: 'refused',
      refusal: { code: 'reject.no_lead_notice', field: null, value },
      cells: { change: value },
    };
  });
}
