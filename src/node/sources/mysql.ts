import { createConnection, escapeId } from 'mysql2';
import type { Connection, FieldPacket, TypeCastField } from 'mysql2';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import { databaseFault } from './database-faults.ts';
import type { DatabaseCodes } from './database-faults.ts';
import type { AnswerColumn, DatabaseConnection, Watermark } from './database-reading.ts';
import type { DatabaseConfig, DatabaseStream } from './source-config.ts';

const ROWS_A_PIECE = 1000;
const CONNECT_MS = 15_000;

const CODES: DatabaseCodes = {
  refused: new Set([
    'ER_ACCESS_DENIED_ERROR',
    'ER_DBACCESS_DENIED_ERROR',
    'ER_BAD_DB_ERROR',
    'ER_CON_COUNT_ERROR',
    'ER_HOST_NOT_PRIVILEGED',
    'ER_NOT_SUPPORTED_AUTH_MODE',
  ]),
  tooSlow: new Set(['ER_QUERY_TIMEOUT', 'ER_STATEMENT_TIMEOUT', '1969', '3024']),
  brokenOff: new Set(['PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED', '1927']),
  unreachableText: /^connect ETIMEDOUT/,
  brokenOffText: /closed state|Connection lost/i,
};

/** Types of MySQL's protocol. */
const TIMESTAMP = 7;
const JSON_TYPE = 245;
const NUMBERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 8, 9, 13, 246]);

/** What MySQL writes for no date. */
const ZEROS = '0000-00-00';

/** A value as the server writes it. Instants of TIMESTAMP are in the zone of the session, which is UTC. */
function textOf(field: TypeCastField): string | null {
  const { type } = field;
  if (type === 'BIT') {
    const bytes = field.buffer();
    return bytes === null ? null : BigInt(`0x${bytes.toString('hex') || '0'}`).toString();
  }
  if (type === 'GEOMETRY') {
    field.buffer();
    return null;
  }
  // MySQL says of its JSON that it is binary, though it is always written in UTF-8; MariaDB’s is a text like any other.
  const text = type === 'JSON' ? field.string('utf8') : field.string();
  if (text === null || !/^(?:TIMESTAMP|DATE)/.test(type)) return text;
  if (text.startsWith(ZEROS)) return null;
  return type.startsWith('TIMESTAMP') ? `${text}Z` : text;
}

/** Connects to MySQL or MariaDB: one read-only transaction with one snapshot for all streams. */
export async function connectMysql(config: DatabaseConfig, address: URL): Promise<DatabaseConnection> {
  const host = address.host;
  const fault = (error: unknown, stream: string | null): Error =>
    databaseFault(error, CODES, config, { host, stream });
  const connection = createConnection({
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: address.port === '' ? 3306 : Number(address.port),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
    database: decodeURIComponent(address.pathname.slice(1)),
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4',
    ...(address.searchParams.get('ssl') === 'true' ? { ssl: {} } : {}),
    typeCast: textOf,
  });
  // Told by the query that waits, too.
  connection.on('error', () => undefined);
  const asked = async (sql: string, stream: string | null): Promise<readonly FieldPacket[]> => {
    try {
      return await fieldsOf(connection, sql);
    } catch (error) {
      throw fault(error, stream);
    }
  };
  try {
    await asked(`set time_zone = '+00:00'`, null);
    await asked('set session transaction read only', null);
    await limitTime(connection, config.timeout).catch((error: unknown) => {
      throw fault(error, null);
    });
    await asked('start transaction with consistent snapshot, read only', null).catch(() =>
      asked('start transaction read only', null),
    );
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const types = new Map<string, number>();
  return {
    async columns(stream) {
      const fields = await asked(`${relation(stream)} limit 0`, stream.name);
      for (const { name, columnType } of fields) types.set(`${stream.name}\n${name}`, columnType ?? -1);
      return fields.map(({ name, columnType }): AnswerColumn => ({ name, isJson: columnType === JSON_TYPE }));
    },
    async *rows(stream, from) {
      const type = types.get(`${stream.name}\n${stream.incremental ?? ''}`) ?? -1;
      const { sql, values } = selection(stream, from, type);
      let piece: (readonly (string | null)[])[] = [];
      try {
        const answer = connection
          .query({ sql, values: [...values], rowsAsArray: true })
          .stream({ highWaterMark: ROWS_A_PIECE });
        for await (const row of answer) {
          piece.push(textsOf(row));
          if (piece.length < ROWS_A_PIECE) continue;
          yield piece;
          piece = [];
        }
      } catch (error) {
        throw fault(error, stream.name);
      }
      if (piece.length > 0) yield piece;
    },
    close() {
      connection.destroy();
      return Promise.resolve();
    },
  };
}

function textsOf(row: unknown): readonly (string | null)[] {
  if (!Array.isArray(row)) throw new InvariantError('a row that is no list');
  return row.map((value: unknown) => {
    if (value === null || typeof value === 'string') return value;
    throw new InvariantError(`a value that is no text: ${typeof value}`);
  });
}

function fieldsOf(connection: Connection, sql: string): Promise<readonly FieldPacket[]> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, rowsAsArray: true }, (error, _rows, fields) => {
      if (error) reject(error);
      else resolve(Array.isArray(fields) ? fields : []);
    });
  });
}

/** MariaDB counts in seconds and MySQL in milliseconds, each by a name of its own. */
async function limitTime(connection: Connection, seconds: number): Promise<void> {
  try {
    await fieldsOf(connection, `set session max_statement_time = ${seconds}`);
  } catch {
    await fieldsOf(connection, `set session max_execution_time = ${Math.round(seconds * 1000)}`);
  }
}

function relation({ from }: DatabaseStream): string {
  return from.kind === 'table'
    ? `select * from ${from.table
        .split('.')
        .map((name) => escapeId(name, true))
        .join('.')}`
    : `select * from (\n${from.query.replace(/[;\s]+$/, '')}\n) as tregua_source`;
}

/** A text beside a number is compared as a double, which has fewer digits than both: it is made a number first. */
function selection(
  stream: DatabaseStream,
  from: Watermark | null,
  type: number,
): { readonly sql: string; readonly values: readonly string[] } {
  const { incremental } = stream;
  if (incremental === null) return { sql: relation(stream), values: [] };
  const column = escapeId(incremental, true);
  if (from === null) return { sql: `${relation(stream)} order by ${column}`, values: [] };
  const value = type === TIMESTAMP ? from.value.replace(/Z$/, '') : from.value;
  const bound = NUMBERS.has(type) ? 'cast(? as decimal(65, 20))' : '?';
  return { sql: `${relation(stream)} where ${column} >= ${bound} order by ${column}`, values: [value] };
}
