import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium as playwright } from 'playwright-core';
import { openBareBrowser } from './bare-browser.js';
import { chromium } from './chromium.js';
import { build, install, root, run } from './prepare.js';

// The pages as a reader feels them: how long until Panorama can be used on a processor that is four times slower,
// whether anything moves, and how long a changed filter takes to show the funnel's numbers: of other days, and of a
// segment.
//
//   npm run bench:web -- [--leads 1000000] [--home FOLDER] [--rounds 5]

const flag = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const LEADS = Number(flag('leads', '1000000'));
const ROUNDS = Number(flag('rounds', '5'));
const SLOWER = 4;
/** The question of the pages on which filters are changed: no preset is it. */
const OPENED = 'from=2026-01-15&to=2026-06-20';

install();
build();

const folder = mkdtempSync(join(tmpdir(), 'tregua-bench-web-'));
const given = flag('home', null);
const home = given ?? join(folder, 'demo');
const tregua = join(root, 'bin', 'tregua.js');
if (!existsSync(home))
  run(process.execPath, [tregua, 'demo', home, '--leads', String(LEADS), '--until', '2026-06-30'], {
    stdio: 'ignore',
  });

const server = spawn(process.execPath, [tregua, 'serve', '--home', home, '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const address = await new Promise((resolve, reject) => {
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    const found = /"address":"([^"]+)"/.exec(said);
    if (found) resolve(found[1].replace('localhost', '127.0.0.1'));
  });
  server.once('exit', (status) => reject(new Error(`serve ended with ${status}`)));
});

const WATCH = `
  localStorage.setItem('tregua.tour', 'seen');
  window.seen = { tasks: [], shifted: 0, painted: 0, largest: 0, shown: 0 };
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch('longtask', ({ startTime, duration }) => seen.tasks.push([startTime, startTime + duration]));
  watch('layout-shift', (each) => { if (!each.hadRecentInput) seen.shifted += each.value; });
  watch('paint', (each) => { if (each.name === 'first-contentful-paint') seen.painted = each.startTime; });
  watch('largest-contentful-paint', (each) => { seen.largest = each.startTime; });
  const look = () => {
    if (document.querySelector('.funnel .count') === null) return requestAnimationFrame(look);
    seen.shown = performance.now();
  };
  requestAnimationFrame(look);
`;

const middle = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const settled = (page) =>
  page.locator('html[data-settled="yes"]').waitFor({ state: 'attached', timeout: 120_000 });

/** One visit with nothing kept, on a slower processor. */
async function visit(bare) {
  const seen = await bare.visit({
    address,
    before: WATCH,
    slower: SLOWER,
    width: 1440,
    height: 900,
    until: `document.documentElement.dataset.settled !== 'yes' ? null : {
      ...seen,
      scripts: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
        .filter((path) => path.endsWith('.js')),
    }`,
  });
  const ends = seen.tasks.map(([, end]) => end).filter((end) => end < seen.shown + 1000);
  const blocked = seen.tasks.reduce((sum, [start, end]) => sum + Math.max(0, end - start - 50), 0);
  // It can be used once its numbers stand there and no long task holds the page in the second after.
  return { ...seen, blocked, usable: Math.max(seen.shown, ...ends) };
}

/** A page of its own, at full speed, with a question that none of the measured ones is. */
async function openPage() {
  const context = await browser.newContext({ locale: 'es-MX', viewport: { width: 1440, height: 900 } });
  await context.addInitScript(WATCH);
  await context.addInitScript(() => {
    /** Does what a reader does, and tells after how many milliseconds other numbers stand in the funnel, undimmed. */
    globalThis.timed = (act) =>
      new Promise((resolve) => {
        const counts = () =>
          [...document.querySelectorAll('.funnel .count')].map((each) => each.textContent).join();
        const before = counts();
        const started = performance.now();
        const look = () => {
          const has = counts() !== before && document.querySelector('.waiting .funnel') === null;
          if (has) resolve(performance.now() - started);
          else if (performance.now() - started > 20_000) resolve(null);
          else requestAnimationFrame(look);
        };
        act();
        requestAnimationFrame(look);
      });
  });
  const page = await context.newPage();
  await page.goto(`${address}/?${OPENED}`, { timeout: 120_000 });
  await settled(page);
  return page;
}

