import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { expect } from 'vitest';
import { FaultError } from '../../../src/core/diagnostic/errors.ts';
import { readBody } from '../../../src/node/server/request-body.ts';
import { expectWords } from './desk.ts';
import type { Asked, Body, Desk, Listed } from './desk.ts';

const MEGABYTE = 1_048_576;

function writer(desk: Desk): string {
  return `Bearer ${desk.served.tokenFor('leads:write', 'activities:write', 'ads:write')}`;
}

function sent(desk: Desk, body: Body, headers: Readonly<Record<string, string>> = {}): Asked {
  return { method: 'POST', body, headers: { authorization: writer(desk), ...headers } };
}

/** A request that is refused as a whole. */
function refuses(
  desk: Desk,
  body: Body | (() => Body),
  status: number,
  code: string,
  headers = {},
): Promise<void> {
  const asked = (): Asked => sent(desk, typeof body === 'function' ? body() : body, headers);
  return desk.refuses('/v1/leads', asked, { status, code });
}

async function answer(
  desk: Desk,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const response = await desk.ask('/v1/leads', sent(desk, body, headers));
  return { status: response.status, ...(await response.json()) };
}

/** A record that is refused, and kept with its reason. */
async function refusesRecord(desk: Desk, body: string, code: string): Promise<void> {
  const told = await answer(desk, body);
  expect(told).toMatchObject({ status: 422, code, accepted: 0, rejected: 1 });
  expectWords(code);
  await desk.served.workspace.settling.settled();
  expect((await desk.rejectsOf(Number(told['entry']))).join()).toContain(code);
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('[{"lead_id":"I1"'));
      controller.error(new Error('gone'));
    },
  });
}

function dripping(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.enqueue(Buffer.from(' '));
    },
  });
}

export const API: readonly Listed[] = [
  {
    nth: 45,
    name: 'JSON nested 10,000 deep',
    check: (desk) => refuses(desk, '['.repeat(10_000) + ']'.repeat(10_000), 400, 'json.too_deep'),
  },
  {
    nth: 46,
    name: 'a key twice',
    check: (desk) => refuses(desk, '{"lead_id":"F1","lead_id":"F2"}', 400, 'json.duplicate_key'),
  },
  {
    nth: 47,
    name: 'ids of 17 digits',
    check: async (desk) => {
      const told = await answer(
        desk,
        '{"lead_id":12345678901234567,"created_at":"2026-01-01","zone":9007199254740993}',
      );
      expect(told).toMatchObject({ accepted: 1, results: [{ id: '12345678901234567' }] });
      expect(await desk.column('lead_version', 'f_zone', '12345678901234567')).toEqual(['9007199254740993']);
    },
  },
  {
    nth: 48,
    name: 'half a character',
    check: (desk) => refusesRecord(desk, '{"lead_id":"\\ud800","created_at":"2026-01-01"}', 'reject.text'),
  },
  {
    nth: 49,
    name: 'a gzip bomb',
    check: (desk) =>
      refuses(desk, gzipSync(Buffer.alloc(100 * MEGABYTE, ' ')), 413, 'server.body_too_large', {
        'content-encoding': 'gzip',
      }),
  },
  {
    nth: 50,
    name: 'another content type',
    check: (desk) =>
      refuses(desk, 'a=1', 415, 'server.no_json', { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    nth: 51,
    name: 'a list where an object should be',
    check: (desk) => refusesRecord(desk, '[[]]', 'reject.no_record'),
  },
  {
    nth: 52,
    name: 'too large a body',
    check: (desk) => refuses(desk, Buffer.alloc(17 * MEGABYTE, ' '), 413, 'server.body_too_large'),
  },
  {
    nth: 53,
    name: 'a body that drips',
    check: async () => {
      const app = new Hono();
      app.onError((error, context) =>
        context.text(error instanceof FaultError ? (error.faults[0]?.code ?? '') : String(error), 408),
      );
      app.post('/', async (context) =>
        context.json((await readBody(context, { patienceMs: 50 })).byteLength),
      );
      const init: RequestInit & { duplex: 'half' } = {
        method: 'POST',
        duplex: 'half',
        headers: { 'content-type': 'application/json' },
        body: dripping(),
      };
      expect(await (await app.request('/', init)).text()).toBe('server.too_slow');
      expectWords('server.too_slow');
    },
  },
  {
    nth: 54,
    name: 'a caller gone mid-body',
    check: (desk) => refuses(desk, broken, 400, 'server.broken_body'),
  },
  {
    nth: 55,
    name: 'names of ours in a record',
    check: async (desk) => {
      const more = {
        role: 'admin',
        recorded_at: '1999-01-01',
        entry: 1,
        part: 9,
        brings: '0',
        scopes: 'read',
      };
      const text = JSON.stringify({ lead_id: 'a55', created_at: '2026-01-01', ...more, proto: 1 });
      expect(await answer(desk, text.replace('"proto"', '"__proto__"'))).toMatchObject({ accepted: 1 });
      const [extra] = await desk.column('lead_version', 'extra', 'a55');
      expect(JSON.parse(String(extra))).toMatchObject({ role: 'admin', part: '9', scopes: 'read' });
      const [recorded] = await desk.column('lead_version', 'recorded_at', 'a55');
      expect(String(recorded)).not.toContain('1999');
    },
  },
  {
    nth: 56,
    name: 'one key, two bodies',
    check: async (desk) => {
      const token = writer(desk);
      const ask = (zone: string): Asked => ({
        method: 'POST',
        body: JSON.stringify({ lead_id: 'a56', created_at: '2026-01-01', zone }),
        headers: { authorization: token, 'idempotency-key': 'a56' },
      });
      expect((await desk.ask('/v1/leads', ask('Norte'))).status).toBe(200);
      await desk.refuses('/v1/leads', () => ask('Sur'), { status: 422, code: 'intake.other_body' });
      expect(await desk.column('lead_version', 'f_zone', 'a56')).toEqual(['Norte']);
    },
  },
  {
    nth: 57,
    name: 'a key of 256 characters',
    check: (desk) => refuses(desk, '{}', 400, 'intake.bad_key', { 'idempotency-key': 'x'.repeat(256) }),
  },
  {
    nth: 58,
    name: 'the years 9999 and 1899',
    check: async (desk) => {
      for (const year of ['9999', '1899'])
        await refusesRecord(
          desk,
          `{"lead_id":"a58","created_at":"${year}-12-31T00:00:00Z"}`,
          'reject.instant',
        );
      expect(await answer(desk, '{"lead_id":"a58","created_at":"1900-01-01T00:00:00Z"}')).toMatchObject({
        accepted: 1,
      });
    },
  },
];
