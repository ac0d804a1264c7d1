import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { KEY_NAMES } from '../../core/identity/rungs.ts';
import { visit } from '../../core/rule/walk.ts';
import { isTimeZone } from '../../core/calendar/time-zone.ts';
import { isInstant, positionsOf, vote, votePlainly } from './file-votes.ts';
import type { Votes } from './file-votes.ts';
import { headersOf, withPresentColumns } from './mapping.ts';
import type { DateOrder, FileFormat, Mapping, MappingKind, MappingRecord } from './mapping.ts';
import { CANONICAL, fieldsOf, missingNames } from './mapping-document.ts';
import type { MappingDocument } from './mapping-document.ts';
import { Growth } from '../ledger/growth.ts';
import { NO_ANSWERS } from './presets/answers.ts';
import type { Answers } from './presets/answers.ts';
import { auditAds } from './presets/audit.ts';
import { bindPreset } from './presets/bind.ts';
import type { BoundPreset } from './presets/bind.ts';
import { shippedPresets } from './presets/library.ts';
import type { Preset } from './presets/preset.ts';
import { unknownStages } from './presets/stages.ts';
import { recogniseExport } from './presets/recognise.ts';
import { readHead, readPlainHead } from './sniff-format.ts';
import type { FileHead, HeadRow } from './sniff-format.ts';
import type { DateOrderVote } from './votes.ts';

