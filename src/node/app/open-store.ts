import { existsSync, renameSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import { openDuckdb } from '../warehouse/duckdb.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { Projector } from './projector.ts';

/** Of the machine's memory, and never more than this. */
const MEMORY_SHARE = 0.5;
const MOST_MEMORY_MB = 3072;

function memoryLimit(): string {
  const asked = process.env['TREGUA_MEMORY'];
  if (asked !== undefined && /^\d+(?:MB|GB)$/.test(asked)) return asked;
  return `${Math.floor(Math.min((totalmem() * MEMORY_SHARE) / 1_048_576, MOST_MEMORY_MB))}MB`;
}

export interface OpenStore {
  readonly warehouse: Warehouse;
  readonly projector: Projector;
  readonly notices: readonly Diagnostic[];
}

/**
 * Opens a warehouse and brings it up to its ledger. One that cannot be opened or read is moved aside and made
 * anew: it holds nothing that the ledger does not.
 */
export async function openStore(
  folder: string,
  ledger: SqliteLedger,
  agreement: Agreement,
): Promise<OpenStore> {
  const existed = existsSync(join(folder, 'warehouse.duckdb'));
  try {
    return { ...(await openWarehouse(folder, ledger, agreement)), notices: [] };
  } catch (error) {
    if (error instanceof FaultError || !existed) throw error;
    const aside = setAside(folder);
    return {
      ...(await openWarehouse(folder, ledger, agreement)),
      notices: [warning('store.rebuilt', { file: aside })],
    };
  }
}

async function openWarehouse(
  folder: string,
  ledger: SqliteLedger,
  agreement: Agreement,
): Promise<{ readonly warehouse: Warehouse; readonly projector: Projector }> {
  const warehouse = await openDuckdb({
    path: join(folder, 'warehouse.duckdb'),
    files: ledger.filesFolder,
    temporary: join(folder, 'tmp'),
    memory: memoryLimit(),
  });
  try {
    const projector = new Projector(warehouse, ledger, agreement);
    await projector.prepare();
    await projector.catchUp();
    await projector.derive(new Date().toISOString());
    return { warehouse, projector };
  } catch (error) {
    await warehouse.close();
    throw error;
  }
}

/** Moves a damaged warehouse and its log away, so that it can be looked at. */
function setAside(folder: string): string {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const name = `warehouse.damaged-${stamp}.duckdb`;
  renameSync(join(folder, 'warehouse.duckdb'), join(folder, name));
  const log = join(folder, 'warehouse.duckdb.wal');
  if (existsSync(log)) renameSync(log, join(folder, `${name}.wal`));
  return name;
}

/** Removes a warehouse, to be made anew. */
export function removeWarehouse(folder: string): void {
  for (const name of ['warehouse.duckdb', 'warehouse.duckdb.wal'])
    rmSync(join(folder, name), { force: true });
}
