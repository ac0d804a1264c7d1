import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { serveAgreement } from './served.ts';
import type { Served } from './served.ts';

/** A configured source is read when a page asks for it, which follows it to its end. */

const AGREEMENT = `
tregua: 1
name: Sync
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, age: { type: integer } }
funnel: [ { id: lead, owner: sales } ]
`;
const TAP = fileURLToPath(new URL('../sources/tap.js', import.meta.url));

let served: Served;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
  mkdirSync(join(served.home, 'sources'));
});
afterAll(() => served.close());

function configure(name: string, config: object): void {
  const source = { kind: 'tap', command: [process.execPath, TAP], config: `${name}.json` };
  writeFileSync(join(served.home, 'sources', `${name}.yaml`), JSON.stringify(source));
  writeFileSync(join(served.home, 'sources', `${name}.json`), JSON.stringify(config));
}

const standing = z.object({
  source: z.string(),
  done: z.boolean(),
  records: z.number(),
  report: z
    .object({ rowsRead: z.number(), accepted: z.number(), unchanged: z.number(), rejected: z.number() })
    .nullable(),
  errors: z.array(z.object({ code: z.string(), message: z.string() })),
});

async function call(path: string, init: RequestInit = {}, from = 'http://localhost'): Promise<Response> {
  const headers = { host: 'localhost', 'accept-language': 'es', 'content-type': 'application/json' };
  return served.app.request(`/v1/sources/${path}`, {
    ...init,
    headers: from === '' ? headers : { ...headers, origin: from },
  });
}

function start(name: string, body: object = {}, from?: string): Promise<Response> {
  return call(`${name}/sync`, { method: 'POST', body: JSON.stringify(body) }, from);
}

async function ended(name: string): Promise<z.output<typeof standing>> {
  for (;;) {
    const told = standing.parse(await (await call(`${name}/sync`)).json());
    if (told.done) return told;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function codeOf(response: Response): Promise<readonly [number, unknown]> {
  const body: { code?: unknown } = await response.json();
  return [response.status, body.code];
}

test('it is read from its state on, once at a time, and the page sees what came of it', async () => {
  configure('crm', { leads: 250 });
  expect(await codeOf(await call('crm/sync'))).toEqual([404, 'server.no_sync']);
  const begun = await start('crm');
  expect([begun.status, standing.parse(await begun.json())]).toMatchObject([
    202,
    { source: 'crm', done: false, report: null },
  ]);
  expect(await codeOf(await start('crm'))).toEqual([409, 'load.busy']);
  const listed: { sources: readonly object[] } = await (
    await served.app.request('/v1/sources', { headers: { host: 'localhost' } })
  ).json();
  expect(listed.sources).toMatchObject([{ name: 'crm', syncing: true }]);
  expect(await ended('crm')).toMatchObject({
    records: 250,
    report: { rowsRead: 250, accepted: 250, unchanged: 0, rejected: 0 },
    errors: [],
  });
  expect((await served.workspace.status()).leads).toBe(250);
  configure('crm', { leads: 260 });
  await start('crm');
  // The last of the state is told again.
  expect(await ended('crm')).toMatchObject({ report: { rowsRead: 11, accepted: 10, unchanged: 1 } });
  await start('crm', { full: true });
  expect(await ended('crm')).toMatchObject({ report: { rowsRead: 260, accepted: 0, unchanged: 260 } });
});

test('what befalls it is told in words; what had come before is kept', async () => {
  configure('broken', { leads: 300, dies: 120 });
  await start('broken');
  const told = await ended('broken');
  expect(told).toMatchObject({
    report: { accepted: 120 },
    errors: [{ code: 'source.tap_failed' }],
  });
  expect(told.errors[0]?.message).toBe('broken: el tap terminó con 7: tap: token , from 0');
  writeFileSync(join(served.home, 'sources', 'gone.yaml'), '{ kind: tap, command: [/no/such/program] }');
  await start('gone');
  expect((await ended('gone')).errors).toMatchObject([{ code: 'source.no_command' }]);
  expect(await codeOf(await start('nothing'))).toEqual([404, 'source.unknown']);
  expect(await codeOf(await start('crm', { command: 'x' }))).toEqual([400, 'server.bad_body']);
});

test('nobody but a page of ours or the operator starts it', async () => {
  for (const from of ['', 'https://elsewhere.example'])
    expect(await codeOf(await start('crm', {}, from))).toEqual([403, 'server.forbidden_caller']);
});
