import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-headless-shell',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium of this machine: where CHROMIUM_PATH says, or where systems keep it; null where there is none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
  return (
    [environment['CHROMIUM_PATH'], ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null
  );
}

const HAS_GROUPS = process.platform !== 'win32';

/** Ends a process and all that it started. */
function endGroup(child: ChildProcess): void {
  if (!HAS_GROUPS || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it is over.
  }
}

type Reply = (message: Readonly<Record<string, unknown>>) => void;

/** A Chromium that is told what to do through a pipe, as the Chrome DevTools Protocol has it: no port is opened. */
export class BrowserPipe {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, Reply>();
  readonly #commands: Writable;
  #last = 0;
  #received = '';

  private constructor(child: ChildProcess, profile: string, commands: Writable, answers: Readable) {
    this.#child = child;
    this.#profile = profile;
    this.#commands = commands;
    // Its end is told to whoever still waits.
    commands.on('error', () => undefined);
    answers.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.once('exit', () => {
      for (const reply of this.#waiting.values()) reply({ error: { message: 'the browser ended' } });
      this.#waiting.clear();
    });
  }

  static async start(path: string): Promise<BrowserPipe> {
    const profile = await mkdtemp(join(tmpdir(), 'tregua-browser-'));
    const child = spawn(
      path,
      [
        '--headless=new',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        '--window-size=1280,900',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // Its own sandbox does not start for the superuser; it opens this server's pages only.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      // A group of its own: the path may be that of a script around the browser.
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: HAS_GROUPS },
    );
    const [, , , commands, answers] = child.stdio;
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    await Promise.race([new Promise((resolve) => child.once('spawn', resolve)), failed]);
    if (!commands || !answers || !('write' in commands) || !('setEncoding' in answers))
      throw new Error('a browser without its pipe');
    return new BrowserPipe(child, profile, commands, answers);
  }

  /** Does a command of the protocol. Throws where the browser refuses or ends. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const id = this.#last;
    const message = await new Promise<Readonly<Record<string, unknown>>>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#commands.write(
        `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
      );
    });
    if (message['error'] !== undefined) throw new Error(`${method}: ${JSON.stringify(message['error'])}`);
    return recordOf(message['result']);
  }

  async close(): Promise<void> {
    const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const ended = isOver ? null : new Promise((resolve) => this.#child.once('exit', resolve));
    endGroup(this.#child);
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  #hear(text: string): void {
    this.#received += text;
    const messages = this.#received.split('\0');
    this.#received = messages.pop() ?? '';
    for (const each of messages) {
      const message = recordOf(JSON.parse(each));
      const { id } = message;
      if (typeof id !== 'number') continue;
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
    }
  }
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
