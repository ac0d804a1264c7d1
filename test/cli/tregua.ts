import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const TREGUA = fileURLToPath(new URL('../../bin/tregua.js', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  /** What was written to stderr. */
  readonly told: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What stands on stdout and stderr so far. */
  readonly soFar: () => { readonly out: string; readonly told: string };
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Run as this user, where root runs the tests. */
  readonly uid?: number;
  /** Standard input: a text, or `open` to write it by `child.stdin`. */
  readonly input?: string;
}

/** The environment without what a developer's own shell would add to it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:LC_|LANG|TREGUA_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(kept), LANG: 'en_US.UTF-8' };
}

/** Starts the built program. */
export function start(words: readonly string[], options: RunOptions = {}): Started {
  const child = spawn(process.execPath, [TREGUA, ...words], {
    cwd: options.cwd,
    env: { ...plainEnvironment(), ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  // A child that ends without having read all of it is no fault of the test.
  child.stdin.on('error', () => undefined);
  if (options.input !== 'open') child.stdin.end(options.input ?? '');
  let out = '';
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, out, told }));
  });
  return { child, ended, soFar: () => ({ out, told }) };
}

/** Runs the built program to its end. */
export function run(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(words, options).ended;
}

/** Runs a command that must succeed, and gives what it wrote to stdout. */
export async function outOf(words: readonly string[], options: RunOptions = {}): Promise<string> {
  const ended = await run(words, options);
  if (ended.status !== 0)
    throw new Error(
      `tregua ${words.join(' ')} ended with ${String(ended.status)}: ${ended.told}${ended.out}`,
    );
  return ended.out;
}

/** Runs the built program's lines in one process, as each would write in one of its own. */
const MANY = `
const { main } = await import(process.argv[1]);
for (const { words, environment } of JSON.parse(process.argv[2])) {
  const told = { out: '', told: '' };
  const own = [process.stdout.write, process.stderr.write];
  const listeners = process.stdout.listeners('error');
  const hook = (name) => (chunk) => { told[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString(); return true; };
  process.stdout.write = hook('out');
  process.stderr.write = hook('told');
  Object.assign(process.env, environment);
  process.exitCode = undefined;
  await main(words);
  [process.stdout.write, process.stderr.write] = own;
  for (const each of process.stdout.listeners('error')) if (!listeners.includes(each)) process.stdout.off('error', each);
  process.stdout.write(JSON.stringify({ status: process.exitCode ?? 0, signal: null, ...told }) + '\\n');
}
process.exitCode = 0;
`;

export interface Line {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The answers of many lines, one after the other: much quicker than a process for each. */
export async function runMany(lines: readonly Line[]): Promise<readonly Ended[]> {
  const main = new URL('../../dist/program/main.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', MANY, main, JSON.stringify(lines)], {
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await new Promise((resolve) => child.once('close', resolve));
  const answers = out.split('\n').filter((line) => line !== '');
  if (answers.length !== lines.length) throw new Error(`${answers.length} answers to ${lines.length} lines`);
  return answers.map((line): Ended => JSON.parse(line));
}

/** Lines with their answers, run in one process. */
export async function answersTo(
  lines: readonly (readonly string[])[],
): Promise<readonly (readonly [readonly string[], Ended])[]> {
  const answers = await runMany(lines.map((words) => ({ words })));
  return lines.map((words, index) => [words, answerTo(answers, index)]);
}

/** The answer of one line among those that were run together. */
export function answerTo(answers: readonly Ended[], index: number): Ended {
  const answer = answers[index];
  if (!answer) throw new Error(`no answer ${index}`);
  return answer;
}

/** A folder of a test's own, gone when the test is. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tregua-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
