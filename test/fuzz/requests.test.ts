import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { TOLERANCE_SECONDS } from '../../src/node/app/sources/standard-webhooks.ts';
import { factsOf } from '../chaos/workload.ts';
import { SEED } from '../seed.ts';
import { damaged, expectSmallHeap, expectUnpolluted, inputs, options, patience } from './inputs.ts';
import { Desk } from './listed/desk.ts';
import type { Asked } from './listed/desk.ts';

/**
 * Requests of any kind: an answer with a code and words, never a fault of ours; what was acknowledged stands in
 * the ledger, row by row, and is the same when all is made anew.
 */

const SHARES = { bodies: 0.2, deliveries: 0.12, notices: 0.04, questions: 0.02 } as const;
const AT_ONCE = 20;
/** Each entry that was acknowledged is there, can be read and adds up. */
const SOUND = ['doctor.ledger', 'doctor.entries', 'doctor.up_to_date', 'doctor.balanced'] as const;
/** Whatever came in wrong; a 500 is a fault of ours. */
const REFUSALS = new Set([400, 401, 403, 404, 408, 409, 413, 415, 422]);

let desk: Desk;
let bearer: string;
const sums = { read: 0, accepted: 0, unchanged: 0, rejected: 0 };
beforeAll(async () => {
  desk = await Desk.open();
  bearer = `Bearer ${desk.served.tokenFor('leads:write', 'activities:write', 'ads:write')}`;
});
afterAll(async () => {
  await desk.close();
  expectUnpolluted();
  expectSmallHeap();
});

const problem = z.object({ code: z.string(), message: z.string().min(1), hint: z.string().nullable() });
const told = z.object({
  accepted: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  results: z.array(z.unknown()),
});

/** An answer that is one: kept and counted, or refused with a code and words. */
async function answerOf(path: string, asked: Asked): Promise<unknown> {
  const response = await desk.ask(path, asked);
  const text = await response.text();
  if (response.status === 200)
    return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
  if (!REFUSALS.has(response.status))
    throw new Error(
      `${response.status} to ${path}: ${text.slice(0, 300)} ${String(desk.served.reported.at(-1))}`,
    );
  // Beside the API there are pages only.
  if (!path.startsWith('/v1/') && response.status === 404) return text;
  const { code, message } = problem.parse(JSON.parse(text));
  expect(message).not.toBe(code);
  return JSON.parse(text);
}

const often = <T>(usual: T, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rare });

const PATHS = [
  '/v1/funnel',
  '/v1/breakdown/zone',
  '/v1/trend',
  '/v1/leads',
  '/v1/criteria',
  '/v1/rejects',
  '/v1/export/lead_facts',
  '/v1/leads/a',
  '/v1/status',
  '/v1/state',
  '/v1/shared/x',
  '/assets/x',
  '/v1/hooks/ads',
] as const;
const NAMES = [
  'from',
  'to',
  'mode',
  'compare',
  'where',
  'filter',
  'as_of',
  'top',
  'stages',
  'every',
  'limit',
  'sort',
  'format',
  'lang',
  'batch',
  'agreement',
  'source',
  'hub.mode',
  'stage',
  'status',
  '__proto__',
  'constructor',
] as const;
const VALUES = [
  '2026-01-01',
  '2026-12-31',
  'cohort',
  'period',
  'previous',
  'lead.age >= 18 && lead.zone == "Norte"',
  'zone=Norte',
  '2026-03-01T00:00:00Z',
  '3',
  'lead,sale',
  'week',
  'csv',
  'json',
  'es',
  '1',
  'lead',
  'open',
] as const;

const question = fc.record({
  path: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PATHS) },
    { weight: 1, arbitrary: damaged(PATHS, 2) },
  ),
  parts: fc.array(
    fc.tuple(
      fc.constantFrom(...NAMES),
      fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...VALUES) },
        { weight: 3, arbitrary: damaged(VALUES, 2) },
      ),
    ),
    { maxLength: 4 },
  ),
  raw: often<string>('', fc.string({ maxLength: 20 })),
});

