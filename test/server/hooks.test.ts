import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret, signatureOf } from '../../src/node/app/sources/standard-webhooks.ts';
import { isInside } from '../../src/node/app/sources/graph-client.ts';
import { MetaServer } from '../live/meta-server.ts';
import type { MetaLead } from '../live/meta-server.ts';
import { serveAgreement } from './served.ts';
import type { Served } from './served.ts';

/** Webhooks: whose they are, kept once however often they come, and the leads that Meta only names. */

const AGREEMENT = `tregua: 1
name: Hooks
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  campaign: { type: string }
  mail: { type: string, pii: email }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [ { id: of_age, rule: lead.age >= 25 } ] }
dimensions:
  - { id: zone, field: zone }
`;

const MAPPING = `source: landing
dates: dmy
missing: [N/A]
records:
  - kind: leads
    columns: { zone: answers.zona, age: answers.edad, mail: answers.correo, created_at: sent }
  - kind: activities
    when: row["answers.call"] == "yes"
    columns: { lead_id: phone_of, at: sent, activity_id: phone_of }
    constants: { type: call }
`;

const meta = new MetaServer();
let served: Served;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT, await meta.start());
  served.live.sources.add('landing', 'form', MAPPING, {});
  served.live.sources.add('plain', 'form', null, {});
  served.live.sources.add('ads', 'meta', null, {
    app: meta.appSecret,
    access: meta.token,
    verify: 'the word',
  });
});
afterAll(async () => {
  await served.close();
  await meta.stop();
});

function secretOf(source: string): string {
  return served.live.sources.secrets(source, 'signing')[0] ?? '';
}

