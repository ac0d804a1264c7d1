import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { metaSignature } from '../../src/node/app/sources/meta-signature.ts';
import { SourceStore } from '../../src/node/app/sources/source-store.ts';
import { ownFolder } from '../cli/tregua.ts';
import { serveHome, signedBy } from './serving.ts';
import { AGREEMENT, makeHome, writeWorkload } from './workload.ts';

/** The disk has it before anybody is told: after a power cut there is nothing but what was flushed. */

const ROUNDS = 3;
const APP_SECRET = 'the-secret-of-the-app';

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The stores of which a flush must come before the answer. */
  readonly flushed: readonly RegExp[];
}

const STATE = { from: '2026-01-01', to: '2026-01-31', mode: 'cohort', compare: 'none', filter: [] };

const LEDGER = /ledger\.sqlite-wal/;
const ACCESS = /access\.sqlite-wal/;
const DESK = /desk\.sqlite-wal/;
const FILE = /files\/\.incoming-/;
const FOLDER = /\.tregua\/files>/;

const hasStrace = spawnSync('strace', ['-V']).status === 0;

test.skipIf(!hasStrace)(
  `by strace: a flush before each answer that acknowledges${hasStrace ? '' : ' (strace is not installed)'}`,
  { timeout: 120_000 },
  async () => {
    const folder = ownFolder();
    const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
    const access = AccessStore.open(home);
    const { text: token } = access.createToken('strace', ['leads:write', 'activities:write', 'ads:write']);
    access.close();
    const sources = SourceStore.open(home);
    sources.add('form', 'form', null, {});
    sources.add('meta', 'meta', null, { app: APP_SECRET, access: 'none' });
    const [secret = ''] = sources.secrets('form', 'signing');
    sources.close();
    const { address, started } = await serveHome(home);
    const { token: operator }: { token: string } = JSON.parse(
      readFileSync(join(home, '.tregua', 'server.json'), 'utf8'),
    );
    const all = Array.from({ length: ROUNDS }, (_, n) => requests(n, token, secret, operator)).flat();
    const log = join(folder, 'calls');
    const watch = spawnWatch(started.child.pid ?? 0, log);
    try {
      await expect.poll(() => watch.told(), { timeout: 30_000 }).toContain('attached');
      for (const { path, body, headers } of all) {
        const response = await fetch(new URL(path, address), { method: 'POST', headers, body });
        expect([path, response.status, await response.text()]).toEqual([
          path,
          expect.toSatisfy((status: number) => status < 300),
          expect.any(String),
        ]);
      }
    } finally {
      started.child.kill('SIGTERM');
      await started.ended;
      await watch.ended;
    }
    let answered = 0;
    let flushed: string[] = [];
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const [, path] = /f(?:data)?sync\(\d+<([^>]*>)/.exec(line) ?? [];
      if (path !== undefined) flushed.push(path);
      if (!/HTTP\/1\.1 20\d/.test(line)) continue;
      const sent = all[answered];
      for (const store of sent?.flushed ?? [])
        expect([sent?.path, flushed]).toEqual([
          sent?.path,
          expect.arrayContaining([expect.stringMatching(store)]),
        ]);
      answered += 1;
      flushed = [];
    }
    expect(answered).toBe(all.length);
  },
);

/** One of each kind of request that is acknowledged. */
function requests(n: number, token: string, secret: string, operator: string): readonly Sent[] {
  const json = { 'content-type': 'application/json' };
  const writer = { ...json, authorization: `Bearer ${token}` };
  const owner = { ...json, 'x-tregua-token': operator };
  const hook = JSON.stringify({ zone: 'Sur', age: n });
  const notice = `{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"leadgen","value":{"leadgen_id":${1000 + n},"form_id":2}}]}]}`;
  const lines = [
    {
      type: 'SCHEMA',
      stream: 'leads',
      key_properties: ['lead_id'],
      schema: { properties: { lead_id: {}, created_at: {} } },
    },
    { type: 'RECORD', stream: 'leads', record: { lead_id: `T${n}`, created_at: '2026-01-01' } },
    { type: 'STATE', value: n },
  ];
  const post = (
    path: string,
    body: unknown,
    headers: Sent['headers'],
    ...flushed: readonly RegExp[]
  ): Sent => ({
    path,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
    flushed,
  });
  return [
    post('/v1/leads', { lead_id: `S${n}`, created_at: '2026-01-01T00:00:00Z' }, writer, LEDGER),
    post('/v1/activities', { lead_id: `S${n}`, type: 'call', at: '2026-01-02T00:00:00Z' }, writer, LEDGER),
    post('/v1/ads', { date: '2026-01-01', platform: 'meta', clicks: n }, writer, LEDGER),
    post('/v1/hooks/form', hook, signedBy(secret, `hook_${n}`, hook), LEDGER),
    post(
      '/v1/hooks/meta',
      notice,
      { ...json, 'x-hub-signature-256': metaSignature(APP_SECRET, Buffer.from(notice)) },
      LEDGER,
      ACCESS,
    ),
    post(
      '/v1/imports?name=x.csv&as=leads',
      `lead_id,created_at\nF${n},2026-01-01\n`,
      owner,
      FILE,
      FOLDER,
      LEDGER,
    ),
    post(
      '/v1/load?source=crm&format=singer',
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      owner,
      FILE,
      LEDGER,
    ),
    post('/v1/tokens', { name: `t${n}`, scopes: ['read'] }, owner, ACCESS),
    post(
      '/v1/agreement/versions',
      { text: AGREEMENT.replace('name: Chaos', `name: Chaos ${n}`), from: `203${n}-01-01` },
      owner,
      LEDGER,
    ),
    post('/v1/notes', { chart: 'trend', text: `note ${n}`, state: STATE }, owner, DESK),
  ];
}

/** Watches what a process asks of the system: what it flushes, and what it answers. */
function spawnWatch(pid: number, log: string): { told(): string; readonly ended: Promise<unknown> } {
  const calls = 'trace=fsync,fdatasync,write,writev,sendto,sendmsg';
  const child = spawn('strace', ['-f', '-y', '-s', '200', '-e', calls, '-o', log, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  return { told: () => told, ended: new Promise((resolve) => child.once('exit', resolve)) };
}
