import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
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

/** Makes a workspace with the given command (`demo` or `init` and its flags) and serves it on a free port. */
export async function startProgram(command: string, ...flags: readonly string[]): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'tregua-browser-'));
  const home = join(folder, 'home');
  await promisify(execFile)(process.execPath, [TREGUA, command, home, ...flags]);
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