export interface ResolveOptions {
  readonly agreement: Agreement;
  readonly fileName: string;
  readonly as?: MappingKind | undefined;
  readonly source?: string | undefined;
  /** The mapping that the user names. */
  readonly mapping?: MappingDocument | undefined;
  /** Those of the workspace, of which the first that fits is taken. */
  readonly mappings: readonly MappingDocument[];
  /** What the exports of known programs are like; those that come with this one where none are given. */
  readonly presets?: readonly Preset[];
  /** What was answered for the exports of a source. */
  readonly answers?: (source: string) => Answers;
  /** Look for stages of a pipeline that nobody knows. */
  readonly asksStages?: boolean | undefined;
  /** Told how many rows were seen so far. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** How a file was recognised. */
export interface Recognised {
  readonly by: 'preset' | 'mapping' | 'names' | 'rejects';
  /** The program whose export it is, the mapping's source, or the kind of its records; '' of refused rows. */
  readonly name: string;
  /** Headers of which nothing is known: they are kept beside the record. */
  readonly unknown: readonly string[];
  /** Fields of the agreement that no column brings. */
  readonly free: readonly string[];
  /** Stages of a pipeline that nobody has said to end it or not; where it is asked for. */
  readonly stages?: readonly string[];
  /** What has to be said before it can be taken in. */
  readonly asks: readonly 'currency'[];
}

export interface Resolved {
  readonly mapping: Mapping;
  /** Of its data. */
  readonly rows: number;
  readonly recognised: Recognised;
}

/** A file's format with how its columns are read. */
interface Choice {
  readonly format: FileFormat;
  readonly document: MappingDocument;
  readonly recognised: Recognised;
  readonly preset: BoundPreset | null;
}

/**
 * Recognises a file and decides everything that reading it needs, so that it always reads the same. One that is plain
 * is read once for it, as it grows; what any other is like is known once all of it is there.
 */
export async function resolveFile(
  path: string,
  options: ResolveOptions,
  growth: Growth = Growth.whole(),
): Promise<Result<Resolved>> {
  const head = await readPlainHead(path, options.fileName);
  const choice = head === null ? null : choose(head, options);
  if (choice?.ok === true) {
    const { format, document, preset } = choice.value;
    const { agreement, onRows } = options;
    const isPlain = preset === null || preset.leaveOut.length === 0;
    const votes = isPlain ? await votePlainly(path, format, document, agreement, growth, onRows) : null;
    if (votes !== null) return resolveBy(path, options, choice.value, [], votes);
  }
  await growth.all();
  return resolveThoroughly(path, options);
}

async function resolveThoroughly(path: string, options: ResolveOptions): Promise<Result<Resolved>> {
  const { agreement, fileName, onRows } = options;
  const head = await readHead(path, fileName);
  if (!head.ok) return head;
  const choice = choose(head.value, options);
  if (!choice.ok) return choice;
  const { document, preset } = choice.value;
  const format = withSerials(choice.value.format, document, agreement);
  const votes = await vote(path, format, document, agreement, preset?.leaveOut ?? [], onRows);
  return resolveBy(path, options, { ...choice.value, format }, head.warnings, votes);
}

async function resolveBy(
  path: string,
  options: ResolveOptions,
  { format, document, preset, recognised }: Choice,
  before: readonly Diagnostic[],
  votes: Votes,
): Promise<Result<Resolved>> {
  const { agreement, fileName } = options;
  const answers = options.answers?.(document.source) ?? NO_ANSWERS;
  const leaveOut = preset?.leaveOut ?? [];
  const dates = decideDates(votes.dates, document.dates ?? answers.dates, fileName);
  if (!dates.ok) return dates;
  const decimal = document.decimal ?? answers.decimal ?? votes.decimal.verdict;
  if (decimal === null && votes.decimal.isNeeded)
    return failure(fault('ingest.decimal_unclear', { file: fileName }));
  const timezone = answers.timezone ?? document.timezone ?? agreement.timezone;
  if (!isTimeZone(timezone)) return failure(fault('mapping.unknown_timezone', { name: timezone }));
  const mapping: Mapping = {
    source: options.source ?? document.source,
    format,
    isRegular: votes.isRegular,
    isTrimmed: votes.isTrimmed,
    ascending: votes.ascending,
    ...(votes.isRegular ? { rows: votes.rows } : {}),
    timezone,
    dates: dates.value,
    decimal: decimal ?? '.',
    missing: [...document.missing, ...answers.missing],
    ...(leaveOut.length > 0 ? { leaveOut } : {}),
    records: document.records,
  };
  const faults = preset === null ? [] : await auditAds(path, mapping, preset.totals, agreement, fileName);
  if (faults.length > 0) return failure(...faults);
  const warnings: Diagnostic[] = [
    ...before,
    ...(votes.rows === 0 ? [warning('ingest.no_rows', { file: fileName })] : []),
    ...(preset?.untold ?? []).map(({ type, column }) =>
      warning('ingest.undated_end', { file: fileName, type, column, preset: preset?.preset.label ?? '' }),
    ),
  ];
  const stages =
    preset === null || options.asksStages !== true ? [] : await unknownStages(path, mapping, preset, answers);
  const told = stages.length === 0 ? recognised : { ...recognised, stages };
  return success({ mapping, recognised: told, rows: votes.rows }, warnings);
}

/** As `resolveFile`, for a caller that cannot answer: what would have to be asked is a fault. */
export async function resolveMapping(
  path: string,
  options: ResolveOptions,
  growth: Growth = Growth.whole(),
): Promise<Result<Mapping>> {
  const resolved = await resolveFile(path, options, growth);
  if (!resolved.ok) return resolved;
  const { mapping, recognised } = resolved.value;
  const faults = unanswered(recognised, options.fileName);
  return faults.length > 0 ? failure(...faults) : success(mapping, resolved.warnings);
}

/** What must still be said of a file, as faults. */
export function unanswered({ asks, name }: Recognised, file: string): readonly Diagnostic[] {
  return asks.map(() => fault('ingest.currency_unsaid', { file, name }));
}

/** The header among the first rows, and who knows what its columns are. */
function choose(head: FileHead, options: ResolveOptions): Result<Choice> {
  const [first] = head.rows;
  if (first === undefined) return failure(fault('ingest.empty_file', { file: options.fileName }));
  const known = options.mapping === undefined && options.as === undefined ? fittingRow(head, options) : null;
  if (known === null && options.mapping === undefined && options.as === undefined) {
    const found =
      recognise(first.cells) === null
        ? recogniseExport(head.rows, options.presets ?? shippedPresets())
        : null;
    if (found !== null) return choosePreset(head, found.row, found.preset, options);
  }
  const format = head.formatAt(known ?? headerOf(head, options) ?? first);
  if (!format.ok) return format;
  const chosen = chooseMapping(format.value, options);
  const present = new Set(format.value.columns);
  const document = chosen.ok
    ? success({
        ...chosen.value,
        records: chosen.value.records.map((record) => withPresentColumns(record, present)),
      })
    : chosen;
  const faults = document.ok
    ? missingColumns(format.value, document.value, options.fileName)
    : document.faults;
  // That a column is not there says little where the first row is no header.
  if (faults.length > 0 && lacksHeader(format.value, options))
    return failure(noHeader(format.value, options));
  if (!document.ok) return document;
  if (faults.length > 0) return failure(...faults);
  const isMapped = options.mapping !== undefined || document.value.match !== null;
  const used = new Set(document.value.records.flatMap(headersOf));
  const told = new Set(document.value.records.flatMap(({ columns }) => Object.keys(columns)));
  return success({
    format: format.value,
    document: document.value,
    preset: null,
    recognised: {
      by: isMapped ? 'mapping' : 'names',
      name: document.value.source,
      unknown: format.value.columns.filter((column) => !used.has(column)),
      free: options.agreement.fields.map(({ name }) => name).filter((name) => !told.has(name)),
      asks: [],
    },
  });
}

function choosePreset(
  head: FileHead,
  row: HeadRow,
  preset: Preset,
  { agreement, answers, fileName }: ResolveOptions,
): Result<Choice> {
  const format = head.formatAt(row);
  if (!format.ok) return format;
  const said = answers?.(preset.source) ?? NO_ANSWERS;
  const bound = bindPreset(preset, format.value.columns, agreement, said, fileName);
  if (!bound.ok) return bound;
  const { records, unknown, free, asks } = bound.value;
  return success({
    format: format.value,
    preset: bound.value,
    document: {
      source: preset.source,
      stream: null,
      match: null,
      timezone: preset.timezone ?? null,
      dates: preset.dates ?? null,
      decimal: preset.decimal ?? null,
      missing: preset.missing ?? [],
      records,
    },
    recognised: { by: 'preset', name: preset.label, unknown, free, asks },
  });
}

/** The first row that has the columns of a mapping of the workspace: it may stand below a preamble. */
function fittingRow({ rows }: FileHead, { mappings }: ResolveOptions): HeadRow | null {
  return rows.find((row) => mappings.some((mapping) => fits(mapping, row.cells))) ?? null;
}

/** The row that has all columns of the mapping that the user names. */
function headerOf({ rows }: FileHead, { mapping }: ResolveOptions): HeadRow | null {
  if (mapping === undefined) return null;
  const names = mapping.records.flatMap(headersOf).filter((name) => !/^column_\d+$|__\d+$/.test(name));
  return rows.find(({ cells }) => names.every((name) => cells.includes(name))) ?? null;
}

function fits({ match }: MappingDocument, columns: readonly string[]): boolean {
  return match !== null && match.every((column) => columns.includes(column));
}

function chooseMapping(format: FileFormat, options: ResolveOptions): Result<MappingDocument> {
  if (options.mapping) return success(options.mapping);
  const fitting = options.mappings.find(
    (mapping) => mapping.stream === null && fits(mapping, format.columns),
  );
  if (fitting && options.as === undefined) return success(fitting);
  const kind = options.as ?? recognise(format.columns);
  if (kind === null) {
    return failure(
      fault('ingest.unknown_file', {
        file: options.fileName,
        columns: format.columns.slice(0, 12).join(', '),
      }),
    );
  }
  const record = canonicalRecord(kind, format.columns, options.agreement);
  const { columns } = record;
  const needed =
    kind === 'leads' && !['created_at', 'lead_id', ...KEY_NAMES].some((name) => Object.hasOwn(columns, name))
      ? ['lead_id', 'created_at']
      : missingNames(kind, columns);
  if (needed.length > 0) {
    return failure(
      fault('ingest.missing_columns', {
        file: options.fileName,
        missing: needed.join(', '),
        columns: format.columns.slice(0, 12).join(', '),
      }),
    );
  }
  return success({
    source: kind,
    stream: null,
    match: null,
    timezone: null,
    dates: null,
    decimal: null,
    missing: [],
    records: [record],
  });
}

/** The record of rows whose columns are called as Tregua calls them; a field may go by one of its labels. */
export function canonicalRecord(
  kind: MappingKind,
  columns: readonly string[],
  agreement: Agreement,
): MappingRecord {
  const fields = fieldsOf(
    kind,
    agreement.fields.map((field) => field.name),
  );
  const found = [...CANONICAL[kind], ...fields]
    .filter((name) => columns.includes(name))
    .map((name) => [name, name]);
  const named: Record<string, string> = Object.fromEntries(found);
  const taken = new Set(Object.keys(named));
  for (const field of agreement.fields) {
    if (!fields.includes(field.name) || taken.has(field.name)) continue;
    const labels = Object.values(field.label).map((label) => label.toLowerCase());
    const column = columns.find((each) => !taken.has(each) && labels.includes(each.trim().toLowerCase()));
    if (column === undefined) continue;
    named[field.name] = column;
    taken.add(column);
  }
  return { kind, when: null, columns: named, constants: {} };
}

/** A date, a number, an address of mail, an id such as `LEAD-0042` or a UUID: what a column is not called. */
const DATUM =
  /^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?|[-+(]?[$€£¥]?\s?\d[\d.,\s]*[%€)]?|\S+@\S+\.\S+|[A-Z]+[-_]?\d{2,}|[\da-f]{8}-[\da-f-]{27})$/i;

