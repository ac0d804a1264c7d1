import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const TREGUA = fileURLToPath(new URL('../../bin/tregua.js', import.meta.url));

/** The built program, serving a workspace of its own. */
export interface Program {
  readonly address: string;
  readonly home: string;
  /** An answer of its API, as it stands there. */
  ask(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** The workspace of a command and its flags, copied from the one that the run's first such call made. */
async function makeHome(home: string, words: readonly string[]): Promise<void> {
  const folder = process.env['TREGUA_TEST_TEMPLATES'];
  if (folder === undefined) throw new Error('the tests run without test/templates.ts');
  const template = join(folder, words.join(' ').replaceAll(/[^\w.-]+/g, '_'));
  const isThere = await stat(template).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const own = await mkdtemp(join(folder, 'making-'));
    const [command = '', ...flags] = words;
    await promisify(execFile)(process.execPath, [TREGUA, command, join(own, 'home'), ...flags]);
    // Where another file was quicker, its workspace is the same.
    await rename(join(own, 'home'), template).catch(() => undefined);
    await rm(own, { recursive: true, force: true });
  }
  await cp(template, home, { recursive: true });
}

/** Makes a workspace with the given command (`demo` or `init` and its flags) and serves it on a free port. */
export async function startProgram(command: string, ...flags: readonly string[]): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'tregua-browser-'));
  const home = join(folder, 'home');
  await makeHome(home, [command, ...flags]);
  const server = spawn(process.execPath, [TREGUA, 'serve', '--home', home, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let out = '';
    let complaint = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const told = /"address":"([^"]+)"/.exec(out)?.[1];
      if (told !== undefined) resolve(told);
    });
    server.once('exit', (status) => reject(new Error(`serve ended with ${String(status)}: ${complaint}`)));
  });
  return {
    address,
    home,
    ask: async (path) => (await fetch(new URL(path, address))).json(),
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
