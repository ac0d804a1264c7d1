import { AccessStore } from '../../src/node/app/access-store.ts';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR, serveAgreement } from './served.ts';
import type { Served } from './served.ts';

/** Records written by the API: each item judged truly, kept before it is answered, told once. */

const AGREEMENT = `tregua: 1
name: Live
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  score: { type: number }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [ { id: of_age, rule: lead.age >= 25 } ] }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ], value: { sum: amount, where: activity.type == "sale" } }
dimensions:
  - { id: zone, field: zone }
rates:
  USD: { 2026-01-01: 17.5 }
`;

let served: Served;
let writer: string;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
  writer = served.tokenFor('leads:write', 'activities:write', 'ads:write');
});
afterAll(() => served.close());

type Body = string | Uint8Array | ReadableStream | object;

interface Asked {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

function bodyOf(body: Body): BodyInit {
  if (body instanceof Uint8Array) return new Blob([new Uint8Array(body)]);
  return typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body);
}

function post(kind: string, body: Body, { token = writer, headers = {} }: Asked = {}): Promise<Response> {
  const init: RequestInit & { duplex?: 'half' } = {
    method: 'POST',
    duplex: 'half',
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: bodyOf(body),
  };
  return Promise.resolve(served.app.request(`/v1/${kind}`, init));
}

async function answerTo(kind: string, body: Body, asked: Asked = {}): Promise<Record<string, unknown>> {
  const response = await post(kind, body, asked);
  return { status: response.status, ...(await response.json()) };
}