/** True where none of the names is one that anybody gave, and some are data. */
function lacksHeader(
  { kind, columns }: FileFormat,
  { agreement, mapping, mappings }: ResolveOptions,
): boolean {
  const given = [...mappings, ...(mapping === undefined ? [] : [mapping])].flatMap(({ match, records }) => [
    ...(match ?? []),
    ...records.flatMap((record) => Object.values(record.columns)),
  ]);
  const names = [
    ...Object.values(CANONICAL).flat(),
    ...agreement.fields.map((field) => field.name),
    ...given,
  ].map((name) => name.toLowerCase());
  return (
    kind === 'csv' &&
    columns.some((column) => DATUM.test(column)) &&
    !columns.some((column) => names.includes(column.toLowerCase()))
  );
}

function noHeader({ columns }: FileFormat, { fileName }: ResolveOptions): Diagnostic {
  return fault('ingest.no_header', { file: fileName, found: columns.join(' ').slice(0, 80) });
}

/** The kind of a file whose headers are canonical names. */
export function recognise(columns: readonly string[]): MappingKind | null {
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  const tells = ['lead_id', ...KEY_NAMES].some((name) => columns.includes(name));
  if (has('source_id', 'lead_id', 'verdict')) return 'decisions';
  if (tells && has('type', 'at')) return 'activities';
  if (has('date') && (has('impressions') || has('clicks') || has('spend'))) return 'ads';
  return tells && (has('created_at') || has('effective_at')) ? 'leads' : null;
}

