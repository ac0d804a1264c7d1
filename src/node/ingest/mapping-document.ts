import { z } from 'zod';
import { YamlDocument } from '../../core/agreement/yaml-document.ts';
import { isTimeZone } from '../../core/calendar/time-zone.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { KEY_NAMES } from '../../core/identity/rungs.ts';
import { parseRule } from '../../core/rule/rule.ts';
import type { Rule } from '../../core/rule/expression.ts';
import type { DateOrder, MappingRecord, MappingKind } from './mapping.ts';

const record = z.strictObject({
  kind: z.enum(['leads', 'activities', 'ads', 'decisions']),
  when: z.string().exactOptional(),
  /** A column, or several of which the first with a value counts. */
  columns: z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])),
  constants: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
  cut: z.record(z.string(), z.number().int().positive()).exactOptional(),
  divide: z.partialRecord(z.enum(['amount', 'spend']), z.number().positive()).exactOptional(),
});

const mappingFile = z.strictObject({
  source: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}$/),
  match: z
    .strictObject({
      columns: z.array(z.string()).min(1).exactOptional(),
      stream: z.string().min(1).exactOptional(),
    })
    .exactOptional(),
  key: z.array(z.string().min(1)).min(1).exactOptional(),
  lists: z.record(z.string(), z.string()).exactOptional(),
  replace: z.array(z.string().min(1)).min(1).exactOptional(),
  deleted: z.string().exactOptional(),
  fields: z
    .string()
    .regex(/^[^*]*\*[^*]*$/)
    .exactOptional(),
  timezone: z.string().exactOptional(),
  dates: z.enum(['dmy', 'mdy', 'ymd']).exactOptional(),
  decimal: z.enum(['.', ',']).exactOptional(),
  missing: z.array(z.string()).exactOptional(),
  records: z.array(record).min(1).max(20),
});

/** What a mapping says of the rows of a stream besides their records. */
export interface StreamMapping {
  readonly name: string;
  /** Columns of the key; null: those that the tap says. */
  readonly key: readonly string[] | null;
  readonly lists: Readonly<Record<string, string>>;
  readonly replace: readonly string[];
  readonly deleted: Rule | null;
  /** How the agreement's own fields are called there, `*` for the field's name; null: they are all told. */
  readonly fields: string | null;
}

/** A mapping as a person wrote it; what it leaves out is sniffed. */
export interface MappingDocument {
  readonly source: string;
  /** Null for a mapping of files. */
  readonly stream: StreamMapping | null;
  readonly match: readonly string[] | null;
  readonly timezone: string | null;
  readonly dates: DateOrder | null;
  readonly decimal: '.' | ',' | null;
  readonly missing: readonly string[];
  readonly records: readonly MappingRecord[];
}

/** The names that each kind of record has besides the agreement's fields. */
export const CANONICAL: Readonly<Record<MappingKind, readonly string[]>> = {
  leads: ['lead_id', 'created_at', 'effective_at', 'crm', ...KEY_NAMES, 'campaign_id', 'utm_id'],
  activities: [
    'activity_id',
    'lead_id',
    'type',
    'at',
    'outcome',
    'seller',
    'amount',
    'currency',
    'reason',
    'crm',
    ...KEY_NAMES,
  ],
  ads: [
    'date',
    'platform',
    'account',
    'campaign',
    'adset',
    'ad',
    'impressions',
    'clicks',
    'spend',
    'currency',
    'leads',
    'campaign_id',
  ],
  decisions: ['source_id', 'lead_id', 'verdict', 'decided_at'],
};

export const REQUIRED: Readonly<Record<MappingKind, readonly string[]>> = {
  leads: [],
  activities: ['lead_id', 'type', 'at'],
  ads: ['date'],
  decisions: ['source_id', 'lead_id', 'verdict'],
};

/** What a record must have and does not; an activity may say otherwise whose it is. */
export function missingNames(kind: MappingKind, given: Readonly<Record<string, unknown>>): readonly string[] {
  return REQUIRED[kind].filter(
    (name) =>
      !Object.hasOwn(given, name) &&
      !(kind === 'activities' && name === 'lead_id' && KEY_NAMES.some((key) => Object.hasOwn(given, key))),
  );
}

function keysAt(path: readonly (string | number)[]): readonly string[] {
  return Object.keys((path.length === 0 ? mappingFile : record).shape);
}

/**
 * Reads a mapping.
 *
 * @param fields the agreement's fields, which its records may bring besides the canonical names
 * @param isShipped one that comes with the program, for any agreement: of the fields that it names, those that
 *   the agreement has are taken
 */
