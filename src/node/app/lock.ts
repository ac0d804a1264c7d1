import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNodeError } from '../system-error.ts';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isNodeError(error) && error.code === 'EPERM';
  }
}

function holderOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function tryLock(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (isNodeError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes the lock of a store, waiting a little for another process to be done. A lock whose process is gone
 * (it was killed) is taken over.
 *
 * @returns how to let go, or the process that holds it still
 */
export async function takeLock(path: string): Promise<{ release: () => void } | { heldBy: number }> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    if (tryLock(path)) return { release: () => rmSync(path, { force: true }) };
    const holder = holderOf(path);
    if (holder === null || holder === process.pid || !isAlive(holder)) {
      // An empty lock may be one that is being written: look again before taking it over.
      if (holder !== null || waited > 1000) rmSync(path, { force: true });
    } else if (waited >= PATIENCE_MS) {
      return { heldBy: holder };
    }
    await sleep(PAUSE_MS);
  }
}
