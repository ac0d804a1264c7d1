import { setTimeout as after } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { outOf, run, start } from '../cli/tregua.ts';
import type { Started } from '../cli/tregua.ts';
import { linesOf, makeHome } from './taps.ts';

/** Each starts the program some times, on machines that may be busy. */
vi.setConfig({ testTimeout: 240_000 });

const SCHEMA = {
  type: 'SCHEMA',
  stream: 'people',
  key_properties: ['lead_id'],
  schema: { properties: { lead_id: {}, created_at: {} } },
};
const lead = (id: number, more: object = {}): object => ({
  type: 'RECORD',
  stream: 'people',
  record: { lead_id: `L${id}`, created_at: '2026-02-01', ...more },
});
const state = (n: number): object => ({ type: 'STATE', value: { n } });

async function leadsOf(home: string): Promise<number> {
  const { stages }: { stages: { id: string; count: number }[] } = JSON.parse(
    await outOf(['funnel', '--home', home, '--json', '--from', '2026-01-01', '--to', '2026-12-31']),
  );
  return stages.find(({ id }) => id === 'lead')?.count ?? -1;
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await after(20);
}

test('states on standard output, the rest on standard error, and the exit status', async () => {
  const home = makeHome();
  const words = ['load', '--format', 'singer', '--source', 'crm', '--home', home];
  const good = await run(words, { input: linesOf([SCHEMA, lead(1), state(1), lead(2), state(2)]) });
  expect(good).toMatchObject({ status: 0, out: '{"n":2}\n' });
  expect(good.told).toContain('2 rows: 2 accepted, 0 unchanged, 0 rejected');
  expect(await outOf(['state', 'get', 'crm', '--home', home])).toBe('{"n":2}\n');
  expect(await outOf(['state', 'get', 'other', '--home', home])).toBe('{}\n');

  const bad = await run([...words, '--json'], {
    input: linesOf([SCHEMA, lead(3), state(3), 'oh no', lead(4)]),
  });
  expect(bad).toMatchObject({ status: 2, out: '{"n":3}\n' });
  expect(JSON.parse(bad.told)).toMatchObject({ load: { accepted: 1 }, error: { code: 'load.no_message' } });
  expect(await leadsOf(home)).toBe(3);

  const refused = await run([...words, '--strict'], {
    input: linesOf([SCHEMA, lead(5, { created_at: 'soon' })]),
  });
  expect(refused).toMatchObject({ status: 1, out: '' });
  expect((await run(['load', '--format', 'csv', '--home', home])).status).toBe(2);
});

/** Enough for a batch of its own. */
const BATCH = linesOf([
  SCHEMA,
  ...Array.from({ length: 90 }, (_, nth) => lead(nth, { note: 'x'.repeat(100_000) })),
  state(90),
]);

test.each(['alone', 'beside a server'])(
  '%s: a state is told while the tap still writes, and survives a kill',
  async (way) => {
    const home = makeHome();
    let server: Started | null = null;
    try {
      if (way === 'beside a server') {
        server = start(['serve', '--port', '0', '--home', home]);
        await until(
          () => (server?.soFar().out ?? '').includes('http') || (server?.soFar().told ?? '').includes('http'),
        );
      }
      const words = ['load', '--format', 'singer', '--source', 'crm', '--home', home];
      const loading = start(words, { input: 'open' });
      loading.child.stdin?.write(BATCH);
      await until(() => loading.soFar().out.includes('\n'));
      expect(loading.soFar().out).toBe('{"n":90}\n');
      loading.child.stdin?.write(linesOf([lead(1000)]));
      loading.child.kill('SIGKILL');
      await loading.ended;
      expect(await outOf(['state', 'get', 'crm', '--home', home])).toBe('{"n":90}\n');
      // A server sees that the tap is gone a moment later.
      if (server === null) expect(await leadsOf(home)).toBe(90);
      else await vi.waitFor(async () => expect(await leadsOf(home)).toBe(90), { timeout: 60_000 });
      // Told again from the state on, nothing misses and nothing is twice.
      const again = await run(words, { input: linesOf([SCHEMA, lead(89), lead(1000), state(1000)]) });
      expect(again).toMatchObject({ status: 0, out: '{"n":1000}\n' });
      expect(await leadsOf(home)).toBe(91);
    } finally {
      server?.child.kill('SIGTERM');
      await server?.ended;
    }
  },
  240_000,
);

test('a mapping with a fault is told with its place', async () => {
  const home = makeHome();
  writeFileSync(join(home, 'tregua.yaml'), 'x');
  const { status } = await run(['load', '--format', 'singer', '--home', home], { input: '' });
  expect(status).toBe(2);
  const other = makeHome({
    'mappings/people.yaml':
      'source: crm\nkey: [id]\nrecords: [ { kind: leads, columns: { lead_id: id } } ]\n',
  });
  const told = await run(['load', '--format', 'singer', '--home', other, '--lang', 'es'], { input: '' });
  expect(told.status).toBe(2);
  expect(told.told).toContain('«key» solo vale en mapeos de flujos');
});
