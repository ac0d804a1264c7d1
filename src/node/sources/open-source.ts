import { readDatabase } from './database-reading.ts';
import type { ReadBefore, Reading } from './reading.ts';
import type { SourceConfig } from './source-config.ts';
import { startTap } from './tap-process.ts';

/** Begins to read a source from where it was left. The drivers are loaded only where there is such a database. */
export async function openSource(config: SourceConfig, home: string, before: ReadBefore): Promise<Reading> {
  switch (config.kind) {
    case 'tap':
      return startTap(config, home, before.state);
    case 'postgresql': {
      const { connectPostgresql } = await import('./postgresql.ts');
      return readDatabase(config, connectPostgresql, before, Date.now());
    }
    case 'mysql': {
      const { connectMysql } = await import('./mysql.ts');
      return readDatabase(config, connectMysql, before, Date.now());
    }
  }
}
