import { join } from 'node:path';
import Database from 'libsql';
import { storeFolder } from './home.ts';
import { preparePrivate } from './private-store.ts';

/** Opens the file beside the ledger that holds who and what may write: for its owner alone. */
export function openAccessFile(home: string): Database.Database {
  const folder = storeFolder(home);
  preparePrivate(folder, []);
  const database = new Database(join(folder, 'access.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  database.pragma('busy_timeout = 5000');
  return database;
}

export function textIn(row: unknown, name: string): string | null {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, name) : null;
  return typeof value === 'string' ? value : null;
}

export function numberIn(row: unknown, name: string): number {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, name) : null;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}
