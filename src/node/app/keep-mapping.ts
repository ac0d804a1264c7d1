import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const MADE_HERE = '# Made by the import wizard; it may be edited.';

/**
 * Keeps a mapping in a home's `mappings` folder, so that the next file of the source is recognised. One that was
 * made so before is replaced; one that a person wrote stays, and this one is called otherwise.
 *
 * @param text the mapping, checked
 * @returns the file, as it is called from the home
 */
export async function keepMapping(home: string, source: string, text: string): Promise<string> {
  const folder = join(home, 'mappings');
  await mkdir(folder, { recursive: true });
  const body = `${MADE_HERE}\n${stringify(parse(text))}`;
  for (let nth = 1; ; nth += 1) {
    const name = `${source}${nth === 1 ? '' : `-${nth}`}.yaml`;
    const path = join(folder, name);
    const before = await readFile(path, 'utf8').catch(() => null);
    if (before !== null && !before.startsWith(MADE_HERE)) continue;
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    return `mappings/${name}`;
  }
}
