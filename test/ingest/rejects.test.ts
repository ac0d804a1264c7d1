import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { everyReject } from '../../src/node/app/every-reject.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, ImportRequest, ServedWorkspace } from '../../src/node/app/workspace.ts';
import { LiveSources } from '../../src/node/app/sources/live-sources.ts';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { Syncs } from '../../src/node/sources/syncs.ts';
import { createApp } from '../../src/node/server/app.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** Refused rows: nothing is lost, each can be mended where it stands, and the counts always add up. */

const pageAnswer = z.object({
  rejects: z.array(z.object({ entry: z.number(), line: z.number() })),
  next: z.string().nullable(),
  total: z.number(),
});

const AGREEMENT = `
tregua: 1
name: Rejects
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, age: { type: integer } }
funnel: [ { id: lead, owner: sales } ]
`;

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

async function load(text: string, options: Partial<ImportRequest> = {}): Promise<ImportReport> {
  return valueOf(await workspace.importFile({ content: bytesOf(text), fileName: 'leads.csv', ...options }));
}

const FILE =
  'lead_id,created_at,zone,age\nL1,2026-01-01,North,30\nL2,2026-01-02,South,old\nL3,soon,East,40\n';

async function open(): Promise<readonly string[]> {
  return (await workspace.rejects()).rejects.map(({ entry, line, column, code }) =>
    [entry, line, column, code].join(' '),
  );
}

async function codes(
  result: Promise<{ readonly ok: boolean; readonly faults?: readonly { code: string }[] }>,
) {
  return (await result).faults?.map(({ code }) => code);
}

describe('a corrected file', () => {
  const HEAD = 'tregua_batch,tregua_line,tregua_column,tregua_reason,lead_id,created_at,zone,age\n';

  async function mend(rows: readonly string[]) {
    const path = join(home, 'rejects.csv');
    writeFileSync(path, `${HEAD}${rows.join('\n')}\n`);
    return valueOf(await workspace.mendFile(path, 'rejects.csv'));
  }

  test('of several loads at once tells each row anew by its last word, and counts the others', async () => {
    const MANY = 1200;
    const rows = Array.from({ length: MANY }, (_, nth) => `N${nth},2026-01-01,North,old`);
    const { entry: many } = await load(`lead_id,created_at,zone,age\n${rows.join('\n')}\n`);
    const { entry: few } = await load(FILE);
    const row = (nth: number, age: string): string =>
      `${many},${nth + 2},age,x,N${nth},2026-01-01,North,${age}`;
    const { reports, untouched, unknown } = await mend([
      row(0, '20'),
      `${few},3,age,x,L2,2026-01-02,South,29`,
      ...Array.from({ length: MANY - 2 }, (_, nth) => row(nth + 1, '30')),
      row(MANY - 1, 'old'),
      row(0, '21'),
      `${few},99,age,x,L2,2026-01-02,South,29`,
      '77,3,age,x,L2,2026-01-02,South,29',
      'none,3,age,x,L2,2026-01-02,South,29',
    ]);
    expect(reports.map(({ rowsRead, accepted, rejected }) => [rowsRead, accepted, rejected])).toEqual([
      [MANY - 1, MANY - 1, 0],
      [1, 1, 0],
    ]);
    expect([untouched, unknown]).toEqual([1, 3]);
    expect(valueOf(await workspace.ask('lead', { id: 'N0' }))).toMatchObject({ attributes: { age: 21 } });
    expect(valueOf(await workspace.ask('lead', { id: 'L2' }))).toMatchObject({ attributes: { age: 29 } });
    expect(await open()).toEqual([
      `${many} ${MANY + 1} age reject.integer`,
      `${few} 4 created_at reject.instant`,
    ]);
  });
});

