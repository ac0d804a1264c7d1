import { connectMysql } from './mysql.ts';
import { connectPostgresql } from './postgresql.ts';
import { readDatabase } from './database-reading.ts';
import type { Reading } from './reading.ts';
import type { SourceConfig } from './source-config.ts';
import { startTap } from './tap-process.ts';

/** Begins to read a source from its state on. */
export async function openSource(config: SourceConfig, home: string, state: string | null): Promise<Reading> {
  switch (config.kind) {
    case 'tap':
      return startTap(config, home, state);
    case 'postgresql':
      return readDatabase(config, connectPostgresql, state, Date.now());
    case 'mysql':
      return readDatabase(config, connectMysql, state, Date.now());
  }
}
