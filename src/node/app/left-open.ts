import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from '../package-folder.ts';
import { isDiskFull } from '../system-error.ts';

/** The sources are no JavaScript: what was built of them is run. */
const PROBE = inPackage('dist', 'src', 'node', 'warehouse', 'probe.js');

/** A file that no probe has read by then is as good as damaged. */
const MOST_MINUTES = 15;

function markPath(folder: string): string {
  return join(folder, 'warehouse.open');
}

/** Notes that this process has the warehouse of a store open. */
export function markOpen(folder: string): void {
  try {
    writeFileSync(markPath(folder), '', { mode: 0o600 });
  } catch (error) {
    // What is wrong with the disk is told by whoever needs it next.
    if (!isDiskFull(error)) throw error;
  }
}

export function markClosed(folder: string): void {
  rmSync(markPath(folder), { force: true });
}

/** True where the last process that had the warehouse open died with it: it was killed, or the engine crashed. */
export function wasLeftOpen(folder: string): boolean {
  return existsSync(markPath(folder));
}

/**
 * Whether every value of a warehouse can be read, found out by a process of its own: it may be that the engine
 * crashes on it.
 *
 * @param memory in DuckDB's words
 */
export function isReadable(path: string, memory: string, probe = PROBE): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [probe, path, memory], {
      stdio: 'ignore',
      timeout: MOST_MINUTES * 60_000,
      killSignal: 'SIGKILL',
    });
    // A machine that cannot start a process says nothing about the file.
    child.once('error', () => resolve(true));
    child.once('exit', (code) => resolve(code === 0));
  });
}