describe('a refused row', () => {
  test('is mended where it stands, and is gone from the list', async () => {
    const { entry } = await load(FILE);
    expect(await open()).toEqual([`${entry} 3 age reject.integer`, `${entry} 4 created_at reject.instant`]);
    const mended = valueOf(await workspace.mend(entry, 3, { age: '29' }));
    expect(mended).toMatchObject({ rowsRead: 1, accepted: 1, rejected: 0, file: 'leads.csv' });
    expect(await workspace.status()).toMatchObject({ leads: 2 });
    expect(await open()).toEqual([`${entry} 4 created_at reject.instant`]);
    expect(valueOf(await workspace.ask('lead', { id: 'L2' }))).toMatchObject({
      attributes: { zone: 'South', age: 29 },
    });
  });

  test('that is mended wrongly stands in its stead, to be mended again', async () => {
    const { entry } = await load(FILE);
    const again = valueOf(await workspace.mend(entry, 3, { age: 'older' }));
    expect(again).toMatchObject({ rejected: 1 });
    expect(await open()).toContain(`${again.entry} 1 age reject.integer`);
    expect(await open()).not.toContain(`${entry} 3 age reject.integer`);
    valueOf(await workspace.mend(again.entry, 1, { age: '29' }));
    expect(await open()).toEqual([`${entry} 4 created_at reject.instant`]);
  });

  test('comes back where its mending is undone, and survives a rebuild', async () => {
    const { entry } = await load(FILE);
    const mended = valueOf(await workspace.mend(entry, 3, { age: '29' }));
    valueOf(await workspace.rebuild());
    expect(await open()).toHaveLength(1);
    expect(await workspace.status()).toMatchObject({ leads: 2 });
    valueOf(await workspace.undo(mended.entry));
    expect(await open()).toHaveLength(2);
    expect(await workspace.status()).toMatchObject({ leads: 1 });
  });

  test('goes with its batch, however often it was mended, and comes back with neither', async () => {
    const { entry } = await load(FILE);
    const again = valueOf(await workspace.mend(entry, 3, { age: 'older' }));
    valueOf(await workspace.mend(again.entry, 1, { age: '29' }));
    expect(await workspace.status()).toMatchObject({ leads: 2 });
    expect(await workspace.data.contents(entry)).toMatchObject({ leads: 2, later: 0, mended_by: 2 });
    expect(valueOf(await workspace.undo(entry))).toMatchObject({ mended_by: 2 });
    expect(await workspace.status()).toMatchObject({ leads: 0 });
    expect(await workspace.batches()).toEqual([]);
    valueOf(await workspace.rebuild());
    expect(await workspace.status()).toMatchObject({ leads: 0 });
    await load(FILE);
    expect(await workspace.status()).toMatchObject({ leads: 1 });
    expect(await open()).toHaveLength(2);
  });

  test('is told by its column, and what cannot be mended says so', async () => {
    const { entry } = await load(FILE);
    expect(await codes(workspace.mend(entry, 2, { age: '1' }))).toEqual(['store.unknown_reject']);
    expect(await codes(workspace.mend(entry, 3, { agee: '1' }))).toEqual(['store.unknown_column']);
    expect(await codes(workspace.mend(99, 3, { age: '1' }))).toEqual(['store.unknown_batch']);
    valueOf(await workspace.undo(entry));
    expect(await codes(workspace.mend(entry, 3, { age: '1' }))).toEqual(['store.undone_before']);
  });
});

