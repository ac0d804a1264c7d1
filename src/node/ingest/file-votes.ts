import type { Agreement } from '../../core/agreement/agreement.ts';
import type { Growth } from '../ledger/growth.ts';
import { LeaveOut } from './leave-out.ts';
import type { FileFormat, LeaveOutRule } from './mapping.ts';
import type { MappingDocument } from './mapping-document.ts';
import { scanPlainRows } from './plain-scan.ts';
import { sourceRows } from './source-rows.ts';
import { DateOrderVote, DecimalVote } from './votes.ts';

/** What each name is read as: how its values vote. */
const INSTANTS: ReadonlySet<string> = new Set(['created_at', 'effective_at', 'at', 'date']);
const NUMBERS: ReadonlySet<string> = new Set(['amount', 'spend', 'impressions', 'clicks', 'leads']);

/** Rows after which it is told how many they are. */
const TOLD_ROWS = 5000;

/** What the values of a file say of how they are written, and its rows of how they may be read. */
export interface Votes {
  readonly dates: DateOrderVote;
  readonly decimal: DecimalVote;
  readonly rows: number;
  readonly isRegular: boolean;
  readonly isTrimmed: boolean;
  readonly ascending: number | null;
}

export function isInstant(name: string, { fields }: Agreement): boolean {
  const type = fields.find((field) => field.name === name)?.type;
  return INSTANTS.has(name) || type === 'date' || type === 'timestamp';
}

function isNumber(name: string, { fields }: Agreement): boolean {
  const type = fields.find((field) => field.name === name)?.type;
  return NUMBERS.has(name) || type === 'number' || type === 'integer';
}

/** Where the columns stand that are read as names of a kind. */
export function positionsOf(
  format: FileFormat,
  { records }: MappingDocument,
  wanted: (name: string) => boolean,
): readonly number[] {
  const columns = records.flatMap((record) =>
    Object.entries(record.columns).flatMap(([name, column]) =>
      wanted(name) ? [column, ...(record.otherwise?.[name] ?? [])] : [],
    ),
  );
  return [...new Set(columns)].map((column) => format.columns.indexOf(column));
}

/** Lets every value of a plain file vote, as it grows; `null` where it is none. */
export async function votePlainly(
  path: string,
  format: FileFormat,
  document: MappingDocument,
  agreement: Agreement,
  growth: Growth,
  onRows?: (rows: number) => void,
): Promise<Votes | null> {
  if (format.kind !== 'csv') return null;
  const id = idPosition(format, document);
  const [dates, decimal] = [new DateOrderVote(), new DecimalVote()];
  const instants = positionsOf(format, document, (name) => isInstant(name, agreement));
  const numbers = positionsOf(format, document, (name) => isNumber(name, agreement));
  const plain = await scanPlainRows(path, format, { instants, numbers, id, dates, decimal }, growth, onRows);
  if (plain === null) return null;
  const { rows, isTrimmed, areApart } = plain;
  return { dates, decimal, rows, isRegular: true, isTrimmed, ascending: areApart ? id : null };
}

/** Lets every value of the file vote: its first rows alone may not tell day from month. */
export async function vote(
  path: string,
  format: FileFormat,
  document: MappingDocument,
  agreement: Agreement,
  rules: readonly LeaveOutRule[],
  onRows: (rows: number) => void = () => undefined,
): Promise<Votes> {
  const instants = positionsOf(format, document, (name) => isInstant(name, agreement));
  const numbers = positionsOf(format, document, (name) => isNumber(name, agreement));
  const dates = new DateOrderVote();
  const decimal = new DecimalVote();
  let rows = 0;
  let isRegular = true;
  const leaveOut = new LeaveOut(rules, format.columns);
  for await (const { cells, line, problem, isPlain, numbers: told } of sourceRows(path, format)) {
    if (leaveOut.reason(cells) !== null) continue;
    rows += 1;
    if (rows % TOLD_ROWS === 0) onRows(rows);
    const expected = rows + (format.kind === 'csv' ? format.headerLine : 0);
    if (problem !== null || !isPlain || line !== expected) isRegular = false;
    for (const position of instants) dates.add(cells[position] ?? '');
    for (const position of numbers) if (!told.includes(position)) decimal.add(cells[position] ?? '');
  }
  return { dates, decimal, rows, isRegular, isTrimmed: false, ascending: null };
}

const ID_COLUMN = { leads: 'lead_id', activities: 'activity_id', ads: null, decisions: null } as const;

/** Where the id stands of the one record that each row gives. */
function idPosition(format: FileFormat, { records }: MappingDocument): number | null {
  const [record] = records;
  const name = record === undefined || records.length > 1 ? null : ID_COLUMN[record.kind];
  const header = name === null ? undefined : record?.columns[name];
  return header === undefined ? null : format.columns.indexOf(header);
}
