import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Rulebook } from '../../core/agreement/rulebook.ts';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import { isDiskFull } from '../system-error.ts';
import { openDuckdb } from '../warehouse/duckdb.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { isReadable, markClosed, markOpen, wasLeftOpen } from './left-open.ts';
import { Projector } from './projector.ts';
import { noticesOf } from './unread-entries.ts';

/** Of the machine's memory, and never more than this. */
const MEMORY_SHARE = 0.5;
const MOST_MEMORY_MB = 3072;

const NAME = 'warehouse.duckdb';
const DAMAGED = 'warehouse.damaged-';

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
 * anew: it holds nothing that the ledger does not. One that its last process left open is read whole before.
 */
export async function openStore(folder: string, ledger: SqliteLedger, rules: Rulebook): Promise<OpenStore> {
  const existed = existsSync(join(folder, NAME));
  if (existed && wasLeftOpen(folder) && !(await isReadable(join(folder, NAME), memoryLimit())))
    return openAnew(folder, ledger, rules);
  try {
    return await openWarehouse(folder, ledger, rules);
  } catch (error) {
    // Neither a full disk nor another process is a damage: to make the warehouse anew would only add to it.
    if (!existed || error instanceof FaultError || isDiskFull(error) || isHeldElsewhere(error)) throw error;
    return openAnew(folder, ledger, rules);
  }
}

/** Moves a damaged warehouse aside and makes it anew. */
export async function openAnew(folder: string, ledger: SqliteLedger, rules: Rulebook): Promise<OpenStore> {
  const file = setAside(folder);
  const store = await openWarehouse(folder, ledger, rules);
  return { ...store, notices: [warning('store.rebuilt', { file }), ...store.notices] };
}

/** True where the engine found that what its file holds is not what it wrote. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && /Corrupt database file|^Serialization Error|checksum/.test(error.message);
}

/** True where the engine refuses all further work until its file is opened anew. */
export function isInvalidated(error: unknown): boolean {
  return error instanceof Error && /^(?:FATAL|INTERNAL) Error|has been invalidated/.test(error.message);
}

function isHeldElsewhere(error: unknown): boolean {
  return (
    error instanceof Error && /Could not set lock on file|being used by another process/.test(error.message)
  );
}

/** What hinders a store and is no fault of ours, as a fault for its user; any other error as it is. */
export function storeFault(error: unknown): unknown {
  if (isDiskFull(error)) return new FaultError([fault('store.disk_full', { free: 0 })], { cause: error });
  if (!isHeldElsewhere(error)) return error;
  const pid = Number(/PID (\d+)/.exec(String(error))?.[1] ?? 0);
  return new FaultError([fault('store.busy', { pid })], { cause: error });
}

/** Closes a warehouse; its mark goes with it. */
export async function closeStore(folder: string, { warehouse }: OpenStore): Promise<void> {
  await warehouse.close();
  markClosed(folder);
}

async function openWarehouse(folder: string, ledger: SqliteLedger, rules: Rulebook): Promise<OpenStore> {
  markOpen(folder);
  let warehouse: Warehouse | null = null;
  try {
    warehouse = await openDuckdb({
      path: join(folder, NAME),
      files: ledger.filesFolder,
      temporary: join(folder, 'tmp'),
      memory: memoryLimit(),
    });
    const projector = new Projector(warehouse, ledger, rules);
    await projector.prepare();
    await projector.catchUp();
    // Where nothing has come yet there is nothing to wait for: whoever asks has the empty tables made.
    if ((await ledger.lastId()) > 0) await projector.derive(new Date().toISOString());
    return { warehouse, projector, notices: noticesOf(await projector.unread()) };
  } catch (error) {
    await warehouse?.close();
    markClosed(folder);
    throw error;
  }
}

/** Moves a damaged warehouse and its log away, so that it can be looked at; one from before is let go. */
function setAside(folder: string): string {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(DAMAGED)))
    rmSync(join(folder, name), { recursive: true, force: true });
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const name = `${DAMAGED}${stamp}.duckdb`;
  if (existsSync(join(folder, NAME))) renameSync(join(folder, NAME), join(folder, name));
  const log = join(folder, `${NAME}.wal`);
  if (existsSync(log)) renameSync(log, join(folder, `${name}.wal`));
  return name;
}

/** Removes a warehouse, to be made anew. */
export function removeWarehouse(folder: string): void {
  for (const name of [NAME, `${NAME}.wal`]) rmSync(join(folder, name), { recursive: true, force: true });
}
