import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const WEB = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** What the pages are held to: all the script that they need before they show anything, compressed. */
const MOST_BYTES = 180_000;

/** The scripts that the page names, and those that they import before they run; not what is loaded later. */
function firstLoad(): ReadonlySet<string> {
  const found = new Set<string>();
  const wanted = [...readFileSync(join(WEB, 'index.html'), 'utf8').matchAll(/assets\/([\w.-]+\.js)/g)];
  const rest = wanted.map(([, name = '']) => name);
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = readFileSync(join(WEB, 'assets', name), 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*["`']\.\/([\w.-]+\.js)["`']/g))
      rest.push(imported);
  }
  return found;
}

test('the first load has at most 180 kB of compressed script, the words of its language among it', () => {
  expect(existsSync(join(WEB, 'index.html')), 'npm run build').toBe(true);
  const words = readdirSync(join(WEB, 'assets')).filter((name) => /^(?:es|en)-[\w-]+\.js$/.test(name));
  expect(words).toHaveLength(2);
  const scripts = [...firstLoad(), ...words.slice(0, 1)];
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(WEB, 'assets', name))).length,
    0,
  );
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
