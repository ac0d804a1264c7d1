import type { ImportHead, ImportPlan, Kind } from './import-answers.ts';

/** A record that each row gives, as somebody lays it out. */
export interface DraftRecord {
  readonly kind: Kind;
  /** Tregua's name or the agreement's field → the file's column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
}

export interface DraftMapping {
  readonly source: string;
  readonly records: readonly DraftRecord[];
}

/** Names by any of which a lead is known. */
const KNOWN_BY = ['lead_id', 'crm_id', 'email', 'phone'] as const;

/** What a file of this name is a source of: `Leads marzo 2026.csv` is one of `leads-marzo`. */
export function sourceNameOf(file: string): string {
  const plain = file
    .replace(/\.[^.]+$/, '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/[-_. ]*\d[\d\-_.]*$/, '')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .toLowerCase()
    .slice(0, 60);
  return plain === '' ? 'source' : plain;
}

/** Where to begin: how the file is read now, or else what its columns seem to be. */
export function firstDraft(file: string, head: ImportHead, plan: ImportPlan | null): DraftMapping {
  const source = sourceNameOf(file);
  if (plan !== null && plan.records.length > 0)
    return {
      source,
      records: plan.records.map(({ kind, columns, constants }) => ({
        kind,
        columns: Object.fromEntries(
          Object.entries(columns).flatMap(([name, [first]]) => (first === undefined ? [] : [[name, first]])),
        ),
        constants,
      })),
    };
  const { kind, columns } = head.suggestion;
  return { source, records: [{ kind, columns: columns[kind], constants: {} }] };
}

/** What a record cannot do without and does not have yet. */
export function lacking({ kind, columns, constants }: DraftRecord): readonly string[] {
  const has = (name: string): boolean =>
    Object.hasOwn(columns, name) || (constants[name] ?? '').trim() !== '';
  switch (kind) {
    case 'leads':
      return KNOWN_BY.some(has) || has('created_at') ? [] : ['lead_id', 'created_at'];
    case 'activities':
      return [...(KNOWN_BY.some(has) ? [] : ['lead_id']), ...['type', 'at'].filter((name) => !has(name))];
    case 'ads':
      return has('date') ? [] : ['date'];
  }
}

/** The column by which a row is known to give a further record: a sale has a day of its own. */
const WHEN: Readonly<Record<Kind, string>> = { leads: 'effective_at', activities: 'at', ads: 'date' };

/** The text of the mapping: JSON, which is YAML too. */
export function mappingText({ source, records }: DraftMapping): string {
  const used = [...new Set(records.flatMap(({ columns }) => Object.values(columns)))];
  return JSON.stringify({
    source,
    match: { columns: used },
    records: records.map(({ kind, columns, constants }, nth) => {
      const own = columns[WHEN[kind]];
      const said = Object.entries(constants).filter(([, value]) => value.trim() !== '');
      return {
        kind,
        ...(nth > 0 && own !== undefined ? { when: `row[${JSON.stringify(own)}] != ""` } : {}),
        columns,
        ...(said.length > 0 ? { constants: Object.fromEntries(said) } : {}),
      };
    }),
  });
}

/** A mapping of ours as it was laid out; null where it is none. */
export function draftIn(text: string): DraftMapping | null {
  try {
    // Written by `mappingText`.
    const parsed: { source: string; records: (Omit<DraftRecord, 'constants'> & Partial<DraftRecord>)[] } =
      JSON.parse(text);
    return {
      source: parsed.source,
      records: parsed.records.map((record) => ({ constants: {}, ...record })),
    };
  } catch {
    return null;
  }
}
