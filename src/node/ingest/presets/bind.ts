import type { Agreement, Field } from '../../../core/agreement/agreement.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { InvariantError } from '../../../core/diagnostic/errors.ts';
import { failure, success } from '../../../core/diagnostic/result.ts';
import type { Result } from '../../../core/diagnostic/result.ts';
import { parseRule } from '../../../core/rule/rule.ts';
import type { Rule } from '../../../core/rule/expression.ts';
import { CANONICAL, fieldsOf, missingNames } from '../mapping-document.ts';
import { headersOf } from '../mapping.ts';
import type { LeaveOutRule, MappingRecord, RecordKind } from '../mapping.ts';
import type { Answers } from './answers.ts';
import { headerName, isCurrency } from './header-names.ts';
import type { HeaderName } from './header-names.ts';
import { meaningOf } from './library.ts';
import type { Preset, PresetRecord } from './preset.ts';
import { stagesOf, withStages } from './stages.ts';

/** An end of deals that a file tells without its date, and the column that would say it. */
export interface UntoldEnd {
  readonly type: 'sale' | 'disqualified';
  readonly column: string;
}

/** A preset on a file: its own names for columns are the file's headers. */
export interface BoundPreset {
  readonly preset: Preset;
  readonly records: readonly MappingRecord[];
  readonly leaveOut: readonly LeaveOutRule[];
  /** Headers of sums that the file gives itself. */
  readonly totals: readonly string[];
  /** Columns of which nothing is known: they go to `extra` until somebody says otherwise. */
  readonly unknown: readonly string[];
  /** Fields of the agreement that no column brings. */
  readonly free: readonly string[];
  /** The header of the pipeline's stages; null where the preset or the file has none. */
  readonly stage: string | null;
  /** What the file does not say and has to be asked. */
  readonly asks: readonly 'currency'[];
  /** How deals ended, of which no column says when: it cannot be counted. */
  readonly untold: readonly UntoldEnd[];
}

interface Column {
  readonly header: string;
  readonly known: HeaderName;
}

/** The columns of a file by the preset's names: those that are there, in the order of its headers. */
export class PresetColumns {
  readonly all: readonly Column[];
  readonly #byName: ReadonlyMap<string, readonly Column[]>;

  constructor(preset: Preset, headers: readonly string[]) {
    this.all = headers.map((header) => ({ header, known: headerName(header.replace(/__\d+$/, '')) }));
    this.#byName = new Map(
      Object.entries(preset.headers).map(([name, spellings]) => {
        const columns = spellings.flatMap((spelling) =>
          this.all.filter(({ known }) => known.name === headerName(spelling).name),
        );
        return [name, [...new Set(columns)]];
      }),
    );
  }

  of(name: string): readonly Column[] {
    return this.#byName.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.of(name).length > 0;
  }

  /** The preset's name of a column, where it has one. */
  nameOf(column: Column): string | null {
    for (const [name, columns] of this.#byName) if (columns.includes(column)) return name;
    return null;
  }
}

/** True where a header has the columns that tell this preset. */
export function matches(preset: Preset, headers: readonly string[]): boolean {
  const columns = new PresetColumns(preset, headers);
  return preset.match.some((names) => names.every((name) => columns.has(name)));
}

/** Finds a preset's columns in a file and the agreement's fields among the others. */
export function bindPreset(
  preset: Preset,
  headers: readonly string[],
  agreement: Agreement,
  answers: Answers,
  file: string,
): Result<BoundPreset> {
  const columns = new PresetColumns(preset, headers);
  for (const [name, problem] of Object.entries(preset.needs ?? {})) {
    if (!columns.has(name)) return failure(needFault(problem, preset, name, file));
  }
  const records: MappingRecord[] = [];
  const untold: UntoldEnd[] = [];
  const used = new Set<string>();
  for (const record of preset.records) {
    if (!(record.if ?? []).every((name) => columns.has(name))) continue;
    if ((record.unless ?? []).some((name) => columns.has(name))) continue;
    const bound = bindRecord(preset, record, columns, agreement, answers);
    if (bound !== null) records.push(bound);
    else untold.push(...undatedEnd(preset, record, columns));
  }
  if (records.length === 0) return failure(fault('ingest.preset_incomplete', { file, preset: preset.label }));
  for (const record of records) for (const header of headersOf(record)) used.add(header);
  const withFields = records.map((record, nth): MappingRecord => {
    const from = preset.records.filter((each) => each.kind === record.kind);
    if (record.kind === 'activities' || from[0]?.fields === false) return record;
    if (records.findIndex((each) => each.kind === record.kind) !== nth) return record;
    const found = fieldColumns(record, columns, agreement, answers);
    const added: Record<string, string> = {};
    for (const [field, column] of found) {
      added[field] = column.header;
    }
    const strip = stripsOf(preset, columns, Object.entries(added));
    return {
      ...record,
      columns: { ...record.columns, ...added },
      ...(Object.keys(strip).length > 0 ? { strip: { ...record.strip, ...strip } } : {}),
    };
  });
  for (const record of withFields) for (const header of headersOf(record)) used.add(header);
  const brought = new Set(
    withFields.flatMap((record) => (record.kind === 'activities' ? [] : Object.keys(record.columns))),
  );
  const money = currencyOf(withFields, columns, answers, file);
  if (!money.ok) return money;
  const ignored = new Set((preset.ignore ?? []).map((each) => headerName(each).name));
  const unknown = columns.all.filter(
    (column) =>
      !used.has(column.header) &&
      columns.nameOf(column) === null &&
      !ignored.has(column.known.name) &&
      !answers.columns.has(column.known.name),
  );
  return success({
    preset,
    records: withFields.map((record) => withCurrency(record, money.value.code)),
    leaveOut: (preset.leave_out ?? []).map(({ blank, ...rule }) => ({
      ...rule,
      ...(blank === undefined
        ? {}
        : { blank: blank.flatMap((name) => columns.of(name).map(({ header }) => header)) }),
    })),
    totals: (preset.totals ?? []).flatMap((name) =>
      columns
        .of(name)
        .slice(0, 1)
        .map(({ header }) => header),
    ),
    unknown: unknown.map(({ header }) => header),
    free: agreement.fields.map(({ name }) => name).filter((name) => !brought.has(name)),
    stage: preset.stages === undefined ? null : (columns.of(preset.stages)[0]?.header ?? null),
    asks: money.value.isUnsaid ? ['currency'] : [],
    untold: untold.filter(({ type }) => !records.some(({ constants }) => constants['type'] === type)),
  });
}

