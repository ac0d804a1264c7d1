import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from './tregua.ts';

/** What starts with a command is what somebody waits for before it does anything. */

const MAIN = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));

/** The files that a file of the program cannot do without, itself included. */
function startsWith(path: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, name = ''] of text.matchAll(
    /^(?:import|export) .*?from "(\.\/[^"]+)";$|^import "(\.\/[^"]+)";$/gm,
  ))
    startsWith(join(dirname(path), name), found);
  return found;
}

test('neither the engines nor the server are loaded before a command needs them', () => {
  const texts = [...startsWith(MAIN)].map((path) => readFileSync(path, 'utf8'));
  for (const name of ['@duckdb/node-bindings', 'libsql', 'node:http2'])
    expect(texts.filter((text) => text.includes(`"${name}"`))).toEqual([]);
});

test('a name that is no command is told among all of them, wherever the global flags stand', async () => {
  const { status, told } = await run(['--home', 'import', '--lang', 'en', 'funel', 'leads']);
  expect(status).toBe(2);
  expect(told).toContain('"funnel"');
});
