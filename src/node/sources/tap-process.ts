import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { storeFolder } from '../app/home.ts';
import { isNodeError } from '../system-error.ts';
import type { Reading } from './reading.ts';
import type { TapConfig } from './source-config.ts';

const WORDS: Readonly<Record<TapConfig['format'], readonly string[]>> = {
  singer: ['--config', '{config}', '--catalog', '{catalog}', '--state', '{state}'],
  airbyte: ['read', '--config', '{config}', '--catalog', '{catalog}', '--state', '{state}'],
};

/** Of what it says of itself, to be told with its end. */
const MOST_WORDS = 400;

/** How long a tap that was told to end may take. */
const PATIENCE_MS = 5000;

type Files = Readonly<Record<'config' | 'catalog' | 'state', string | null>>;

/**
 * Runs a tap with its stored state. Its configuration is a copy, kept from one run to the next: taps write new
 * tokens into it.
 *
 * @param state null for a source that was never read
 */
export async function startTap(tap: TapConfig, home: string, state: string | null): Promise<Reading> {
  const folder = join(storeFolder(home), 'sources', tap.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = {
    config: tap.config === null ? null : await ownConfig(tap, tap.config, folder),
    catalog: tap.catalog,
    state: await stateFile(state, folder),
  };
  if (tap.catalog !== null) await readable(tap, tap.catalog);
  const [program = '', ...first] = tap.command;
  const child = spawn(program, [...first, ...filled(tap.words ?? WORDS[tap.format], files)], {
    cwd: tap.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = lastWordsOf(child.stderr);
  const ended = endOf(child);
  // What nobody reads yet is thrown away when the process ends: it is read from here on.
  const content = child.stdout.pipe(new PassThrough());
  let isStopped = false;
  return {
    format: tap.format,
    content,
    async close() {
      // It may have ended by itself just now, as it does when all of it was read.
      if (!content.readableEnded) {
        isStopped = true;
        child.stdout.destroy();
        content.destroy();
        child.kill('SIGTERM');
      }
      const end = await within(ended, child);
      if (isStopped && !('error' in end)) return [];
      return faultsOf(tap, program, end, said());
    },
  };
}

/** Passes on what a tap says of itself, and keeps the last line of it. */
function lastWordsOf(stderr: Readable): () => string {
  let last = '';
  stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    last = `${last}${chunk.toString('utf8')}`.slice(-MOST_WORDS);
  });
  return () => last.trim().split('\n').at(-1)?.trim() ?? '';
}

type End =
  { readonly status: number | null; readonly signal: NodeJS.Signals | null } | { readonly error: Error };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
}

async function within(ended: Promise<End>, child: ChildProcess): Promise<End> {
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}

function faultsOf(tap: TapConfig, program: string, end: End, said: string): readonly Diagnostic[] {
  if ('error' in end) {
    return [fault('source.no_command', { source: tap.name, command: program, text: end.error.message })];
  }
  if (end.status === 0) return [];
  const status = end.signal ?? String(end.status);
  return [fault('source.tap_failed', { source: tap.name, status, said: said === '' ? 'none' : said })];
}

/** The words with the paths in their places; a path that is not there goes with the flag before it. */
function filled(words: readonly string[], files: Files): readonly string[] {
  const out: string[] = [];
  for (const word of words) {
    const name = /\{(config|catalog|state)\}/.exec(word)?.[1];
    if (name !== 'config' && name !== 'catalog' && name !== 'state') {
      out.push(word);
      continue;
    }
    const path = files[name];
    if (path !== null) out.push(word.replace(`{${name}}`, () => path));
    else if (out.at(-1)?.startsWith('-') === true) out.pop();
  }
  return out;
}

/** The tap's own copy of its configuration, made anew where somebody changed the original. */
async function ownConfig(tap: TapConfig, original: string, folder: string): Promise<string> {
  const text = await readable(tap, original);
  const hash = createHash('sha256').update(text).digest('hex');
  const copy = join(folder, 'config.json');
  const mark = join(folder, 'config.origin');
  const known = await readFile(mark, 'utf8').catch(() => null);
  if (known !== hash) {
    await copyFile(original, copy);
    await chmod(copy, 0o600);
    await writeFile(mark, hash, { mode: 0o600 });
  }
  return copy;
}

async function stateFile(state: string | null, folder: string): Promise<string | null> {
  const path = join(folder, 'state.json');
  if (state === null) {
    await rm(path, { force: true });
    return null;
  }
  await writeFile(path, state, { mode: 0o600 });
  return path;
}

async function readable(tap: TapConfig, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isNodeError(error)) throw error;
    throw new FaultError([fault('source.no_file', { source: tap.name, file: path })], { cause: error });
  }
}
