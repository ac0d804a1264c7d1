import { readFileSync } from 'node:fs';
import { inPackage } from './package-folder.ts';

/** The version of this program, of its package. */
export function programVersion(): string {
  const described: unknown = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
  if (typeof described !== 'object' || described === null) return '0.0.0';
  const { version }: { version?: unknown } = described;
  return typeof version === 'string' ? version : '0.0.0';
}
