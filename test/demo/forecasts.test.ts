import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { targetsAnswer } from '../../src/core/measures/targets-answer.ts';
import type { TargetAnswer } from '../../src/core/measures/targets-answer.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';

/** The forecasts of the demo, made on the tenth of each month, against what came: `npm run backtest` in small. */

const TREGUA = fileURLToPath(new URL('../../bin/tregua.js', import.meta.url));
const METRICS = [
  'lead',
  'profiled',
  'qualified',
  'sale',
  'value',
  'profiled / lead',
  'qualified / profiled',
  'spend / qualified',
];
const MONTHS = [
  ...Array.from({ length: 11 }, (_, nth) => ({ year: 2025, month: nth + 2 })),
  ...Array.from({ length: 6 }, (_, nth) => ({ year: 2026, month: nth + 1 })),
];

let home: string;
let workspace: Workspace;
beforeAll(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'tregua-forecasts-')), 'demo');
  execFileSync(process.execPath, [
    TREGUA,
    'demo',
    home,
    '--leads',
    '12000',
    '--seed',
    '3',
    '--until',
    '2026-06-30',
  ]);
  const file = join(home, 'tregua.yaml');
  const agreement = z.record(z.string(), z.unknown()).parse(parse(await readFile(file, 'utf8')));
  const targets = METRICS.map((metric, nth) => ({
    id: `t${nth}`,
    owner: 'sales',
    metric,
    at_least: metric.includes('/') && !metric.startsWith('spend') ? '50%' : 1,
    per: 'month',
  }));
  await writeFile(file, stringify({ ...agreement, targets }));
  workspace = valueOf(await openWorkspace(home));
}, 300_000);
afterAll(async () => {
  await workspace.close();
  await rm(home, { recursive: true, force: true });
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

async function asOfDay(to: string): Promise<readonly TargetAnswer[]> {
  return targetsAnswer.parse(valueOf(await workspace.ask('targets', { to, history: 0 }))).targets;
}

test('about four of five months end inside their 80 % interval', { timeout: 300_000 }, async () => {
  let told = 0;
  let inside = 0;
  let below = 0;
  for (const { year, month } of MONTHS) {
    const first = `${year}-${String(month).padStart(2, '0')}`;
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const made = await asOfDay(`${first}-10`);
    const came = await asOfDay(`${first}-${last}`);
    for (const { id, forecast } of made) {
      const value = came.find((target) => target.id === id)?.value ?? null;
      if (forecast === null || value === null) throw new Error(`${first}: no forecast of ${id}`);
      told += 1;
      if (value >= forecast.low && value <= forecast.high) inside += 1;
      if (value < forecast.expected) below += 1;
    }
  }
  expect(told).toBe(MONTHS.length * METRICS.length);
  expect(inside / told).toBeGreaterThan(0.7);
  expect(inside / told).toBeLessThan(0.94);
  // Neither always too much nor always too little.
  expect(below / told).toBeGreaterThan(0.3);
  expect(below / told).toBeLessThan(0.7);
});
