import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { SourceStore } from '../../src/node/app/sources/source-store.ts';
import { outOf, ownFolder, run } from '../cli/tregua.ts';
import { SEED } from '../seed.ts';
import { isTaken, serveHome, signedBy } from './serving.ts';
import { makeHome, randomFrom, writeWorkload } from './workload.ts';

/** What the API and the webhooks acknowledge is there after any kill, and there once however often it comes. */

const KILLS = Math.max(4, Math.floor(Number(process.env['TREGUA_KILLS'] ?? 20) / 4));

/** Something told once, and told again until it is acknowledged. */
interface Telling {
  readonly id: string;
  send(address: string): Promise<boolean>;
}

/** What a workspace is told, one after the other: leads, what was done with them, deliveries of a form. */
function tellings(home: string): () => Telling {
  const access = AccessStore.open(home);
  const { text: token } = access.createToken('chaos', ['leads:write', 'activities:write']);
  access.close();
  const sources = SourceStore.open(home);
  sources.add('form', 'form', null, {});
  const [secret = ''] = sources.secrets('form', 'signing');
  sources.close();
  let made = 0;
  return () => {
    made += 1;
    const id = `T${made}`;
    const at = new Date(Date.UTC(2026, 0, 1) + made * 60_000).toISOString();
    if (made % 3 === 0) {
      const body = JSON.stringify({ zone: 'Norte', age: 30 });
      return {
        id,
        send: (address) => isTaken(new URL('/v1/hooks/form', address), signedBy(secret, id, body), body),
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
}

/** How often each id stands in the tables. */
async function timesTold(home: string): Promise<ReadonlyMap<string, number>> {
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
  return told;
}

async function expectSound(home: string): Promise<void> {
  const { checks } = JSON.parse((await run(['doctor', '--home', home, '--json'])).out);
  for (const code of [
    'doctor.ledger',
    'doctor.entries',
    'doctor.files',
    'doctor.up_to_date',
    'doctor.balanced',
  ])
    expect(checks).toContainEqual(expect.objectContaining({ code, ok: true }));
}

describe(`${KILLS} kills of a server (seed ${SEED})`, () => {
  test(
    'nothing acknowledged is lost, nothing is told twice',
    async () => {
      const random = randomFrom(SEED);
      const folder = ownFolder();
      const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
      const next = tellings(home);
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

      const told = await timesTold(home);
      expect([...acknowledged].filter((id) => told.get(id) !== 1)).toEqual([]);
      expect(told.size).toBe(acknowledged.size);
      await expectSound(home);
    },
    KILLS * 60_000,
  );
});

/** A polite end is over within so many seconds, whoever is still connected. */
const MOST_SECONDS = 10;

test('asked to end, a server flushes what it has and ends within seconds', { timeout: 90_000 }, async () => {
  const folder = ownFolder();
  const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
  const next = tellings(home);
  const { address, started } = await serveHome(home);
  const acknowledged: string[] = [];
  const round = { isOver: false };
  const callers = Array.from({ length: 6 }, async () => {
    while (!round.isOver) {
      const telling = next();
      if (await telling.send(address)) acknowledged.push(telling.id);
    }
  });
  // One that listens, and one that never ends its body.
  const events = await fetch(new URL('/v1/events', address));
  const dripping = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from('lead_id,created_at\n')),
  });
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    duplex: 'half',
    headers: { origin: address },
    body: dripping,
  };
  const upload = fetch(new URL('/v1/imports?name=slow.csv&as=leads', address), init).catch(() => null);
  await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(60);
  started.child.kill('SIGTERM');
  const ended = await Promise.race([started.ended, after(MOST_SECONDS * 1000)]);
  round.isOver = true;
  await Promise.all([...callers, upload, events.body?.cancel().catch(() => undefined)]);
  expect(ended).toMatchObject({ status: 0, signal: null, told: '' });
  const store = join(home, '.tregua');
  for (const name of ['lock', 'server.json', 'warehouse.open', 'warehouse.duckdb.wal'])
    expect([name, existsSync(join(store, name))]).toEqual([name, false]);
  const told = await timesTold(home);
  expect(acknowledged.filter((id) => told.get(id) !== 1)).toEqual([]);
  await expectSound(home);
});
