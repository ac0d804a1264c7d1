import type { Field } from '../../core/agreement/agreement.ts';
import type { SeenMember, SeenValue, SeenValues } from '../../core/agreement/seen-values.ts';
import { microsecondsOf } from '../../core/facts/derive.ts';
import { standing } from '../../core/facts/sources.ts';
import { fieldColumn } from '../../core/facts/tables.ts';
import type { MeasureContext, Row } from '../../core/measures/measure.ts';
import { identifier, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { readUndeclared } from './undeclared-columns.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** As many as anybody looks through; more are typed. */
const MOST = 50;

const MEMBERS: readonly SeenMember[] = ['type', 'outcome', 'seller', 'reason', 'currency'];

/** The values of each field, and of the members of activities, as they are known at the context's instant. */
export async function readSeenValues(warehouse: Warehouse, context: MeasureContext): Promise<SeenValues> {
  const facts = identifier(context.tables.facts);
  const known = { asOf: microsecondsOf(context.asOf), dialect: context.dialect };
  const standingActivities = standing(known, 'activity');
  const listed = async (query: Fragment): Promise<{ values: readonly SeenValue[]; more: boolean }> => {
    const rows = await warehouse.query(sql`${query} order by n desc, value limit ${MOST + 1}`);
    return { values: rows.slice(0, MOST).map(seenValue), more: rows.length > MOST };
  };
  const fields: SeenValues['fields'] = [];
  for (const field of context.agreement.fields.filter(({ pii }) => pii === null)) {
    const column = identifier(fieldColumn(field.name));
    const [sums] = await warehouse.query(
      sql`select count(${column}) as known${
        isNumber(field) ? sql`, min(${column}) as low, max(${column}) as high` : sql``
      } from ${facts}`,
    );
    const isListed = field.type === 'string' || field.type === 'boolean';
    const { values, more } = isListed
      ? await listed(sql`select ${context.dialect.cast(column, 'text')} as value, count(*) as n from ${facts}
          where ${column} is not null group by ${column}`)
      : { values: [], more: false };
    fields.push({
      field: field.name,
      known: Number(sums?.['known'] ?? 0),
      low: numberOf(sums?.['low']),
      high: numberOf(sums?.['high']),
      values: [...values],
      more,
    });
  }
  const activities: SeenValues['activities'] = [];
  for (const member of MEMBERS) {
    const column = identifier(member);
    const { values, more } = await listed(sql`select ${column} as value, count(*) as n from activity
      where ${column} is not null and ${standingActivities} group by ${column}`);
    activities.push({ member, values: [...values], more });
  }
  const [leads] = await warehouse.query(sql`select count(*) as n from ${facts}`);
  const outcomes = await warehouse.query(sql`select "type", outcome as value, count(*) as n from activity
    where "type" is not null and outcome is not null and ${standingActivities}
    group by "type", outcome order by n desc, "type", value limit ${4 * MOST}`);
  return {
    leads: Number(leads?.['n'] ?? 0),
    fields,
    activities,
    outcomes: outcomes.map((row) => ({ type: String(row['type']), ...seenValue(row) })),
    undeclared: [...(await readUndeclared(warehouse, context.agreement))],
  };
}

function seenValue(row: Row): SeenValue {
  return { value: String(row['value']), count: Number(row['n']) };
}

function isNumber({ type }: Field): boolean {
  return type === 'integer' || type === 'number';
}

function numberOf(value: Row[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
