import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportRequest, Workspace } from '../../src/node/app/workspace.ts';
import { AGREEMENT } from '../load/taps.ts';
import { valueOf } from './bench.ts';

/** The same bytes taken in by several at once: what one refuses must not take the other's file away. */

let home: string;
let workspace: Workspace;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tregua-same-'));
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  workspace = valueOf(await openWorkspace(home));
});
afterAll(async () => {
  await workspace.close();
  rmSync(home, { recursive: true, force: true });
});

const files = (): readonly string[] => readdirSync(join(home, '.tregua', 'files'));

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

test('each is told what is true of it, and what was kept stays', { timeout: 60_000 }, async () => {
  for (let nth = 1; nth <= 6; nth += 1) {
    const text = `lead_id,created_at\nS${nth},2026-01-01\n`;
    const take = (request: Partial<ImportRequest>): ReturnType<Workspace['importFile']> =>
      workspace.importFile({ content: bytesOf(text), fileName: 'same.csv', ...request });
    const [taken, refused, rehearsed, again] = await Promise.all([
      take({ as: 'leads' }),
      take({ as: 'activities' }),
      take({ as: 'leads', dryRun: true }),
      take({ as: 'leads' }),
    ]);
    expect(refused).toMatchObject({ ok: false, faults: [{ code: 'ingest.missing_columns' }] });
    expect(rehearsed).toMatchObject({ ok: true });
    const accepted = [taken, again].map((each) => valueOf(each).accepted);
    expect(accepted.toSorted((one, other) => one - other)).toEqual([0, 1]);
    expect(files()).toHaveLength(nth);
  }
  valueOf(await workspace.rebuild());
  expect(await workspace.status()).toMatchObject({ leads: 6, notices: [] });
});

test('of a file that nobody takes nothing stays', async () => {
  const before = files();
  const bad = 'alpha,beta\n1,2\n';
  const told = await Promise.all(
    Array.from({ length: 5 }, () => workspace.importFile({ content: bytesOf(bad), fileName: 'bad.csv' })),
  );
  for (const each of told)
    expect(each).toMatchObject({ ok: false, faults: [{ code: 'ingest.unknown_file' }] });
  expect(files()).toEqual(before);
  expect(existsSync(join(home, '.tregua', 'lock'))).toBe(true);
});