/** A record that says how a deal ended, of which the file has all but when. */
function undatedEnd(preset: Preset, record: PresetRecord, columns: PresetColumns): readonly UntoldEnd[] {
  const type = record.constants?.['type'];
  const [at] = [record.columns['at'] ?? []].flat();
  if ((type !== 'sale' && type !== 'disqualified') || at === undefined) return [];
  const isSaid = record.when !== undefined && boundRule(record.when, columns) !== 'absent';
  if (!isSaid || [record.columns['at'] ?? []].flat().some((name) => columns.has(name))) return [];
  return [{ type, column: preset.headers[at]?.slice(0, 2).join(' / ') ?? at }];
}

function needFault(problem: 'period_totals' | 'no_lead_id', preset: Preset, name: string, file: string) {
  const header = preset.headers[name]?.slice(0, 2).join(' / ') ?? name;
  const params = { file, preset: preset.label, column: header };
  return problem === 'period_totals'
    ? fault('ingest.period_totals', params)
    : fault('ingest.no_lead_id', params);
}

function bindRecord(
  preset: Preset,
  record: PresetRecord,
  columns: PresetColumns,
  agreement: Agreement,
  answers: Answers,
): MappingRecord | null {
  const names = [
    ...CANONICAL[record.kind],
    ...fieldsOf(
      record.kind,
      agreement.fields.map(({ name }) => name),
    ),
  ];
  const bound: Record<string, string> = {};
  const otherwise: Record<string, readonly string[]> = {};
  for (const [called, spec] of Object.entries(record.columns)) {
    const name = nameOrField(called, record.kind, agreement);
    if (!names.includes(name) || Object.hasOwn(bound, name)) continue;
    const [first, ...rest] = [spec].flat().flatMap((each) => columns.of(each));
    if (first === undefined) continue;
    bound[name] = first.header;
    if (rest.length > 0) otherwise[name] = rest.map(({ header }) => header);
  }
  const constants = Object.fromEntries(
    Object.entries(record.constants ?? {}).filter(
      ([name]) => names.includes(name) && !Object.hasOwn(bound, name),
    ),
  );
  const given = { ...bound, ...constants };
  if (missingNames(record.kind, given).length > 0) return null;
  const own = stagesOf(record.constants?.['type'], answers);
  const rule = record.when === undefined ? null : withStages(record.when, preset.stages ?? '', own);
  const when = rule === null ? null : boundRule(rule, columns);
  if (when === 'absent') return null;
  const strip = stripsOf(preset, columns, Object.entries(bound));
  const cut = Object.fromEntries(
    Object.entries(bound).flatMap(([name, header]) => {
      const length = Object.entries(preset.cut ?? {}).find(([each]) =>
        columns.of(each).some((column) => column.header === header),
      )?.[1];
      return length === undefined ? [] : [[name, length]];
    }),
  );
  const prefix = Object.fromEntries(
    Object.entries(record.prefix ?? {}).filter(([name]) => Object.hasOwn(bound, name)),
  );
  const single = Object.entries(bound).flatMap(([name, header]) =>
    (preset.single ?? []).some((each) => columns.of(each).some((column) => column.header === header))
      ? [name]
      : [],
  );
  const some = <T>(key: string, value: Readonly<Record<string, T>>) =>
    Object.keys(value).length > 0 ? { [key]: value } : {};
  return {
    kind: record.kind,
    when,
    columns: bound,
    constants,
    ...some('otherwise', otherwise),
    ...some('strip', strip),
    ...some('cut', cut),
    ...(single.length > 0 ? { single } : {}),
    ...some('prefix', prefix),
  };
}

