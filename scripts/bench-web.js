import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium as playwright } from 'playwright-core';
import { openBareBrowser } from './bare-browser.js';
import { chromium } from './chromium.js';
import { build, install, root, run } from './prepare.js';

// The pages as a reader feels them: how long until Panorama can be used on a processor that is four times slower,
// whether anything moves, and how long a changed filter takes to show the funnel's numbers: of other days, and of a
// segment. Beside it the least that the same browser does on the same machine, in turn with it: the finished page as
// one file without a script, and the answer fetched by hand and written into a list.
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

const SIZE = { width: 1440, height: 900 };
const SETTLED = `document.documentElement.dataset.settled !== 'yes' ? null :`;

/** One visit with nothing kept, on a slower processor. */
async function visit(bare) {
  return timesOf(
    await bare.visit({
      ...SIZE,
      address,
      before: WATCH,
      slower: SLOWER,
      until: `${SETTLED} {
        ...seen,
        scripts: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
          .filter((path) => path.endsWith('.js')),
      }`,
    }),
  );
}

/** The finished page as one file with its styles and no script, served as it is. */
async function serveReadyMade(bare) {
  const { page } = await bare.visit({
    ...SIZE,
    address,
    before: WATCH,
    slower: 1,
    until: `${SETTLED} { page: document.documentElement.outerHTML }`,
  });
  const sheet = /href="(?<path>\/assets\/[^"]+\.css)"/.exec(page)?.groups?.path;
  const styles = readFileSync(join(root, 'dist/web', sheet ?? ''), 'utf8');
  const text = page
    .replaceAll(/<script[^>]*>[^]*?<\/script>|<link[^>]*>/g, '')
    .replace('</head>', () => `<style>${styles}</style></head>`);
  const ready = createServer((_, answer) =>
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html>${text}`),
  ).listen(0, '127.0.0.1');
  await once(ready, 'listening');
  return ready;
}

/** A visit of it: there is nothing to wait for but what the browser itself does. */
async function visitReadyMade(bare, ready) {
  return timesOf(
    await bare.visit({
      ...SIZE,
      address: `http://127.0.0.1:${ready.address().port}`,
      before: WATCH,
      slower: SLOWER,
      until: 'seen.shown > 0 && performance.now() > seen.shown + 1500 ? seen : null',
    }),
  );
}

function timesOf(seen) {
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

/** The least that shows an answer: it is fetched, read, and its counts are written into a list. */
function byHand(page, query) {
  return page.evaluate(async (asked) => {
    const started = performance.now();
    const { stages } = await (await fetch(`/v1/funnel?${asked}`)).json();
    const list = document.createElement('ul');
    list.append(
      ...stages.map(({ count }) => Object.assign(document.createElement('li'), { textContent: count })),
    );
    document.body.append(list);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const took = performance.now() - started;
    list.remove();
    return took;
  }, query);
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
  const hand = [];
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
      // Of one day less: the same answer would be at hand.
      const less = `from=2026-01-16&to=2026-06-20&mode=cohort&compare=previous&times=false`;
      hand.push({ took: await byHand(page, `${less}&filter=${encodeURIComponent(`${id}=${value}`)}`) });
      await settled(page);
    }
  }
  await page.context().close();
  return [times, hand];
}

const visits = [];
const readyVisits = [];
const bare = openBareBrowser(await chromium(), 'es-MX');
const ready = await serveReadyMade(bare);
for (let round = 0; round < ROUNDS; round += 1) {
  visits.push(await visit(bare));
  readyVisits.push(await visitReadyMade(bare, ready));
}
ready.close();
await bare.close();
const browser = await playwright.launch({
  executablePath: await chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const ranges = await rangeTimes();
const [segments, segmentsByHand] = await segmentTimes();
const script = [...new Set(visits.flatMap(({ scripts }) => scripts))].reduce(
  (sum, path) => sum + gzipSync(readFileSync(join(root, 'dist/web', path))).length,
  0,
);
const status = await (await fetch(`${address}/v1/status`)).json();
const told = (times) => {
  if (times.some(({ took }) => took === null)) throw new Error('numbers that never came');
  const all = times.map(({ took }) => took);
  return { middle: middle(all), worst: Math.max(...all) };
};
const ms = (value) => `${Math.round(value).toLocaleString('en')} ms`;
const span = (of) => `${ms(of.middle)}, worst ${ms(of.worst)}`;
/** Beside what the least takes, and how many times that it is. */
const beside = (of, least) => [ms(least), `${(of / least).toFixed(2)} ×`];
const first = told(ranges.filter(({ isKept }) => !isKept));
const segment = told(segments);
const all = (name, from = visits) => middle(from.map((each) => each[name]));
const visitRow = (title, name, most = '') => [
  title,
  span({ middle: all(name), worst: Math.max(...visits.map((each) => each[name])) }),
  most,
  ...beside(all(name), all(name, readyVisits)),
];
const rows = [
  ['leads', status.leads.toLocaleString('en'), '', '', ''],
  ['script until all has come, compressed', `${Math.round(script / 1000)} kB`, '≤ 250 kB', '', ''],
  visitRow(`first contentful paint, processor ${SLOWER} × slower`, 'painted'),
  visitRow('largest contentful paint', 'largest'),
  visitRow("the funnel's numbers", 'shown'),
  visitRow('usable', 'usable', '≤ 1,500 ms'),
  ['blocked beyond 50 ms a task, until all has come', ms(all('blocked')), '', '', ''],
  ['layout shift', all('shifted').toFixed(4), '< 0.1', '', ''],
  ['numbers of other days, asked first', span(first), '≤ 100 ms', '', ''],
  [
    'numbers of a segment, asked first',
    span(segment),
    '≤ 100 ms',
    ...beside(segment.middle, told(segmentsByHand).middle),
  ],
  ...(ROUNDS > 1
    ? [['numbers of other days, asked again', span(told(ranges.filter(({ isKept }) => isKept))), '', '', '']]
    : []),
];
const [one, two] = loadavg();
process.stdout.write(
  `${cpus().length} cores, load ${one.toFixed(1)} (${two.toFixed(1)}), medians of ${ROUNDS}\n\n| | measured | held to | the least | of it |\n| --- | ---: | ---: | ---: | ---: |\n`,
);
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`);
await browser.close();
server.removeAllListeners('exit');
server.kill('SIGTERM');
rmSync(folder, { recursive: true, force: true });
