import { createReadStream, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, ImportRequest, Workspace } from '../../src/node/app/workspace.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** What the ledger keeps is told alike at once, later and after a restart; and no entry spoils the others. */

// What a check overlooks is here a zone that the engine does not have.
vi.mock('../../src/core/calendar/time-zone.ts', () => ({ isTimeZone: () => true }));

const MARTIAN = `
source: leads
timezone: Mars/Phobos
records: [ { kind: leads, columns: { lead_id: lead_id, created_at: created_at, zone: zone } } ]
`;

const AGREEMENT = `
tregua: 1
name: Kept
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string } }
funnel: [ { id: lead, owner: sales } ]
`;

let home: string;
let workspace: Workspace;
beforeEach(async () => {
  home = ownFolder();
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  workspace = valueOf(await openWorkspace(home));
});
afterEach(async () => {
  await workspace.close();
});

async function reopen(between: (store: string) => void = () => undefined): Promise<void> {
  await workspace.close();
  between(join(home, '.tregua'));
  workspace = valueOf(await openWorkspace(home));
}

function offer(
  name: string,
  text: string,
  options: Partial<ImportRequest> = {},
): Promise<Result<ImportReport>> {
  const path = join(home, name);
  writeFileSync(path, text);
  return workspace.importFile({ content: createReadStream(path), fileName: name, ...options });
}

const HEAD = 'lead_id,created_at,zone\n';
const NORTH = `${HEAD}a,2026-01-01T10:00:00,North\n`;
const SOUTH = `${HEAD}b,2026-01-02T10:00:00,South\nc,2026-01-02T10:00:00,South\n`;

/** A mapping that was kept before its zone was checked. */
function spoil(store: string): void {
  const database = new Database(join(store, 'ledger.sqlite'));
  database.exec(
    `update entry set external_id = file_hash || ':spoilt',
      mapping = replace(mapping, 'America/Mexico_City', 'Mars/Phobos') where id = 1`,
  );
  database.close();
  rmSync(join(store, 'warehouse.duckdb'));
}