async function rows(table: string): Promise<readonly Record<string, unknown>[]> {
  await served.workspace.settling.settled();
  const exported = await served.workspace.exportTable(table, 'json');
  if (!exported.ok) throw new Error(table);
  const chunks: Uint8Array[] = [];
  for await (const chunk of exported.value) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const lead = (id: string, more: object = {}): object => ({
  lead_id: id,
  created_at: '2026-03-01T10:00:00Z',
  zone: 'Norte',
  age: 30,
  phone: '5512345678',
  ...more,
});

describe('each item is judged', () => {
  test('a new one is accepted, the same again unchanged, another value accepted', async () => {
    expect(await answerTo('leads', lead('A1'))).toMatchObject({
      status: 200,
      accepted: 1,
      unchanged: 0,
      rejected: 0,
    });
    expect(await answerTo('leads', lead('A1'))).toMatchObject({ accepted: 0, unchanged: 1 });
    await served.workspace.settling.settled();
    // By now it is the warehouse that knows it.
    expect(await answerTo('leads', lead('A1'))).toMatchObject({ accepted: 0, unchanged: 1 });
    expect(await answerTo('leads', lead('A1', { zone: 'Sur' }))).toMatchObject({ accepted: 1 });
    expect(await answerTo('leads', lead('A1'))).toMatchObject({ accepted: 1 });
    const told = (await rows('lead_version')).filter((row) => row['lead_id'] === 'A1');
    expect(told.map((row) => String(row['f_zone'])).sort()).toEqual(['Norte', 'Norte', 'Sur']);
    const batches = await served.workspace.batches();
    expect(batches.map((row) => [row['accepted'], row['unchanged']]).slice(0, 5)).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
  });

  test('by the ways of writing that files have: months by name, per cent, bounds', async () => {
    const told = await answerTo('leads', [
      lead('M1', { created_at: '3 de marzo de 2026', score: '12.5 %' }),
      lead('M2', { created_at: 'Mar 3, 2026 3:05 PM', score: 0.5 }),
      lead('M3', { created_at: '31 feb 2026' }),
      lead('M4', { age: '<10' }),
      lead('M5', { score: '> 90 %' }),
    ]);
    expect(told).toMatchObject({
      accepted: 2,
      results: [
        { id: 'M1' },
        { id: 'M2' },
        { error: { code: 'reject.instant', field: 'created_at', value: '31 feb 2026' } },
        { error: { code: 'reject.bound', field: 'age', value: '<10' } },
        { error: { code: 'reject.bound', field: 'score', value: '> 90 %' } },
      ],
    });
    const kept = (await rows('lead_version')).filter((row) => String(row['lead_id']).startsWith('M'));
    expect(kept.map((row) => [row['created_at'], row['f_score']])).toEqual([
      ['2026-03-03T06:00:00.000Z', 0.125],
      ['2026-03-03T21:05:00.000Z', 0.5],
    ]);
  });

  test('one after the other in a list; a version brings only what it mentions', async () => {
    const list = [
      lead('B1'),
      { lead_id: 'B1', age: 41 },
      { lead_id: 'B1', age: 41 },
      { lead_id: 'B1', phone: null },
      { lead_id: 'B2', created_at: '2026-03-01', age: 'x' },
      7,
    ];
    const answer = await answerTo('leads', list);
    expect(answer).toMatchObject({ accepted: 3, unchanged: 1, rejected: 2 });
    expect(answer['results']).toMatchObject([
      { index: 0, status: 'accepted', id: 'B1', error: null },
      { index: 1, status: 'accepted' },
      { index: 2, status: 'unchanged' },
      { index: 3, status: 'accepted' },
      {
        index: 4,
        status: 'rejected',
        error: { code: 'reject.integer', field: 'age', value: 'x', message: 'age: "x" is no whole number' },
      },
      { index: 5, status: 'rejected', error: { code: 'reject.no_record', value: '7' } },
    ]);
    const [facts] = (await rows('lead_facts')).filter((row) => row['lead_id'] === 'B1');
    expect(facts).toMatchObject({ f_zone: 'Norte', f_age: 41 });
  });

  test('what is refused is kept, with its place and reason', async () => {
    const { entry } = await answerTo('leads', [lead('C1'), lead('C2', { age: 'old', note: 'x' })]);
    await served.workspace.settling.settled();
    expect((await served.workspace.rejects({ batch: Number(entry) })).rejects).toEqual([
      expect.objectContaining({
        line: 2,
        column: 'age',
        value: 'old',
        code: 'reject.integer',
        row: expect.objectContaining({ lead_id: 'C2', note: 'x' }),
      }),
    ]);
    const [batch] = (await served.workspace.batches()).filter((row) => row['entry'] === entry);
    expect(batch).toMatchObject({ source: 'api', rows_read: 2, accepted: 1, unchanged: 0, rejected: 1 });
  });

  test('an activity without an id is told by its content, as in a file; money in its currency', async () => {
    const sale = {
      lead_id: 'D1',
      type: 'sale',
      at: '2026-03-05T10:00:00-06:00',
      amount: '100.5',
      currency: 'usd',
    };
    expect(await answerTo('activities', [sale, sale])).toMatchObject({ accepted: 2 });
    expect(await answerTo('activities', sale)).toMatchObject({ unchanged: 1 });
    const csv = 'lead_id,type,at,amount,currency\nD1,sale,2026-03-05T16:00:00Z,100.50,usd\n';
    const report = await served.workspace.importFile({
      content: (async function* () {
        yield Buffer.from(csv);
      })(),
      fileName: 'a.csv',
      as: 'activities',
    });
    expect(report).toMatchObject({ ok: true, value: { accepted: 0, unchanged: 1 } });
    const told = (await rows('activity')).filter((row) => row['lead_id'] === 'D1');
    expect(told).toMatchObject([
      { amount: 1758.75, original_amount: 100.5, currency: 'USD', type: 'sale' },
      { amount: 1758.75 },
    ]);
    expect(await answerTo('activities', { ...sale, currency: 'EUR' })).toMatchObject({
      status: 422,
      code: 'reject.currency',
    });
  });

  test('ads by day and ad', async () => {
    const ad = {
      date: '2026-03-01',
      platform: 'meta',
      campaign: 'x',
      impressions: 10,
      clicks: 2,
      spend: 3.5,
    };
    expect(await answerTo('ads', [ad, { ...ad, date: '2026-03-02' }])).toMatchObject({ accepted: 2 });
    expect(await answerTo('ads', [ad, { ...ad, clicks: 3 }])).toMatchObject({ accepted: 1, unchanged: 1 });
    expect(await answerTo('ads', { ...ad, spend: -1 })).toMatchObject({
      status: 422,
      code: 'reject.negative',
    });
    expect(await rows('ad_metric')).toHaveLength(3);
  });

  test('words in the language of the reader', async () => {
    const answer = await answerTo('leads', lead('E1', { age: 'x' }), {
      headers: { 'accept-language': 'es' },
    });
    expect(answer).toMatchObject({ detail: 'age: «x» no es un número entero' });
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string): Asked => ({ headers: { 'idempotency-key': key } });

  test('the same again: the first answer; another body: 422; across a restart', async () => {
    const first = await post('leads', lead('K1'), keyed('one'));
    const text = await first.text();
    const again = await post('leads', lead('K1'), keyed('one'));
    expect([again.status, again.headers.get('idempotency-replayed'), await again.text()]).toEqual([
      200,
      'true',
      text,
    ]);
    expect(await answerTo('leads', lead('K2'), keyed('one'))).toMatchObject({
      status: 422,
      code: 'intake.other_body',
    });
    expect(await answerTo('activities', lead('K1'), keyed('one'))).toMatchObject({
      code: 'intake.other_body',
    });
    const other = served.tokenFor('leads:write');
    expect(await answerTo('leads', lead('K2'), { ...keyed('one'), token: other })).toMatchObject({
      accepted: 1,
    });
    served = await served.again();
    expect(await (await post('leads', lead('K1'), keyed('one'))).text()).toBe(text);
  });

  test('what tells only anew whose it is, is news: at once, and once the warehouse holds it', async () => {
    const clicked = (gclid: string) => answerTo('leads', lead('K6', { gclid }));
    for (const settles of [false, true]) {
      const [first, second] = settles ? ['CjC', 'CjD'] : ['CjA', 'CjB'];
      expect(await clicked(first)).toMatchObject({ accepted: 1 });
      if (settles) await served.workspace.settling.settled();
      expect(await clicked(first)).toMatchObject({ unchanged: 1 });
      expect(await clicked(second)).toMatchObject({ accepted: 1, unchanged: 0 });
      if (settles) await served.workspace.settling.settled();
      expect(await clicked(second)).toMatchObject({ accepted: 0, unchanged: 1 });
    }
    const told = (await rows('lead_key')).filter((row) => row['lead_id'] === 'K6');
    expect(new Set(told.map((row) => row['value']))).toEqual(new Set(['CjA', 'CjB', 'CjC', 'CjD']));
    const batches = (await rows('batch')).toSorted(
      (one, other) => Number(one['entry']) - Number(other['entry']),
    );
    expect(batches.slice(-8).map((row) => row['accepted'])).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });

  test('what was refused as a whole is not remembered', async () => {
    expect(await answerTo('leads', lead('K3', { age: 'x' }), keyed('two'))).toMatchObject({ status: 422 });
    expect(await answerTo('leads', lead('K3'), keyed('two'))).toMatchObject({ status: 200, accepted: 1 });
  });

  test('twenty at once have one effect; who comes meanwhile is told so', async () => {
    const before = (await rows('lead_version')).length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('leads', lead('K4'), keyed('three'))),
    );
    const statuses = answers.map((each) => each.status);
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    expect((await post('leads', lead('K4'), keyed('three'))).status).toBe(200);
    expect((await rows('lead_version')).length).toBe(before + 1);
  });

  test('a key has 1 to 255 characters', async () => {
    expect(await answerTo('leads', lead('K5'), keyed('x'.repeat(256)))).toMatchObject({
      status: 400,
      code: 'intake.bad_key',
    });
    expect(await answerTo('leads', lead('K5'), keyed('x'.repeat(255)))).toMatchObject({ status: 200 });
  });
});

