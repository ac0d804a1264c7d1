import type { Table } from '../../core/facts/tables.ts';
import { identifier, raw, sql } from '../../core/sql/sql.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { readMeta, writeMeta } from './meta.ts';
import { forgetUnreadFrom } from './unread-entries.ts';

const KEY = 'taken_back';

/**
 * Takes out of the raw tables what the ledger has taken back since: all from the first such entry on, so that
 * those behind it are read again as if it had never come (what repeated it was unchanged then, and is news now).
 * In one transaction; what is derived is made anew after.
 */
export async function undoTakenBack(
  warehouse: Warehouse,
  ledger: Ledger,
  tables: readonly Table[],
): Promise<void> {
  const all = ledger.takenBack();
  if (String(all.length) === ((await readMeta(warehouse, KEY)) ?? '0')) return;
  await warehouse.transaction(async (transaction) => {
    const done = Number((await readMeta(transaction, KEY)) ?? 0);
    const first = Math.min(...all.slice(done));
    if (done >= all.length) return;
    if (first <= Number((await readMeta(transaction, 'watermark')) ?? 0)) {
      for (const { name, columns } of tables) {
        if (!columns.some((column) => column.name === 'entry')) continue;
        await transaction.run(sql`delete from ${identifier(name)} where entry >= ${raw(String(first))}`);
      }
      await forgetUnreadFrom(transaction, first);
      await writeMeta(transaction, 'watermark', String(ledger.lastBefore(first)));
      await writeMeta(transaction, 'derived', '');
    }
    await writeMeta(transaction, KEY, String(all.length));
  });
}