describe('an entry that cannot be read', () => {
  beforeEach(async () => {
    valueOf(await offer('north.csv', NORTH));
    valueOf(await offer('south.csv', SOUTH));
  });

  async function failing(): Promise<readonly string[]> {
    return (await workspace.doctor()).filter((check) => !check.ok).map((check) => check.code);
  }

  test('is named, and the others count', async () => {
    await reopen(spoil);
    expect(await workspace.status()).toMatchObject({
      leads: 2,
      notices: [
        {
          code: 'store.entry_unread',
          params: { file: 'north.csv', entry: 1, reason: expect.stringContaining('Mars/Phobos') },
        },
      ],
    });
    expect(await failing()).toEqual(['doctor.entries']);
    expect(valueOf(await workspace.rebuild())).toMatchObject({
      leads: 2,
      notices: [{ params: { entry: 1 } }],
    });
    await reopen();
    expect(workspace.notices).toHaveLength(1);
  });

  test('is mended by importing its file again', async () => {
    await reopen(spoil);
    expect(valueOf(await offer('north.csv', NORTH))).toMatchObject({ accepted: 1, known: false });
    expect(await workspace.status()).toMatchObject({ leads: 3, notices: [] });
    expect(await failing()).toEqual([]);
    await reopen();
    expect(workspace.notices).toEqual([]);
  });

  test('because its file is gone counts again once it is there again', async () => {
    await reopen((store) => {
      const files = join(store, 'files');
      for (const name of readdirSync(files)) rmSync(join(files, name));
      rmSync(join(store, 'warehouse.duckdb'));
    });
    expect(await workspace.status()).toMatchObject({ leads: 0, notices: [{}, {}] });
    expect(valueOf(await offer('south.csv', SOUTH))).toMatchObject({ known: true, kept: true });
    expect((await workspace.status()).leads).toBe(2);
    expect(valueOf(await offer('north.csv', NORTH)).known).toBe(true);
    expect((await workspace.status()).leads).toBe(3);
    expect(await failing()).toEqual([]);
    await reopen();
    expect(workspace.notices).toEqual([]);
    expect((await workspace.status()).leads).toBe(3);
  });

  test('that a tap told stands in the status at once, until it is undone', async () => {
    mkdirSync(join(home, 'mappings'));
    writeFileSync(
      join(home, 'mappings', 'tap.yaml'),
      MARTIAN.replace('source: leads', 'source: tap\nmatch: { stream: people }'),
    );
    const told = [
      { type: 'SCHEMA', stream: 'people', key_properties: ['lead_id'], schema: { properties: {} } },
      { type: 'RECORD', stream: 'people', record: { lead_id: 'd', created_at: '2026-01-03 10:00' } },
    ];
    const content = Readable.from(told.map((line) => Buffer.from(`${JSON.stringify(line)}\n`)));
    for await (const event of workspace.load({ source: 'tap', format: 'singer', content }))
      if (event.kind === 'end') expect(event.faults).toMatchObject([{ code: 'store.entry_unread' }]);
    expect((await workspace.status()).notices).toMatchObject([
      { code: 'store.entry_unread', params: { source: 'tap', entry: 3 } },
    ]);
    expect(await failing()).toEqual(['doctor.entries']);
    valueOf(await workspace.undo(3));
    expect((await workspace.status()).notices).toEqual([]);
  });

  test('is taken back where it is new', async () => {
    const east = `${HEAD}d,2026-01-03T10:00:00,East\n`;
    const files = readdirSync(join(home, '.tregua', 'files'));
    for (const dryRun of [true, false])
      expect(
        await offer('east.csv', east, { dryRun, mapping: { text: MARTIAN, file: 'm.yaml' } }),
      ).toMatchObject({
        ok: false,
        faults: [{ code: 'store.not_taken', params: { file: 'east.csv' } }],
      });
    expect(readdirSync(join(home, '.tregua', 'files'))).toEqual(files);
    expect(await failing()).toEqual([]);
    expect(valueOf(await offer('east.csv', east))).toMatchObject({ known: false, accepted: 1 });
    expect(await failing()).toEqual([]);
    await reopen();
    expect(await workspace.status()).toMatchObject({ leads: 4, notices: [] });
  });
});

describe('a report', () => {
  const TWICE = `${HEAD}a,2026-01-01,x\na,2026-01-01,y\nb,2026-01-01,y\n`;

  test('tells what is repeated: rehearsed, kept, known, and after a restart', async () => {
    const wanted = { rowsRead: 3, repeated: 1 };
    expect(valueOf(await offer('l.csv', TWICE, { dryRun: true }))).toMatchObject({ ...wanted, known: false });
    expect(valueOf(await offer('l.csv', TWICE, { strict: true }))).toMatchObject({ ...wanted, kept: true });
    expect(valueOf(await offer('l.csv', TWICE))).toMatchObject({ ...wanted, known: true });
    await reopen();
    expect(valueOf(await offer('l.csv', TWICE))).toMatchObject({ ...wanted, known: true });
    await reopen((store) => rmSync(join(store, 'warehouse.duckdb')));
    expect(await workspace.batches()).toMatchObject([{ rows_read: 3, accepted: 2, repeated: 1 }]);
  });

  test('of a dry run says that the file is known, and changes nothing', async () => {
    const kept = valueOf(await offer('l.csv', TWICE));
    expect(valueOf(await offer('l.csv', TWICE, { dryRun: true }))).toMatchObject({
      entry: kept.entry,
      known: true,
      kept: false,
      accepted: 0,
      unchanged: 3,
    });
    expect(await workspace.batches()).toHaveLength(1);
    expect((await workspace.status()).leads).toBe(2);
  });
});