/** How long after a choice of days the numbers stand there; in later rounds the answers are kept. */
async function rangeTimes() {
  const page = await openPage();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const preset of ['d30', 'year', 'quarter', 'last_month', 'd90']) {
      const took = await page.evaluate(
        (chosen) =>
          globalThis.timed(() => {
            const select = document.querySelector('.filters select');
            // As a reader's choice is: the page's own library watches the plain property.
            Reflect.set(HTMLSelectElement.prototype, 'value', chosen, select);
            select.dispatchEvent(new Event('change', { bubbles: true }));
          }),
        preset,
      );
      times.push({ took, isKept: round > 0 });
      await settled(page);
    }
  }
  await page.context().close();
  return times;
}

/** The same of a segment: the two greatest groups of each dimension, each asked once, none of them before. */
async function segmentTimes() {
  const page = await openPage();
  const { dimensions } = await (await fetch(`${address}/v1/agreement`)).json();
  const times = [];
  for (const { id, kind } of dimensions.filter((each) => each.kind === 'field' || each.kind === 'bands')) {
    const { groups } = await (await fetch(`${address}/v1/breakdown/${id}?top=5`)).json();
    for (const { value } of groups.filter((each) => each.kind === 'value').slice(0, 2)) {
      const query = `${OPENED}&filter=${encodeURIComponent(JSON.stringify([`${id}=${value}`]))}`;
      const took = await page.evaluate(
        (search) =>
          globalThis.timed(() => {
            // As the browser's own way back does it.
            history.pushState({}, '', `/?${search}`);
            dispatchEvent(new PopStateEvent('popstate'));
          }),
        query,
      );
      times.push({ took, kind });
      await settled(page);
    }
  }
  await page.context().close();
  return times;
}

const visits = [];
const bare = openBareBrowser(await chromium(), 'es-MX');
for (let round = 0; round < ROUNDS; round += 1) visits.push(await visit(bare));
await bare.close();
const browser = await playwright.launch({
  executablePath: await chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const ranges = await rangeTimes();
const segments = await segmentTimes();
const script = [...new Set(visits.flatMap(({ scripts }) => scripts))].reduce(
  (sum, path) => sum + gzipSync(readFileSync(join(root, 'dist/web', path))).length,
  0,
);
const status = await (await fetch(`${address}/v1/status`)).json();
const told = (times) => {
  if (times.some(({ took }) => took === null)) throw new Error('numbers that never came');
  const all = times.map(({ took }) => took);
  return [`${ms(middle(all))}, worst ${ms(Math.max(...all))}`, all.length];
};
const ms = (value) => `${Math.round(value).toLocaleString('en')} ms`;
const [first, firstCount] = told(ranges.filter(({ isKept }) => !isKept));
const [segment, segmentCount] = told(segments);
const rows = [
  ['leads', status.leads.toLocaleString('en'), ''],
  ['script until all has come, compressed', `${Math.round(script / 1000)} kB`, '≤ 250 kB'],
  [
    `first contentful paint, processor ${SLOWER} × slower`,
    ms(middle(visits.map((each) => each.painted))),
    '',
  ],
  [`largest contentful paint`, ms(middle(visits.map((each) => each.largest))), ''],
  [`the funnel's numbers`, ms(middle(visits.map((each) => each.shown))), ''],
  [
    `usable`,
    `${ms(middle(visits.map((each) => each.usable)))}, worst ${ms(Math.max(...visits.map((each) => each.usable)))}`,
    '≤ 1,500 ms',
  ],
  ['blocked beyond 50 ms a task, until all has come', ms(middle(visits.map((each) => each.blocked))), ''],
  ['layout shift', middle(visits.map((each) => each.shifted)).toFixed(4), '< 0.1'],
  [`numbers of other days, asked first (${firstCount})`, first, '≤ 100 ms'],
  [`numbers of a segment, asked first (${segmentCount})`, segment, '≤ 100 ms'],
  ...(ROUNDS > 1
    ? [['numbers of other days, asked again', told(ranges.filter(({ isKept }) => isKept))[0], '']]
    : []),
];
const [one, two] = loadavg();
process.stdout.write(
  `${cpus().length} cores, load ${one.toFixed(1)} (${two.toFixed(1)}), medians of ${ROUNDS}\n\n| | measured | held to |\n| --- | ---: | ---: |\n`,
);
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`);
await browser.close();
server.removeAllListeners('exit');
server.kill('SIGTERM');
rmSync(folder, { recursive: true, force: true });
