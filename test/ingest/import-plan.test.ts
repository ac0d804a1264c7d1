import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LiveSources } from '../../src/node/app/sources/live-sources.ts';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, ImportRequest, ServedWorkspace } from '../../src/node/app/workspace.ts';
import { planFiles } from '../../src/node/cli/commands/import-plan.ts';
import { openTerminal } from '../../src/node/cli/terminal.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { Syncs } from '../../src/node/sources/syncs.ts';
import { createApp } from '../../src/node/server/app.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** What files would become is told before anything is loaded, and what they do not say is asked. */

const AGREEMENT = `
tregua: 1
name: Plan
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, phone: { type: string, pii: phone } }
funnel: [ { id: seen, owner: sales, from: ads.impressions }, { id: lead, owner: sales } ]
`;

const FILES: Record<string, string> = {
  'deals.csv':
    'Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Associated Contact IDs\n9,D,Closed Won,100,MXN,2026-03-09 10:00,501\n',
  'contacts.csv':
    'Record ID,First Name,Phone Number,Lifecycle Stage,Create Date,Branch\n501,P,5500000001,Lead,2026-03-01 10:00,Centre\n502,Q,,Lead,never,South\n',
  'google.csv': 'Campaign,Day,Cost,Impr.\nNorth,2026-03-01,10,100\n',
  'other.csv': 'alpha,beta\n1,2\n',
};

const TOGETHER = Object.keys(FILES);

let home: string;
let workspace: ServedWorkspace;
beforeEach(async () => {
  home = ownFolder();
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  workspace = valueOf(await openWorkspace(home));
});
afterEach(() => workspace.close());

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

function offer(name: string, more: Partial<ImportRequest> = {}): Promise<Result<ImportReport>> {
  return workspace.importFile({ content: bytesOf(FILES[name] ?? ''), fileName: name, ...more });
}

test('a rehearsal says how each column is read and what the first records are', async () => {
  const { plan, recognised, rejected, kept } = valueOf(await offer('contacts.csv', { dryRun: true }));
  expect(plan).toMatchObject({
    format: { kind: 'csv', delimiter: ',', encoding: 'utf-8', headerLine: 1 },
    timezone: 'America/Mexico_City',
    records: [{ kind: 'leads', columns: { crm_id: ['Record ID'], phone: ['Phone Number'] } }],
    samples: { leads: [{ lead_id: 'hubspot:501', phone: true }] },
  });
  expect(recognised).toMatchObject({ by: 'preset', name: 'HubSpot', unknown: ['Branch'], free: ['zone'] });
  expect([rejected, kept]).toEqual([1, false]);
  expect(await workspace.status()).toMatchObject({ empty: true });
});

test.each([
  [
    'of a CRM',
    'Record ID,First Name,Lifecycle Stage,Create Date\n1.20235E+17,Q,Lead,2026-03-01 10:00\n',
    'Record ID',
  ],
  [
    'of a deal, behind what tells it from others',
    'Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Associated Contact IDs\n9.5E+15,D,Closed Won,1,MXN,2026-03-09 10:00,501\n',
    'Record ID',
  ],
  [
    'of a campaign',
    'Day,Campaign name,Campaign ID,Amount spent (MXN),Impressions,Reporting starts,Reporting ends\n2026-03-01,N,1.20235E+17,1.5,9,2026-03-01,2026-03-31\n',
    'Campaign ID',
  ],
])('an id %s that a spreadsheet damaged is refused', async (_, text, column) => {
  FILES['damaged.csv'] = text;
  const { examples, rejected } = valueOf(await offer('damaged.csv', { dryRun: true }));
  expect(rejected).toBe(1);
  expect(examples).toMatchObject([{ code: 'reject.damaged_id', column }]);
});

