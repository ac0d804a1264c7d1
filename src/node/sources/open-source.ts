import { connectMysql } from './mysql.ts';
import { connectPostgresql } from './postgresql.ts';
import { readDatabase } from './database-reading.ts';
import type { ReadBefore, Reading } from './reading.ts';
import type { SourceConfig } from './source-config.ts';
import { startTap } from './tap-process.ts';

/** Begins to read a source from where it was left. */
export async function openSource(config: SourceConfig, home: string, before: ReadBefore): Promise<Reading> {
  switch (config.kind) {
    case 'tap':
      return startTap(config, home, before.state);
    case 'postgresql':
      return readDatabase(config, connectPostgresql, before, Date.now());
    case 'mysql':
      return readDatabase(config, connectMysql, before, Date.now());
  }
}
