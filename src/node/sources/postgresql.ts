import pg from 'pg';
import { databaseFault } from './database-faults.ts';
import type { DatabaseCodes } from './database-faults.ts';
import type { AnswerColumn, DatabaseConnection, Watermark } from './database-reading.ts';
import type { DatabaseConfig, DatabaseStream } from './source-config.ts';

const ROWS_A_PIECE = 1000;
const CONNECT_MS = 15_000;
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);

const CODES: DatabaseCodes = {
  refused: new Set(['28P01', '28000', '3D000', '53300']),
  tooSlow: new Set(['57014']),
  brokenOff: new Set(['57P01', '57P02', '57P03', '08006', '08003']),
  unreachableText: /^(?:timeout expired|Connection terminated due to connection timeout)/i,
  brokenOffText: /^Connection terminated|not queryable/i,
};

/** Connects to PostgreSQL: one read-only transaction, so that all streams show the same instant. */
export async function connectPostgresql(config: DatabaseConfig, address: URL): Promise<DatabaseConnection> {
  const client = new pg.Client({
    connectionString: address.href,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'tregua',
    // Every value as the server writes it.
    types: { getTypeParser: () => (text: string) => text },
  });
  const host = address.host;
  // Told by the query that waits, too.
  client.on('error', () => undefined);
  const asked = async <T>(stream: string | null, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw databaseFault(error, CODES, config, { host, stream });
    }
  };
  await asked(null, async () => {
    await client.connect();
    await client.query(`set statement_timeout = ${Math.round(config.timeout * 1000)}`);
    await client.query(`set time zone 'UTC'; set datestyle = 'ISO, YMD'; set extra_float_digits = 1`);
    await client.query(`set bytea_output = 'hex'; set intervalstyle = 'iso_8601'`);
    await client.query('begin transaction isolation level repeatable read, read only');
  });
  return {
    columns: (stream) =>
      asked(stream.name, async () => {
        const { fields } = await client.query({ text: `${relation(stream)} limit 0`, rowMode: 'array' });
        return fields.map(({ name, dataTypeID }): AnswerColumn => ({
          name,
          isJson: JSON_TYPES.has(dataTypeID),
        }));
      }),
    async *rows(stream, from) {
      const { text, values } = selection(stream, from);
      await asked(stream.name, () =>
        client.query({ text: `declare tregua no scroll cursor for ${text}`, values: [...values] }),
      );
      for (;;) {
        const { rows } = await asked(stream.name, () =>
          client.query<(string | null)[]>({ text: `fetch ${ROWS_A_PIECE} from tregua`, rowMode: 'array' }),
        );
        if (rows.length > 0) yield rows;
        if (rows.length < ROWS_A_PIECE) break;
      }
      await asked(stream.name, () => client.query('close tregua'));
    },
    close: () => client.end().catch(() => undefined),
  };
}

function relation({ from }: DatabaseStream): string {
  return from.kind === 'table'
    ? `select * from ${from.table.split('.').map(pg.escapeIdentifier).join('.')}`
    : `select * from (\n${from.query.replace(/[;\s]+$/, '')}\n) as tregua_source`;
}

/** PostgreSQL reads the text of the watermark by the type of the column beside it. */
function selection(
  stream: DatabaseStream,
  from: Watermark | null,
): { readonly text: string; readonly values: readonly string[] } {
  const { incremental } = stream;
  if (incremental === null) return { text: relation(stream), values: [] };
  const column = pg.escapeIdentifier(incremental);
  const order = `order by ${column} nulls first`;
  return from === null
    ? { text: `${relation(stream)} ${order}`, values: [] }
    : { text: `${relation(stream)} where ${column} >= $1 ${order}`, values: [from.value] };
}