describe('at a terminal', () => {
  /** Answers in their order, and what was asked. */
  function typing(...answers: readonly string[]) {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question.trim());
      return Promise.resolve(answers[asked.length - 1] ?? '');
    };
    return { asked, ask };
  }

  function quietTerminal() {
    const told: string[] = [];
    const terminal = openTerminal({ language: 'en', json: false, quiet: true });
    return { told, terminal: { ...terminal, out: (text: string) => void told.push(text) } };
  }

  async function plan(names: readonly string[], ...answers: readonly string[]) {
    const { asked, ask } = typing(...answers);
    const { told, terminal } = quietTerminal();
    const faults: string[] = [];
    const chosen = await planFiles(
      names,
      offer,
      terminal,
      (each) => faults.push(...each.map(({ code }) => code)),
      ask,
    );
    return { asked, told: told.join('\n'), faults, chosen };
  }

  test('files dropped together are sorted: ads, leads, what befell them', async () => {
    const { asked, chosen, faults, told } = await plan(TOGETHER, 'zone', 'mxn', '');
    expect(asked).toEqual([
      '"Branch" is not known. Which field does it go to? (zone; Enter: kept aside)',
      'Which currency is google.csv in? (MXN, EUR, USD…)',
      'Load the 3 files? [Y/n]',
    ]);
    expect(chosen.map(({ file, answers }) => [file, answers])).toEqual([
      ['google.csv', { currency: 'mxn' }],
      ['contacts.csv', { 'column:Branch': 'zone' }],
      ['deals.csv', {}],
    ]);
    expect(faults).toEqual(['ingest.unknown_file']);
    expect(told).toContain('zone ← Branch');
    for (const { file, answers } of chosen) valueOf(await offer(file, { answers }));
    const again = await plan(['contacts.csv', 'google.csv'], 'y');
    expect(again.asked).toEqual(['Load the 2 files? [Y/n]']);
  });

  test('what a file cannot be read without is asked: dates, decimal mark, stages that end a deal', async () => {
    FILES['sales.csv'] = 'lead_id,type,at,amount\nL1,sale,03/04/2026,"1.250"\n';
    const { asked, chosen } = await plan(['sales.csv'], 'dmy', ',', 'y');
    expect(asked).toEqual([
      'Which part of the dates of sales.csv comes first, the day or the month? (dmy, mdy)',
      'Which is the decimal mark of sales.csv? (. or ,)',
      'Load it? [Y/n]',
    ]);
    expect(chosen).toEqual([{ file: 'sales.csv', answers: { dates: 'dmy', decimal: ',' }, order: 2 }]);
    FILES['own.csv'] = (FILES['deals.csv'] ?? '').replace('Closed Won', 'Firmado') + '8,E,Visita,,MXN,,502\n';
    const own = await plan(['own.csv'], 'won', '', 'y');
    expect(own.asked.slice(0, 2)).toEqual([
      'Does the stage "Firmado" end a deal? (won, lost; Enter: it goes on)',
      'Does the stage "Visita" end a deal? (won, lost; Enter: it goes on)',
    ]);
    expect(own.chosen).toMatchObject([{ answers: { won: 'Firmado', open: 'Visita' } }]);
    expect(own.told).toContain('1 accepted');
    // Who answers nothing is told what is missing.
    expect((await plan(['sales.csv'], '')).faults).toEqual(['ingest.dates_unclear']);
  });

  test('deals that are won at no date are told, not dropped silently', async () => {
    FILES['won.csv'] =
      'Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Deal created\n7,T,Offer,Won,2026-03-01\n';
    const { warnings } = valueOf(await offer('won.csv', { dryRun: true }));
    expect(warnings).toMatchObject([
      {
        code: 'ingest.undated_end',
        params: { type: 'sale', column: 'Deal - Won time / Trato - Hora de ganado' },
      },
      { code: 'ingest.undated_end', params: { type: 'disqualified' } },
    ]);
  });

  test('nothing is loaded where the answer is no', async () => {
    expect((await plan(['google.csv'], 'MXN', 'n')).chosen).toEqual([]);
    expect(await workspace.status()).toMatchObject({ empty: true });
  });

  test('a column that is kept aside is not asked about again', async () => {
    const { chosen } = await plan(['contacts.csv'], '', 'y');
    expect(chosen).toEqual([{ file: 'contacts.csv', answers: { 'column:Branch': '' }, order: 1 }]);
    valueOf(await offer('contacts.csv', { answers: { 'column:Branch': '' } }));
    expect((await plan(['contacts.csv'], 'y')).asked).toEqual(['Load it? [Y/n]']);
  });
});

describe('by the API', () => {
  let access: AccessStore;
  let live: LiveSources;
  beforeEach(() => {
    access = AccessStore.open(home);
    live = new LiveSources(workspace, undefined, () => undefined);
  });
  afterEach(async () => {
    access.close();
    await live.close();
  });

  test('a file is sent once, planned, answered, and loaded', async () => {
    const app = createApp(workspace, {
      access,
      live,
      syncs: new Syncs(workspace, () => undefined),
      hosts: null,
      token: 't',
      web: null,
      report: () => undefined,
    });
    const headers = { host: 'localhost', 'x-tregua-token': 't', 'accept-language': 'es' };
    const post = async (path: string, body: unknown): Promise<{ status: number; body: unknown }> => {
      const response = await app.request(`/v1/import/${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const send = async (name: string): Promise<string> => {
      const { body } = await post(`files?name=${name}`, FILES[name]);
      return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
    };
    const contacts = await send('contacts.csv');
    const google = await send('google.csv');
    const other = await send('other.csv');
    const both = { files: [{ id: contacts }, { id: other }, { id: google }] };
    expect((await post('plan', both)).body).toMatchObject({
      files: [
        { id: google, name: 'google.csv', report: { recognised: { asks: ['currency'] } }, errors: [] },
        {
          id: contacts,
          report: { rejected: 1, examples: [{ reason: 'Create Date: «never» no es una fecha y hora' }] },
        },
        { id: other, report: null, errors: [{ code: 'ingest.unknown_file' }] },
      ],
    });
    expect((await post('load', { files: [{ id: google }] })).body).toMatchObject({
      files: [{ errors: [{ code: 'ingest.currency_unsaid' }] }],
    });
    const answers = { currency: 'MXN' };
    expect((await post('load', { files: [{ id: google, answers }] })).body).toMatchObject({
      files: [{ name: 'google.csv', report: { accepted: 1, kept: true }, errors: [] }],
    });
    expect((await post('load', { files: [{ id: google, answers }] })).body).toMatchObject({
      files: [{ errors: [{ code: 'server.no_upload' }] }],
    });
    expect(await post('plan', { file: contacts })).toMatchObject({ status: 400 });
    expect(await workspace.status()).toMatchObject({ ad_rows: 1, leads: 0 });
  });
});
