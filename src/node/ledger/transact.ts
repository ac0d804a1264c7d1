import type Database from 'libsql';

/**
 * Does all of some work in an SQLite file or nothing of it, and throws what hindered it. libsql's own way rolls
 * back even where SQLite has done so by itself, as on a full disk, and then tells only that this failed.
 */
export function transact<T>(database: Database.Database, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('rollback');
    throw error;
  }
}
