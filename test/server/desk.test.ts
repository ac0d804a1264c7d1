import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serveAgreement } from './served.ts';
import type { Served } from './served.ts';

const AGREEMENT = `
tregua: 1
name: desk
timezone: UTC
currency: EUR
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - id: sale
    owner: sales
    criteria: [{ id: sold, rule: 'activities.exists(a, a.type == "sale")' }]
dimensions: [{ id: zone, field: zone }]
`;
const LEADS =
  'lead_id,created_at,zone,phone\na,2026-05-01,n,1\nb,2026-05-02,n,2\nc,2026-05-03,s,3\nd,2026-06-01,n,4\n';
const STATE = { from: '2026-05-01', to: '2026-05-31', mode: 'cohort', compare: 'none', filter: ['zone=n'] };

const ours = { origin: 'http://localhost', host: 'localhost', 'content-type': 'application/json' };
let served: Served;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
  const chunks = (async function* () {
    yield Buffer.from(LEADS);
    await Promise.resolve();
  })();
  const taken = await served.workspace.importFile({ content: chunks, fileName: 'leads.csv', as: 'leads' });
  expect(taken.ok).toBe(true);
});
afterAll(() => served.close());
beforeEach(() => expect(served.reported).toEqual([]));

async function call(path: string, method = 'GET', body?: unknown): Promise<Response> {
  return served.app.request(path, {
    method,
    headers: ours,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function made(
  days = 7,
  draft: object = { screen: 'panorama', state: STATE },
): Promise<{ id: string; path: string }> {
  const response = await call('/v1/shares', 'POST', { name: 'La junta', days, ...draft });
  expect(response.status).toBe(201);
  return z.object({ id: z.string(), path: z.string() }).parse(await response.json());
}

describe('a link', () => {
  test('shows its view to who has it, by whatever name the server is called', async () => {
    const { path } = await made();
    const token = path.slice('/s/'.length);
    const abroad = { headers: { host: 'tunnel.example.com' } };
    const told = await served.app.request(`/v1/shared/${token}`, abroad);
    expect(await told.json()).toMatchObject({ name: 'La junta', screen: 'panorama', state: STATE });
    const funnel = await served.app.request(`/v1/shared/${token}/funnel`, abroad);
    expect(funnel.headers.get('cache-control')).toContain('no-store');
    // Two of the three of May are of zone n.
    expect(await funnel.json()).toMatchObject({
      stages: [
        { id: 'lead', count: 2 },
        { id: 'sale', count: 0 },
      ],
    });
    // All else stays shut for that name.
    expect((await served.app.request('/v1/funnel', abroad)).status).toBe(403);
    expect((await served.app.request('/v1/leads', abroad)).status).toBe(403);
  });

  test('counts the leads of its view, whatever is asked of it', async () => {
    const { path } = await made();
    const token = path.slice('/s/'.length);
    for (const wider of [
      'from=2026-01-01&to=2026-12-31',
      'filter=zone=s',
      'where=true',
      'as_of=2020-01-01T00:00:00Z',
    ]) {
      const response = await call(`/v1/shared/${token}/funnel?${wider}`);
      expect(await response.json(), wider).toMatchObject({ stages: [{ count: 2 }, {}] });
    }
  });

  test('tells of no lead, of no file, and of no other screen', async () => {
    const { path } = await made();
    const token = path.slice('/s/'.length);
    for (const closed of [
      'leads',
      'lead',
      'leads/a',
      'criteria',
      'export/lead_contact',
      'breakdown/zone',
      'shares',
      'tokens',
      '__proto__',
    ])
      expect((await call(`/v1/shared/${token}/${closed}`)).status, closed).toBe(404);
    for (const open of [
      'status',
      'agreement',
      'notes',
      'page',
      'funnel',
      'changes?compare=previous',
      'maturity',
      'opportunities',
    ]) {
      const response = await call(`/v1/shared/${token}/${open}`);
      expect(response.status, open).toBe(200);
      expect(await response.text(), open).not.toMatch(/"(?:a|b|c|d)"/);
    }
    expect(
      (await served.app.request(`/v1/shared/${token}/funnel`, { method: 'POST', headers: ours })).status,
    ).toBe(404);
  });

  test('of a breakdown shows that breakdown alone', async () => {
    const { path } = await made(7, {
      screen: 'breakdowns',
      state: { ...STATE, filter: [], dimension: 'zone', stages: 'lead,sale' },
    });
    const token = path.slice('/s/'.length);
    for (const asked of ['breakdown/zone', 'breakdown/created_at', 'breakdown/zone?second=weekday']) {
      const answer = await (await call(`/v1/shared/${token}/${asked}`)).json();
      expect(answer).toMatchObject({ dimension: 'zone', second: null, total: { counts: { lead: 3 } } });
    }
    expect((await call(`/v1/shared/${token}/page`)).status).toBe(404);
  });

  test('shows nothing any more once it is revoked, or after its day', async () => {
    const { id, path } = await made();
    const token = path.slice('/s/'.length);
    expect((await call(`/v1/shares/${id}`, 'DELETE')).status).toBe(204);
    expect((await call(`/v1/shares/${id}`, 'DELETE')).status).toBe(404);
    const gone = await call(`/v1/shared/${token}/funnel`);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ code: 'server.no_share' });

    const other = await made(1);
    const text = other.path.slice('/s/'.length);
    const later = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    expect(served.desk.shareOf(text, later(23))).not.toBeNull();
    expect(served.desk.shareOf(text, later(25))).toBeNull();
    expect((await call('/v1/shared/nobody/funnel')).status).toBe(404);
  });

  test('is kept without its text, and made by a page of ours only', async () => {
    const { path } = await made();
    expect(JSON.stringify(await (await call('/v1/shares')).json())).not.toContain(path.slice('/s/'.length));
    const foreign = await served.app.request('/v1/shares', {
      method: 'POST',
      headers: { ...ours, origin: 'https://elsewhere.example' },
      body: JSON.stringify({ name: 'x', screen: 'panorama', state: {}, days: 1 }),
    });
    expect(foreign.status).toBe(403);
    for (const bad of [
      { name: '', screen: 'panorama', state: {}, days: 1 },
      { name: 'x', screen: 'leads', state: {}, days: 1 },
      { name: 'x', screen: 'panorama', state: {}, days: 1000 },
      [],
    ])
      expect((await call('/v1/shares', 'POST', bad)).status, JSON.stringify(bad)).toBe(400);
  });
});

describe.each([
  ['notes', { chart: 'funnel', text: 'Marzo fue por los teléfonos.', state: STATE }],
  ['views', { name: 'Perdidos de mayo', screen: 'leads', state: { status: 'lost' } }],
] as const)('%s', (name, draft) => {
  const list = async (): Promise<readonly unknown[]> =>
    z.record(z.string(), z.array(z.unknown())).parse(await (await call(`/v1/${name}`)).json())[name] ?? [];

  test('are kept, taken away, and brought back', async () => {
    const before = (await list()).length;
    const response = await call(`/v1/${name}`, 'POST', draft);
    expect(response.status).toBe(201);
    const { id } = z.object({ id: z.string() }).parse(await response.json());
    expect((await list())[0]).toMatchObject(draft);
    expect((await call(`/v1/${name}/${id}`, 'DELETE')).status).toBe(204);
    expect(await list()).toHaveLength(before);
    expect((await call(`/v1/${name}/${id}`, 'DELETE')).status).toBe(404);
    expect((await call(`/v1/${name}/${id}/restore`, 'POST')).status).toBe(204);
    expect(await list()).toHaveLength(before + 1);
    expect((await call(`/v1/${name}/${id}/restore`, 'POST')).status).toBe(404);
  });

  test('that are not right are refused', async () => {
    for (const bad of [{}, null, { ...draft, state: 'x' }, { ...draft, more: 1 }])
      expect((await call(`/v1/${name}`, 'POST', bad)).status, JSON.stringify(bad)).toBe(400);
  });
});