describe('bad inputs', () => {
  test.each([
    ['45 nested 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400, 'json.too_deep'],
    ['46 a key twice', '{"lead_id":"F1","lead_id":"F2"}', 400, 'json.duplicate_key'],
    ['48 half a character', '{"lead_id":"\\ud800","created_at":"2026-01-01"}', 422, 'reject.text'],
    ['a NUL', '{"lead_id":"a\\u0000b"}', 422, 'reject.text'],
    ['51 a list in a list', '[[]]', 422, 'reject.no_record'],
    ['an object for a text', '{"lead_id":{"a":1}}', 422, 'reject.text'],
    ['no JSON', '{', 400, 'json.syntax'],
    ['nothing', '', 400, 'json.syntax'],
    ['an empty list', '[]', 400, 'intake.nothing'],
    ['10,001 records', `[${'{},'.repeat(10_000)}{}]`, 413, 'intake.too_many'],
    ['58 the year 9999', '{"lead_id":"F1","created_at":"9999-01-01T00:00:00Z"}', 422, 'reject.instant'],
    ['58 the year 1899', '{"lead_id":"F1","created_at":"1899-12-31T00:00:00Z"}', 422, 'reject.instant'],
    ['a day that is not', '{"lead_id":"F1","created_at":"2027-02-29"}', 422, 'reject.instant'],
    ['no lead', '{"created_at":"2026-01-01"}', 422, 'reject.missing'],
    ['a blank lead', '{"lead_id":"  "}', 422, 'reject.missing'],
    ['22 more than any number', '{"lead_id":"F1","age":1e400}', 422, 'reject.integer'],
  ])('%s', async (_, body, status, code) => {
    expect(await answerTo('leads', body)).toMatchObject({ status, code });
  });

  test('47 ids of 17 digits keep each digit, quoted or not', async () => {
    expect(await answerTo('leads', '{"lead_id":12345678901234567,"created_at":"2026-01-01"}')).toMatchObject({
      results: [{ id: '12345678901234567' }],
    });
    const [row] = (await rows('lead_version')).filter((each) =>
      String(each['lead_id']).startsWith('1234567890'),
    );
    expect(row?.['lead_id']).toBe('12345678901234567');
  });

  test('a byte order mark is passed over, when it is told and whenever it is read again', async () => {
    const body = `\ufeff${JSON.stringify(lead('MARK1'))}`;
    expect(await answerTo('leads', body)).toMatchObject({ accepted: 1 });
    await served.workspace.settling.settled();
    expect(await served.workspace.rebuild()).toMatchObject({ ok: true });
    expect(await served.workspace.doctor()).toContainEqual(
      expect.objectContaining({ code: 'doctor.entries', ok: true }),
    );
    expect((await rows('lead_version')).filter((row) => row['lead_id'] === 'MARK1')).toHaveLength(1);
  });

  test('55 names of ours in a record are only more data', async () => {
    const more = {
      role: 'admin',
      recorded_at: '1999-01-01',
      entry: 1,
      part: 9,
      brings: '111',
      ['__proto__x']: 1,
    };
    const text = JSON.stringify(lead('G1', more)).replace('__proto__x', '__proto__');
    expect(await answerTo('leads', text)).toMatchObject({ accepted: 1 });
    const [row] = (await rows('lead_version')).filter((each) => each['lead_id'] === 'G1');
    expect(row).toMatchObject({ brings: '1101', part: 0 });
    expect(JSON.parse(String(row?.['extra']))).toMatchObject({ role: 'admin', part: '9' });
  });

  test('49 a gzip bomb, 50 another type, 52 too much', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    const packed = { headers: { 'content-encoding': 'gzip' } };
    expect(await answerTo('leads', bomb, packed)).toMatchObject({
      status: 413,
      code: 'server.body_too_large',
    });
    expect(await answerTo('leads', gzipSync(JSON.stringify(lead('H1'))), packed)).toMatchObject({
      accepted: 1,
    });
    expect(await answerTo('leads', '{}', packed)).toMatchObject({ status: 400, code: 'server.bad_encoding' });
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await answerTo('leads', 'a=1', form)).toMatchObject({ status: 415, code: 'server.no_json' });
    expect(await answerTo('leads', Buffer.alloc(17 * 1024 * 1024, ' '))).toMatchObject({ status: 413 });
  });
});

