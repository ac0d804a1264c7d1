import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BrowserPipe } from '../../src/node/server/browser-pipe.ts';
import { ownFolder } from '../cli/tregua.ts';

function isAlive(pid: number): boolean {
  try {
    // A process that ended and that nobody has waited for yet is as good as gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.skipIf(process.platform !== 'linux')('a browser that a script starts ends with the script', async () => {
  const folder = ownFolder();
  const script = join(folder, 'browser');
  const note = join(folder, 'pid');
  // The last line keeps the shell from becoming what it starts.
  writeFileSync(script, `#!/bin/sh\nsh -c 'echo $$ > "${note}"; exec sleep 300'\ntrue\n`);
  chmodSync(script, 0o755);
  const browser = await BrowserPipe.start(script);
  while (!existsSync(note) || readFileSync(note, 'utf8') === '') await after(10);
  const pid = Number(readFileSync(note, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  await browser.close();
  for (let tries = 0; isAlive(pid) && tries < 100; tries += 1) await after(20);
  expect(isAlive(pid)).toBe(false);
});
