import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, tool } from './prepare.js';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function found() {
  return (
    [process.env['CHROMIUM_PATH'], ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null
  );
}

/** The browser that the tests drive: one that is there, else Debian's, else Playwright's own. */
export async function chromium() {
  const there = found();
  if (there !== null) return there;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-yq', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
      stdio: 'inherit',
    });
    const installed = found();
    if (installed !== null) return installed;
  }
  tool('playwright-core', ['install', 'chromium']);
  const playwright = await import(join(root, 'node_modules/playwright-core/index.mjs'));
  return playwright.chromium.executablePath();
}