describe('all of a batch', () => {
  const MAPPED = 'ref,when,years\nL1,2026-01-01,30\nL2,2026-01-02,?\nL3,2026-01-03,?\n';
  const MAPPING = (missing: string): string =>
    `source: shop\nmatch: { columns: [ref, when] }\nmissing: [${missing}]\nrecords: [ { kind: leads, columns: { lead_id: ref, created_at: when, age: years } } ]\n`;

  test('is tried again by another mapping', async () => {
    mkdirSync(join(home, 'mappings'));
    writeFileSync(join(home, 'mappings/shop.yaml'), MAPPING('"-"'));
    const first = await load(MAPPED);
    expect(first).toMatchObject({ rowsRead: 3, accepted: 1, rejected: 2 });
    expect(await codes(workspace.retry(first.entry, {}))).toEqual(['store.same_mapping']);
    writeFileSync(join(home, 'mappings/shop.yaml'), MAPPING('"?"'));
    expect(valueOf(await workspace.retry(first.entry, {}))).toMatchObject({
      rowsRead: 3,
      accepted: 2,
      unchanged: 1,
      rejected: 0,
    });
    expect(await open()).toEqual([]);
    expect(await workspace.status()).toMatchObject({ leads: 3 });
    expect(await codes(workspace.retry(first.entry, {}))).toEqual(['store.nothing_to_retry']);
  });

  test(
    'the rows read are those accepted, unchanged and rejected, whatever is mended',
    { timeout: 180_000 },
    async () => {
      const cell = fc.constantFrom('', '7', 'x', '2026-01-01', 'North', '"', '1,5', '1e400', '\u0000');
      const rows = fc.array(fc.tuple(fc.constantFrom('L1', 'L2', ''), cell, cell), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(rows, fc.array(fc.tuple(fc.nat(), cell), { maxLength: 4 }), async (cells, mends) => {
          const lines = cells.map(([id, age, zone]) => `${id},2026-01-02,${zone.replace(',', '.')},${age}`);
          const told = await workspace.importFile({
            content: bytesOf(`lead_id,created_at,zone,age\n${lines.join('\n')}\n`),
            fileName: 'any.csv',
          });
          for (const [which, age] of told.ok ? mends : []) {
            const list = (await workspace.rejects()).rejects;
            const one = list[which % Math.max(1, list.length)];
            if (one === undefined) break;
            const before = list.length;
            const mended = valueOf(await workspace.mend(one.entry, one.line, { lead_id: 'L9', age }));
            expect(mended.rowsRead).toBe(1);
            expect((await workspace.rejects()).total).toBe(before - 1 + (mended.known ? 0 : mended.rejected));
          }
          for (const batch of await workspace.batches()) {
            const count = (name: string): number => Number(batch[name]);
            expect(count('rows_read')).toBe(count('accepted') + count('unchanged') + count('rejected'));
          }
        }),
        { numRuns: 12 },
      );
    },
  );
});

describe('a file of refused rows that comes as one to import', () => {
  async function downloaded(): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of workspace.rejectsCsv({}, ({ code }) => code)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }

  function bring(text: string, options: Partial<ImportRequest> = {}) {
    return workspace.importFile({ content: bytesOf(text), fileName: 'mine.csv', ...options });
  }

  test('mends the rows that it corrects, as where they are listed, after saying what it would', async () => {
    const { entry } = await load(FILE);
    const corrected = (await downloaded()).replace(',old', ',51');
    const recognised = { by: 'rejects' };
    const counts = { rowsRead: 1, accepted: 1, unchanged: 0, rejected: 0, recognised };
    expect(valueOf(await bring(corrected, { dryRun: true }))).toMatchObject({
      ...counts,
      kept: false,
      mended: { untouched: 1, unknown: 0 },
    });
    expect(await open()).toHaveLength(2);
    const wrong = (await downloaded()).replace(',old', ',older');
    expect(valueOf(await bring(wrong, { strict: true }))).toMatchObject({ kept: false, rejected: 1 });
    expect(await open()).toHaveLength(2);
    expect(valueOf(await bring(corrected, { source: 'other' }))).toMatchObject({
      ...counts,
      kept: true,
      source: 'leads',
      file: 'mine.csv',
      mended: { reports: [{ file: 'leads.csv', accepted: 1 }], untouched: 1, unknown: 0 },
    });
    expect(await open()).toEqual([`${entry} 4 created_at reject.instant`]);
    expect((await workspace.status()).leads).toBe(2);
    expect(await codes(bring(corrected))).toEqual(['store.rejects_unknown']);
  });

  test('is refused where it mends nothing: nothing corrected, a column of ours gone, another workspace', async () => {
    await load(FILE);
    const text = await downloaded();
    expect(await codes(bring(text))).toEqual(['store.rejects_unchanged']);
    expect(await codes(bring(text.replace('tregua_line', 'line')))).toEqual(['store.no_rejects_file']);
    expect(await codes(bring(text.replaceAll(/^1,/gm, '71,').replace(',old', ',51')))).toEqual([
      'store.rejects_unknown',
    ]);
    expect(await workspace.batches()).toHaveLength(1);
  });
});