export function parseMapping(
  source: string,
  file: string,
  fields: readonly string[],
  isShipped = false,
): Result<MappingDocument> {
  const document = YamlDocument.parse(source, file);
  if (!document.ok) return document;
  const shape = mappingFile.safeParse(document.value.toJs(), { reportInput: true });
  if (!shape.success) return failure(...document.value.faultsOf(shape.error, { keysAt }));
  const faults: Diagnostic[] = [];
  const { timezone } = shape.data;
  if (timezone !== undefined && !isTimeZone(timezone)) {
    faults.push(fault('mapping.unknown_timezone', { name: timezone }, document.value.place(['timezone'])));
  }
  const records = shape.data.records.map((each, position): MappingRecord => {
    const path = ['records', position] as const;
    const known = [...CANONICAL[each.kind], ...fieldsOf(each.kind, fields)];
    const given = { ...each.columns, ...each.constants };
    for (const name of Object.keys(each.constants ?? {})) {
      if (!Object.hasOwn(each.columns, name)) continue;
      const place = document.value.keyPlace([...path, 'constants'], name);
      faults.push(fault('mapping.told_twice', { name, kind: each.kind }, place));
    }
    for (const name of Object.keys(given)) {
      if (known.includes(name) || isShipped) continue;
      const part = Object.hasOwn(each.columns, name) ? 'columns' : 'constants';
      faults.push(
        fault(
          'mapping.unknown_name',
          { name, kind: each.kind, nearest: nearest(name, known) ?? '', known: known.join(', ') },
          document.value.keyPlace([...path, part], name),
        ),
      );
    }
    for (const name of missingNames(each.kind, given)) {
      faults.push(
        fault('mapping.missing_name', { name, kind: each.kind }, document.value.place([...path, 'columns'])),
      );
    }
    const ours = <T>(named: Readonly<Record<string, T>>): readonly [string, T][] =>
      Object.entries(named).filter(([name]) => known.includes(name));
    return {
      kind: each.kind,
      when: readRule(each.when, document.value, [...path, 'when'], faults),
      columns: Object.fromEntries(ours(each.columns).map(([name, column]) => [name, first(column)])),
      constants: Object.fromEntries(ours(each.constants ?? {}).map(([name, value]) => [name, String(value)])),
      ...some(
        'otherwise',
        ours(each.columns).flatMap(([name, column]) =>
          typeof column === 'string' || column.length === 1 ? [] : [[name, column.slice(1)]],
        ),
      ),
      ...some('cut', ours(each.cut ?? {})),
      ...(each.divide === undefined ? {} : { divide: each.divide }),
    };
  });
  const stream = streamOf(shape.data, document.value, faults);
  if (faults.length > 0) return failure(...faults);
  const { data } = shape;
  return success({
    source: data.source,
    stream,
    match: data.match?.columns ?? null,
    timezone: data.timezone ?? null,
    dates: data.dates ?? null,
    decimal: data.decimal ?? null,
    missing: data.missing ?? [],
    records,
  });
}

function first(column: string | readonly string[]): string {
  const [name = ''] = [column].flat();
  return name;
}

/** A member of a record, where it says anything. */
function some<T>(key: string, entries: readonly (readonly [string, T])[]) {
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) };
}

/** The agreement's fields that a kind of record may bring. */
export function fieldsOf(kind: MappingKind, fields: readonly string[]): readonly string[] {
  return kind === 'leads' || kind === 'ads' ? fields : [];
}

const OF_STREAMS = ['key', 'lists', 'replace', 'deleted', 'fields'] as const;

function streamOf(
  data: z.output<typeof mappingFile>,
  document: YamlDocument,
  faults: Diagnostic[],
): StreamMapping | null {
  const name = data.match?.stream;
  if (name === undefined) {
    for (const key of OF_STREAMS) {
      if (data[key] !== undefined)
        faults.push(fault('mapping.of_streams', { key }, document.keyPlace([], key)));
    }
    return null;
  }
  return {
    name,
    key: data.key ?? null,
    lists: data.lists ?? {},
    replace: data.replace ?? [],
    deleted: readRule(data.deleted, document, ['deleted'], faults),
    fields: data.fields ?? null,
  };
}

function readRule(
  when: string | undefined,
  document: YamlDocument,
  path: readonly (string | number)[],
  faults: Diagnostic[],
): Rule | null {
  if (when === undefined) return null;
  const rule = parseRule(when, { kind: 'row', columns: null }, document.textPlaces(path));
  if (rule.ok) return rule.value;
  faults.push(...rule.faults);
  return null;
}
