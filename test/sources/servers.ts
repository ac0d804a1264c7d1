import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createConnection } from 'mysql2';
import pg from 'pg';

/** Real servers, each with a cluster of its own in a temporary folder and on a free port. */
export interface Server {
  /** With the user that may do all. */
  readonly url: string;
  run(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** Root may not run them: another user does. */
const USER = process.getuid?.() === 0 ? userOf('nobody') : null;

function userOf(name: string): { readonly uid: number; readonly gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

function findBinary(names: readonly string[], folders: readonly string[]): string | null {
  const paths = [...folders, ...(process.env['PATH'] ?? '').split(':')].flatMap((folder) =>
    names.map((name) => join(folder, name)),
  );
  return paths.find((path) => existsSync(path)) ?? null;
}

function postgresqlFolders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  return existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : [];
}

const INITDB = findBinary(['initdb'], postgresqlFolders());
const POSTGRES = findBinary(['postgres'], postgresqlFolders());
const INSTALL_DB = findBinary(['mariadb-install-db'], ['/usr/bin']);
const MARIADBD = findBinary(['mariadbd'], ['/usr/sbin', '/usr/libexec']);

/** Whether there is one on this machine: `npm test` installs them where it may. */
export const HAS = {
  postgresql: INITDB !== null && POSTGRES !== null,
  mysql: INSTALL_DB !== null && MARIADBD !== null,
} as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tregua-database-'));
  if (USER !== null) chownSync(folder, USER.uid, USER.gid);
  return folder;
}

function asUser(): { cwd: string; uid?: number; gid?: number } {
  return { cwd: tmpdir(), ...USER };
}

async function ready(child: ChildProcess, ask: () => Promise<unknown>, log: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(log());
    try {
      await ask();
      return;
    } catch {
      await after(100);
    }
  }
  throw new Error(log());
}

async function stop(child: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

function logOf(child: ChildProcess): () => string {
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (log += text));
  return () => log;
}

export async function startPostgresql(): Promise<Server> {
  const folder = ownFolder();
  const port = await freePort();
  const data = join(folder, 'data');
  execFileSync(
    INITDB ?? '',
    ['-D', data, '-U', 'owner', '--auth=trust', '-E', 'UTF8', '--no-sync'],
    asUser(),
  );
  const child = spawn(
    POSTGRES ?? '',
    ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
    { ...asUser(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const url = `postgres://owner@127.0.0.1:${port}/postgres`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await ready(child, () => run('select 1'), logOf(child));
  return { url, run, stop: () => stop(child, folder, 'SIGINT') };
}

export async function startMariadb(): Promise<Server> {
  const folder = ownFolder();
  const port = await freePort();
  const data = join(folder, 'data');
  execFileSync(
    INSTALL_DB ?? '',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...asUser(), stdio: 'pipe' },
  );
  const child = spawn(
    MARIADBD ?? '',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      `--socket=${join(folder, 'socket')}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      `--pid-file=${join(folder, 'pid')}`,
      '--default-time-zone=-06:00',
    ],
    { ...asUser(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const run = (sql: string, database = 'mysql'): Promise<void> =>
    new Promise((resolve, reject) => {
      const connection = createConnection({
        host: '127.0.0.1',
        port,
        user: 'root',
        database,
        multipleStatements: true,
      });
      connection.on('error', () => undefined);
      connection.query(sql, (error) => {
        connection.destroy();
        if (error) reject(error);
        else resolve();
      });
    });
  await ready(child, () => run('select 1'), logOf(child));
  await run(
    "create database crm character set utf8mb4; create user reader@'127.0.0.1' identified by 'p@ss/word'; grant select on crm.* to reader@'127.0.0.1'",
  );
  return {
    url: `mysql://reader:${encodeURIComponent('p@ss/word')}@127.0.0.1:${port}/crm`,
    run: (sql) => run(sql, 'crm'),
    stop: () => stop(child, folder, 'SIGTERM'),
  };
}
