import type { Agreement, Field } from '../../core/agreement/agreement.ts';
import type { TypeChange, TypeChanges } from '../../core/agreement/type-changes.ts';
import { fieldColumn } from '../../core/facts/tables.ts';
import type { MeasureContext } from '../../core/measures/measure.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { conversion, presentText } from '../ingest/conversion.ts';
import type { Reading } from '../ingest/conversion.ts';
import { DateOrderVote, DecimalVote } from '../ingest/votes.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

const MOST = 8;
/** Different values that vote on how they are written. */
const LOOKED_AT = 1000;

/**
 * How many of the values that are stored would read as the type that a draft gives their field. Values that were
 * text are as they came, and read as most of them are written; others are written as files write them.
 */
export async function readTypeChanges(
  warehouse: Warehouse,
  context: MeasureContext,
  draft: Agreement,
): Promise<TypeChanges> {
  const fields: TypeChange[] = [];
  for (const field of draft.fields) {
    const stored = context.agreement.fields.find((each) => each.name === field.name);
    if (stored !== undefined && stored.type !== field.type)
      fields.push(await changeOf(warehouse, context, stored, field));
  }
  return { fields };
}

async function changeOf(
  warehouse: Warehouse,
  context: MeasureContext,
  stored: Field,
  field: Field,
): Promise<TypeChange> {
  const { timezone } = context.agreement;
  const column = identifier(fieldColumn(field.name));
  const values =
    stored.pii === null
      ? sql`select ${writtenAs(stored, column, timezone, context)} as value from ${identifier(context.tables.facts)}`
      : sql`select max_by(${column}, (recorded_at, entry, part)) as value from lead_contact
          where withdrawn_at is null and ${column} is not null group by lead_id`;
  const text = presentText(identifier('value'), field.missing);
  const told = sql`with told as (select ${text} as text, count(*) as n from (${values}) group by 1)`;
  const way = stored.type === 'string' ? await wayOf(warehouse, told, timezone) : { ...AS_STORED, timezone };
  const { value } = conversion(field.type, identifier('text'), way, timezone, warehouse.dialect);
  const judged = sql`${told}, judged as (
    select text, n, (${value}) is not null as reads from told where text is not null)`;
  const [row = {}] = await warehouse.query(
    sql`${judged} select sum(n) as known, sum(n) filter (where reads) as reads from judged`,
  );
  const unread =
    stored.pii === null && field.pii === null
      ? await warehouse.query(
          sql`${judged} select text, n from judged where not reads order by n desc, text limit ${MOST}`,
        )
      : [];
  return {
    field: field.name,
    was: stored.type,
    is: field.type,
    known: Number(row['known'] ?? 0),
    reads: Number(row['reads'] ?? 0),
    unread: unread.map((each) => ({ value: String(each['text']), count: Number(each['n']) })),
  };
}

/** Values are written so where they are of a type already. */
const AS_STORED = { dates: 'ymd', decimal: '.' } as const;

/** The order of dates and the mark of decimals that texts show, as an import finds them out. */
async function wayOf(warehouse: Warehouse, told: Fragment, timezone: string): Promise<Reading> {
  const [dates, decimals] = [new DateOrderVote(), new DecimalVote()];
  for (const { text } of await warehouse.query(
    sql`${told} select text from told where text is not null order by n desc, text limit ${LOOKED_AT}`,
  )) {
    dates.add(String(text));
    decimals.add(String(text));
  }
  const order = dates.verdict;
  return {
    timezone,
    dates: order === null || order === 'conflict' ? AS_STORED.dates : order,
    decimal: decimals.verdict ?? AS_STORED.decimal,
  };
}

/** A stored value as a file writes it. */
function writtenAs(
  { type }: Field,
  column: Fragment,
  timezone: string,
  { dialect }: MeasureContext,
): Fragment {
  switch (type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return dialect.cast(column, 'text');
    case 'date':
      return dialect.cast(dialect.dayOf(dialect.localTime(column, timezone)), 'text');
    case 'timestamp':
      return sql`strftime(${column}, '%Y-%m-%dT%H:%M:%SZ')`;
  }
}
