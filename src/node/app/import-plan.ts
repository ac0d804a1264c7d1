import type { RowValue } from '../../core/measures/measure.ts';
import { identifier, raw, sql } from '../../core/sql/sql.ts';
import type { Mapping, MappingKind } from '../ingest/mapping.ts';
import type { Transaction } from '../warehouse/warehouse.ts';

/** What a file would become, told before it is loaded. */
export interface ImportPlan {
  /** How its bytes are read: `csv` with its delimiter and encoding, `xlsx` with its sheet, `jsonl`. */
  readonly format: Readonly<Record<string, string | number>>;
  readonly timezone: string;
  readonly dates: string;
  readonly decimal: string;
  readonly records: readonly PlannedRecord[];
  /** The first records that are new, by kind: names and values as they would be kept. */
  readonly samples: Readonly<Partial<Record<MappingKind, readonly Readonly<Record<string, RowValue>>[]>>>;
}

export interface PlannedRecord {
  readonly kind: MappingKind;
  /** In the mapping's words; null for every row. */
  readonly when: string | null;
  /** Canonical name or field → the file's column, or several of which the first with a value counts. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly constants: Readonly<Record<string, string>>;
}

const MOST_SAMPLES = 3;
const TABLES: Readonly<Partial<Record<MappingKind, string>>> = {
  leads: 'lead_version',
  activities: 'activity',
  ads: 'ad_metric',
};
const UNTOLD: ReadonlySet<string> = new Set([
  'recorded_at',
  'entry',
  'part',
  'brings',
  'extra',
  'original_amount',
  'original_spend',
]);

/** The plan of an entry that was read within a transaction. */
export async function planOf(
  transaction: Pick<Transaction, 'query'>,
  mapping: Mapping,
  entry: number,
): Promise<ImportPlan> {
  const { timezone, dates, decimal, records } = mapping;
  const samples: Partial<Record<MappingKind, readonly Readonly<Record<string, RowValue>>[]>> = {};
  for (const kind of new Set(records.map((record) => record.kind))) {
    const table = TABLES[kind];
    if (table !== undefined) samples[kind] = await samplesOf(transaction, table, entry);
  }
  return {
    format: formatOf(mapping),
    timezone,
    dates,
    decimal,
    records: records.map((record) => ({
      kind: record.kind,
      when: record.when?.source ?? null,
      columns: Object.fromEntries(
        Object.entries(record.columns).map(([name, column]) => [
          name,
          [column, ...(record.otherwise?.[name] ?? [])],
        ]),
      ),
      constants: record.constants,
    })),
    samples,
  };
}

function formatOf({ format }: Mapping): ImportPlan['format'] {
  if (format.kind === 'csv') {
    const { kind, delimiter, encoding, headerLine } = format;
    return { kind, delimiter, encoding, headerLine };
  }
  if (format.kind === 'xlsx') {
    const { kind, sheet, headerLine } = format;
    return { kind, sheet, headerLine };
  }
  return { kind: format.kind };
}

async function samplesOf(
  transaction: Pick<Transaction, 'query'>,
  table: string,
  entry: number,
): Promise<readonly Readonly<Record<string, RowValue>>[]> {
  const rows = await transaction.query(
    sql`select * from ${identifier(table)} where entry = ${entry} order by all limit ${raw(String(MOST_SAMPLES))}`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name, value]) => value !== null && !UNTOLD.has(name))
        .map(([name, value]) => [name.replace(/^f_/, ''), value]),
    ),
  );
}

const ORDER: readonly MappingKind[] = ['ads', 'leads', 'activities'];

/**
 * Where a file stands among others that are loaded with it: ads first, then leads, then what befell them, and at last
 * what has no plan of its own, such as refused rows that were corrected.
 */
export function loadingOrder(plan: Pick<ImportPlan, 'records'> | undefined): number {
  if (plan === undefined) return ORDER.length + 1;
  return Math.min(
    ...plan.records.map(({ kind }) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)),
  );
}
