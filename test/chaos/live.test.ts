import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { SourceStore } from '../../src/node/app/sources/source-store.ts';
import { signatureOf } from '../../src/node/app/sources/standard-webhooks.ts';
import { outOf, ownFolder, start } from '../cli/tregua.ts';
import type { Started } from '../cli/tregua.ts';
import { SEED } from '../seed.ts';
import { serveAgreement } from '../server/served.ts';
import { makeHome, randomFrom, writeWorkload } from './workload.ts';

/** What the API and the webhooks acknowledge is there after any kill, and there once however often it comes. */

const KILLS = Math.max(4, Math.floor(Number(process.env['TREGUA_KILLS'] ?? 20) / 4));
const EVENTS = process.env['TREGUA_KILLS'] === undefined ? 300 : 100_000;

interface Running {
  readonly address: string;
  readonly started: Started;
}

async function serveHome(home: string, wrapped?: (words: readonly string[]) => Started): Promise<Running> {
  const words = ['serve', '--home', home, '--port', '0', '--json'];
  const started = (wrapped ?? start)(words);
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(started.soFar().out)?.[1];
    if (address !== undefined) return { address, started };
    if (started.child.exitCode !== null) throw new Error(started.soFar().told);
    await after(10);
  }
}

/** Something told once, and told again until it is acknowledged. */
interface Telling {
  readonly id: string;
  send(address: string): Promise<boolean>;
}

async function isTaken(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Struck while it was on its way.
    return false;
  }
}

