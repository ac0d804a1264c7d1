import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNodeError } from '../system-error.ts';
import { otherLiving, ownStamp } from './process-stamp.ts';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

/** An empty lock may be one that is being written: it is looked at again before it is taken over. */
const WRITING_MS = 1000;

function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function tryLock(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (isNodeError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, ownStamp());
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Removes the lock of a process that is gone, and no other that came in its place meanwhile. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readLock(aside) !== stale) linkSync(aside, path);
  } catch {
    // Another process was quicker.
  }
  rmSync(aside, { force: true });
}

/**
 * Takes the lock of a store, waiting a little for another process to be done. A lock whose process is gone
 * (it was killed) is taken over.
 *
 * @param giveUp asked while another process holds it: true where waiting is of no use
 * @returns how to let go, or the process that holds it still
 */
export async function takeLock(
  path: string,
  giveUp: () => boolean = () => false,
): Promise<{ release: () => void } | { heldBy: number }> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    if (tryLock(path)) return { release: () => rmSync(path, { force: true }) };
    const found = readLock(path);
    const holder = found === null ? null : otherLiving(found);
    if (holder === null) {
      if (found !== null && (found !== '' || waited > WRITING_MS)) takeAway(path, found);
    } else if (waited >= PATIENCE_MS || giveUp()) {
      return { heldBy: holder };
    }
    await sleep(PAUSE_MS);
  }
}
