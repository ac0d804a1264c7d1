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

const DEALS = 'ID,Nombre del lead,Estatus del lead,Fecha de creación,Cerrado en,Venta,Usuario responsable\n';

test('stages that a pipeline calls as nobody else does are asked once, and mean a sale or a loss from then on', async () => {
  const rows = [
    '1,Ana,Ganado,01.03.2026 10:00,05.03.2026 10:00,100,Eva',
    '2,Luis,Contrato firmado,02.03.2026 10:00,06.03.2026 10:00,250,Eva',
    '3,Rosa,No le interesa,03.03.2026 10:00,07.03.2026 10:00,0,Eva',
    '4,Juan,Negociación,04.03.2026 10:00,,0,Eva',
  ];
  const text = `${DEALS}${rows.join('\n')}\n`;
  const currency = { currency: 'MXN' };
  const asked = valueOf(await offer(text, { dryRun: true, answers: currency }));
  expect(asked.recognised?.stages).toEqual(['Contrato firmado', 'Negociación', 'No le interesa']);
  const answers = { ...currency, won: 'Contrato firmado', lost: 'No le interesa', open: 'Negociación' };
  const told = valueOf(await offer(text, { dryRun: true, answers }));
  expect(told.recognised?.stages).toBeUndefined();
  expect(told.plan?.samples.activities?.map((each) => [each['type'], each['amount'] ?? null])).toEqual(
    expect.arrayContaining([
      ['sale', 100],
      ['sale', 250],
      ['disqualified', null],
    ]),
  );
  valueOf(await offer(text, { answers }));
  const later = `${DEALS}5,Sara,contrato firmado,05.03.2026 10:00,08.03.2026 10:00,300,Eva\n`;
  expect(valueOf(await offer(later, { dryRun: true })).plan?.samples.activities).toMatchObject([
    { type: 'sale', amount: 300 },
  ]);
});

test('what a source writes for "no datum" is added to what was said before', async () => {
  const head = 'lead_id,created_at,budget\n';
  const mapping = {
    text: 'source: sheet\nrecords: [ { kind: leads, columns: { lead_id: lead_id, created_at: created_at, zone: budget } } ]',
    file: 'sheet.yaml',
  };
  valueOf(await offer(`${head}a,2026-01-01,--\n`, { mapping, answers: { missing: '--' } }));
  const both = await offer(`${head}b,2026-01-01,n/a\nc,2026-01-01,--\nd,2026-01-01,Norte\n`, {
    mapping,
    answers: { missing: 'n/a' },
    dryRun: true,
  });
  const zones = valueOf(both).plan?.samples.leads?.map((each) => each['zone'] ?? null);
  expect(zones).toHaveLength(3);
  expect(zones?.filter((zone) => zone !== null)).toEqual(['Norte']);
});
