import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { medianTime } from '../bench/questions.js';
import { build, install, root } from './prepare.js';

const { values: options } = parseArgs({
  options: {
    leads: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '9' },
    only: { type: 'string', default: '' },
    temp: { type: 'string', default: tmpdir() },
    verbose: { type: 'boolean', default: false },
  },
});
const leads = Number(options.leads);
const rounds = Number(options.rounds);
if (!Number.isSafeInteger(leads) || leads < 1 || !(rounds >= 1) || !(Number(options.runs) >= 1)) {
  process.stderr.write(
    'usage: npm run bench -- [--leads N] [--rounds N] [--runs N] [--only NAME,…] [--temp DIR] [--verbose]\n',
  );
  process.exit(2);
}
install();
build();
// The steps are processes of their own and read it too.
process.env['TREGUA_BENCH_ONLY'] = options.only;
const { measures } = await import('../bench/measures/index.js');
const only = options.only.split(',').filter((each) => each !== '');
const wants = (name) => only.length === 0 || only.some((each) => name.includes(each));
const isOfMemory = options.only === 'memory';
if (
  only.length > 0 &&
  measures.length === 0 &&
  !isOfMemory &&
  !['import', 'derivation', 'page', 'live'].some(wants)
) {
  process.stderr.write(
    `--only: no measure is called ${options.only}; also: import, derivation, page, live, memory\n`,
  );
  process.exit(2);
}
const began = performance.now();

const folder = mkdtempSync(join(options.temp, 'tregua-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** Each step is a process of its own, so that its memory is its own and none inherits another's caches. */
function step(who, name, ...words) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'bench', `${who}.js`), name, folder, ...words.map(String)],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
  );
  if (status !== 0) process.exit(status ?? 1);
  const result = JSON.parse(stdout);
  if (options.verbose) {
    const figures = JSON.stringify(result, (key, value) => (key === 'answer' ? undefined : value));
    process.stderr.write(`${who} ${name} ${figures}\n`);
  }
  return result;
}

const held = (is) => (is ? 'held' : 'not held');

/** What the engine may use, and what the rest of the program may need beside it, in MB. */
const ENGINE_MB = 1024;
const BESIDE_MB = 1024;
/** A file five times as large may take so many times the memory, under the same limit of the engine. */
const MOST_GROWTH = 1.1;

/** The memory of an import does not hang on the size of its file: a fifth of the leads, and all of them. */
function measureMemory() {
  const peaks = [];
  for (const count of [Math.ceil(leads / 5), leads]) {
    const { bytes } = step('memory', 'generate', count, ENGINE_MB);
    const { time, heap, peak } = step('memory', 'import', count, ENGINE_MB);
    peaks.push(peak);
    const words = [
      `a file of ${(bytes / 1e9).toFixed(2)} GB, ${count.toLocaleString('en')} leads`,
      `peak ${Math.round(peak)} MB, of it JavaScript ${Math.round(heap)} MB`,
      `goal ≤ ${ENGINE_MB} for the engine + ${BESIDE_MB}: ${held(peak <= ENGINE_MB + BESIDE_MB)}`,
      `${time.wall.toFixed(0)} s`,
    ];
    process.stdout.write(`${words.join('; ')}\n`);
  }
  const [small, large] = peaks;
  const growth = large / small;
  process.stdout.write(
    `memory over a file five times as large: × ${growth.toFixed(2)}; goal ≤ ${MOST_GROWTH}: ${held(growth <= MOST_GROWTH)}\n`,
  );
  process.exit(large <= ENGINE_MB + BESIDE_MB && growth <= MOST_GROWTH ? 0 : 1);
}

/** Equal numbers, or the comparison means nothing. */
function requireEqual(what, ours, theirs) {
  if (isDeepStrictEqual(ours, theirs)) return;
  process.stderr.write(`${what}: the numbers differ\n${JSON.stringify(ours)}\n${JSON.stringify(theirs)}\n`);
  process.exit(1);
}

/** What is not asked for is done once, where the rest stands on it. */
function alternately(name, what, ...words) {
  const program = [];
  const analyst = [];
  for (let round = 0; round < (wants(what) ? rounds : 1); round += 1) {
    if (name === 'import') clear();
    program.push(step('program', name, ...words));
    analyst.push(step('analyst', name, ...words));
  }
  return { program, analyst };
}

function clear() {
  rmSync(join(folder, 'home'), { recursive: true, force: true });
  rmSync(join(folder, 'analyst.duckdb'), { force: true });
}

if (isOfMemory) measureMemory();

const made = step('analyst', 'generate', leads);
const imports = alternately('import', 'import');
const derivations = alternately('derive', 'derivation');
requireEqual('derivation', derivations.program[0].answer, derivations.analyst[0].answer);
const pages = wants('page') ? alternately('pages', 'page', options.runs) : null;
for (const name of pages === null ? [] : ['unfiltered', 'filtered']) {
  requireEqual(`${name} page`, pages.program[0][name].answer, pages.analyst[0][name].answer);
}
const asked =
  measures.length > 0
    ? alternately('measures', measures[0].name, options.runs)
    : { program: [], analyst: [] };
