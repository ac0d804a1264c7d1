import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** A batch that is taken back leaves all as if it had never been loaded. */

const AGREEMENT = `
tregua: 1
name: Undo
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, age: { type: integer } }
funnel:
  - { id: seen, owner: sales, from: ads.impressions }
  - { id: lead, owner: sales }
  - { id: adult, owner: sales, criteria: [ { id: age, rule: lead.age >= 18 } ] }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
`;

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

async function opened(): Promise<{ readonly home: string; readonly workspace: Workspace }> {
  const home = ownFolder();
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  return { home, workspace: valueOf(await openWorkspace(home)) };
}

interface File {
  readonly name: string;
  readonly text: string;
}

async function load(workspace: Workspace, { name, text }: File): Promise<number> {
  return valueOf(await workspace.importFile({ content: bytesOf(text), fileName: name })).entry;
}

const TABLES = ['lead_version', 'activity', 'ad_metric', 'lead_facts'] as const;

/** All that is there, without the numbers and instants of its entries. */
async function all(workspace: Workspace): Promise<unknown> {
  const tables: Record<string, unknown> = {};
  for (const table of TABLES) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of valueOf(await workspace.exportTable(table, 'json'))) chunks.push(chunk);
    const rows = Buffer.concat(chunks).toString().trim().split('\n').filter(Boolean);
    tables[table] = rows
      .map((row) => row.replaceAll(/"(?:entry|recorded_at)":(?:"[^"]*"|\d+),?/g, ''))
      .sort();
  }
  const batches = await workspace.batches();
  return {
    tables,
    batches: batches.map(({ file, rows_read, accepted, unchanged, rejected }) => ({
      file,
      rows_read,
      accepted,
      unchanged,
      rejected,
    })),
    rejects: (await workspace.rejects()).rejects.map(({ line, code }) => ({ line, code })),
    funnel: valueOf(await workspace.ask('funnel', {})),
  };
}

function withoutInstant(found: unknown): unknown {
  return JSON.parse(JSON.stringify(found).replaceAll(/"as_of":"[^"]*"/g, '"as_of":""'));
}

const row = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  day: fc.integer({ min: 1, max: 4 }),
  zone: fc.constantFrom('North', 'South', ''),
  age: fc.constantFrom('17', '30', 'old', ''),
});
const files = fc.array(
  fc.record({ kind: fc.constantFrom('leads', 'activities', 'ads'), rows: fc.array(row, { maxLength: 4 }) }),
  { minLength: 2, maxLength: 5 },
);

function fileOf(
  { kind, rows }: { kind: string; rows: readonly { id: number; day: number; zone: string; age: string }[] },
  nth: number,
): File {
  const name = `${nth}-${kind}.csv`;
  const lines = rows.map(({ id, day, zone, age }) => {
    if (kind === 'leads') return `L${id},2026-01-0${day},${zone},${age}`;
    return kind === 'ads'
      ? `2026-01-0${day},${zone},${id}00,${age}`
      : `L${id},sale,2026-01-0${day + 4},${zone}`;
  });
  const heads: Readonly<Record<string, string>> = {
    leads: 'lead_id,created_at,zone,age',
    ads: 'date,campaign,impressions,clicks',
    activities: 'lead_id,type,at,outcome',
  };
  // A comment of its own keeps two files of the same rows apart, as two exports are.
  return { name, text: `${heads[kind] ?? ''},note${nth}\n${lines.map((line) => `${line},x\n`).join('')}` };
}

test('whatever came before and after it', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.nat(), async (made, which) => {
      const given = made.map(fileOf);
      const gone = which % given.length;
      const one = await opened();
      const other = await opened();
      try {
        const entries: number[] = [];
        for (const file of given) entries.push(await load(one.workspace, file));
        valueOf(await one.workspace.undo(entries[gone] ?? 0));
        for (const file of given.filter((_, nth) => nth !== gone)) await load(other.workspace, file);
        const wanted = withoutInstant(await all(other.workspace));
        expect(withoutInstant(await all(one.workspace))).toEqual(wanted);
        // It is what the ledger says: a warehouse made anew says so too.
        valueOf(await one.workspace.rebuild());
        expect(withoutInstant(await all(one.workspace))).toEqual(wanted);
        const faults = (await one.workspace.doctor()).filter(
          ({ ok, code }) => !ok && code !== 'doctor.waiting',
        );
        expect(faults).toEqual([]);
      } finally {
        await one.workspace.close();
        await other.workspace.close();
      }
    }),
    { numRuns: Number(process.env['TREGUA_CASES'] ?? 0) > 0 ? 60 : 3 },
  );
});

describe('a batch', () => {
  let home: string;
  let workspace: Workspace;
  beforeEach(async () => {
    ({ home, workspace } = await opened());
  });
  afterEach(() => workspace.close());

  const FILE: File = { name: 'a.csv', text: 'lead_id,created_at,zone,age\nL1,2026-01-01,North,30\n' };

  test('that is undone can be loaded again, and undone again', async () => {
    const first = await load(workspace, FILE);
    valueOf(await workspace.undo(first));
    expect(await workspace.status()).toMatchObject({ leads: 0, empty: true });
    const second = await load(workspace, FILE);
    expect(second).toBeGreaterThan(first);
    expect(await workspace.status()).toMatchObject({ leads: 1 });
    expect(await load(workspace, FILE)).toBe(second);
    valueOf(await workspace.undo(second));
    expect(await workspace.status()).toMatchObject({ leads: 0 });
    expect((await workspace.doctor()).filter(({ ok }) => !ok)).toEqual([]);
  });

  test('stays undone after a restart in between', async () => {
    const entry = await load(workspace, FILE);
    valueOf(await workspace.undo(entry));
    await workspace.close();
    workspace = valueOf(await openWorkspace(home));
    expect(await workspace.status()).toMatchObject({ leads: 0 });
  });

  test('that is not there, or was undone before', async () => {
    const entry = await load(workspace, FILE);
    expect(await workspace.undo(99)).toMatchObject({ faults: [{ code: 'store.unknown_batch' }] });
    valueOf(await workspace.undo(entry));
    expect(await workspace.undo(entry)).toMatchObject({ faults: [{ code: 'store.undone_before' }] });
  });
});
