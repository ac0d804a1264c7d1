import type { Row } from '../../core/measures/measure.ts';
import { raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Reject } from '../../core/data/reject.ts';

interface Queryable {
  query(query: Fragment): Promise<readonly Row[]>;
}

/** The refused rows of a batch or of all, in the order of their files. */
export async function readRejects(
  warehouse: Queryable,
  batch: number | null,
  most: number | null,
): Promise<readonly Reject[]> {
  return readRejectsWhere(warehouse, batch === null ? raw('true') : sql`entry = ${batch}`, most);
}

/** Those of which a condition over the table of rejects holds. */
export async function readRejectsWhere(
  warehouse: Queryable,
  condition: Fragment,
  most: number | null,
): Promise<readonly Reject[]> {
  const rows = await warehouse.query(sql`select * from reject where ${condition}
    order by entry, line ${most === null ? raw('') : sql`limit ${most}`}`);
  return rows.map((row): Reject => {
    const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
    return {
      entry: Number(row['entry']),
      line: Number(row['line']),
      column: text('column_name'),
      value: text('value'),
      code: text('code') ?? '',
      row: cellsOf(text('row')),
    };
  });
}

function cellsOf(json: string | null): Readonly<Record<string, string | null>> {
  const parsed: unknown = JSON.parse(json ?? '{}');
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  );
}