/** An e-mail, phone or name of a lead goes to the agreement's field for it, however that is called. */
function nameOrField(name: string, kind: RecordKind, { fields }: Agreement): string {
  if (kind !== 'leads' || fields.some((field) => field.name === name)) return name;
  return fields.find(({ pii }) => pii !== null && pii === name)?.name ?? name;
}

function stripsOf(
  preset: Preset,
  columns: PresetColumns,
  bound: readonly (readonly [string, string])[],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    bound.flatMap(([name, header]) => {
      const found = Object.entries(preset.strip ?? {}).find(([each]) =>
        columns.of(each).some((column) => column.header === header),
      );
      return found === undefined ? [] : [[name, found[1]]];
    }),
  );
}

/** A rule over the preset's names as one over the file's headers; `absent` where one of them is not there. */
function boundRule(source: string, columns: PresetColumns): Rule | 'absent' {
  let isAbsent = false;
  const text = source.replaceAll(/row\["([^"]+)"\]/g, (_, name: string) => {
    const [column] = columns.of(name);
    if (column === undefined) isAbsent = true;
    return `row[${JSON.stringify(column?.header ?? '')}]`;
  });
  if (isAbsent) return 'absent';
  const rule = parseRule(text, { kind: 'row', columns: null });
  if (!rule.ok) throw new InvariantError(`a preset's rule: ${JSON.stringify(rule.faults)}`);
  return rule.value;
}

const LEAD_NAMES = ['lead_id', 'created_at', 'effective_at'];

/** The columns that go to fields of the agreement, by what they are called or what somebody answered. */
function fieldColumns(
  record: MappingRecord,
  columns: PresetColumns,
  agreement: Agreement,
  answers: Answers,
): ReadonlyMap<string, Column> {
  const found = new Map<string, Column>();
  const used = new Set(headersOf(record));
  // What a lead may be known by is named as a field that the agreement may have: that one takes it then.
  const known = record.kind === 'leads' ? LEAD_NAMES : CANONICAL[record.kind];
  const own = new Set([...Object.keys(record.columns), ...Object.keys(record.constants), ...known]);
  const fields = agreement.fields.filter(
    ({ name, pii }) => !own.has(name) && (record.kind === 'leads' || pii === null),
  );
  const byMeaning = new Map<string, Field>();
  for (const field of fields) {
    for (const name of [field.name, ...Object.values(field.label)]) {
      if (!byMeaning.has(meaningOf(name))) byMeaning.set(meaningOf(name), field);
    }
  }
  for (const column of columns.all) {
    const answer = answers.columns.get(column.known.name);
    const answered = answer === undefined ? undefined : fields.find(({ name }) => name === answer);
    if (answered !== undefined) found.set(answered.name, column);
  }
  for (const column of columns.all) {
    if (used.has(column.header) || answers.columns.has(column.known.name)) continue;
    const name = columns.nameOf(column);
    const field =
      byMeaning.get(meaningOf(column.header)) ?? (name === null ? undefined : byMeaning.get(meaningOf(name)));
    if (field !== undefined && !found.has(field.name)) found.set(field.name, column);
  }
  return found;
}

interface FileCurrency {
  readonly code: string | null;
  readonly isUnsaid: boolean;
}

/** The currency of all money in a file: one that its headers say, a column's, one that was answered, or none. */
function currencyOf(
  records: readonly MappingRecord[],
  columns: PresetColumns,
  answers: Answers,
  file: string,
): Result<FileCurrency> {
  const money = records.flatMap((record) =>
    ['amount', 'spend'].flatMap((name) => record.columns[name] ?? []),
  );
  if (money.length === 0) return success({ code: null, isUnsaid: false });
  const told = new Set(
    columns.all
      .filter(({ header }) => money.includes(header))
      .flatMap(({ known }) => (known.currency === null ? [] : [known.currency])),
  );
  if (told.size > 1)
    return failure(fault('ingest.mixed_currencies', { file, currencies: [...told].join(', ') }));
  const [only] = told;
  if (only !== undefined) return success({ code: only, isUnsaid: false });
  if (records.every((record) => !isMoney(record) || Object.hasOwn(record.columns, 'currency')))
    return success({ code: null, isUnsaid: false });
  if (answers.currency === null) return success({ code: null, isUnsaid: true });
  return isCurrency(answers.currency)
    ? success({ code: answers.currency, isUnsaid: false })
    : failure(fault('ingest.unknown_currency', { file, currency: answers.currency }));
}

function isMoney(record: MappingRecord): boolean {
  return Object.hasOwn(record.columns, 'amount') || Object.hasOwn(record.columns, 'spend');
}

function withCurrency(record: MappingRecord, currency: string | null): MappingRecord {
  if (currency === null || !isMoney(record)) return record;
  if (Object.hasOwn(record.columns, 'currency')) return record;
  return { ...record, constants: { ...record.constants, currency } };
}