/** Without halves of characters, which no client can send. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** An address that a client could send: what cannot stand in one is escaped. */
function addressOf({
  path,
  parts,
  raw,
}: {
  path: string;
  parts: readonly (readonly [string, string])[];
  raw: string;
}): string {
  const query = parts.map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`).join('&');
  return `/${encodeURI(wellFormed(path)).replace(/^\/+/, '')}?${query}&${encodeURI(wellFormed(raw))}`;
}

test(`questions and filters (seed ${SEED})`, { timeout: patience(inputs(SHARES.questions), 400) }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 4, maxLength: 4 }), async (all) => {
      for (const each of all) await answerOf(addressOf(each), {});
    }),
    options(inputs(SHARES.questions, 4)),
  ),
);

const BODIES = [
  '{"lead_id":"a","created_at":"2026-01-01T10:00:00Z","zone":"Norte","age":30,"phone":"5512345678","budget":1.5}',
  '[{"lead_id":"b","created_at":"2026-01-02"},{"lead_id":12345678901234567,"age":"x"},{"lead_id":"c","effective_at":"2026-02-01","zone":null}]',
  '{"activity_id":"x","lead_id":"a","type":"sale","at":"2026-01-05","amount":"10.5","currency":"USD","reason":"é"}',
  '[{"date":"2026-01-01","platform":"meta","campaign":"x","impressions":100,"clicks":3,"spend":12.5},{"date":"2026-01-01"}]',
  '{"lead_id":"d","created_at":"2026-01-01","extra":{"deep":[{"a":1}]},"__proto__":{"polluted":1},"constructor":"x"}',
  '[]',
] as const;

const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/x+json',
      'application/json; charset=latin1',
    ),
    'idempotency-key': fc
      .oneof(fc.string({ minLength: 1, maxLength: 6 }), fc.constantFrom('k', 'k2', 'x'.repeat(256)))
      .filter((key) => /^[\x20-\x7e]+$/.test(key)),
    'content-encoding': fc.constantFrom('identity', 'gzip', 'br', 'x'),
  },
  { requiredKeys: [] },
);
const request = fc.record({
  kind: fc.constantFrom('leads', 'activities', 'ads'),
  body: fc.oneof({ weight: 5, arbitrary: damaged(BODIES) }, { weight: 1, arbitrary: fc.json() }),
  headers: often<Readonly<Record<string, string>>>({}, headers),
});

test(`bodies of the API (seed ${SEED})`, { timeout: patience(inputs(SHARES.bodies), 60) }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
      await Promise.all(
        all.map(async (each) => {
          const sent = {
            method: 'POST',
            body: each.body,
            headers: { authorization: bearer, ...each.headers },
          };
          const parsed = told.safeParse(await answerOf(`/v1/${each.kind}`, sent));
          if (!parsed.success) return;
          const { accepted, unchanged, rejected, results } = parsed.data;
          expect(results.length).toBe(accepted + unchanged + rejected);
          if (each.headers['idempotency-key'] !== undefined) return;
          sums.read += results.length;
          sums.accepted += accepted;
          sums.unchanged += unchanged;
          sums.rejected += rejected;
        }),
      );
    }),
    options(inputs(SHARES.bodies, AT_ONCE)),
  ),
);

const DELIVERIES = [
  '{"zone":"Norte","age":30,"email":"a@b.mx"}',
  '{"fields":[{"key":"zone","value":"Sur"},{"name":"age","value":31}],"data":{"email":"x@y.mx"}}',
  '[{"zone":"a"},{"lead_id":"h","zone":"b"}]',
] as const;

const delivery = fc.record({
  body: damaged(DELIVERIES),
  id: often<string | undefined>(undefined, fc.string({ maxLength: 8, unit: 'grapheme-ascii' })),
  // What is ahead of its time by less than is tolerated counts once that has come: the two looks in the end would differ.
  lateness: often(
    0,
    fc
      .integer({ min: -2_000_000_000, max: 2_000_000_000 })
      .map((seconds) => (seconds > 0 && seconds <= 2 * TOLERANCE_SECONDS ? -seconds : seconds)),
  ),
  signature: often<string | null>(
    null,
    damaged(['v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'v1a,x v1,']).map((text) =>
      text.replaceAll(/[^\x20-\x7e]/g, ''),
    ),
  ),
});

test(
  `deliveries of a form and their signatures (seed ${SEED})`,
  { timeout: patience(inputs(SHARES.deliveries), 60) },
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(delivery, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
        await Promise.all(
          all.map(async ({ body, id, lateness, signature }) => {
            const right = desk.delivery(body, {
              ...(id === undefined ? {} : { id: id.trim() }),
              ...(lateness === 0 ? {} : { at: Math.floor(Date.now() / 1000) + lateness }),
            });
            const answer = await answerOf('/v1/hooks/plain', {
              ...right,
              headers: {
                ...right.headers,
                ...(signature === null ? {} : { 'webhook-signature': signature }),
              },
            });
            if (signature !== null)
              expect(answer).toMatchObject({ code: expect.stringMatching(/^(?:hook|json)\./) });
          }),
        );
      }),
      options(inputs(SHARES.deliveries, AT_ONCE)),
    ),
);

const NOTICES = [
  '{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"leadgen","value":{"leadgen_id":12345678901234567,"page_id":1,"form_id":2,"created_time":3}},{"field":"feed","value":{}}]}]}',
  '{"object":"page","entry":[]}',
] as const;

test(`notices of Meta (seed ${SEED})`, { timeout: patience(inputs(SHARES.notices), 60) }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(damaged(NOTICES), { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
      await Promise.all(all.map((body) => answerOf('/v1/hooks/ads', desk.notice(body))));
    }),
    options(inputs(SHARES.notices, AT_ONCE)),
  ),
);

test(
  'what was acknowledged stands, row by row, and is the same when all is made anew',
  { timeout: patience(inputs(1), 10) },
  async () => {
    const { home, workspace } = desk.served;
    await workspace.settling.settled();
    expect(desk.served.reported).toEqual([]);
    const batches = await workspace.batches();
    const count = (name: string): number =>
      batches.reduce((sum, row) => sum + (row['source'] === 'api' ? Number(row[name]) : 0), 0);
    for (const row of batches)
      expect(Number(row['rows_read'])).toBe(
        Number(row['accepted']) + Number(row['unchanged']) + Number(row['rejected']),
      );
    expect(count('rows_read')).toBeGreaterThanOrEqual(sums.read);
    expect(count('accepted')).toBeGreaterThanOrEqual(sums.accepted);
    for (const code of SOUND)
      expect(await workspace.doctor()).toContainEqual(expect.objectContaining({ code, ok: true }));
    // Nothing was written but into the store.
    expect(readdirSync(dirname(home))).toEqual(['home']);
    expect(readdirSync(home).toSorted()).toEqual(['.tregua', 'tregua.yaml']);
    await workspace.close();
    const before = await factsOf(home);
    const again = await desk.served.again();
    await again.workspace.rebuild();
    for (const code of SOUND)
      expect(await again.workspace.doctor()).toContainEqual(expect.objectContaining({ code, ok: true }));
    await again.workspace.close();
    expect(await factsOf(home)).toEqual(before);
  },
);
