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

/** The engine without a window around it: the same pages for half the processor, and Debian has it by itself. */
const SHELL = '/usr/bin/chromium-headless-shell';

function found(places) {
  return (
    [process.env['CHROMIUM_PATH'], ...places].find((path) => path !== undefined && existsSync(path)) ?? null
  );
}

function installed(packages, places) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return null;
  spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
  // One by one: what this Debian lacks must not keep the others out.
  for (const name of packages)
    spawnSync('apt-get', ['install', '-yq', '--no-install-recommends', name], { stdio: 'inherit' });
  return found(places);
}

async function playwrights() {
  tool('playwright-core', ['install', 'chromium']);
  const playwright = await import(join(root, 'node_modules/playwright-core/index.mjs'));
  return playwright.chromium.executablePath();
}

/** A browser as readers have it: one that is there, else Debian's, else Playwright's own. */
export async function chromium() {
  return found(PLACES) ?? installed(['chromium', 'fonts-liberation'], PLACES) ?? (await playwrights());
}

/** The browser that the tests drive: the engine alone, else a whole browser. */
export async function testBrowser() {
  const places = [SHELL, ...PLACES];
  return (
    found(places) ?? installed(['chromium-headless-shell', 'fonts-liberation'], places) ?? (await chromium())
  );
}
