import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { findHome } from '../app/home.ts';
import type { Workspace } from '../app/workspace.ts';
import { languageOf } from '../server/language.ts';
import { readServerNote } from '../server/server-note.ts';
import { RemoteWorkspace } from './remote-workspace.ts';
import { openTerminal, tellWarnings } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
  readonly lang?: Language;
  readonly quiet?: boolean;
}

/** The language of the machine's user. */
export function systemLanguage(): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const named = [LC_ALL, LC_MESSAGES, LANG].find((text) => text !== undefined && /^[a-z]{2}[_-]/i.test(text));
  return languageOf(named ?? new Intl.DateTimeFormat().resolvedOptions().locale);
}

export function terminalOf(command: Command): Terminal {
  const options = command.optsWithGlobals<GlobalOptions>();
  return openTerminal({
    language: options.lang ?? systemLanguage(),
    json: options.json === true,
    quiet: options.quiet === true,
  });
}

/** The home that a command works on: named, or the nearest that holds an agreement. */
export async function homeOf(command: Command): Promise<string> {
  const { home } = command.optsWithGlobals<GlobalOptions>();
  const named = home ?? process.env['TREGUA_HOME'];
  if (named !== undefined) return resolve(named);
  const found = await findHome(process.cwd());
  if (found === null) throw new FaultError([fault('cli.no_home')]);
  return found;
}

export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FaultError(result.faults);
}

/** Opens the workspace of a command, here or by way of the server that holds it, and closes it after. */
export async function withWorkspace<T>(
  command: Command,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const home = await homeOf(command);
  const terminal = terminalOf(command);
  const served = (): RemoteWorkspace | null => {
    const note = readServerNote(home);
    return note === null ? null : new RemoteWorkspace(home, note, terminal.language);
  };
  const remote = served();
  if (remote !== null) return work(remote);
  // The engine and all that imports is loaded only where it is needed.
  const { openWorkspace } = await import('../app/local-workspace.ts');
  // A server that only starts holds the home before it answers.
  const opened = await openWorkspace(home, () => served() !== null);
  const started = opened.ok ? null : served();
  if (started !== null) return work(started);
  const workspace = valueOf(opened);
  try {
    const result = await work(workspace);
    tellWarnings(terminal, workspace.notices);
    return result;
  } finally {
    await workspace.close();
  }
}
