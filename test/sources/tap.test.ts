import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { outOf, run } from '../cli/tregua.ts';
import { makeHome } from '../load/taps.ts';

/** Each starts the program some times, on machines that may be busy. */
vi.setConfig({ testTimeout: 240_000 });

const TAP = fileURLToPath(new URL('tap.js', import.meta.url));

function homeWith(config: object, more: object = {}): string {
  const source = { kind: 'tap', command: [process.execPath, TAP], config: 'tap.json', ...more };
  return makeHome({ 'sources/crm.yaml': JSON.stringify(source), 'sources/tap.json': JSON.stringify(config) });
}

async function leadsOf(home: string): Promise<number> {
  const { stages }: { stages: { id: string; count: number }[] } = JSON.parse(
    await outOf(['funnel', '--home', home, '--json', '--from', '2026-01-01', '--to', '2026-12-31']),
  );
  return stages.find(({ id }) => id === 'lead')?.count ?? -1;
}

function configure(home: string, config: object): void {
  writeFileSync(join(home, 'sources/tap.json'), JSON.stringify(config));
}

test('a tap goes on from its state, and keeps the tokens that it writes', async () => {
  const home = homeWith({ leads: 250, token: 'a' });
  const sync = ['sync', 'crm', '--home', home];
  const first = await run([...sync, '--json']);
  expect(first).toMatchObject({ status: 0 });
  expect(first.told).toContain('token a, from 0');
  expect(JSON.parse(first.out)).toMatchObject({ load: { source: 'crm', accepted: 250, rejected: 0 } });
  const second = await run([...sync, '--json']);
  // Its own copy has the new token; the original is as it was.
  expect(second.told).toContain('token a+, from 250');
  expect(JSON.parse(second.out)).toMatchObject({ load: { rowsRead: 0 } });
  expect(readFileSync(join(home, 'sources/tap.json'), 'utf8')).toBe('{"leads":250,"token":"a"}');
  // What somebody changes there counts.
  configure(home, { leads: 260, token: 'b' });
  const third = await run([...sync, '--json']);
  expect(third.told).toContain('token b, from 250');
  expect(JSON.parse(third.out)).toMatchObject({ load: { rowsRead: 11, accepted: 10, unchanged: 1 } });
  expect(await outOf(['state', 'get', 'crm', '--home', home])).toBe('{"last":260}\n');
  const full = await run([...sync, '--full']);
  expect(full.told).toContain('from 0');
  expect(full.out).toContain('260 rows: 0 accepted, 260 unchanged, 0 rejected');
  expect(await leadsOf(home)).toBe(260);
});

test('a tap that fails fails the sync; what it had written is kept, and the next goes on', async () => {
  const home = homeWith({ leads: 300, dies: 250 });
  const { status, out } = await run(['sync', 'crm', '--home', home, '--json']);
  expect(status).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ load: { accepted: 250 }, error: { code: 'source.tap_failed' } });
  expect(await outOf(['state', 'get', 'crm', '--home', home])).toBe('{"last":200}\n');
  configure(home, { leads: 300 });
  await outOf(['sync', 'crm', '--home', home]);
  expect(await leadsOf(home)).toBe(300);
});

test('a tap that writes nonsense is ended, and the fault is told once', async () => {
  const home = homeWith({ leads: 1_000_000, errs: 150 });
  const { status, out } = await run(['sync', 'crm', '--home', home, '--json']);
  expect(status).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ load: { accepted: 150 }, error: { code: 'load.no_message' } });
  expect(JSON.parse(out)).not.toHaveProperty('errors');
  expect(await outOf(['state', 'get', 'crm', '--home', home])).toBe('{"last":100}\n');
});

test.each([
  ['no such source', 'other', {}, 2, 'source.unknown'],
  ['no such program', 'crm', { command: ['/no/such/tap'] }, 3, 'source.no_command'],
  ['no such file', 'crm', { config: 'none.json' }, 2, 'source.no_file'],
  ['a key that there is not', 'crm', { confg: 'x' }, 2, 'yaml.unknown_key'],
  ['a kind that there is not', 'crm', { kind: 'oracle' }, 2, 'yaml.not_one_of'],
])('%s', async (_, name, more, status, code) => {
  const home = homeWith({ leads: 1 }, more);
  const ended = await run(['sync', name, '--home', home, '--json']);
  expect({ status: ended.status, code: codeOf(ended.out) }).toEqual({ status, code });
});

function codeOf(out: string): unknown {
  const { error }: { error?: { code: string } } = JSON.parse(out);
  return error?.code;
}

test('words of its own, with the paths in their places', async () => {
  const script = `#!/bin/sh\nshift\nexec "${process.execPath}" "${TAP}" "$@"\n`;
  const home = homeWith(
    { leads: 3 },
    {
      command: ['./wrapper.sh', 'read'],
      arguments: ['--config', '{config}', '--properties', '{catalog}', '--state', '{state}'],
    },
  );
  writeFileSync(join(home, 'sources/wrapper.sh'), script);
  chmodSync(join(home, 'sources/wrapper.sh'), 0o755);
  await outOf(['sync', 'crm', '--home', home]);
  expect(await leadsOf(home)).toBe(3);
});
