import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const WEB = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** What the pages are held to: all of their script, compressed. */
const MOST_BYTES = 250_000;

test('the first load has at most 250 kB of compressed script', () => {
  expect(existsSync(join(WEB, 'index.html')), 'npm run build').toBe(true);
  const assets = join(WEB, 'assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