function missingColumns(format: FileFormat, document: MappingDocument, file: string): readonly Diagnostic[] {
  const used = new Set<string>();
  for (const record of document.records) {
    for (const column of Object.values(record.columns)) used.add(column);
    if (record.when) visit(record.when.expression, (node) => node.kind === 'row' && used.add(node.column));
  }
  return [...used]
    .filter((column) => !format.columns.includes(column))
    .map((column) =>
      fault('ingest.no_column', {
        file,
        column,
        source: document.source,
        nearest: nearest(column, format.columns) ?? '',
        columns: format.columns.slice(0, 12).join(', '),
      }),
    );
}

/** In a workbook, a number where an instant is asked for is its day. */
function withSerials(format: FileFormat, document: MappingDocument, agreement: Agreement): FileFormat {
  if (format.kind !== 'xlsx') return format;
  return { ...format, serials: positionsOf(format, document, (name) => isInstant(name, agreement)) };
}

function decideDates(votes: DateOrderVote, said: DateOrder | null, file: string): Result<DateOrder> {
  if (said !== null) return success(said);
  const { verdict } = votes;
  if (verdict === 'conflict') return failure(fault('ingest.dates_conflict', { file }));
  if (verdict === null && votes.isNeeded) return failure(fault('ingest.dates_unclear', { file }));
  return success(verdict ?? 'ymd');
}