interface Sent {
  readonly id?: string;
  readonly at?: number;
  readonly secret?: string;
  readonly signed?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let nth = 0;
async function deliver(source: string, body: string, sent: Sent = {}): Promise<Record<string, unknown>> {
  const id = sent.id ?? `msg_${(nth += 1)}`;
  const timestamp = String(sent.at ?? Math.floor(Date.now() / 1000));
  const signature = signatureOf(
    sent.secret ?? secretOf(source),
    id,
    timestamp,
    Buffer.from(sent.signed ?? body),
  );
  const response = await served.app.request(`/v1/hooks/${source}`, {
    method: 'POST',
    headers: {
      host: 'hooks.example',
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
      ...sent.headers,
    },
    body,
  });
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

async function leadOf(id: string): Promise<Record<string, unknown> | undefined> {
  return (await rows('lead_version')).find((row) => row['lead_id'] === id);
}

describe('a form', () => {
  test('by its mapping: paths, markers, day before month, what is left over', async () => {
    const body =
      '{"sent":"03/04/2026 10:00","answers":{"zona":"Sur","edad":"N/A","correo":"a@b.mx"},"utm":{"source":"x"}}';
    expect(await deliver('landing', body, { id: 'L1' })).toMatchObject({ status: 200, known: false });
    const lead = await leadOf('L1');
    expect(lead).toMatchObject({
      f_zone: 'Sur',
      f_age: null,
      f_mail: true,
      created_at: '2026-04-03T16:00:00.000Z',
    });
    expect(JSON.parse(String(lead?.['extra']))).toEqual({ 'utm.source': 'x' });
  });

  test('a rule of the mapping chooses its records', async () => {
    const body = (call: string): string =>
      `{"sent":"03/04/2026 10:00","phone_of":"P1","answers":{"zona":"Sur","call":"${call}"}}`;
    await deliver('landing', body('no'));
    expect((await rows('activity')).filter((row) => row['lead_id'] === 'P1')).toHaveLength(0);
    await deliver('landing', body('yes'));
    expect((await rows('activity')).filter((row) => row['lead_id'] === 'P1')).toHaveLength(1);
  });

  test('without one by the names of the agreement, and of a person; the delivery is the lead', async () => {
    const body = JSON.stringify({
      fields: [
        { key: 'zone', value: 'Norte' },
        { name: 'age', value: 31 },
      ],
      data: { email: 'x@y.mx' },
    });
    await deliver('plain', body, { id: 'msg_x', at: Math.floor(Date.now() / 1000) - 100 });
    expect(await leadOf('msg_x')).toMatchObject({ f_zone: 'Norte', f_age: 31, f_mail: true });
  });

  test('65 the same id is the same delivery, whatever it holds, also after a restart and at once', async () => {
    const first = await deliver('plain', '{"zone":"a"}', { id: 'twice' });
    expect(first).toMatchObject({ status: 200, known: false });
    expect(await deliver('plain', '{"zone":"b"}', { id: 'twice' })).toMatchObject({
      status: 200,
      known: true,
      entry: first['entry'],
    });
    served = await served.again();
    expect(await deliver('plain', '{"zone":"c"}', { id: 'twice' })).toMatchObject({ known: true });
    const many = await Promise.all(
      Array.from({ length: 20 }, () => deliver('plain', '{"zone":"d"}', { id: 'many' })),
    );
    expect(many.filter((each) => each['known'] === false)).toHaveLength(1);
    expect(many.every((each) => each['status'] === 200)).toBe(true);
    const told = (await rows('lead_version')).filter((row) =>
      ['twice', 'many'].includes(String(row['lead_id'])),
    );
    expect(told.map((row) => row['f_zone'])).toEqual(['a', 'd']);
  });

  test('what it refuses is kept with its reason', async () => {
    const { entry } = await deliver('landing', '{"sent":"31/02/2026","answers":{"zona":"Sur"}}');
    await served.workspace.settling.settled();
    expect((await served.workspace.rejects({ batch: Number(entry) })).rejects).toMatchObject([
      { code: 'reject.instant', column: 'created_at', value: '31/02/2026' },
    ]);
  });

  test('several secrets hold while one replaces another', async () => {
    const old = secretOf('plain');
    const next = newSecret();
    served.live.sources.replaceSecret('plain', 'signing', next, 60_000);
    expect(await deliver('plain', '{}', { secret: old })).toMatchObject({ status: 200 });
    expect(await deliver('plain', '{}', { secret: next })).toMatchObject({ status: 200 });
    served.live.sources.replaceSecret('plain', 'signing', newSecret(), 0);
    expect(await deliver('plain', '{}', { secret: next })).toMatchObject({ status: 401 });
  });

  const now = Math.floor(Date.now() / 1000);
  test.each<[string, string, Sent, string]>([
    ['59 no signature', '{}', { headers: { 'webhook-signature': '' } }, 'hook.bad_signature'],
    ['another secret', '{}', { secret: newSecret() }, 'hook.bad_signature'],
    ['62 a body that was written anew', '{"a":1}', { signed: '{"a": 1}' }, 'hook.bad_signature'],
    ['63 ñ escaped where it was raw', '{"a":"\\u00f1"}', { signed: '{"a":"ñ"}' }, 'hook.bad_signature'],
    ['64 stale', '{}', { at: now - 400 }, 'hook.stale'],
    ['64 ahead of time', '{}', { at: now + 400 }, 'hook.stale'],
    ['66 a full stop in the id', '{}', { id: 'a.1' }, 'hook.bad_id'],
    ['a half of a signature', '{}', { headers: { 'webhook-signature': 'v1,AAAA' } }, 'hook.bad_signature'],
    [
      'a signature of another version',
      '{}',
      { headers: { 'webhook-signature': 'v1a,AAAA' } },
      'hook.bad_signature',
    ],
  ])('%s', async (_, body, sent, code) => {
    expect(await deliver('plain', body, sent)).toMatchObject({ status: 401, code });
  });

  test('63 ñ raw is signed as it stands', async () => {
    expect(await deliver('plain', '{"zone":"ñ"}', { id: 'enye' })).toMatchObject({ status: 200 });
    expect(await leadOf('enye')).toMatchObject({ f_zone: 'ñ' });
  });

  test('no source, no JSON, a page of another site', async () => {
    expect(await deliver('nobody', '{}', { secret: newSecret() })).toMatchObject({ status: 404 });
    expect(await deliver('plain', '{')).toMatchObject({ status: 400, code: 'json.syntax' });
    expect(await deliver('plain', '{}', { headers: { origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
    });
  });
});

describe('Meta Lead Ads', () => {
  const lead = (id: string, more: Partial<MetaLead> = {}): MetaLead => ({
    id,
    form: '99887766554433221',
    created: Math.floor(Date.now() / 1000) - 3600,
    answers: { zone: 'Sur', age: '40', email: 'z@y.mx', phone_number: '+525512345678' },
    ...more,
  });
  const notify = async (body: string, signature = meta.sign(body)): Promise<Record<string, unknown>> => {
    const response = await served.app.request('/v1/hooks/ads', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body,
    });
    return { status: response.status, ...(await response.json()) };
  };
  /** Fetches all that is due, so many milliseconds from now. */
  const fetchAll = async (later = 0): Promise<void> => {
    const source = served.live.sources.find('ads');
    if (source === null) throw new Error('no source');
    await served.live.retriever.run(source, Date.now() + later);
  };
  const waiting = (): number => served.live.queue.count('ads', 'waiting');

  test('the handshake', async () => {
    const shake = async (query: string): Promise<readonly [number, string]> => {
      const response = await served.app.request(`/v1/hooks/ads?${query}`);
      return [response.status, await response.text()];
    };
    const word = 'hub.verify_token=the%20word';
    expect(await shake(`hub.mode=subscribe&${word}&hub.challenge=1158201444`)).toEqual([200, '1158201444']);
    expect((await shake('hub.mode=subscribe&hub.verify_token=another&hub.challenge=1'))[0]).toBe(403);
    expect((await shake(`hub.mode=subscribe&${word}&hub.challenge=%3Cscript%3E`))[0]).toBe(400);
    expect((await shake(`hub.mode=unsubscribe&${word}&hub.challenge=1`))[0]).toBe(403);
  });

  test('a lead that a notice names is fetched, once, with each digit of its id', async () => {
    const one = lead('12345678901234567');
    meta.add(one);
    expect(await notify(meta.notice([one]))).toMatchObject({ status: 200, known: false });
    expect(await notify(meta.notice([one]))).toMatchObject({ status: 200, known: true });
    await fetchAll();
    expect(waiting()).toBe(0);
    expect(await leadOf(one.id)).toMatchObject({
      f_zone: 'Sur',
      f_age: 40,
      f_campaign: 'Otoño',
      f_mail: true,
      f_phone: true,
    });
    expect((await rows('lead_version')).filter((row) => row['lead_id'] === one.id)).toHaveLength(1);
  });

  test.each([
    ['60 SHA-1 only', 'sha1=0123456789012345678901234567890123456789'],
    ['61 upper case', meta.sign('{}').toUpperCase().replace('SHA256', 'sha256')],
    ['61 short', meta.sign('{}').slice(0, 40)],
    ['another body', meta.sign('{ }')],
    ['nothing', ''],
  ])('%s', async (_, signature) => {
    expect(await notify('{}', signature)).toMatchObject({ status: 401, code: 'hook.bad_signature' });
  });

  test('67, 68 a thousand changes, some of them none of ours', async () => {
    const many = Array.from({ length: 997 }, (__, n) => lead(`40000000000000${String(n).padStart(3, '0')}`));
    for (const each of many) meta.add(each);
    const odd = [
      '{"field":"leadgen","value":{"leadgen_id":"x"}}',
      '{"field":"feed","value":{"item":"status"}}',
      'null',
    ];
    const body = meta.notice(many).replace('"changes":[', `"changes":[${odd.join(',')},`);
    const { status, entry } = await notify(body);
    expect(status).toBe(200);
    await fetchAll();
    expect(waiting()).toBe(0);
    const told = (await rows('lead_version')).filter((row) =>
      String(row['lead_id']).startsWith('40000000000000'),
    );
    expect(told).toHaveLength(997);
    expect(
      (await served.workspace.rejects({ batch: Number(entry) })).rejects.map((each) => each.code),
    ).toEqual(odd.map(() => 'reject.no_lead_notice'));
  });

  test.each([
    [4, {}, 60_000],
    [17, {}, 60_000],
    [613, {}, 60_000],
    [80_005, {}, 60_000],
    [
      80_000,
      { 'x-business-use-case-usage': '{"1":[{"type":"leadgen","estimated_time_to_regain_access":7}]}' },
      7 * 60_000,
    ],
    [4, { 'retry-after': '120' }, 120_000],
  ])('too many calls (%i, %o): it waits, and then goes on', async (code, headers, wait) => {
    const one = lead(`5${String(Math.floor(Math.random() * 1e15)).padStart(15, '0')}`);
    meta.add(one);
    meta.faults.push({ status: 400, code, headers });
    const before = Date.now();
    await notify(meta.notice([one]));
    await fetchAll();
    expect(served.live.sources.pausedUntil('ads')).toBeGreaterThanOrEqual(before + wait);
    const calls = meta.calls.length;
    await fetchAll(wait - 10_000);
    expect([meta.calls.length, waiting()]).toEqual([calls, 1]);
    await fetchAll(wait + 10_000);
    expect(waiting()).toBe(0);
    served.live.sources.pause('ads', 0, null);
    expect(await leadOf(one.id)).toBeDefined();
  });

  test('a failure of one lead does not stop the others; one that is gone is given up', async () => {
    const [one, two] = [lead('600000000000001'), lead('600000000000002')];
    meta.add(two);
    meta.faults.push({ status: 500, code: 2 });
    await notify(meta.notice([one, two]));
    await fetchAll();
    for (let hour = 1; hour <= 4; hour += 1) await fetchAll(hour * 3_600_000);
    expect(waiting()).toBe(0);
    expect(await leadOf(two.id)).toBeDefined();
    expect(served.live.queue.count('ads', 'gone')).toBe(1);
  });

  test('an expired token is told in words, holds everything, and all goes on once it is mended', async () => {
    const one = lead('700000000000001');
    meta.add(one);
    meta.token = 'another-token';
    await notify(meta.notice([one]));
    await fetchAll();
    expect(served.live.sources.find('ads')?.problem).toBe('source.token_expired');
    const status = await served.app.request('/v1/status?lang=es', { headers: { host: 'localhost' } });
    expect(JSON.stringify(await status.json())).toContain(
      'ads: el token de acceso de Meta no está vigente; espera un lead',
    );
    const calls = meta.calls.length;
    await fetchAll(3_600_000);
    expect(meta.calls.length).toBe(calls);
    // Without a notice: it came while nothing could be fetched.
    const missed = Array.from({ length: 60 }, (_, n) => lead(`7000000000001${String(n).padStart(2, '0')}`));
    for (const each of missed) meta.add(each);
    served.live.sources.replaceSecret('ads', 'access', meta.token, 0);
    await fetchAll();
    expect(served.live.sources.reconciledAt('ads')).toBeGreaterThan(Date.now() - 60_000);
    expect(waiting()).toBe(0);
    const told = new Set((await rows('lead_version')).map((row) => row['lead_id']));
    expect([one, ...missed].filter(({ id }) => !told.has(id))).toEqual([]);
    // The pages of the form were asked for one after the other, by their cursors.
    expect(meta.calls.filter((path) => path === '99887766554433221/leads').length).toBeGreaterThanOrEqual(3);
  });

  test('what waits outlives the process', async () => {
    const one = lead('800000000000001');
    meta.faults.push({ status: 503, code: 2 });
    await notify(meta.notice([one]));
    await fetchAll();
    expect([meta.faults.length, waiting()]).toEqual([0, 1]);
    served = await served.again();
    meta.add(one);
    await fetchAll(60_000);
    expect(await leadOf(one.id)).toBeDefined();
  });
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['::1', true],
  ['fd00::1', true],
  ['::ffff:10.0.0.1', true],
  ['157.240.1.1', false],
  ['2a03:2880:f003::1', false],
])('%s is of an inner network: %s', (address, expected) => {
  expect(isInside(address)).toBe(expected);
});
