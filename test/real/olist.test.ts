import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakdownAnswer, funnelAnswer } from '../../src/core/measures/answer.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, Workspace } from '../../src/node/app/workspace.ts';

/** Real leads through the program. The numbers were counted with other tools. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = join(root, '..', 'shared', 'data');
const LEADS = join(data, 'olist', 'olist_marketing_qualified_leads_dataset.csv');
const DEALS = join(data, 'olist', 'olist_closed_deals_dataset.csv');
const VARIANT = join(data, 'olist-variants', 'leads_m-d-yyyy.csv');

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

async function newWorkspace(): Promise<Workspace> {
  const home = await mkdtemp(join(tmpdir(), 'tregua-olist-'));
  await cp(join(root, 'examples', 'olist'), home, { recursive: true });
  return valueOf(await openWorkspace(home));
}

async function take(workspace: Workspace, path: string, fileName = 'export.csv'): Promise<ImportReport> {
  return valueOf(await workspace.importFile({ content: createReadStream(path), fileName }));
}

async function countsOf(workspace: Workspace, question: object): Promise<readonly (number | null)[]> {
  return funnelAnswer
    .parse(valueOf(await workspace.ask('funnel', question)))
    .stages.map((stage) => stage.count);
}

async function groupsOf(
  workspace: Workspace,
  dimension: string,
): Promise<ReadonlyMap<string | null, object>> {
  const answer = valueOf(await workspace.ask('breakdown', { dimension, stages: 'lead,sale', top: 1000 }));
  return new Map(breakdownAnswer.parse(answer).groups.map((group) => [group.value, group.counts]));
}

async function leadsByDay(workspace: Workspace): Promise<ReadonlyMap<string | null, object>> {
  return groupsOf(workspace, 'day');
}

async function discard(workspace: Workspace): Promise<void> {
  await workspace.close();
  await rm(workspace.home, { recursive: true, force: true });
}

describe.skipIf(!existsSync(LEADS))('the leads and deals of Olist', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await newWorkspace();
    expect(await take(workspace, LEADS)).toMatchObject({
      source: 'olist-leads',
      accepted: 8000,
      rejected: 0,
    });
    expect(await take(workspace, DEALS)).toMatchObject({ source: 'olist-deals', accepted: 842, rejected: 0 });
  });
  afterAll(() => discard(workspace));

  test('are 8,000 and 842', async () => {
    expect(await countsOf(workspace, {})).toEqual([8000, 842]);
    expect(await workspace.status()).toMatchObject({ leads: 8000, activities: 842 });
  });

  test('are those of each origin, and 60 without one', async () => {
    const groups = await groupsOf(workspace, 'origin');
    expect(groups.get('paid_search')).toEqual({ lead: 1586, sale: 195 });
    expect(groups.get('social')).toEqual({ lead: 1350, sale: 75 });
    expect(groups.get('')).toMatchObject({ lead: 60 });
  });

  test('are counted by period and by cohort in April 2018', async () => {
    const april = { from: '2018-04-01', to: '2018-04-30' };
    expect((await countsOf(workspace, { ...april, mode: 'period' }))[1]).toBe(207);
    expect(await countsOf(workspace, { ...april, mode: 'cohort' })).toEqual([1352, 183]);
  });

  test('came from 2017-06-14 to 2018-05-31', async () => {
    const days = [...(await leadsByDay(workspace)).keys()].map(String).toSorted();
    expect([days[0], days.at(-1)]).toEqual(['2017-06-14', '2018-05-31']);
  });

  test('were sold by one seller 133 times', async () => {
    const sales = [...(await groupsOf(workspace, 'seller')).entries()].flatMap(([seller, counts]) =>
      seller !== null && seller !== '' && 'sale' in counts ? [Number(counts.sale)] : [],
    );
    expect(Math.max(...sales)).toBe(133);
  });

  test('are the same when they come again, in the same file or in one with a row more', async () => {
    const before = await workspace.status();
    for (const path of [LEADS, DEALS])
      expect(await take(workspace, path)).toMatchObject({ known: true, accepted: 0 });
    const more = join(workspace.home, 'more.csv');
    const row = 'another,2018-05-30,88740e65d5d6b056e0cda098e1ea6313,social\n';
    await writeFile(more, (await readFile(LEADS, 'utf8')).trimEnd() + `\n${row}`);
    expect(await take(workspace, more, 'more.csv')).toMatchObject({
      accepted: 1,
      unchanged: 8000,
      rejected: 0,
    });
    expect((await workspace.status()).leads).toBe(before.leads + 1);
  });

  test('have the same days where a spreadsheet wrote them month first', async () => {
    const variant = await newWorkspace();
    const mapping = {
      file: 'variant.yaml',
      text: 'source: variant\nrecords:\n  - { kind: leads, columns: { lead_id: mql_id, created_at: first_contact_date } }\n',
    };
    const content = createReadStream(VARIANT);
    const report = valueOf(await variant.importFile({ content, fileName: 'variant.csv', mapping }));
    expect(report).toMatchObject({ accepted: 8000, rejected: 0 });
    const original = await newWorkspace();
    await take(original, LEADS);
    expect(await leadsByDay(variant)).toEqual(await leadsByDay(original));
    await discard(variant);
    await discard(original);
  });
});
