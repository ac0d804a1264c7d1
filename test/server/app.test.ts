import { createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  breakdownAnswer,
  funnelAnswer,
  leadAnswer,
  leadsAnswer,
  trendAnswer,
} from '../../src/core/measures/answer.ts';
import { seenValues } from '../../src/core/agreement/seen-values.ts';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { LiveSources } from '../../src/node/app/sources/live-sources.ts';
import { DeskStore } from '../../src/node/app/desk-store.ts';
import type { ServedWorkspace } from '../../src/node/app/workspace.ts';
import { Syncs } from '../../src/node/sources/syncs.ts';
import { createApp } from '../../src/node/server/app.ts';
import { valueOf, writeWorkload } from '../chaos/workload.ts';

/** The API without a socket: its answers, its refusals, its description of itself, and who may call it. */

const PACKAGE: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const TOKEN = 'the-token-of-this-test';
const HEAD = { host: 'localhost' };
let folder: string;
let workspace: ServedWorkspace;
let access: AccessStore;
let live: LiveSources;
let desk: DeskStore;
let app: ReturnType<typeof createApp>;
const reported: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-server-'));
  const home = join(folder, 'home');
  const web = join(folder, 'web');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Tregua</title>');
  writeFileSync(join(web, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'nothing for the web');
  const workload = writeWorkload(join(folder, 'files'), 5, 200);
  mkdirSync(home);
  writeFileSync(join(home, 'tregua.yaml'), workload.agreement);
  workspace = valueOf(await openWorkspace(home));
  for (const { path, kind } of [workload.leads, workload.activities]) {
    const as = kind === 'leads' ? 'leads' : 'activities';
    valueOf(await workspace.importFile({ content: createReadStream(path), fileName: `${as}.csv`, as }));
  }
  access = AccessStore.open(home);
  desk = DeskStore.open(home);
  live = new LiveSources(workspace, undefined, (error) => reported.push(error));
  app = createApp(workspace, {
    access,
    live,
    syncs: new Syncs(workspace, () => undefined),
    desk,
    address: () => '',
    hosts: new Set(['localhost', '127.0.0.1']),
    token: TOKEN,
    web,
    report: (error) => reported.push(error),
  });
});
afterAll(async () => {
  await live.close();
  access.close();
  desk.close();
  await workspace.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => void (reported.length = 0));

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers({ ...HEAD, ...Object.fromEntries(new Headers(init.headers)) });
  return app.request(`http://localhost${path}`, { ...init, headers });
}

async function bodyOf(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await ask(path, init);
  expect([path, response.status]).toEqual([path, 200]);
  return response.json();
}

function post(path: string, body = '', headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return ask(path, { method: 'POST', body, headers: { 'x-tregua-token': TOKEN, ...headers } });
}

const RANGE = 'from=2026-01-01&to=2026-06-30';

