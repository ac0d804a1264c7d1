import type { Agreement, FieldType } from '../../core/agreement/agreement.ts';
import type { UndeclaredColumn } from '../../core/agreement/seen-values.ts';
import { sql } from '../../core/sql/sql.ts';
import { DateOrderVote, DecimalVote } from '../ingest/votes.ts';
import { readValue } from '../ingest/records/value-text.ts';
import type { ValueOptions } from '../ingest/records/value-text.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Of each source its latest batches are looked at, and of each the beginning. */
const BATCHES_OF_SOURCE = 3;
const BATCHES = 40;
const RECORDS = 250;

const MOST_COLUMNS = 40;
const MOST_VALUES = 8;
/** As a telephone or a long id is written: nothing to reckon with. */
const ID = /^(?:0\d+|\+?\d(?: ?\d){9,})$/;
/** Of the values of a column, so that one is taken for personal data. */
const MOSTLY = 0.8;

const EMAIL = /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i;
const PHONE = /^\+?[\d\s().-]{8,20}$/;
const PHONE_NAME = /tel|phone|cel|m[oó]vil|whats/i;

/**
 * What records of leads bring and the agreement does not declare, in a sample of the latest: each column with its
 * most frequent values and the type as which all of them read. Of what looks personal no value is told.
 */
export async function readUndeclared(
  warehouse: Warehouse,
  agreement: Agreement,
): Promise<readonly UndeclaredColumn[]> {
  const batches = await warehouse.query(sql`select entry from batch
    qualify row_number() over (partition by source order by entry desc) <= ${BATCHES_OF_SOURCE}
    order by entry desc limit ${BATCHES}`);
  const columns = new Map<string, Map<string, number>>();
  for (const { entry } of batches) {
    const rows = await warehouse.query(sql`select extra from lead_version
      where entry = ${Number(entry)} and extra is not null and withdrawn_at is null limit ${RECORDS}`);
    for (const { extra } of rows) gather(columns, String(extra));
  }
  const declared = new Set(
    agreement.fields.flatMap(({ name, label }) => [name, ...Object.values(label)].map(plain)),
  );
  return [...columns]
    .filter(([column]) => !declared.has(plain(column)))
    .map(([column, values]) => told(column, values, agreement.timezone))
    .filter(({ known }) => known > 0)
    .toSorted((one, other) => other.known - one.known || one.column.localeCompare(other.column))
    .slice(0, MOST_COLUMNS);
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

function gather(columns: Map<string, Map<string, number>>, extra: string): void {
  const record: unknown = JSON.parse(extra);
  if (typeof record !== 'object' || record === null) return;
  for (const [column, value] of Object.entries(record)) {
    const values = columns.get(column) ?? new Map<string, number>();
    columns.set(column, values);
    const text = typeof value === 'string' ? value.trim() : value === null ? '' : JSON.stringify(value);
    if (text !== '') values.set(text, (values.get(text) ?? 0) + 1);
  }
}

function told(column: string, values: ReadonlyMap<string, number>, timezone: string): UndeclaredColumn {
  const texts = [...values.keys()];
  const pii = personal(column, texts);
  const listed = [...values]
    .toSorted(([one, most], [other, more]) => more - most || one.localeCompare(other))
    .slice(0, MOST_VALUES)
    .map(([value, count]) => ({ value, count }));
  return {
    column,
    type: pii === null ? typeOf(texts, timezone) : 'string',
    pii,
    known: [...values.values()].reduce((sum, count) => sum + count, 0),
    values: pii === null ? listed : [],
    more: pii !== null || values.size > MOST_VALUES,
  };
}

function personal(column: string, texts: readonly string[]): UndeclaredColumn['pii'] {
  const isMostly = (form: RegExp): boolean =>
    texts.filter((text) => form.test(text)).length >= MOSTLY * texts.length;
  if (texts.length === 0) return null;
  if (isMostly(EMAIL)) return 'email';
  return PHONE_NAME.test(column) && isMostly(PHONE) ? 'phone' : null;
}

const TYPES: readonly FieldType[] = ['integer', 'number', 'boolean', 'date', 'timestamp'];

/** The first type as which all texts read; a 0 or a 1 is a number, and what has as many digits as an id a text. */
function typeOf(texts: readonly string[], timezone: string): FieldType {
  if (texts.some((text) => ID.test(text))) return 'string';
  const [decimals, dates] = [new DecimalVote(), new DateOrderVote()];
  for (const text of texts) {
    decimals.add(text);
    dates.add(text);
  }
  const order = dates.verdict;
  const options: ValueOptions = {
    timezone,
    decimal: decimals.verdict ?? '.',
    dates: order === null || order === 'conflict' ? 'ymd' : order,
  };
  const isRead = (type: FieldType): boolean =>
    texts.length > 0 && texts.every((text) => readValue(type, text, timezone, options) !== null);
  return TYPES.find(isRead) ?? 'string';
}
