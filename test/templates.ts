import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for workspaces that several test files copy instead of making them: it lasts as long as the run. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tregua-templates-'));
  process.env['TREGUA_TEST_TEMPLATES'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
