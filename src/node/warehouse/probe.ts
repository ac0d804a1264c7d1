import { DuckDBInstance } from '@duckdb/node-api';

/**
 * A program of its own: reads every value of a DuckDB file and ends with 0 where all can be read. Some damage ends
 * the process that meets it, which then must not be the one that was asked for something.
 */

const [path = '', memory = '1GB'] = process.argv.slice(2);

try {
  const instance = await DuckDBInstance.create(path, {
    access_mode: 'READ_ONLY',
    memory_limit: memory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const tables = await connection.runAndReadAll('select table_name from duckdb_tables() where not temporary');
  for (const [name] of tables.getRows()) {
    await connection.run(`select max(hash(t)) from "${String(name).replaceAll('"', '""')}" t`);
  }
  connection.closeSync();
  instance.closeSync();
} catch {
  process.exitCode = 1;
}
