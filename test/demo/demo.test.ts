import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { breakdownAnswer, leadAnswer, leadsAnswer } from '../../src/core/measures/answer.ts';
import type { GroupAnswer } from '../../src/core/measures/answer.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';

/** The demo is the same for everybody, and what it tells can be found. */

const TREGUA = fileURLToPath(new URL('../../bin/tregua.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tregua-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function demo(name: string, ...flags: readonly string[]): string {
  const home = join(folder, name);
  execFileSync(process.execPath, [TREGUA, 'demo', home, '--quiet', '--until', '2026-06-30', ...flags]);
  return home;
}

function filesOf(home: string): readonly string[] {
  return readdirSync(join(home, 'data'))
    .toSorted()
    .map((name) => readFileSync(join(home, 'data', name), 'utf8'));
}

test('one seed makes the same bytes, and another one others', () => {
  const [one, again, other] = [
    demo('one', '--leads', '400', '--seed', '7'),
    demo('again', '--leads', '400', '--seed', '7'),
    demo('other', '--leads', '400', '--seed', '8'),
  ].map(filesOf);
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

describe('the story', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = valueOf(await openWorkspace(demo('story')));
  });
  afterAll(() => workspace.close());

  function valueOf<T>(result: Result<T>): T {
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    return result.value;
  }

  async function groups(
    dimension: string,
    stages: string,
    question: object = {},
  ): Promise<readonly GroupAnswer[]> {
    const answer = valueOf(await workspace.ask('breakdown', { dimension, stages, top: 100, ...question }));
    return breakdownAnswer.parse(answer).groups.filter((group) => group.kind === 'value');
  }

  const worst = (all: readonly GroupAnswer[]): readonly (string | null)[] =>
    all
      .filter((group) => !group.small)
      .toSorted((one, other) => (one.rate.rate ?? 0) - (other.rate.rate ?? 0))
      .map((group) => group.value);

  test('is 30,000 leads over 18 months, with their activities and ads', async () => {
    const status = await workspace.status();
    expect(status.leads).toBe(30_000);
    expect(status.extent).toEqual({ from: '2025-01-01', to: '2026-06-30' });
    expect(status.activities).toBeGreaterThan(30_000);
    expect(status.ad_rows).toBeGreaterThan(1000);
  });

  test('a campaign brings the most leads since it began, and the fewest that can be reached', async () => {
    const since = { from: '2026-01-01', to: '2026-06-30' };
    const all = await groups('campaign', 'lead,profiled', since);
    const most = all.toSorted((one, other) => (other.counts['lead'] ?? 0) - (one.counts['lead'] ?? 0))[0];
    expect(most?.value).toBe('Redes · sorteo');
    expect(worst(all)[0]).toBe('Redes · sorteo');
    expect(most?.differs).toBe(true);
  });

  test('a zone qualifies badly', async () => {
    const all = await groups('zone', 'profiled,qualified');
    expect(worst(all)[0]).toBe('Oriente');
    expect(all.find((group) => group.value === 'Oriente')?.differs).toBe(true);
  });

  test('a seller answers late, and loses by it', async () => {
    const all = await groups('seller', 'profiled,qualified');
    expect(worst(all)[0]).toBe('Fabián');
    const firstCall = new Map<string, number[]>();
    const created = new Map<string, number>();
    for (const { lead_id, created_at } of rows('leads.csv'))
      created.set(lead_id ?? '', Date.parse(created_at ?? ''));
    const called = new Set<string>();
    for (const { lead_id, type, at, seller } of rows('activities.csv')) {
      if (type !== 'call' || called.has(lead_id ?? '')) continue;
      called.add(lead_id ?? '');
      const waits = firstCall.get(seller ?? '') ?? [];
      waits.push(Date.parse(at ?? '') - (created.get(lead_id ?? '') ?? Number.NaN));
      firstCall.set(seller ?? '', waits);
    }
    const medians = [...firstCall].map(([seller, waits]) => ({
      seller,
      hours: (waits.toSorted((one, other) => one - other)[Math.floor(waits.length / 2)] ?? 0) / 3_600_000,
    }));
    const [slowest, next] = medians.toSorted((one, other) => other.hours - one.hours);
    expect(slowest?.seller).toBe('Fabián');
    expect(slowest?.hours).toBeGreaterThan(5 * (next?.hours ?? Infinity));
  });

  test('two hours of the day are bad', async () => {
    const all = await groups('hour', 'profiled,qualified');
    expect(new Set(worst(all).slice(0, 2))).toEqual(new Set(['14', '15']));
    expect(
      all.filter((group) => ['14', '15'].includes(group.value ?? '')).every((group) => group.differs),
    ).toBe(true);
  });

  test('sales fell in a month, because the form had lost its telephone', async () => {
    const months = await groups('month', 'lead,profiled');
    expect(worst(months)[0]).toBe('2026-03');
    const [march, february] = [await shareWithoutContact('2026-03'), await shareWithoutContact('2026-02')];
    expect(march - february).toBeGreaterThan(0.2);
    const sales = (await groups('month', 'lead,sale')).filter(
      ({ value }) => (value ?? '') >= '2025-12' && (value ?? '') <= '2026-05',
    );
    const fewest = sales.toSorted((one, other) => (one.counts['sale'] ?? 0) - (other.counts['sale'] ?? 0))[0];
    expect(fewest?.value).toBe('2026-03');
  });

  /** Of the leads of a month that were not profiled, how many owe their telephone and mail, as each one says. */
  async function shareWithoutContact(month: string): Promise<number> {
    const question = { from: `${month}-01`, to: `${month}-28`, stage: 'lead', status: 'lost', limit: 40 };
    const { leads } = leadsAnswer.parse(valueOf(await workspace.ask('leads', question)));
    const told = await Promise.all(
      leads.map(async ({ id }) => leadAnswer.parse(valueOf(await workspace.ask('lead', { id })))),
    );
    const without = told.filter((lead) =>
      lead.stages.some((stage) =>
        stage.criteria.some(
          (criterion) => criterion.value === 'unknown' && criterion.missing.join() === 'phone,email',
        ),
      ),
    );
    return without.length / leads.length;
  }

  /** Rows of a file of the demo's data; none of its cells holds a comma or a quote. */
  function* rows(name: string): Generator<Readonly<Record<string, string>>> {
    const [head = '', ...lines] = readFileSync(join(workspace.home, 'data', name), 'utf8')
      .trim()
      .split('\n');
    const columns = head.split(',');
    for (const line of lines) {
      const cells = line.split(',');
      yield Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
    }
  }
});
