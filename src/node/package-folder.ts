import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../core/diagnostic/errors.ts';

function found(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new InvariantError('the program stands outside of its package');
  }
}

const FOLDER = found();

/** A file or folder of this package, whether its sources run or what is built of them. */
export function inPackage(...path: readonly string[]): string {
  return join(FOLDER, ...path);
}