for (const { name } of measures) {
  const [ours, theirs] = [asked.program, asked.analyst].map(([first]) => first.measures[name].answer);
  requireEqual(name, ours, theirs);
}

const coming = wants('live')
  ? { bare: step('live', 'bare'), api: step('live', 'api'), fresh: step('live', 'fresh', 5) }
  : null;

/** No page may take longer, whatever an analyst's own way takes. */
const MOST_SECONDS = 1;
/** A page has a second; a draft in the editor three. */
const mostSecondsOf = (name) => (name.startsWith('what-if') ? 3 * MOST_SECONDS : MOST_SECONDS);

const rows = [
  ...(pages === null
    ? []
    : [
        row('unfiltered page', pages, (each) => each.unfiltered.time, 0.1, MOST_SECONDS),
        row('filtered page', pages, (each) => each.filtered.time, 1.2, MOST_SECONDS),
      ]),
  ...measures.map(({ name }) =>
    row(name, asked, (each) => each.measures[name].time, 1.5, mostSecondsOf(name)),
  ),
  ...(wants('derivation') ? [row('full derivation', derivations, (each) => each.time, 1.3)] : []),
  ...(wants('import')
    ? [
        row('import of leads.csv', imports, (each) => each.leads, 1.5),
        row('import of activities.csv', imports, (each) => each.activities, 1.5),
      ]
    : []),
];
const peak = Math.max(
  ...[...imports.program, ...derivations.program, ...(pages?.program ?? []), ...asked.program].map(
    (each) => each.peak,
  ),
);

function row(what, { program, analyst }, pick, goal, most = Number.POSITIVE_INFINITY) {
  const ours = medianTime(program.map(pick));
  const theirs = medianTime(analyst.map(pick));
  const ratio = ours.wall / theirs.wall;
  return [
    what,
    ours.wall.toFixed(3),
    theirs.wall.toFixed(3),
    digits(ratio),
    digits(ours.cpu / theirs.cpu),
    Number.isFinite(most) ? `≤ ${goal}, ≤ ${most} s` : `≤ ${goal}`,
    ratio <= goal && ours.wall <= most ? 'held' : 'not held',
  ];
}

function digits(ratio) {
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

const count = (number) => number.toLocaleString('en');
const table = [
  ['what', 'Tregua s', 'SQL s', 'ratio', 'of CPU', 'goal', ''],
  ...rows,
  ['peak memory, GB', (peak / 1024).toFixed(2), '', '', '', '< 4', peak < 4096 ? 'held' : 'not held'],
];
const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
process.stdout.write(
  `${count(leads)} leads, ${count(made.activities)} activities; ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB; median of ${rounds}\n\n`,
);
for (const cells of table) {
  const line = cells.map((cell, column) =>
    column === 0 || column === 6 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
  );
  process.stdout.write(`${line.join('  ').trimEnd()}\n`);
}

/** What comes in while the program runs: against goals of its own, beside a bare handler in the same run. */
const whole = (number) => count(Math.round(number));
function liveRows({ bare, api, fresh }) {
  return [
    ['live', 'Tregua', 'bare handler', 'goal', ''],
    [
      'leads a second, batches of 1,000',
      whole(api.batches.perSecond),
      whole(bare.batches.perSecond),
      '≥ 20,000',
      held(api.batches.perSecond >= 20_000),
    ],
    [
      'single posts a second',
      whole(api.singles.perSecond),
      whole(bare.singles.perSecond),
      '≥ 500',
      held(api.singles.perSecond >= 500),
    ],
    [
      'single posts, p99 ms',
      api.singles.p99.toFixed(1),
      bare.singles.p99.toFixed(1),
      '≤ 50',
      held(api.singles.p99 <= 50),
    ],
    [
      `posted until counted, s (of ${count(leads)} leads)`,
      fresh.seconds.toFixed(2),
      '',
      '≤ 1',
      held(fresh.seconds <= 1),
    ],
  ];
}

const live = coming === null ? [] : liveRows(coming);
const spans = (live[0] ?? []).map((_, column) => Math.max(...live.map((cells) => cells[column].length)));
if (live.length > 0) process.stdout.write('\n');
for (const cells of live) {
  const line = cells.map((cell, column) =>
    column === 0 || column === 4 ? cell.padEnd(spans[column]) : cell.padStart(spans[column]),
  );
  process.stdout.write(`${line.join('  ').trimEnd()}\n`);
}
const missed = [...table, ...live].filter((cells) => cells.at(-1) === 'not held');
process.stdout.write(
  `\n${missed.length === 0 ? 'All goals held' : `Not held: ${missed.map(([what]) => what).join('; ')}`}; ${Math.round((performance.now() - began) / 60_000)} minutes\n`,
);