describe('who may write', () => {
  test('nobody without a token in force that has the scope', async () => {
    expect(await answerTo('leads', lead('J1'), { token: null })).toMatchObject({
      status: 401,
      code: 'server.no_token',
    });
    expect(await answerTo('leads', lead('J1'), { token: 'x'.repeat(43) })).toMatchObject({
      status: 401,
      code: 'server.unknown_token',
    });
    const reader = served.tokenFor('read', 'ads:write');
    expect(await answerTo('leads', lead('J1'), { token: reader })).toMatchObject({
      status: 403,
      code: 'server.forbidden_scope',
    });
    const made = served.access.createToken('gone', ['leads:write']);
    expect(await answerTo('leads', lead('J1'), { token: made.text })).toMatchObject({ status: 200 });
    served.access.revokeToken(made.token.id);
    expect(await answerTo('leads', lead('J1'), { token: made.text })).toMatchObject({ status: 401 });
    // As the command line does beside a server.
    const other = served.access.createToken('gone elsewhere', ['leads:write']);
    expect(await answerTo('leads', lead('J1'), { token: other.text })).toMatchObject({ status: 200 });
    const beside = AccessStore.open(served.home);
    beside.revokeToken(other.token.id);
    beside.close();
    expect(await answerTo('leads', lead('J1'), { token: other.text })).toMatchObject({ status: 401 });
  });

  test('no page of another site, whatever it shows; not the operator either', async () => {
    const foreign = { headers: { origin: 'https://evil.example' } };
    expect(await answerTo('leads', lead('J2'), foreign)).toMatchObject({
      status: 403,
      code: 'server.forbidden_caller',
    });
    expect(await answerTo('leads', lead('J2'), { headers: { origin: 'null' } })).toMatchObject({
      status: 403,
    });
    const operator = { token: null, headers: { 'x-tregua-token': OPERATOR } };
    expect(await answerTo('leads', lead('J2'), operator)).toMatchObject({ status: 401 });
  });

  test('who shows a token may read by any name of the server, with the scope alone', async () => {
    const read = (token: string | null, path = '/v1/status'): Promise<Response> =>
      Promise.resolve(
        served.app.request(path, {
          headers: {
            host: 'tregua.example',
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          },
        }),
      );
    expect((await read(null)).status).toBe(403);
    expect((await read(writer)).status).toBe(403);
    const reader = served.tokenFor('read');
    expect((await read(reader)).status).toBe(200);
    expect((await read(reader, '/v1/tokens')).status).toBe(403);
  });

  test('tokens are the operator’s: made, listed without their text, revoked', async () => {
    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      Promise.resolve(
        served.app.request(`/v1/tokens${path}`, {
          ...init,
          headers: { host: 'localhost', 'content-type': 'application/json', 'x-tregua-token': OPERATOR },
        }),
      );
    const made = await ask('', {
      method: 'POST',
      body: JSON.stringify({ name: 'shop', scopes: ['leads:write'] }),
    });
    expect(made.status).toBe(201);
    const { id, token } = await made.json();
    expect(await answerTo('leads', lead('J3'), { token })).toMatchObject({ accepted: 1 });
    const listed = await (await ask('')).text();
    expect(listed).toContain('"last_used_at":"20');
    expect(listed).not.toContain(token);
    expect((await ask(`/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await ask(`/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await ask('', { method: 'POST', body: '{"name":"x","scopes":["all"]}' })).status).toBe(400);
    expect((await served.app.request('/v1/tokens', { headers: { host: 'localhost' } })).status).toBe(403);
  });

  test('our own pages may make tokens, and nobody else’s', async () => {
    const by = async (headers: Record<string, string>, init: RequestInit = {}): Promise<number> =>
      (
        await served.app.request('/v1/tokens', {
          ...init,
          headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
        })
      ).status;
    const token = { method: 'POST', body: JSON.stringify({ name: 'page', scopes: ['read'] }) };
    expect(await by({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await by({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await by({ host: 'tregua.example', 'sec-fetch-site': 'same-origin' })).toBe(403);
    expect(await by({ origin: 'http://localhost' }, token)).toBe(201);
    expect(await by({ origin: 'http://elsewhere.example' }, token)).toBe(403);
    expect(await by({}, token)).toBe(403);
  });
});
