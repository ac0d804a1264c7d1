import { setTimeout as after } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { serveAgreement } from '../server/served.ts';
import type { Served } from '../server/served.ts';
import { SEED } from '../seed.ts';
import { signedBy } from './serving.ts';
import { AGREEMENT, randomFrom } from './workload.ts';

/** What is told again, at once or weeks later, counts once and is answered as it was. */

const IS_FULL = process.env['TREGUA_KILLS'] !== undefined;
const EVENTS = IS_FULL ? 100_000 : 200;
const KEYS = IS_FULL ? 10_000 : 20;
const RETRIES = 20;
const DAYS = 30;
const DAY_MS = 86_400_000;
const AT_ONCE = 32;

let served: Served | null = null;
afterEach(async () => {
  vi.useRealTimers();
  await served?.close();
  served = null;
});

/** Works through a list, so many at a time. */
async function each<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of left) await work(one);
    }),
  );
}

function shuffled<T>(all: readonly T[], random: () => number): readonly T[] {
  return all
    .map((value) => ({ value, order: random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ value }) => value);
}

test(
  `${EVENTS} events, each delivered one to five times within ${DAYS} days, shuffled, at once: each counts once (seed ${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const days = Array.from({ length: DAYS }, (): number[] => []);
    for (let event = 0; event < EVENTS; event += 1) {
      const times = 1 + Math.floor(random() * 5);
      for (let nth = 0; nth < times; nth += 1) days[Math.floor(random() * DAYS)]?.push(event);
    }
    const begin = Date.UTC(2026, 2, 1, 8);
    vi.useFakeTimers({ toFake: ['Date'], now: begin });
    let running = await serveAgreement(AGREEMENT);
    served = running;
    running.live.sources.add('form', 'form', null, {});
    const [secret = ''] = running.live.sources.secrets('form', 'signing');
    const known = { first: 0, again: 0 };
    const deliver = async (event: number): Promise<void> => {
      const body = JSON.stringify({ zone: 'Sur', age: 20 + (event % 40) });
      const headers = signedBy(secret, `event_${event}`, body);
      const response = await running.app.request('/v1/hooks/form', { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      const answer = await response.json();
      known[answer.known === true ? 'again' : 'first'] += 1;
    };
    for (const [day, deliveries] of days.entries()) {
      vi.setSystemTime(begin + day * DAY_MS);
      // Now and then it is ended and started again.
      if (day % 10 === 9) {
        running = await running.again();
        served = running;
      }
      await each(shuffled(deliveries, random), AT_ONCE, deliver);
    }
    const told = days.flat().length;
    expect(known).toEqual({ first: EVENTS, again: told - EVENTS });
    await running.workspace.settling.settled();
    expect(await running.workspace.status()).toMatchObject({ leads: EVENTS });
    const batches = await running.workspace.batches();
    expect([batches.length, batches.every((batch) => batch['accepted'] === 1)]).toEqual([EVENTS, true]);
    expect(running.reported).toEqual([]);
  },
  EVENTS * 60 + 120_000,
);

test(
  `${KEYS} idempotency keys, each sent ${RETRIES} times at once: one effect, the same answer`,
  async () => {
    let running = await serveAgreement(AGREEMENT);
    served = running;
    const authorization = `Bearer ${running.tokenFor('leads:write')}`;
    const send = async (key: number): Promise<string> => {
      for (;;) {
        const response = await running.app.request('/v1/leads', {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json', 'idempotency-key': `key-${key}` },
          body: JSON.stringify([
            { lead_id: `K${key}`, created_at: '2026-01-01T10:00:00Z', zone: 'Sur' },
            { lead_id: `K${key}`, age: 'old' },
          ]),
        });
        const text = await response.text();
        // The first is on its way: the caller is told to come again.
        if (response.status === 409) {
          await after(5);
          continue;
        }
        expect([response.status, text]).toEqual([200, expect.stringContaining('"accepted":1')]);
        return text;
      }
    };
    const keys = Array.from({ length: KEYS }, (_, key) => key);
    const answers = new Map<number, string>();
    await each(keys, AT_ONCE, async (key) => {
      const all = await Promise.all(Array.from({ length: RETRIES }, () => send(key)));
      expect(new Set(all).size).toBe(1);
      answers.set(key, all[0] ?? '');
    });
    running = await running.again();
    served = running;
    await each(
      keys.filter((key) => key % 20 === 0),
      8,
      async (key) => {
        expect(await send(key)).toBe(answers.get(key));
      },
    );
    await running.workspace.settling.settled();
    const { leads } = await running.workspace.status();
    const batches = await running.workspace.batches();
    expect([leads, batches.length]).toEqual([KEYS, KEYS]);
    expect(batches.every((batch) => batch['accepted'] === 1 && batch['rejected'] === 1)).toBe(true);
    expect(running.reported).toEqual([]);
  },
  KEYS * 600 + 120_000,
);
