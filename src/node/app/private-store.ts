import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isNodeError } from '../system-error.ts';

/** What others than the owner may do. */
const OTHERS = 0o077;

/**
 * Makes the folders of a store where they are not there yet, and keeps them and their files to their owner:
 * they hold personal data. Files that engines make later on come out private too. Windows has rights of
 * another kind, which come from the folder above.
 */
export function preparePrivate(folder: string, within: readonly string[]): void {
  const posix = process.platform !== 'win32';
  // The engines take no mode for their files: what this process makes from here on is its store's.
  if (posix) process.umask(process.umask() | OTHERS);
  for (const each of ['', ...within]) mkdirSync(join(folder, each), { recursive: true, mode: 0o700 });
  if (posix) closeToOthers(folder);
}

function closeToOthers(path: string): void {
  try {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return;
    if ((found.mode & OTHERS) !== 0) chmodSync(path, found.mode & 0o777 & ~OTHERS);
    if (found.isDirectory()) for (const name of readdirSync(path)) closeToOthers(join(path, name));
  } catch (error) {
    // A lock that is let go meanwhile; or a folder of another's, who alone may change its rights.
    if (!isNodeError(error) || (error.code !== 'ENOENT' && error.code !== 'EPERM')) throw error;
  }
}
