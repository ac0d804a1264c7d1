import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serveAgreement } from './served.ts';
import type { Served } from './served.ts';

/** What the screens of data ask: sources, loads and what they take away, rejects, imports that are followed. */

const AGREEMENT = `
tregua: 1
name: Data
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, age: { type: integer } }
funnel: [ { id: lead, owner: sales } ]
`;

let served: Served;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
});
afterAll(() => served.close());

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers({ host: 'localhost', origin: 'http://localhost' });
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
  return served.app.request(`/v1/${path}`, { ...init, headers });
}

async function get<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(await (await call(path)).json());
}

async function post<T>(schema: z.ZodType<T>, path: string, body: unknown, status = 200): Promise<T> {
  const response = await call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(status);
  return schema.parse(await response.json());
}

async function upload(name: string, text: string): Promise<string> {
  const response = await call(`import/files?name=${name}`, { method: 'POST', body: text });
  return z.object({ id: z.string() }).parse(await response.json()).id;
}

const anything = z.record(z.string(), z.unknown());
const progress = z.object({ phase: z.string(), done: z.number(), total: z.number().nullable() }).nullable();
const load = z.object({
  done: z.boolean(),
  files: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      progress,
      report: anything.nullable(),
      errors: z.array(z.object({ code: z.string() })),
    }),
  ),
});
const plan = z.object({
  files: z.array(
    z.object({
      report: z
        .object({ rowsRead: z.number(), accepted: z.number(), rejected: z.number(), byReason: anything })
        .nullable(),
      errors: z.array(z.object({ code: z.string() })),
      head: z
        .object({
          columns: z.array(z.string()),
          rows: z.array(z.array(z.string())),
          suggestion: z.object({
            kind: z.string(),
            columns: z.record(z.string(), z.record(z.string(), z.string())),
          }),
        })
        .nullable(),
    }),
  ),
});

/** Follows a load to its end. */
async function ended(id: string): Promise<z.output<typeof load>> {
  for (;;) {
    const told = await get(load, `import/loads/${id}`);
    if (told.done) return told;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const UNKNOWN =
  'Folio;Fecha de alta;Ciudad;Edad;Fecha de venta;Monto\n' +
  'A-1;2026-03-01 10:00;Norte;31;2026-03-09;1500\n' +
  'A-2;2026-03-02 11:30;Sur;mil;;\n' +
  'A-3;2026-03-03 12:00;Norte;44;;\n';

describe('a file that nobody knows', () => {
  test('is shown with what its columns may be, mapped, loaded, and its like are known from then on', async () => {
    const id = await upload('ventas-2026.csv', UNKNOWN);
    const [asked] = (await post(plan, 'import/plan', { files: [{ id }] })).files;
    expect(asked?.errors.map(({ code }) => code)).toEqual(['ingest.unknown_file']);
    expect(asked?.head?.rows[0]).toEqual(['A-1', '2026-03-01 10:00', 'Norte', '31', '2026-03-09', '1500']);
    expect(asked?.head?.suggestion.kind).toBe('leads');
    expect(asked?.head?.suggestion.columns['leads']).toEqual({
      lead_id: 'Folio',
      created_at: 'Fecha de alta',
      zone: 'Ciudad',
      age: 'Edad',
    });
    expect(asked?.head?.suggestion.columns['activities']).toMatchObject({
      at: 'Fecha de venta',
      amount: 'Monto',
    });
    const mapping = JSON.stringify({
      source: 'ventas',
      match: { columns: ['Folio', 'Fecha de alta'] },
      records: [{ kind: 'leads', columns: asked?.head?.suggestion.columns['leads'] }],
    });
    const [told] = (await post(plan, 'import/plan', { files: [{ id, mapping }] })).files;
    expect(told?.report).toEqual({
      rowsRead: 3,
      accepted: 2,
      rejected: 1,
      byReason: { 'reject.integer': 1 },
    });
    const files = [{ id, mapping, remember: true }];
    const begun = await post(z.object({ load: z.string() }), 'import/load', { files, wait: false }, 202);
    const { files: loaded } = await ended(begun.load);
    expect(loaded).toMatchObject([
      { state: 'loaded', report: { rowsRead: 3, accepted: 2, unchanged: 0, rejected: 1 } },
    ]);
    expect(readFileSync(join(served.home, 'mappings', 'ventas.yaml'), 'utf8')).toContain('source: ventas');
    const next = await upload('ventas-abril.csv', UNKNOWN.replaceAll('A-', 'B-'));
    const [known] = (await post(plan, 'import/plan', { files: [{ id: next }] })).files;
    expect(known?.report).toMatchObject({ rowsRead: 3, accepted: 2, rejected: 1 });
  });

  test('a load that nobody knows is told so', async () => {
    expect((await call('import/loads/nothing')).status).toBe(404);
  });
});

describe('progress', () => {
  test('is told in the order of its phases, up to the rows that the file has', async () => {
    const rows = Array.from({ length: 6000 }, (_, nth) => `P${nth},2026-03-01T10:00:00Z,"Norte"`);
    const content = [Buffer.from(`lead_id,created_at,zone\n${rows.join('\n')}\n`)];
    const told: { phase: string; done: number; total: number | null }[] = [];
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (const each of content) yield await Promise.resolve(each);
    }
    const report = await served.workspace.importFile({
      content: bytes(),
      fileName: 'progress.csv',
      bytes: content[0]?.length,
      source: 'progress',
      onProgress: (each) => void told.push(each),
    });
    expect(report).toMatchObject({ ok: true, value: { rowsRead: 6000, accepted: 6000 } });
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
      'receiving',
      'recognising',
      'reading',
      'counting',
    ]);
    expect(told[0]).toEqual({ phase: 'receiving', done: content[0]?.length, total: content[0]?.length });
    const reading = told.filter(({ phase }) => phase === 'reading');
    expect(reading.map(({ done }) => done)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000]);
    expect(reading.every(({ total }) => total === 6000)).toBe(true);
  });

  test('of an import in one request is followed by an id of the caller’s', async () => {
    const id = 'an-id-of-my-own';
    const response = await call(`imports?name=one.csv&source=one&load=${id}`, {
      method: 'POST',
      body: 'lead_id,created_at\none,2026-03-01\n',
    });
    expect(response.status).toBe(200);
    expect(await ended(id)).toMatchObject({ files: [{ name: 'one.csv', state: 'loaded' }] });
    expect((await call(`imports?name=one.csv&load=${id}`, { method: 'POST', body: 'x' })).status).toBe(400);
  });
});

