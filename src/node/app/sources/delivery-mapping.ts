import type { Agreement } from '../../../core/agreement/agreement.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../../core/diagnostic/result.ts';
import type { Result } from '../../../core/diagnostic/result.ts';
import type { Mapping, MappingRecord } from '../../ingest/mapping.ts';
import { parseMapping } from '../../ingest/mapping-document.ts';
import { flatJson } from '../../ingest/records/flat-json.ts';
import { parseJson } from '../../ingest/records/json-text.ts';
import { isOfRow } from '../../ingest/records/row-rule.ts';
import type { Source, SourceKind } from './source-store.ts';

/** Where a form's values stand, by the name that they are looked for by. */
const PLACES = ['', 'data.', 'fields.', 'answers.', 'form_response.answers.', 'field_data.'];

/** What Meta calls the questions about a person that it asks by itself. */
const OF_PERSON = { name: 'full_name', email: 'email', phone: 'phone_number' } as const;

/** Fields of an agreement that Meta says of each lead beside its answers. */
const OF_LEAD: Readonly<Record<string, string>> = {
  campaign: 'campaign_name',
  adset: 'adset_name',
  ad: 'ad_name',
  form: 'form_id',
  platform: 'platform',
};

/**
 * How a delivery of a source is read, with everything decided: by its mapping, or by the agreement's names.
 * Throws a `JsonFault` for a body that is none.
 */
export function deliveryMapping(source: Source, agreement: Agreement, body: string): Result<Mapping> {
  const base = {
    source: source.name,
    format: { kind: 'delivery', columns: [] },
    isRegular: false,
    isTrimmed: false,
    ascending: null,
  } as const;
  if (source.mapping === null) {
    const records = [recordByNames(source.kind, agreement, new Set(flatJson(parseJson(body)).keys()))];
    return success({
      ...base,
      timezone: agreement.timezone,
      dates: 'ymd',
      decimal: '.',
      missing: [],
      records,
    });
  }
  const document = parseSourceMapping(source.mapping, `${source.name}.yaml`, agreement);
  if (!document.ok) return document;
  const { timezone, dates, decimal, missing, records } = document.value;
  return success({
    ...base,
    timezone: timezone ?? agreement.timezone,
    dates: dates ?? 'ymd',
    decimal: decimal ?? '.',
    missing,
    records,
  });
}

/** Reads a mapping for a webhook: its columns are paths, and its rules are asked here and not by the engine. */
export function parseSourceMapping(
  text: string,
  file: string,
  agreement: Agreement,
): ReturnType<typeof parseMapping> {
  const document = parseMapping(
    text,
    file,
    agreement.fields.map((field) => field.name),
  );
  if (!document.ok) return document;
  const other = document.value.records.find(
    ({ kind, otherwise, strip, cut, single, prefix }) =>
      kind === 'decisions' || [otherwise, strip, cut, single, prefix].some((each) => each !== undefined),
  );
  if (other !== undefined) return failure(fault('source.mapping_of_file'));
  const hard = document.value.records.find(({ when }) => when !== null && !isOfRow(when));
  return hard === undefined ? document : failure(fault('source.rule', { rule: hard.when?.source ?? '' }));
}

function recordByNames(kind: SourceKind, agreement: Agreement, paths: ReadonlySet<string>): MappingRecord {
  const columns: Record<string, string> = {};
  const take = (name: string, path: string | undefined): void => {
    if (path !== undefined && paths.has(path)) columns[name] ??= path;
  };
  const placed = (name: string): string | undefined =>
    PLACES.map((place) => place + name).find((path) => paths.has(path));
  if (kind === 'meta') {
    take('lead_id', 'id');
    take('created_at', 'created_time');
  } else for (const name of ['lead_id', 'created_at', 'effective_at']) take(name, placed(name));
  for (const name of ['campaign_id', 'utm_id']) take(name, placed(name));
  for (const field of agreement.fields) {
    take(field.name, placed(field.name));
    if (kind === 'meta') take(field.name, OF_LEAD[field.name]);
  }
  const taken = new Set(Object.values(columns));
  for (const [pii, question] of Object.entries(OF_PERSON)) {
    const path = placed(question);
    const field = agreement.fields.find((each) => each.pii === pii && columns[each.name] === undefined);
    if (field !== undefined && path !== undefined && !taken.has(path)) columns[field.name] = path;
  }
  return { kind: 'leads', when: null, columns, constants: {} };
}
