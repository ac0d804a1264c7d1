import { sql } from '../../core/sql/sql.ts';
import type { Transaction } from '../warehouse/warehouse.ts';

/** What a warehouse says of itself: how far it is, and of what it was made. */
export async function readMeta(transaction: Pick<Transaction, 'query'>, key: string): Promise<string | null> {
  const [row] = await transaction.query(sql`select value from meta where key = ${key}`);
  return typeof row?.['value'] === 'string' ? row['value'] : null;
}

export async function writeMeta(transaction: Transaction, key: string, value: string): Promise<void> {
  await transaction.run(sql`delete from meta where key = ${key}`);
  await transaction.run(sql`insert into meta values (${key}, ${value})`);
}