const rejects = z.object({
  total: z.number(),
  reasons: z.array(z.object({ code: z.string(), rows: z.number() })),
  rejects: z.array(
    z.object({
      entry: z.number(),
      line: z.number(),
      code: z.string(),
      file: z.string(),
      source: z.string(),
      mendable: z.boolean(),
    }),
  ),
});
const mended = z.object({
  reports: z.array(z.object({ accepted: z.number(), rejected: z.number() })),
  untouched: z.number(),
  unknown: z.number(),
});

describe('refused rows', () => {
  test('are counted by reason, given by pieces, corrected in their file and gone', async () => {
    const body =
      'lead_id,created_at,age\n' +
      'R1,2026-03-01,old\nR2,2026-03-01,30\nR3,soon,40\nR4,2026-03-01,young\n=R5,2026-03-01,none\n';
    await call('imports?name=people.csv&source=people', { method: 'POST', body });
    const first = await get(rejects, 'rejects?source=people&most=2');
    expect(first).toMatchObject({
      total: 4,
      reasons: [
        { code: 'reject.integer', rows: 3 },
        { code: 'reject.instant', rows: 1 },
      ],
    });
    expect(first.rejects).toMatchObject([
      { line: 2, code: 'reject.integer', file: 'people.csv', source: 'people', mendable: true },
      { line: 4, code: 'reject.instant' },
    ]);
    expect(await get(rejects, 'rejects?source=people&code=reject.instant')).toMatchObject({ total: 1 });
    const csv = await (await call('rejects?source=people&format=csv')).text();
    const batch = first.rejects[0]?.entry ?? 0;
    const corrected = `${csv
      .replace(',old', ',51')
      .replace(',none', ',52')
      .replace(',young', ',younger')}999,1,,,x,,\n`;
    const response = await call('rejects?name=rejects.csv', { method: 'POST', body: corrected });
    expect(mended.parse(await response.json())).toEqual({
      reports: [{ accepted: 2, rejected: 1 }],
      untouched: 1,
      unknown: 1,
    });
    const rest = await get(rejects, 'rejects?source=people');
    expect(rest.rejects.map(({ entry, line, code }) => [entry === batch, line, code])).toEqual([
      [true, 4, 'reject.instant'],
      [false, 2, 'reject.integer'],
    ]);
    const leads = await (await call('export/lead_version?format=csv')).text();
    expect(leads).toMatch(/^"?'?=R5/m);
    expect((await call('rejects?name=x.csv', { method: 'POST', body: 'a,b\n1,2\n' })).status).toBe(400);
  });
});

const sources = z.object({ sources: z.array(anything) });

describe('sources and loads', () => {
  test('say what each brought, what is open, and how fresh it is', async () => {
    const told = await get(sources, 'sources');
    expect(told.sources.find(({ name }) => name === 'people')).toMatchObject({
      kind: 'files',
      batches: 2,
      rows_read: 8,
      accepted: 3,
      unchanged: 0,
      rejected: 5,
      open_rejects: 2,
      newest: { leads: '2026-03-01T06:00:00.000Z', activities: null, ads: null },
    });
    const { batches } = await get(z.object({ batches: z.array(anything) }), 'loads?source=people');
    expect(batches).toMatchObject([
      { rows_read: 3, mends: { rows: 3 } },
      { file: 'people.csv', rows_read: 5, accepted: 1, rejected: 4, open_rejects: 1, mends: null },
    ]);
  });

  test('a load tells what it would take away, and takes no more', async () => {
    const send = async (name: string, as: string, body: string): Promise<number> => {
      const path = `imports?name=${name}&source=${name}&as=${as}`;
      const response = await call(path, { method: 'POST', body });
      return z.object({ entry: z.number() }).parse(await response.json()).entry;
    };
    await send('u-first', 'leads', 'lead_id,created_at,zone\nU1,2026-03-01,Norte\n');
    const batch = await send(
      'u-leads',
      'leads',
      'lead_id,created_at,zone\nU1,2026-03-01,Sur\nU2,2026-03-02,Sur\nU3,2026-03-03,Sur\n',
    );
    const calls = 'lead_id,type,at\nU2,call,2026-03-02T10:00:00Z\n';
    const activities = await send('u-calls', 'activities', calls);
    const contents = await get(anything, `batches/${batch}/contents`);
    expect(contents).toMatchObject({ leads: 2, changed_leads: 1, activities: 0, ad_rows: 0, later: 1 });
    expect(await get(anything, `batches/${activities}/contents`)).toMatchObject({ leads: 0, activities: 1 });
    await post(anything, `batches/${batch}/undo`, {});
    expect((await call(`batches/${batch}/contents`)).status).toBe(404);
    expect((await call('leads/U2')).status).toBe(404);
    expect(await get(anything, 'leads/U1')).toMatchObject({ attributes: { zone: 'Norte' } });
  });

  test('a source tells what would go with all that it told', async () => {
    const send = (source: string, as: string, name: string, body: string): Promise<Response> =>
      call(`imports?name=${name}&source=${source}&as=${as}`, { method: 'POST', body });
    const lead = (id: string, zone: string): string => `lead_id,created_at,zone\n${id},2026-03-01,${zone}\n`;
    await send('s-own', 'leads', 'own.csv', lead('S1', 'Norte'));
    await send('s all', 'leads', 'one.csv', `${lead('S1', 'Sur')}S2,2026-03-02,Sur\nS9,never,Sur\n`);
    await send('s-own', 'activities', 'calls.csv', 'lead_id,type,at\nS1,call,2026-03-02T10:00:00Z\n');
    await send('s all', 'leads', 'two.csv', lead('S3', 'Sur'));
    await send('s all', 'activities', 'sales.csv', 'lead_id,type,at\nS2,sale,2026-03-03T10:00:00Z\n');
    expect(await get(anything, 'sources/s%20all/contents')).toEqual({
      source: 's all',
      batches: 3,
      leads: 2,
      changed_leads: 1,
      activities: 1,
      ad_rows: 0,
      rejected: 1,
      later: 1,
    });
    expect(await post(anything, 'sources/s%20all/undo', {})).toMatchObject({ batches: 3 });
    expect((await call('sources/s%20all/contents')).status).toBe(404);
    expect((await call('leads/S2')).status).toBe(404);
    expect(await get(anything, 'leads/S1')).toMatchObject({ attributes: { zone: 'Norte' } });
    expect((await call('sources/nobody/contents')).status).toBe(404);
  });

  test('a form is connected, its secret told once, changed, and removed', async () => {
    const made = z.object({ secret: z.string(), path: z.string() });
    const first = await post(made, 'sources', { name: 'landing', kind: 'form' }, 201);
    expect(first).toMatchObject({ path: '/v1/hooks/landing' });
    const text = await (await call('sources')).text();
    expect(text).toContain('"landing"');
    expect(text).not.toContain(first.secret);
    await post(anything, 'sources', { name: 'landing', kind: 'form' }, 400);
    await post(anything, 'sources', { name: 'meta', kind: 'meta' }, 400);
    const second = await post(made, 'sources/landing/secret', {}, 201);
    expect(second.secret).not.toBe(first.secret);
    const strange = { method: 'DELETE', headers: { origin: 'http://elsewhere.example' } };
    expect((await call('sources/landing', strange)).status).toBe(403);
    expect((await call('sources/landing', { method: 'DELETE' })).status).toBe(204);
    expect((await call('sources/landing', { method: 'DELETE' })).status).toBe(400);
  });
});