describe('an answer', () => {
  test.each([
    [`funnel?${RANGE}&mode=period&compare=previous`, funnelAnswer],
    [`breakdown/zone?${RANGE}&stages=lead,sale&top=2`, breakdownAnswer],
    [`trend?${RANGE}&every=week`, trendAnswer],
    [`leads?${RANGE}&stage=sale&limit=5`, leadsAnswer],
    [`maturity?${RANGE}&compare=previous&equal_age=false`, maturityAnswer],
    ['leads/L1', leadAnswer],
    ['funnel?as_of=2026-03-01T00:00:00Z', funnelAnswer],
    ['funnel?as_of=2026-03-01', funnelAnswer],
    [`funnel?${RANGE}&where=${encodeURIComponent('lead.zone == "Norte"')}`, funnelAnswer],
    [`funnel?${RANGE}&filter=zone%3DSur&filter=zone%3DNorte`, funnelAnswer],
  ])('/v1/%s', async (path, schema) => {
    const answer = await bodyOf(`/v1/${path}`);
    expect(schema.safeParse(answer).error).toBeUndefined();
  });

  test('is what the workspace says', async () => {
    expect(await bodyOf('/v1/funnel')).toEqual(valueOf(await workspace.ask('funnel', {})));
  });

  test('/v1/page has all the parts', async () => {
    const page = await bodyOf(`/v1/page?${RANGE}`);
    expect(page).toMatchObject({ funnel: { stages: expect.any(Array) } });
  });

  test('/v1/status, agreement, batches, rejects, doctor', async () => {
    expect(await bodyOf('/v1/status')).toMatchObject({
      name: 'Chaos',
      leads: 200,
      activities: 200,
      notices: [],
    });
    expect(await bodyOf('/v1/agreement')).toMatchObject({ version: 1, name: 'Chaos' });
    expect(await bodyOf('/v1/batches')).toMatchObject({
      batches: [{ entry: 1, rows_read: 200 }, { entry: 2 }],
    });
    expect(await bodyOf('/v1/rejects?batch=1')).toEqual({ rejects: [], next: null, total: 0, reasons: [] });
    expect(await bodyOf('/v1/doctor')).toMatchObject({ checks: expect.any(Array) });
  });

  test.each(['csv', 'json', 'parquet'])('/v1/export as %s', async (format) => {
    const response = await ask(`/v1/export/activity?format=${format}`);
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (format === 'parquet') expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
    else expect(bytes.toString().trim().split('\n')).toHaveLength(format === 'csv' ? 201 : 200);
  });

  test('a page of the application, its assets, and nothing beside them', async () => {
    for (const path of [
      '/',
      '/leads/L1',
      '/%zz',
      '/..%2fsecret.txt',
      '/../secret.txt',
      '/%2e%2e/secret.txt',
    ]) {
      const response = await ask(path);
      expect([path, response.status, await response.text()]).toEqual([
        path,
        200,
        '<!doctype html><title>Tregua</title>',
      ]);
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
    const asset = await ask('/assets/app-1a2b.js');
    expect(asset.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });

  test.each(['/assets/app-0000.js', '/assets/gone.css', '/assets/'])(
    'a file that is not there is no page: %s',
    async (path) => {
      const response = await ask(path);
      expect([response.status, await response.text()]).toEqual([404, '']);
      expect(response.headers.get('content-type')).not.toMatch(/html/);
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );
});

const BAD: readonly (readonly [string, number, string])[] = [
  ['/v1/nothing', 404, 'server.no_route'],
  ['/v1/leads/nobody', 404, 'question.unknown_lead'],
  ['/v1/export/activty', 404, 'store.unknown_table'],
  ['/v1/export/activity?format=xml', 400, 'server.unknown_format'],
  ['/v1/funnel?format=xml', 400, 'server.unknown_format'],
  ['/v1/funnel?format=csv', 400, 'server.unknown_format'],
  ['/v1/funnel?from=yesterday', 400, 'question.no_day'],
  ['/v1/funnel?from=2026-02-02&to=2026-02-01', 400, 'question.backwards'],
  ['/v1/funnel?mode=both', 400, 'question.not_one_of'],
  ['/v1/funnel?from=2026-01-01&from=2026-01-02', 400, 'question.several'],
  ['/v1/funnel?as_of=soon', 400, 'question.no_instant'],
  ['/v1/funnel?as_of=2026-03-41', 400, 'question.no_instant'],
  ['/v1/leads?compare=previous', 400, 'question.not_one_of'],
  ['/v1/status?as_of=soon', 400, 'question.no_instant'],
  ['/v1/funnel?as_of=2026-03-01&as_of=2026-03-02', 400, 'question.several'],
  ['/v1/funnel?where=lead.zne%20%3D%3D%201', 400, 'rule.unknown_field'],
  [`/v1/funnel?where=${encodeURIComponent(`lead.zone == "'); drop table activity; --`)}`, 400, 'rule.'],
  [`/v1/funnel?where=${encodeURIComponent('read_text("/etc/passwd") == "x"')}`, 400, 'rule.'],
  [`/v1/funnel?where=${'('.repeat(5000)}`, 400, 'rule.'],
  ['/v1/funnel?filter=planet%3DMars', 400, 'question.unknown_dimension'],
  ['/v1/funnel?filter=phone%3D55', 400, 'question.personal_dimension'],
  ['/v1/breakdown/phone', 400, 'question.personal_dimension'],
  ['/v1/breakdown/zon', 400, 'question.'],
  ['/v1/breakdown/zone?top=many', 400, 'question.no_number'],
  ['/v1/breakdown/zone?stages=lead,nope', 400, 'question.'],
  ['/v1/trend?every=second', 400, 'question.not_one_of'],
  ['/v1/leads?limit=-1', 400, 'question.no_number'],
  ['/v1/leads?sort=drop', 400, 'question.'],
  ['/v1/rejects?batch=last', 400, 'server.bad_batch'],
];

describe('a bad question', () => {
  test.each(BAD)('%s: %i %s', async (path, status, code) => {
    const response = await ask(path, { headers: { 'accept-language': 'en' } });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({
      type: 'about:blank',
      status,
      code: expect.stringContaining(code),
      title: expect.any(String),
      detail: expect.any(String),
      message: expect.any(String),
      errors: expect.any(Array),
    });
    expect(problem).toHaveProperty('hint');
    expect(problem).toHaveProperty('at');
    expect([response.status, reported]).toEqual([status, []]);
  });

  test('is told by the name of the parameter, in both languages', async () => {
    const told = await Promise.all(
      ['es', 'en'].flatMap((lang) =>
        ['leads?limit=0', 'trend?every=dya', 'funnel?compare=x'].map(async (path) => {
          const response = await ask(`/v1/${path}&lang=${lang}`);
          const { message, hint }: { message: string; hint: string } = JSON.parse(await response.text());
          return [message, hint];
        }),
      ),
    );
    expect(told).toEqual([
      ['limit: «0» no es un número válido', 'Escribe un número entero de 1 a 100000'],
      ['every no puede ser «dya»', '¿Quisiste decir «day»? Puede ser: day, week, month'],
      ['compare no puede ser «x»', 'Puede ser: none, previous, year'],
      ['limit: "0" is no number that it can be', 'Write a whole number from 1 to 100000'],
      ['every cannot be "dya"', 'Did you mean "day"? It can be: day, week, month'],
      ['compare cannot be "x"', 'It can be: none, previous, year'],
    ]);
  });

  test('leaves the facts alone', async () => {
    expect(await bodyOf('/v1/status')).toMatchObject({ leads: 200, activities: 200 });
  });

  test('a fault of ours is told as one sentence, and reported', async () => {
    const broken = createApp(
      new Proxy(workspace, {
        get: (target, name) =>
          name === 'status' ? () => Promise.reject(new Error('a secret path')) : Reflect.get(target, name),
      }),
      {
        access,
        live,
        syncs: new Syncs(workspace, () => undefined),
        desk,
        address: () => '',
        hosts: null,
        token: TOKEN,
        web: null,
        report: (error) => reported.push(error),
      },
    );
    const response = await broken.request('/v1/status');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(reported).toHaveLength(1);
  });
});

describe('/v1/imports', () => {
  const rows =
    'lead_id,created_at,zone,age\nX1,2026-02-01T00:00:00Z,Norte,30\nX2,2026-02-01T00:00:00Z,Sur,old\n';

  test('a rehearsal keeps nothing', async () => {
    const response = await post('/v1/imports?name=a.csv&as=leads&dry_run=true', rows);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ kept: false, rowsRead: 2, accepted: 1, rejected: 1 });
    expect(await bodyOf('/v1/status')).toMatchObject({ leads: 200 });
  });

  test.each([
    ['?name=a.csv&as=leads', '', 'ingest.empty_file', {}],
    ['?name=a.csv', 'alpha,beta\n1,2\n', 'ingest.unknown_file', {}],
    ['?name=a.csv&as=people', rows, 'server.unknown_kind', {}],
    ['?name=a.csv', rows, 'server.bad_mapping_header', { 'x-tregua-mapping': '%E0%A4%A' }],
    ['?name=a.csv', rows, 'yaml.', { 'x-tregua-mapping': 'source%3A%20%5B' }],
  ])('%s is refused', async (query, body, code, headers) => {
    const stored = readdirSync(join(folder, 'home', '.tregua', 'files'));
    const response = await post(`/v1/imports${query}`, body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: expect.stringContaining(code) });
    expect(readdirSync(join(folder, 'home', '.tregua', 'files'))).toEqual(stored);
    expect(reported).toEqual([]);
  });

  test('a caller that goes away in the middle leaves nothing', async () => {
    const stored = readdirSync(join(folder, 'home', '.tregua', 'files'));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(rows)),
      pull: (controller) => controller.error(new Error('gone')),
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { ...HEAD, 'x-tregua-token': TOKEN },
      body,
      duplex: 'half',
    };
    const response = await app.request('http://localhost/v1/imports?name=a.csv&as=leads', init);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(readdirSync(join(folder, 'home', '.tregua', 'files'))).toEqual(stored);
    expect(await bodyOf('/v1/status')).toMatchObject({ leads: 200 });
  });
});

