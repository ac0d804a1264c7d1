import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, ImportRequest, Workspace } from '../../src/node/app/workspace.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** What a source's files do not say is asked once. */

const AGREEMENT = `
tregua: 1
name: Answers
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string } }
funnel: [ { id: spent, owner: sales, from: ads.impressions }, { id: lead, owner: sales } ]
`;

let home: string;
let workspace: Workspace;
beforeEach(async () => {
  home = ownFolder();
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  workspace = valueOf(await openWorkspace(home));
});
afterEach(() => workspace.close());

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

function offer(text: string, options: Partial<ImportRequest> = {}): Promise<Result<ImportReport>> {
  return workspace.importFile({ content: bytesOf(text), fileName: 'export.csv', ...options });
}

async function codes(result: Promise<Result<ImportReport>>): Promise<readonly string[]> {
  const told = await result;
  return told.ok ? [] : told.faults.map(({ code }) => code);
}

const HEAD = 'Campaign,Day,Cost,Impr.,Branch\n';

test('once said, it counts for all files of the source, after a restart too', async () => {
  expect(await codes(offer(`${HEAD}North,2026-03-01,10,100,Centre\n`))).toEqual(['ingest.currency_unsaid']);
  const answers = { currency: 'mxn', Branch: 'zone' };
  const first = valueOf(await offer(`${HEAD}North,2026-03-01,10,100,Centre\n`, { answers }));
  expect(first).toMatchObject({ accepted: 1, recognised: { by: 'preset', name: 'Google Ads', asks: [] } });
  await workspace.close();
  workspace = valueOf(await openWorkspace(home));
  const second = valueOf(await offer(`${HEAD}North,2026-03-02,12,120,South\n`));
  expect(second).toMatchObject({ accepted: 1, recognised: { unknown: [], free: [] } });
});

test('a rehearsal asks and keeps no answer', async () => {
  const text = `${HEAD}North,2026-03-01,10,100,Centre\n`;
  expect(valueOf(await offer(text, { dryRun: true })).recognised).toMatchObject({
    asks: ['currency'],
    unknown: ['Branch'],
    free: ['zone'],
  });
  valueOf(await offer(text, { dryRun: true, answers: { currency: 'MXN' } }));
  expect(await codes(offer(text))).toEqual(['ingest.currency_unsaid']);
});

test.each([
  [{ currency: 'PESOS' }],
  [{ dates: 'day first' }],
  [{ timezone: 'Mars/Phobos' }],
  [{ Branch: 'planet' }],
])('%j answers nothing', async (answers) => {
  expect(await codes(offer(`${HEAD}North,2026-03-01,10,100,Centre\n`, { answers }))).toEqual([
    'ingest.bad_answer',
  ]);
});

test('rows that are no data are told apart, and again after a rebuild', async () => {
  const text = `${HEAD}North,2026-03-01,10,100,Centre\nTotal: Account,,10,100,\n`;
  const report = valueOf(await offer(text, { answers: { currency: 'MXN' } }));
  expect(report).toMatchObject({ rowsRead: 1, accepted: 1, leftOut: { total: 1 } });
  valueOf(await workspace.rebuild());
  const again = valueOf(await offer(text));
  expect(again).toMatchObject({ known: true, rowsRead: 1, leftOut: { total: 1 } });
});