describe('by the API', () => {
  const ASKED = { headers: { host: 'localhost', 'x-tregua-token': 't', 'accept-language': 'es' } };

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

  function app() {
    return createApp(workspace, {
      access,
      live,
      syncs: new Syncs(workspace, () => undefined),
      hosts: null,
      token: 't',
      web: null,
      report: () => undefined,
    });
  }

  function posting(body: unknown) {
    return {
      method: 'POST',
      headers: { ...ASKED.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  }

  test('they come by pages, across loads, as CSV all at once', async () => {
    const { entry } = await load(FILE);
    await load(
      'lead_id,created_at,zone,age,beside\nM1,2026-01-01,North,30,x\nM2,2026-01-02,South,old,x\nM3,soon,East,40,x\n',
    );
    const page = async (query: string): Promise<{ places: string[]; next: string | null; total: number }> => {
      const answer: unknown = await (await app().request(`/v1/rejects?${query}`, ASKED)).json();
      const { rejects, next, total } = pageAnswer.parse(answer);
      return { places: rejects.map((each) => `${each.entry}:${each.line}`), next, total };
    };
    const first = await page('most=3');
    expect(first).toMatchObject({ places: [`${entry}:3`, `${entry}:4`, `${entry + 1}:3`], total: 4 });
    expect(await page(`most=3&after=${first.next}`)).toEqual({
      places: [`${entry + 1}:4`],
      next: null,
      total: 4,
    });
    expect(await page(`most=1&code=reject.instant&after=${entry}-3`)).toMatchObject({
      places: [`${entry}:4`],
      next: `${entry}-4`,
      total: 2,
    });
    for (const [query, code] of [
      ['most=0', 'question.no_number'],
      ['most=10001', 'question.no_number'],
      ['after=x', 'store.bad_place'],
    ]) {
      const refused = await app().request(`/v1/rejects?${query}`, ASKED);
      expect([refused.status, await refused.json()]).toMatchObject([400, { code }]);
    }
    const [head, ...rows] = (await (await app().request('/v1/rejects?format=csv', ASKED)).text())
      .trim()
      .split('\r\n');
    expect(head).toBe(
      'tregua_batch,tregua_line,tregua_column,tregua_reason,lead_id,created_at,zone,age,beside',
    );
    expect(rows).toHaveLength(4);
  });

  test(
    'ten thousand and one are never all in one answer, and none is lost',
    { timeout: 30_000 },
    async () => {
      const rows = Array.from({ length: 10_001 }, (_, nth) => `L${nth},soon,North,30`);
      await load(`lead_id,created_at,zone,age\n${rows.join('\n')}\n`);
      const answer: unknown = await (await app().request('/v1/rejects', ASKED)).json();
      expect(pageAnswer.parse(answer)).toMatchObject({ total: 10_001, rejects: { length: 1000 } });
      const ids = new Set<string>();
      for await (const { row } of everyReject(workspace)) ids.add(row['lead_id'] ?? '');
      expect(ids.size).toBe(10_001);
      const csv = await (await app().request('/v1/rejects?format=csv', ASKED)).text();
      expect(csv.trim().split('\r\n')).toHaveLength(10_002);
    },
  );

  test('they are listed with their reason, given as CSV, mended and undone', async () => {
    const { entry } = await load(FILE);
    const list: unknown = await (await app().request('/v1/rejects', ASKED)).json();
    expect(list).toMatchObject({
      rejects: [{ line: 3, reason: 'age: «old» no es un número entero' }, { line: 4 }],
    });
    const csv = await (await app().request('/v1/rejects?format=csv', ASKED)).text();
    expect(csv.split('\r\n').slice(0, 2)).toEqual([
      'tregua_batch,tregua_line,tregua_column,tregua_reason,lead_id,created_at,zone,age',
      `${entry},3,age,age: «old» no es un número entero,L2,2026-01-02,South,old`,
    ]);
    const mended = await app().request(`/v1/rejects/${entry}/3`, posting({ values: { age: '29' } }));
    expect(await mended.json()).toMatchObject({ accepted: 1 });
    const bad = await app().request(`/v1/rejects/${entry}/4`, posting({ value: 1 }));
    expect([bad.status, await bad.json()]).toMatchObject([400, { code: 'server.bad_body' }]);
    const undone = await app().request(`/v1/batches/${entry}/undo`, posting({}));
    expect(await undone.json()).toEqual({
      entry,
      source: 'leads',
      file: 'leads.csv',
      rewound: false,
      mended_by: 1,
    });
    const twice = await app().request('/v1/batches/77/undo', posting({}));
    expect([twice.status, await twice.json()]).toMatchObject([404, { code: 'store.unknown_batch' }]);
  });
});
