import { createServer } from 'node:net';
import { once } from 'node:events';
import { createServer as createMysqlServer } from 'mysql2';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { connectMysql } from '../../src/node/sources/mysql.ts';

/**
 * What MySQL's own server says otherwise than MariaDB, by its protocol: the driver's server side stands in for it,
 * for no package of ours brings MySQL itself.
 */

const BINARY = 63;
const UTF8 = 255;
const UNSIGNED = 0x20;

interface Column {
  readonly name: string;
  readonly columnType: number;
  readonly characterSet: number;
  readonly flags: number;
}

function column(name: string, columnType: number, characterSet: number = BINARY, flags = 0): Column {
  return { name, columnType, characterSet, flags };
}

const COLUMNS = [
  column('id', 8, BINARY, UNSIGNED),
  column('amount', 246),
  column('flag', 16),
  column('at', 7),
  column('local', 12),
  column('never', 10),
  column('more', 245),
  column('zone', 253, UTF8),
  column('kind', 254, UTF8),
];

const ROW = [
  '18446744073709551615',
  '12345678901234567890.1234',
  '\u0005',
  '2026-03-01 10:00:00.123456',
  '2026-03-01 10:00:00',
  '0000-00-00',
  '{"ciudad": "Ñuñoa", "total": 12345678901234567890}',
  'Otoño 😀',
  'new',
];

/** What the driver's types leave out of a connection's server side. */
interface Answering {
  /** Of the next packet: an answer begins with 1. */
  sequenceId: number;
  writeColumns(columns: readonly object[]): void;
  writeTextRow(values: readonly (string | null)[]): void;
  writeEof(): void;
}

function answers<T extends object>(connection: T): connection is Answering & T {
  return 'sequenceId' in connection && 'writeColumns' in connection && 'writeTextRow' in connection;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answer(connection: Answering, rows: readonly (readonly (string | null)[])[]): void {
  connection.writeColumns(
    COLUMNS.map((each) => ({
      catalog: 'def',
      schema: 'crm',
      table: 'leads',
      orgTable: 'leads',
      orgName: each.name,
      columnLength: 255,
      decimals: 0,
      ...each,
    })),
  );
  for (const row of rows) connection.writeTextRow(row);
  connection.writeEof();
}

/** A server that answers each select with the row, as MySQL 8 does. */
async function serve(asked: string[]): Promise<URL> {
  const port = await freePort();
  const server = createMysqlServer((connection) => {
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.4.3',
      connectionId: 1,
      statusFlags: 2,
      characterSet: UTF8,
      capabilityFlags: 0xffffff ^ 0x800 ^ 0x1000000,
    });
    connection.on('error', () => undefined);
    connection.on('stmt_prepare', (text: string) => {
      asked.push(text);
      if (!answers(connection)) throw new Error('the driver has no server side any more');
      connection.sequenceId = 1;
      // The name that MariaDB gives it.
      if (text.includes('max_statement_time'))
        connection.writeError({ code: 1193, message: 'Unknown system variable' });
      else connection.writeOk();
      connection.sequenceId = 0;
    });
    connection.on('query', (text: string) => {
      asked.push(text);
      if (!answers(connection)) throw new Error('the driver has no server side any more');
      connection.sequenceId = 1;
      if (text.startsWith('select'))
        answer(connection, text.includes('limit 0') ? [] : [ROW, ROW.map(() => null)]);
      else connection.writeOk();
      connection.sequenceId = 0;
    });
  });
  server.listen(port);
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return new URL(`mysql://reader:secret@127.0.0.1:${port}/crm`);
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('values of MySQL’s own types come as the server writes them', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const asked: string[] = [];
  const stream = {
    name: 'leads',
    from: { kind: 'table', table: 'crm.leads' },
    key: ['id'],
    incremental: 'id',
  } as const;
  const connection = await connectMysql(
    {
      kind: 'mysql',
      name: 'crm',
      address: { kind: 'env', name: 'CRM_URL' },
      timeout: 30,
      streams: [stream],
    },
    await serve(asked),
  );
  try {
    expect((await connection.columns(stream)).filter(({ isJson }) => isJson)).toEqual([
      { name: 'more', isJson: true },
    ]);
    const rows: (readonly (string | null)[])[] = [];
    for await (const piece of connection.rows(stream, { column: 'id', value: '18446744073709551614' }))
      rows.push(...piece);
    expect(rows).toEqual([
      [
        '18446744073709551615',
        '12345678901234567890.1234',
        '5',
        '2026-03-01 10:00:00.123456Z',
        '2026-03-01 10:00:00',
        null,
        '{"ciudad": "Ñuñoa", "total": 12345678901234567890}',
        'Otoño 😀',
        'new',
      ],
      COLUMNS.map(() => null),
    ]);
  } finally {
    await connection.close();
  }
  expect(warned).not.toHaveBeenCalled();
  expect(asked).toContain('set session max_execution_time = 30000');
  expect(asked.at(-1)).toContain("where `id` >= cast('18446744073709551614' as decimal(65, 20))");
});