describe(`${KILLS} kills of a server (seed ${SEED})`, () => {
  test(
    'nothing acknowledged is lost, nothing is told twice',
    async () => {
      const random = randomFrom(SEED);
      const folder = ownFolder();
      const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
      const access = AccessStore.open(home);
      const { text: token } = access.createToken('chaos', ['leads:write', 'activities:write']);
      access.close();
      const sources = SourceStore.open(home);
      sources.add('form', 'form', null, {});
      const [secret = ''] = sources.secrets('form', 'signing');
      sources.close();

      let made = 0;
      const next = (): Telling => {
        made += 1;
        const id = `T${made}`;
        const at = new Date(Date.UTC(2026, 0, 1) + made * 60_000).toISOString();
        if (made % 3 === 0) {
          return {
            id,
            send: (address) => {
              const body = JSON.stringify({ zone: 'Norte', age: 30 });
              const seconds = String(Math.floor(Date.now() / 1000));
              const headers = {
                'webhook-id': id,
                'webhook-timestamp': seconds,
                'webhook-signature': signatureOf(secret, id, seconds, Buffer.from(body)),
              };
              return isTaken(new URL('/v1/hooks/form', address), headers, body);
            },
          };
        }
        const kind = made % 3 === 1 ? 'leads' : 'activities';
        const record =
          kind === 'leads'
            ? { lead_id: id, created_at: at, zone: 'Sur', age: 41 }
            : { activity_id: id, lead_id: `T${made - 1}`, type: 'call', at, outcome: 'interested' };
        const headers = { authorization: `Bearer ${token}`, 'idempotency-key': id };
        return {
          id,
          send: (address) => isTaken(new URL(`/v1/${kind}`, address), headers, JSON.stringify(record)),
        };
      };

      const acknowledged = new Set<string>();
      let unsure: Telling[] = [];
      let struck = 0;
      while (struck < KILLS) {
        const { address, started } = await serveHome(home);
        const round = { isOver: false };
        const callers = Array.from({ length: 6 }, async () => {
          while (!round.isOver) {
            const telling = unsure.pop() ?? next();
            if (await telling.send(address)) acknowledged.add(telling.id);
            else unsure.push(telling);
          }
        });
        await after(random() * 1500);
        started.child.kill('SIGKILL');
        await started.ended;
        round.isOver = true;
        await Promise.all(callers);
        struck += 1;
      }
      const { address, started } = await serveHome(home);
      while (unsure.length > 0) {
        const again = unsure;
        unsure = [];
        for (const telling of again) {
          if (await telling.send(address)) acknowledged.add(telling.id);
          else unsure.push(telling);
        }
      }
      started.child.kill('SIGTERM');
      await started.ended;

      expect(acknowledged.size).toBe(made);
      const told = new Map<string, number>();
      for (const [table, name] of [
        ['lead_version', 'lead_id'],
        ['activity', 'activity_id'],
      ] as const) {
        const rows = (await outOf(['export', table, '--format', 'json', '--home', home])).split('\n');
        for (const row of rows.filter((line) => line !== '')) {
          const id = String(Reflect.get(Object(JSON.parse(row)), name));
          told.set(id, (told.get(id) ?? 0) + 1);
        }
      }
      expect([...acknowledged].filter((id) => told.get(id) !== 1)).toEqual([]);
      expect(told.size).toBe(made);
      const { checks } = JSON.parse(
        await outOf(['doctor', '--home', home, '--json']).catch((error: unknown) =>
          String(error).replace(/^[^{]*/, ''),
        ),
      );
      for (const code of ['doctor.ledger', 'doctor.files', 'doctor.up_to_date', 'doctor.balanced'])
        expect(checks).toContainEqual(expect.objectContaining({ code, ok: true }));
    },
    KILLS * 60_000,
  );
});

test(
  `${EVENTS} events delivered one to five times, shuffled, at once: each counts once (seed ${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const folder = ownFolder();
    const { agreement } = writeWorkload(join(folder, 'files'), 1);
    const served = await serveAgreement(agreement);
    try {
      served.live.sources.add('form', 'form', null, {});
      const [secret = ''] = served.live.sources.secrets('form', 'signing');
      const deliveries = Array.from({ length: EVENTS }, (_, n) =>
        Array.from({ length: 1 + Math.floor(random() * 5) }, () => n),
      ).flat();
      for (let left = deliveries.length - 1; left > 0; left -= 1) {
        const other = Math.floor(random() * (left + 1));
        [deliveries[left], deliveries[other]] = [deliveries[other] ?? 0, deliveries[left] ?? 0];
      }
      const known = { first: 0, again: 0 };
      let position = 0;
      await Promise.all(
        Array.from({ length: 32 }, async () => {
          while (position < deliveries.length) {
            const id = `event_${deliveries[position]}`;
            position += 1;
            const body = JSON.stringify({ zone: 'Sur', age: 20 + (position % 40) });
            const seconds = String(Math.floor(Date.now() / 1000));
            const response = await served.app.request('/v1/hooks/form', {
              method: 'POST',
              headers: {
                'content-type': 'application/json',
                'webhook-id': id,
                'webhook-timestamp': seconds,
                'webhook-signature': signatureOf(secret, id, seconds, Buffer.from(body)),
              },
              body,
            });
            expect(response.status).toBe(200);
            const answer = await response.json();
            known[answer.known === true ? 'again' : 'first'] += 1;
          }
        }),
      );
      expect(known).toEqual({ first: EVENTS, again: deliveries.length - EVENTS });
      await served.workspace.settling.settled();
      expect(await served.workspace.status()).toMatchObject({ leads: EVENTS });
      const batches = await served.workspace.batches();
      expect([batches.length, batches.every((batch) => batch['accepted'] === 1)]).toEqual([EVENTS, true]);
      expect(served.reported).toEqual([]);
    } finally {
      await served.close();
    }
  },
  EVENTS * 60 + 120_000,
);

const hasStrace = spawnSync('strace', ['-V']).status === 0;

test.skipIf(!hasStrace)(
  'the disk has it before anybody is told: a flush of the ledger before each answer',
  async () => {
    const folder = ownFolder();
    const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
    const access = AccessStore.open(home);
    const { text: token } = access.createToken('strace', ['leads:write']);
    access.close();
    const log = join(folder, 'calls');
    const { address, started } = await serveHome(home);
    const { pid } = started.child;
    const watch = spawnWatch(pid ?? 0, log);
    try {
      await expect.poll(() => watch.told(), { timeout: 20_000 }).toContain('attached');
      const url = new URL('/v1/leads', address);
      for (let n = 0; n < 20; n += 1) {
        const body = JSON.stringify({ lead_id: `S${n}`, created_at: '2026-01-01T00:00:00Z' });
        expect(await isTaken(url, { authorization: `Bearer ${token}` }, body)).toBe(true);
      }
    } finally {
      started.child.kill('SIGTERM');
      await started.ended;
      await watch.ended;
    }
    let flushed = 0;
    let answered = 0;
    let isFlushed = false;
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      if (/f(?:data)?sync\(\d+<[^>]*ledger\.sqlite-wal>/.test(line)) {
        flushed += 1;
        isFlushed = true;
      }
      if (line.includes('HTTP/1.1 200')) {
        expect(isFlushed, line).toBe(true);
        answered += 1;
        isFlushed = false;
      }
    }
    expect(answered).toBe(20);
    expect(flushed).toBeGreaterThanOrEqual(20);
  },
);

/** Watches what a process asks of the system: what it flushes, and what it answers. */
function spawnWatch(pid: number, log: string): { told(): string; readonly ended: Promise<unknown> } {
  const child = spawn(
    'strace',
    [
      '-f',
      '-y',
      '-s',
      '600',
      '-e',
      'trace=fsync,fdatasync,write,writev,sendto,sendmsg',
      '-o',
      log,
      '-p',
      String(pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  return { told: () => told, ended: new Promise((resolve) => child.once('exit', resolve)) };
}
