import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { chromium } from './chromium.js';
import { build, install, root, run } from './prepare.js';

// The pictures of the README and the documents, of the demo as anybody's `tregua demo` makes it.
const UNTIL = '2026-06-30';
const PICTURES = [
  { name: 'panorama', path: '/' },
  { name: 'panorama-dark', path: '/', colours: 'dark' },
  { name: 'panorama-en', path: '/', language: 'en' },
  { name: 'breakdown-zone', path: '/breakdowns?dimension=zone' },
  { name: 'breakdown-day-hour', path: '/breakdowns?dimension=weekday_hour&from=2025-07-01&to=2026-06-30' },
  { name: 'leads', path: '/leads?stage=profiled&status=lost' },
  { name: 'lead', path: '/leads/L0029000' },
  { name: 'agreement', path: '/agreement' },
  { name: 'panorama-phone', path: '/', width: 390, height: 844 },
];

install();
build();

const folder = mkdtempSync(join(tmpdir(), 'tregua-screenshots-'));
const home = join(folder, 'demo');
const tregua = join(root, 'bin', 'tregua.js');
run(process.execPath, [tregua, 'demo', home, '--until', UNTIL], { stdio: 'ignore' });

const server = spawn(process.execPath, [tregua, 'serve', '--home', home, '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const address = await new Promise((resolve, reject) => {
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    const found = /"address":"([^"]+)"/.exec(said);
    if (found) resolve(found[1]);
  });
  server.once('exit', (status) => reject(new Error(`serve ended with ${status}`)));
});

const browser = await playwright.launch({
  executablePath: await chromium(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-sync',
    '--no-first-run',
  ],
});
const images = join(root, 'docs', 'images');
mkdirSync(images, { recursive: true });
for (const { name, path, language = 'es', colours = 'light', width = 1280, height = 860 } of PICTURES) {
  const context = await browser.newContext({
    locale: language === 'es' ? 'es-MX' : 'en-US',
    viewport: { width, height },
    colorScheme: colours,
    reducedMotion: 'reduce',
  });
  await context.addInitScript(() => localStorage.setItem('tregua.tour', 'seen'));
  const page = await context.newPage();
  await page.goto(address + path);
  await page.locator('html[data-settled="yes"]').waitFor({ state: 'attached' });
  await page.screenshot({ path: join(images, `${name}.png`) });
  await context.close();
  process.stdout.write(`docs/images/${name}.png\n`);
}
await browser.close();
server.removeAllListeners('exit');
server.kill('SIGTERM');
rmSync(folder, { recursive: true, force: true });