interface Description {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { parameters?: { name: string; in: string }[] }>>>
  >;
}

test('what a rule may ask for is answered with how often it was seen', async () => {
  const seen = seenValues.parse(await (await ask('/v1/agreement/values')).json());
  const { leads } = await workspace.status();
  expect(seen.leads).toBe(leads);
  const types = seen.activities.find(({ member }) => member === 'type')?.values ?? [];
  const { activities } = await workspace.status();
  expect(types.reduce((sum, { count }) => sum + count, 0)).toBe(activities);
  expect(types.map(({ count }) => count)).toEqual(types.map(({ count }) => count).toSorted((a, b) => b - a));
  const { agreement } = await workspace.agreement();
  const open = agreement.fields.filter(({ pii }) => pii === null);
  expect(seen.fields.map(({ field }) => field)).toEqual(open.map(({ name }) => name));
  for (const { known, values } of seen.fields) {
    expect(known).toBeLessThanOrEqual(leads);
    if (values.length > 0) expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(known);
  }
});

describe('the OpenAPI document', () => {
  test('lists every route, and each that it lists is there', async () => {
    const described: Description = JSON.parse(await (await ask('/v1/openapi.json')).text());
    expect(described.openapi).toBe('3.1.0');
    expect(described.info.version).toBe(PACKAGE.version);
    const listed = Object.entries(described.paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .toSorted();
    const served = app.routes
      .filter(
        (route) =>
          route.method !== 'ALL' && route.path.startsWith('/v1/') && route.path !== '/v1/openapi.json',
      )
      .map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(listed).toEqual([...new Set(served)].toSorted());
    expect(listed.length).toBeGreaterThan(10);
    const funnel = described.paths['/v1/funnel']?.['get']?.parameters?.map((each) => each.name);
    expect(funnel).toEqual(expect.arrayContaining(['from', 'to', 'mode', 'where', 'compare', 'as_of']));
    expect(described.paths['/v1/leads/{id}']?.['get']?.parameters).toMatchObject([
      { name: 'id', in: 'path' },
      { name: 'as_of', in: 'query', required: false },
      { name: 'agreement', in: 'query', required: false },
    ]);
  });
});

describe('who may call', () => {
  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:4100', '10.0.0.7', ''])(
    'no one by the name "%s" (DNS rebinding)',
    async (host) => {
      for (const path of ['/v1/status', '/', '/v1/openapi.json']) {
        const response = await ask(path, { headers: { host } });
        expect([path, response.status]).toEqual([path, 403]);
        expect(await response.json()).toMatchObject({ code: 'server.forbidden_host' });
      }
    },
  );

  test.each(['localhost', 'LOCALHOST:4100', '127.0.0.1:4100'])('anyone by the name "%s"', async (host) => {
    expect((await ask('/v1/status', { headers: { host } })).status).toBe(200);
  });

  test.each<Readonly<Record<string, string>>>([
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:9999' },
    { origin: 'not an address' },
    { 'x-tregua-token': 'a-guess' },
    { 'x-tregua-token': '' },
    { origin: 'https://evil.example', 'x-tregua-token': TOKEN.slice(0, -1) },
  ])('no other site may change anything: %o', async (headers) => {
    for (const [method, path] of [
      ['POST', '/v1/rebuild'],
      ['POST', '/v1/imports?name=a.csv&as=leads'],
      ['DELETE', '/v1/status'],
    ] as const) {
      const response = await ask(path, { method, headers });
      expect([path, response.status]).toEqual([path, 403]);
      expect(await response.json()).toMatchObject({ code: 'server.forbidden_caller' });
    }
  });

  test('a page of ours may, and a holder of the token', async () => {
    const own = await ask('/v1/imports?name=a.csv&as=leads&dry_run=true', {
      method: 'POST',
      headers: { origin: 'http://localhost' },
      body: 'lead_id,created_at\nX1,2026-01-01T00:00:00Z\n',
    });
    expect(own.status).toBe(200);
    const rebuilt = await post('/v1/rebuild');
    expect([rebuilt.status, await rebuilt.json()]).toMatchObject([200, { leads: 200, activities: 200 }]);
  });

  test('nobody is let in from elsewhere by CORS', async () => {
    const headers = { origin: 'https://evil.example' };
    const response = await ask('/v1/status', { headers });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await ask('/v1/imports', {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test.each(['/', '/v1/status', '/v1/nothing', '/v1/leads?format=csv', '/assets/app-1a2b.js'])(
  'the security headers of %s',
  async (path) => {
    const { headers } = await ask(path);
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  },
);

describe('a download as CSV', () => {
  test('guards a spreadsheet from formulas, and keeps what was told', async () => {
    const cells = ['=HYPERLINK("http://evil.example")', '+1', '-2+3', '@SUM(A1)', '\tx', '\rx'];
    const rows = cells.map(
      (cell, n) => `F${n},2026-02-0${n + 1}T00:00:00Z,"${cell.replaceAll('"', '""')}",30`,
    );
    const body = `lead_id,created_at,zone,age\n${rows.join('\n')}\n=F9,2026-02-09T00:00:00Z,Norte,-5\n`;
    expect((await post('/v1/imports?name=formulas.csv&as=leads', body)).status).toBe(200);
    const response = await ask('/v1/leads?format=csv&lang=en&search=F');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="tregua-leads\.csv"/);
    const csv = Buffer.from(await response.arrayBuffer()).toString('utf8');
    expect(csv.startsWith('\uFEFF')).toBe(true);
    for (const cell of ["'=HYPERLINK", "'+1", "'-2+3", "'@SUM", "'=F9"])
      expect(csv.split(/[\r\n,"]+/).some((each) => each.startsWith(cell))).toBe(true);
    // No cell begins with what a spreadsheet would run; a number below zero is none of that.
    expect(csv).not.toMatch(/(?:^\uFEFF?|,)"?[=+@\t]/m);
    expect(csv).toMatch(/,-5(?:,|\r)/);
    const exported = await (await ask('/v1/export/lead_version')).text();
    expect(exported).not.toMatch(/(?:^|,)"?[=+@\t]/m);
    expect(await bodyOf('/v1/leads/F0')).toMatchObject({ attributes: { zone: cells[0] } });
    expect(await bodyOf('/v1/breakdown/zone')).toMatchObject({ dimension: 'zone' });
    expect(await (await ask('/v1/breakdown/zone?format=csv')).text()).not.toMatch(/(?:^\uFEFF?|,)"?[=+@\t]/m);
  });

  test('has a head that people read, with no name twice', async () => {
    const head = async (path: string): Promise<readonly string[]> =>
      (await (await ask(path)).text()).replace('\uFEFF', '').split('\r\n')[0]?.split(',') ?? [];
    const leads = await Promise.all(['es', 'en'].map((lang) => head(`/v1/leads?format=csv&lang=${lang}`)));
    expect(leads.map((names) => names[0])).toEqual(['Identificador de lead', 'Id']);
    for (const names of leads) expect(new Set(names).size).toBe(names.length);
    expect((await head('/v1/breakdown/zone?format=csv&lang=en'))[0]).toBe('Zone');
    expect((await head('/v1/breakdown/weekday?format=csv&lang=es'))[0]).toBe('Día de la semana');
    const compared = `/v1/breakdown/zone?format=csv&lang=en&${RANGE}&compare=previous`;
    expect((await head(compared)).slice(3, 7)).toEqual(['Rate', 'Low (95%)', 'High (95%)', 'Rate before']);
    const lengths = (await (await ask(compared)).text())
      .trim()
      .split('\r\n')
      .map((line) => line.split(/,(?! )/).length);
    expect(new Set(lengths)).toEqual(new Set([10]));
  });

  test('that is not all says where the rest is, and one that is all does not', async () => {
    const first = await ask('/v1/leads?format=csv&search=L1&sort=id&limit=60');
    const link = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(link).toContain('offset=60');
    const next = await ask(link);
    expect(next.headers.get('link')).toBeNull();
    const rows = (text: string): readonly string[] => text.trim().split('\r\n').slice(1);
    const ids = [...rows(await first.text()), ...rows(await next.text())].map((row) => row.split(',')[0]);
    const all = leadsAnswer.parse(await bodyOf('/v1/leads?search=L1&sort=id&limit=1000'));
    expect(ids).toEqual(all.leads.map((lead) => lead.id));
    expect((await ask('/v1/leads?limit=5')).headers.get('link')).toContain('limit=5&offset=5');
    expect((await ask('/v1/leads?format=csv')).headers.get('link')).toBeNull();
  });

  test('has its head in the language of the request', async () => {
    const heads = await Promise.all(
      ['es', 'en'].map(
        async (lang) => (await (await ask(`/v1/leads?format=csv&lang=${lang}`)).text()).split('\r\n')[0],
      ),
    );
    expect(heads[0]).not.toBe(heads[1]);
  });
});

describe('the language', () => {
  const es = 'No hay nada en esta dirección';
  const en = 'There is nothing at this address';
  test.each([
    ['es-MX,es;q=0.9,en;q=0.8', '', es],
    ['en-US,en;q=0.9,es;q=0.8', '', en],
    ['en;q=0.1, es;q=0.9', '', es],
    ['fr-FR, es;q=0.5', '', es],
    ['fr-FR', '', en],
    ['', '', en],
    ['es', '?lang=en', en],
    ['en', '?lang=es', es],
  ])('Accept-Language "%s" and "%s"', async (accept, query, title) => {
    const response = await ask(`/v1/nothing${query}`, { headers: { 'accept-language': accept } });
    expect(await response.json()).toMatchObject({ title });
  });
});
