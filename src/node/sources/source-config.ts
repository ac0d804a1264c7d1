import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { YamlDocument } from '../../core/agreement/yaml-document.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';

/** A program that is run to read a source. */
export interface TapConfig {
  readonly kind: 'tap';
  readonly name: string;
  readonly format: 'singer' | 'airbyte';
  /** The program and its first words. */
  readonly command: readonly string[];
  /** The words after them; null for those of its protocol. */
  readonly words: readonly string[] | null;
  /** Paths of its files. */
  readonly config: string | null;
  readonly catalog: string | null;
  /** Where it is run. */
  readonly folder: string;
}

/** A table or query of a database. */
export interface DatabaseStream {
  readonly name: string;
  readonly from:
    { readonly kind: 'table'; readonly table: string } | { readonly kind: 'query'; readonly query: string };
  readonly key: readonly string[];
  /** The column by which only what is new is read; null: all of it each time. */
  readonly incremental: string | null;
}

export interface DatabaseConfig {
  readonly kind: 'postgresql' | 'mysql';
  readonly name: string;
  /** Where the address stands, which holds a password. */
  readonly address:
    { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string };
  /** Seconds that a statement may take. */
  readonly timeout: number;
  readonly streams: readonly DatabaseStream[];
}

export type SourceConfig = TapConfig | DatabaseConfig;

const FOLDER = 'sources';
const KINDS = ['tap', 'postgresql', 'mysql'] as const;
const TIMEOUT_SECONDS = 600;

const words = z.array(z.string().min(1)).min(1);

const tapFile = z.strictObject({
  kind: z.literal('tap'),
  command: words,
  arguments: words.exactOptional(),
  config: z.string().min(1).exactOptional(),
  catalog: z.string().min(1).exactOptional(),
  format: z.enum(['singer', 'airbyte']).exactOptional(),
});

const streamFile = z.strictObject({
  name: z.string().min(1),
  table: z.string().min(1).exactOptional(),
  query: z.string().min(1).exactOptional(),
  key: z.array(z.string().min(1)).exactOptional(),
  incremental: z.string().min(1).exactOptional(),
});

const databaseFile = z.strictObject({
  kind: z.enum(['postgresql', 'mysql']),
  address: z.strictObject({
    env: z.string().min(1).exactOptional(),
    file: z.string().min(1).exactOptional(),
  }),
  timeout: z.number().positive().max(86_400).exactOptional(),
  streams: z.array(streamFile).min(1),
});

/** Reads and checks the configuration of a source, `sources/NAME.yaml`. */
export async function readSource(home: string, name: string): Promise<Result<SourceConfig>> {
  const names = await sourceNames(home);
  if (!names.includes(name)) {
    return failure(
      fault('source.unknown', { name, nearest: nearest(name, names) ?? '', known: names.join(', ') }),
    );
  }
  const file = join(FOLDER, `${name}.yaml`);
  const document = YamlDocument.parse(await readFile(join(home, file), 'utf8'), file);
  if (!document.ok) return document;
  const { value } = document;
  const js = value.toJs();
  const kind = z.looseObject({ kind: z.enum(KINDS) }).safeParse(js, { reportInput: true });
  if (!kind.success) return failure(...value.faultsOf(kind.error, { keysAt: () => ['kind'] }));
  return kind.data.kind === 'tap' ? tapOf(name, home, js, value) : databaseOf(name, home, js, value);
}

/** The names of the configurations in a home's `sources` folder. */
export async function sourceNames(home: string): Promise<readonly string[]> {
  try {
    const files = await readdir(join(home, FOLDER));
    return files
      .filter((file) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}\.yaml$/.test(file))
      .map((file) => file.slice(0, -'.yaml'.length))
      .sort();
  } catch {
    return [];
  }
}

function tapOf(name: string, home: string, js: unknown, document: YamlDocument): Result<TapConfig> {
  const shape = tapFile.safeParse(js, { reportInput: true });
  if (!shape.success)
    return failure(...document.faultsOf(shape.error, { keysAt: () => Object.keys(tapFile.shape) }));
  const { data } = shape;
  const folder = join(home, FOLDER);
  return success({
    kind: 'tap',
    name,
    format: data.format ?? 'singer',
    command: data.command,
    words: data.arguments ?? null,
    config: data.config === undefined ? null : resolve(folder, data.config),
    catalog: data.catalog === undefined ? null : resolve(folder, data.catalog),
    folder,
  });
}

function databaseOf(name: string, home: string, js: unknown, document: YamlDocument): Result<DatabaseConfig> {
  const shape = databaseFile.safeParse(js, { reportInput: true });
  if (!shape.success) {
    return failure(
      ...document.faultsOf(shape.error, {
        keysAt: (path) => Object.keys((path[0] === 'streams' ? streamFile : databaseFile).shape),
      }),
    );
  }
  const { data } = shape;
  const { env, file } = data.address;
  if ((env === undefined) === (file === undefined))
    return failure(fault('source.one_of', { names: 'env, file' }, document.place(['address'])));
  const faults = data.streams.flatMap((stream, index) => {
    const path = ['streams', index] as const;
    const isTwice = data.streams.findIndex((other) => other.name === stream.name) !== index;
    return [
      ...((stream.table === undefined) === (stream.query === undefined)
        ? [fault('source.one_of', { names: 'table, query' }, document.place(path))]
        : []),
      ...(isTwice ? [fault('source.stream_twice', { stream: stream.name }, document.place(path))] : []),
    ];
  });
  if (faults.length > 0) return failure(...faults);
  return success({
    kind: data.kind,
    name,
    address:
      file === undefined
        ? { kind: 'env', name: env ?? '' }
        : { kind: 'file', path: resolve(home, FOLDER, file) },
    timeout: data.timeout ?? TIMEOUT_SECONDS,
    streams: data.streams.map((stream): DatabaseStream => ({
      name: stream.name,
      from:
        stream.table === undefined
          ? { kind: 'query', query: stream.query ?? '' }
          : { kind: 'table', table: stream.table },
      key: stream.key ?? [],
      incremental: stream.incremental ?? null,
    })),
  });
}
