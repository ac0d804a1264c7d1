import { readFileSync } from 'node:fs';

/** The version of this program, of its package: beside the sources and beside what is built of them. */
export function programVersion(): string {
  for (const folder of ['../../', '../../../']) {
    const found = versionIn(new URL(`${folder}package.json`, import.meta.url));
    if (found !== null) return found;
  }
  return '0.0.0';
}

function versionIn(url: URL): string | null {
  try {
    const described: unknown = JSON.parse(readFileSync(url, 'utf8'));
    if (typeof described !== 'object' || described === null) return null;
    const { name, version }: { name?: unknown; version?: unknown } = described;
    return name === 'tregua' && typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
