import { chmodSync, lstatSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { valueOf } from '../chaos/workload.ts';
import { outOf, ownFolder } from './tregua.ts';

/** What a workspace keeps holds personal data: no other user of the machine may read it. */

const AGREEMENT = `tregua: 1
name: Private
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {} }
fields: { phone: { type: string, pii: phone } }
funnel: [ { id: lead, owner: marketing } ]
`;

/** The rights of all that stands in a folder, and of itself. */
function rightsIn(path: string): readonly (readonly [string, string])[] {
  const found = lstatSync(path);
  const own = [path, (found.mode & 0o777).toString(8)] as const;
  return found.isDirectory()
    ? [own, ...readdirSync(path).flatMap((name) => rightsIn(join(path, name)))]
    : [own];
}

function expectPrivate(home: string): void {
  const rights = rightsIn(join(home, '.tregua'));
  expect(rights.length).toBeGreaterThan(5);
  for (const [path, mode] of rights)
    expect([path, mode]).toEqual([path, statSync(path).isDirectory() ? '700' : '600']);
}

function makeHome(): { readonly home: string; readonly leads: string } {
  const home = ownFolder();
  chmodSync(home, 0o755);
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  const leads = join(home, 'leads.csv');
  writeFileSync(leads, 'lead_id,created_at,phone\nL1,2026-01-01T00:00:00Z,5512345678\n');
  return { home, leads };
}

describe.skipIf(process.platform === 'win32')('the store', () => {
  test('is its owner’s only, whatever the umask', async () => {
    const { home, leads } = makeHome();
    await outOf(['import', leads, '--as', 'leads', '--home', home]);
    expectPrivate(home);
  });

  test('of an earlier version is closed to others when it is opened', async () => {
    const { home, leads } = makeHome();
    await outOf(['import', leads, '--as', 'leads', '--home', home]);
    for (const [path] of rightsIn(join(home, '.tregua')))
      chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    await outOf(['funnel', '--home', home]);
    expectPrivate(home);
  });

  test('while it is open, with the logs of its engines', async () => {
    const { home } = makeHome();
    const umask = process.umask(0o022);
    onTestFinished(() => void process.umask(umask));
    const workspace = valueOf(await openWorkspace(home));
    try {
      expect(readdirSync(join(home, '.tregua'))).toEqual(expect.arrayContaining(['ledger.sqlite-wal']));
      expectPrivate(home);
    } finally {
      await workspace.close();
    }
  });
});
