import type { Agreement } from '../../core/agreement/agreement.ts';
import { visit } from '../../core/rule/walk.ts';
import type { Rule } from '../../core/rule/expression.ts';
import { headersOf, withPresentColumns } from './mapping.ts';
import type { Mapping, MappingRecord } from './mapping.ts';
import type { MappingDocument } from './mapping-document.ts';
import { canonicalRecord, recognise } from './resolve.ts';
import type { TapFormat } from './tap-message.ts';

/** What taps write to a record that was deleted where it came from. */
const DELETED_BY: readonly string[] = ['_sdc_deleted_at', '_ab_cdc_deleted_at'];

/** More columns than a row may have are not kept beside it. */
const MOST_COLUMNS = 2000;

/** What a stream says of itself, and what its records have had so far. */
export interface StreamShape {
  readonly source: string;
  readonly stream: string;
  readonly key: readonly string[];
  readonly columns: ReadonlySet<string>;
}

/**
 * The mapping of a stream: the workspace's for this source, then any of the workspace's, then those that come
 * with the program; else its columns are called as Tregua calls them. Null where there is none.
 */
export function chooseStreamMapping(
  shape: StreamShape,
  own: readonly MappingDocument[],
  shipped: readonly MappingDocument[],
  agreement: Agreement,
): MappingDocument | null {
  const fits = ({ stream, match }: MappingDocument): boolean =>
    stream?.name === shape.stream && (match ?? []).every((column) => shape.columns.has(column));
  const found =
    own.find((document) => document.source === shape.source && fits(document)) ??
    own.find(fits) ??
    shipped.find(fits);
  if (found !== undefined) return found;
  const columns = [...shape.columns];
  const kind = recognise(columns);
  if (kind === null) return null;
  return {
    source: shape.source,
    stream: { name: shape.stream, key: null, lists: {}, replace: [], deleted: null, fields: null },
    match: null,
    timezone: null,
    dates: null,
    decimal: null,
    missing: [],
    records: [canonicalRecord(kind, columns, agreement)],
  };
}

export interface BatchForm {
  readonly format: TapFormat;
  readonly load: string;
  readonly version: string | null;
  readonly activates: boolean;
}

/** The mapping of a batch of a stream with all decided, as the ledger freezes it. */
export function streamMapping(
  document: MappingDocument,
  shape: StreamShape,
  batch: BatchForm,
  agreement: Agreement,
): Mapping {
  const { stream } = document;
  const key = stream?.key ?? shape.key;
  const group = stream?.replace ?? [];
  const deleted = stream?.deleted ?? null;
  const deletedBy = DELETED_BY.filter((column) => shape.columns.has(column));
  const present = new Set(
    document.records
      .flatMap(headersOf)
      .filter((path) => [...shape.columns].some((name) => leadsInto(path, name))),
  );
  const records = document.records.map((record) =>
    withOwnFields(withPresentColumns(record, present), stream?.fields ?? null, shape.columns, agreement),
  );
  const used = new Set([
    ...key,
    ...group,
    ...deletedBy,
    ...(deleted === null ? [] : columnsOfRule(deleted)),
    ...records.flatMap((record) => [
      ...headersOf(record),
      ...(record.when === null ? [] : columnsOfRule(record.when)),
    ]),
  ]);
  const rest = [...shape.columns].filter((name) => ![...used].some((path) => leadsInto(path, name))).sort();
  return {
    source: shape.source,
    format: {
      kind: 'messages',
      columns: [...used, ...rest].slice(0, Math.max(used.size, MOST_COLUMNS)),
      record: batch.format.record,
      lists: stream?.lists ?? {},
    },
    isRegular: false,
    isTrimmed: false,
    ascending: null,
    timezone: document.timezone ?? agreement.timezone,
    dates: document.dates ?? 'ymd',
    decimal: document.decimal ?? '.',
    missing: document.missing,
    records,
    stream: {
      name: shape.stream,
      key,
      load: batch.load,
      group,
      deletedBy,
      deleted,
      version: batch.version,
      activates: batch.activates,
    },
  };
}

/** The columns that a mapping names and a stream does not have. */
export function absentColumns(document: MappingDocument, columns: ReadonlySet<string>): readonly string[] {
  const isThere = (path: string): boolean => [...columns].some((name) => leadsInto(path, name));
  const absent = document.records.flatMap((record) =>
    Object.entries(record.columns).flatMap(([name, path]) =>
      [path, ...(record.otherwise?.[name] ?? [])].some(isThere) ? [] : [path],
    ),
  );
  return [...new Set(absent)];
}

function leadsInto(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}

/** A record with the agreement's fields that the stream has under names of one pattern. */
function withOwnFields(
  record: MappingRecord,
  pattern: string | null,
  columns: ReadonlySet<string>,
  agreement: Agreement,
): MappingRecord {
  if (pattern === null || (record.kind !== 'leads' && record.kind !== 'ads')) return record;
  const found = agreement.fields.flatMap(({ name }): [string, string][] => {
    const path = pattern.replace('*', () => name);
    const isGiven = Object.hasOwn(record.columns, name) || Object.hasOwn(record.constants, name);
    return isGiven || ![...columns].some((column) => leadsInto(path, column)) ? [] : [[name, path]];
  });
  return { ...record, columns: { ...record.columns, ...Object.fromEntries(found) } };
}

function columnsOfRule(rule: Rule): readonly string[] {
  const columns: string[] = [];
  visit(rule.expression, (node) => node.kind === 'row' && columns.push(node.column));
  return columns;
}
