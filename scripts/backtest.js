import {
  createReadStream,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { build, install, root, run } from './prepare.js';

// The forecasts of targets against what came: made on one day of each month, with what had happened by then.
const { values: options } = parseArgs({
  options: {
    day: { type: 'string', default: '10' },
    olist: { type: 'string' },
    temp: { type: 'string', default: tmpdir() },
  },
});
const day = Number(options.day);
if (!Number.isInteger(day) || day < 1 || day > 27) {
  process.stderr.write('usage: npm run backtest -- [--day 10] [--olist FOLDER] [--temp DIR]\n');
  process.exit(2);
}
install();
build();
const { openWorkspace } = await import('../dist/src/node/app/local-workspace.js');

const folder = mkdtempSync(join(options.temp, 'tregua-backtest-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

function valueOf(result) {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

/** Monthly targets of these metrics in place of the agreement's own; the goals do not matter. */
function setTargets(home, metrics) {
  const file = join(home, 'tregua.yaml');
  const agreement = parse(readFileSync(file, 'utf8'));
  agreement.targets = metrics.map((metric, nth) => {
    const isShare = /^(?!spend|value).*\//.test(metric);
    return { id: `t${nth}`, owner: 'sales', metric, at_least: isShare ? '50%' : 1, per: 'month' };
  });
  writeFileSync(file, stringify(agreement));
}

function monthsBetween(from, to) {
  const months = [];
  for (let month = from; month <= to;) {
    months.push(month);
    const [year, number] = month.split('-').map(Number);
    month = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  }
  return months;
}

function lastDay(month) {
  const [year, number] = month.split('-').map(Number);
  return `${month}-${new Date(Date.UTC(year, number, 0)).getUTCDate()}`;
}

/** By metric, how far the expectation was from what came, and how often the interval held it. */
async function backtest(home, metrics, months) {
  setTargets(home, metrics);
  const workspace = valueOf(await openWorkspace(home));
  const rows = new Map(metrics.map((metric) => [metric, []]));
  for (const month of months) {
    const ask = async (to) => valueOf(await workspace.ask('targets', { to, history: 0 })).targets;
    const made = await ask(`${month}-${String(day).padStart(2, '0')}`);
    const came = await ask(lastDay(month));
    for (const { id, metric, forecast } of made) {
      const { value } = came.find((target) => target.id === id);
      if (forecast === null || value === null) continue;
      rows.get(metric).push({ month, value, ...forecast });
    }
  }
  await workspace.close();
  return metrics.map((metric) => {
    const told = rows.get(metric);
    const inside = told.filter(({ value, low, high }) => value >= low && value <= high).length;
    const errors = told
      .filter(({ value }) => value !== 0)
      .map(({ value, expected }) => Math.abs(expected / value - 1));
    const widths = told
      .filter(({ value }) => value !== 0)
      .map(({ value, low, high }) => (high - low) / value);
    return { metric, months: told.length, inside, error: mean(errors), width: mean(widths) };
  });
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function percent(value) {
  return `${(value * 100).toFixed(1)} %`;
}

function print(name, rows) {
  const total = rows.reduce((sum, { months }) => sum + months, 0);
  const inside = rows.reduce((sum, each) => sum + each.inside, 0);
  const lines = rows.map(
    ({ metric, months, error, width, inside: held }) =>
      `| ${name} | \`${metric}\` | ${months} | ${percent(error)} | ${percent(width)} | ${held} of ${months} |`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stdout.write(
    `| ${name} | all | ${total} | | | ${inside} of ${total} (${percent(inside / total)}) |\n`,
  );
}

process.stdout.write(
  '| data | metric | months | error | width | inside |\n| --- | --- | --- | --- | --- | --- |\n',
);

const demo = join(folder, 'demo');
run(process.execPath, [join(root, 'bin', 'tregua.js'), 'demo', demo, '--until', '2026-06-30'], {
  stdio: 'ignore',
});
print(
  'demo',
  await backtest(
    demo,
    [
      'clicks',
      'lead',
      'profiled',
      'qualified',
      'meeting',
      'sale',
      'value',
      'profiled / lead',
      'qualified / profiled',
      'sale / lead',
      'spend / qualified',
      'spend / sale',
      'value / spend',
    ],
    // The first month has no two weeks before its tenth day.
    monthsBetween('2025-02', '2026-06'),
  ),
);

if (options.olist !== undefined) {
  const home = join(folder, 'olist');
  cpSync(join(root, 'examples', 'olist'), home, { recursive: true });
  const workspace = valueOf(await openWorkspace(home));
  for (const name of readdirSync(options.olist).filter((file) => file.endsWith('.csv')))
    valueOf(
      await workspace.importFile({ content: createReadStream(join(options.olist, name)), fileName: name }),
    );
  await workspace.close();
  // Leads end with May 2018; the first sale is of December 2017.
  const told = [
    ...(await backtest(home, ['lead'], monthsBetween('2017-07', '2018-05'))),
    ...(await backtest(home, ['sale'], monthsBetween('2018-01', '2018-10'))),
    ...(await backtest(home, ['sale / lead'], monthsBetween('2018-01', '2018-05'))),
  ];
  print('olist', told);
}
