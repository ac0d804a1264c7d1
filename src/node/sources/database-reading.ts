import { readFile } from 'node:fs/promises';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { memberOf, parseExactly } from '../ingest/message-record.ts';
import type { ReadBefore, Reading } from './reading.ts';
import type { DatabaseConfig, DatabaseStream } from './source-config.ts';

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  /** Its texts are JSON. */
  readonly isJson: boolean;
}

/** From where an incremental stream goes on: rows of this value and greater. */
export interface Watermark {
  readonly column: string;
  readonly value: string;
}

/** A read-only connection to a database. Every value comes as its exact text. Faults come as `FaultError`. */
export interface DatabaseConnection {
  columns(stream: DatabaseStream): Promise<readonly AnswerColumn[]>;
  /** Rows in pieces, ordered by the incremental column where there is one, with memory bounded. */
  rows(
    stream: DatabaseStream,
    from: Watermark | null,
  ): AsyncIterable<readonly (readonly (string | null)[])[]>;
  close(): Promise<void>;
}

export type Connect = (config: DatabaseConfig, address: URL) => Promise<DatabaseConnection>;

/** Rows between two states. */
const ROWS_A_STATE = 5000;

/**
 * Reads the tables and queries of a database as a tap does: a stream with an incremental column from its
 * watermark on, and any other whole, as a new version that takes back the rows that are not there any more. One that
 * nothing read so far has no watermark.
 *
 * @param version of whole readings: greater each time
 */
export function readDatabase(
  config: DatabaseConfig,
  connect: Connect,
  before: ReadBefore,
  version: number,
): Reading {
  const faults: Diagnostic[] = [];
  let isOver = false;
  async function* content(): AsyncGenerator<Uint8Array> {
    let connection: DatabaseConnection | null = null;
    try {
      connection = await connect(config, await addressOf(config));
      for await (const line of linesOf(config, connection, before, version)) yield Buffer.from(line);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      if (!isOver) faults.push(...error.faults);
    } finally {
      await connection?.close();
    }
  }
  const lines = content();
  return {
    format: 'singer',
    content: lines,
    async close() {
      isOver = true;
      await lines.return(undefined);
      return faults;
    },
  };
}

async function* linesOf(
  config: DatabaseConfig,
  connection: DatabaseConnection,
  { state, passedOver }: ReadBefore,
  version: number,
): AsyncGenerator<string> {
  const known = memberOf(parseExactly(state ?? '{}'), 'bookmarks');
  const bookmarks = new Map<string, Watermark>();
  for (const { name, incremental } of config.streams) {
    if (passedOver.includes(name)) continue;
    const bookmark = memberOf(known, name);
    const value = memberOf(bookmark, 'value');
    if (incremental !== null && memberOf(bookmark, 'column') === incremental && typeof value === 'string')
      bookmarks.set(name, { column: incremental, value });
  }
  const stateLine = (): string =>
    `${JSON.stringify({ type: 'STATE', value: { bookmarks: Object.fromEntries(bookmarks) } })}\n`;
  for (const stream of config.streams) {
    const columns = await connection.columns(stream);
    requireColumns(config, stream, columns);
    yield schemaLine(stream, columns);
    const isWhole = stream.incremental === null;
    const position = columns.findIndex(({ name }) => name === stream.incremental);
    let rows = 0;
    for await (const piece of connection.rows(stream, bookmarks.get(stream.name) ?? null)) {
      let text = '';
      for (const row of piece) {
        text += recordLine(stream, columns, row, isWhole ? version : null);
        const value = row[position] ?? null;
        if (stream.incremental !== null && value !== null)
          bookmarks.set(stream.name, { column: stream.incremental, value });
        rows += 1;
        if (!isWhole && rows % ROWS_A_STATE === 0) text += stateLine();
      }
      yield text;
    }
    if (isWhole) yield `${JSON.stringify({ type: 'ACTIVATE_VERSION', stream: stream.name, version })}\n`;
    yield stateLine();
  }
}

function requireColumns(
  config: DatabaseConfig,
  stream: DatabaseStream,
  columns: readonly AnswerColumn[],
): void {
  const names = columns.map(({ name }) => name);
  const faults = [...stream.key, ...(stream.incremental === null ? [] : [stream.incremental])]
    .filter((name) => !names.includes(name))
    .map((column) =>
      fault('source.no_column', {
        source: config.name,
        stream: stream.name,
        column,
        nearest: nearest(column, names) ?? '',
        columns: names.slice(0, 12).join(', '),
      }),
    );
  if (faults.length > 0) throw new FaultError(faults);
}

function schemaLine({ name, key }: DatabaseStream, columns: readonly AnswerColumn[]): string {
  const properties = Object.fromEntries(columns.map((column) => [column.name, {}]));
  return `${JSON.stringify({ type: 'SCHEMA', stream: name, key_properties: key, schema: { properties } })}\n`;
}

function recordLine(
  { name }: DatabaseStream,
  columns: readonly AnswerColumn[],
  row: readonly (string | null)[],
  version: number | null,
): string {
  const members = columns.map(({ name: column, isJson }, position) => {
    const value = row[position] ?? null;
    return `${JSON.stringify(column)}:${value !== null && isJson ? oneLine(value) : JSON.stringify(value)}`;
  });
  const tail = version === null ? '' : `,"version":${version}`;
  return `{"type":"RECORD","stream":${JSON.stringify(name)},"record":{${members.join(',')}}${tail}}\n`;
}

/** JSON has line ends between its parts only. */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, ' ');
}

async function addressOf({ name, address, kind }: DatabaseConfig): Promise<URL> {
  let text: string;
  if (address.kind === 'env') {
    text = process.env[address.name] ?? '';
    if (text === '') throw new FaultError([fault('source.no_env', { source: name, name: address.name })]);
  } else {
    try {
      text = (await readFile(address.path, 'utf8')).trim();
    } catch (error) {
      throw new FaultError([fault('source.no_file', { source: name, file: address.path })], { cause: error });
    }
  }
  const protocols = kind === 'mysql' ? ['mysql:', 'mariadb:'] : ['postgres:', 'postgresql:'];
  const url = URL.canParse(text) ? new URL(text) : null;
  // The text itself is told to nobody: it holds a password.
  if (url === null || !protocols.includes(url.protocol))
    throw new FaultError([fault('source.bad_address', { source: name, form: `${protocols[0] ?? ''}//` })]);
  return url;
}
