import type { Agreement } from '../../../core/agreement/agreement.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { AD_KEYS } from '../../../core/facts/tables.ts';
import { LeaveOut } from '../leave-out.ts';
import type { Mapping, MappingRecord } from '../mapping.ts';
import { sourceRows } from '../source-rows.ts';

/** Ads told apart in one file; beyond, it is not looked whether one comes twice. */
const MOST_ADS = 2_000_000;
/** Half a cent a row is what rounding may hide. */
const ROUNDING = 0.006;

/** A number as a file writes it; null where there is none. */
export function numberIn(text: string, decimal: '.' | ','): number | null {
  const digits = text.replaceAll(/[^\d.,]/g, '');
  if (!/\d/.test(digits)) return null;
  const plain = decimal === '.' ? digits.replaceAll(',', '') : digits.replaceAll('.', '').replace(',', '.');
  const number = Number(plain);
  if (!Number.isFinite(number)) return null;
  return /^\s*\(|-/.test(text) ? -number : number;
}

interface Sum {
  readonly position: number;
  readonly header: string;
  sum: number;
  readonly totals: number[];
}

/**
 * Whether a file of ads adds up to the sums that it gives itself, tells each ad and day once, and is in one
 * currency. Reads it once more.
 */
export async function auditAds(
  path: string,
  mapping: Mapping,
  totals: readonly string[],
  agreement: Agreement,
  file: string,
): Promise<readonly Diagnostic[]> {
  const record = mapping.records.find(({ kind }) => kind === 'ads');
  if (record === undefined) return [];
  const { columns } = mapping.format;
  const leaveOut = new LeaveOut(mapping.leaveOut ?? [], columns);
  const sums = totals.map((header): Sum => ({
    header,
    position: columns.indexOf(header),
    sum: 0,
    totals: [],
  }));
  const ads = new AdsOnce(record, columns, agreement);
  let rows = 0;
  for await (const { cells, numbers } of sourceRows(path, mapping.format)) {
    const reason = leaveOut.reason(cells);
    if (reason === null) {
      rows += 1;
      ads.add(cells);
    }
    for (const each of sums) {
      const mark = numbers.includes(each.position) ? '.' : mapping.decimal;
      const number = numberIn(cells[each.position] ?? '', mark);
      if (number === null) continue;
      if (reason === null) each.sum += number;
      else if (reason === 'total') each.totals.push(number);
    }
  }
  return [...sums.flatMap((each) => sumFault(each, rows, record, file)), ...ads.faults(file)];
}

function sumFault(
  { header, sum, totals }: Sum,
  rows: number,
  record: MappingRecord,
  file: string,
): readonly Diagnostic[] {
  const [nearest] = [...totals].sort((left, right) => Math.abs(left - sum) - Math.abs(right - sum));
  if (nearest === undefined || Math.abs(nearest - sum) <= ROUNDING * rows + 0.01) return [];
  const params = { file, column: header, sum: rounded(sum), total: rounded(nearest) };
  const isSpend = record.columns['spend'] === header;
  return [fault(isSpend && sum === 0 ? 'ingest.zero_cost' : 'ingest.totals_differ', params)];
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}

/** Sees to it that no two rows are about the same ad and day, and that their money is of one currency. */
class AdsOnce {
  readonly #positions: readonly number[];
  readonly #others: readonly string[];
  readonly #currency: number;
  readonly #convertible: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #currencies = new Set<string>();
  #repeated = 0;

  constructor(record: MappingRecord, columns: readonly string[], agreement: Agreement) {
    const fields = agreement.fields.map(({ name }) => name);
    const keys = ['date', ...AD_KEYS, ...fields];
    const headers = keys.flatMap((name) => record.columns[name] ?? []);
    this.#positions = headers.map((header) => columns.indexOf(header));
    const told = new Set(Object.values(record.columns));
    this.#others = columns.filter((header) => !told.has(header));
    this.#currency = columns.indexOf(record.columns['currency'] ?? '');
    this.#convertible = new Set([agreement.currency, ...agreement.rates.map(({ currency }) => currency)]);
  }

  add(cells: readonly (string | null)[]): void {
    const currency = cells[this.#currency]?.trim().toUpperCase() ?? '';
    if (currency !== '' && this.#currencies.size < 20) this.#currencies.add(currency);
    if (this.#seen.size >= MOST_ADS) return;
    const key = this.#positions.map((position) => cells[position]?.trim() ?? '').join('\u001f');
    if (this.#seen.has(key)) this.#repeated += 1;
    else this.#seen.add(key);
  }

  faults(file: string): readonly Diagnostic[] {
    const foreign = [...this.#currencies].filter((each) => !this.#convertible.has(each));
    const mixed =
      this.#currencies.size > 1 && foreign.length > 0
        ? [fault('ingest.mixed_currencies', { file, currencies: [...this.#currencies].join(', ') })]
        : [];
    if (this.#repeated === 0) return mixed;
    const columns = this.#others.slice(0, 8).join(', ');
    return [...mixed, fault('ingest.ads_repeated', { file, rows: this.#repeated, columns })];
  }
}
