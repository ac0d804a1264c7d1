import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { metaSignature } from '../../src/node/app/sources/meta-signature.ts';
import { SourceStore } from '../../src/node/app/sources/source-store.ts';
import { outOf, run } from '../cli/tregua.ts';
import { serveHome, signedBy } from './serving.ts';
import { fill, noTmpfs, tmpfs } from './tmpfs.ts';
import { makeHome, writeWorkload } from './workload.ts';

/** A disk that fills up under a server: every way in is refused with a word, and goes on once there is room. */

const APP_SECRET = 'the-secret-of-the-app';
const unmountable = noTmpfs();

interface WayIn {
  readonly path: string;
  readonly send: (id: string) => {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

function waysIn(home: string): readonly WayIn[] {
  const access = AccessStore.open(home);
  const { text: token } = access.createToken('disk', ['leads:write', 'activities:write']);
  access.close();
  const sources = SourceStore.open(home);
  sources.add('form', 'form', null, {});
  sources.add('meta', 'meta', null, { app: APP_SECRET, access: 'none' });
  const [secret = ''] = sources.secrets('form', 'signing');
  sources.close();
  const json = { 'content-type': 'application/json' };
  const writer = { ...json, authorization: `Bearer ${token}` };
  const at = '2026-01-01T10:00:00Z';
  return [
    {
      path: '/v1/leads',
      send: (id) => ({ body: JSON.stringify({ lead_id: id, created_at: at }), headers: writer }),
    },
    {
      path: '/v1/activities',
      send: (id) => ({
        body: JSON.stringify({ activity_id: id, lead_id: 'x', type: 'call', at }),
        headers: writer,
      }),
    },
    {
      path: '/v1/hooks/form',
      send: (id) => ({ body: '{"zone":"Sur"}', headers: signedBy(secret, id, '{"zone":"Sur"}') }),
    },
    {
      path: '/v1/hooks/meta',
      send: (id) => {
        const lead = id.replaceAll(/\D/g, '');
        const body = `{"object":"page","entry":[{"changes":[{"field":"leadgen","value":{"leadgen_id":${lead},"form_id":2}}]}]}`;
        return {
          body,
          headers: { ...json, 'x-hub-signature-256': metaSignature(APP_SECRET, Buffer.from(body)) },
        };
      },
    },
  ];
}

function problemOf(text: string): unknown {
  return JSON.parse(text.trim().split('\n').at(-1) ?? '');
}

describe.skipIf(unmountable !== null)(
  `a disk that fills up under a server${unmountable === null ? '' : ` (${unmountable})`}`,
  () => {
    test('refuses each way in by name, loses nothing, and goes on', { timeout: 120_000 }, async () => {
      const disk = tmpfs(110);
      mkdirSync(join(disk, 'files'));
      const home = makeHome(join(disk, 'home'), writeWorkload(join(disk, 'files'), 3, 200));
      const ways = waysIn(home);
      const { address, started } = await serveHome(home);
      const note: { token: string } = JSON.parse(readFileSync(join(home, '.tregua', 'server.json'), 'utf8'));
      const owner = { 'content-type': 'application/json', 'x-tregua-token': note.token };
      const post = async (
        path: string,
        body: string,
        headers: object,
      ): Promise<readonly [number, unknown]> => {
        const response = await fetch(new URL(path, address), {
          method: 'POST',
          body,
          headers: { ...headers },
        });
        return [response.status, problemOf(await response.text())];
      };
      const sendAll = async (round: number): Promise<readonly (readonly [string, number, unknown])[]> => {
        const told: (readonly [string, number, unknown])[] = [];
        for (const [nth, { path, send }] of ways.entries()) {
          const { body, headers } = send(`D${round}${nth}`);
          told.push([path, ...(await post(path, body, headers))]);
        }
        return told;
      };
      for (const [path, status] of await sendAll(1)) expect([path, status]).toEqual([path, 200]);

      const free = fill(disk);
      for (const [path, status, answer] of await sendAll(2))
        expect([path, status, answer]).toMatchObject([path, 503, { code: 'store.disk_full' }]);
      const file = `lead_id,created_at\n${'x'.repeat(20_000)},2026-01-01\n`;
      const state = { from: '2026-01-01', to: '2026-01-31', mode: 'cohort', compare: 'none', filter: [] };
      const others: readonly (readonly [string, string])[] = [
        ['/v1/imports?name=x.csv&as=leads', file],
        ['/v1/import/files?name=x.csv', file],
        ['/v1/notes', JSON.stringify({ chart: 'trend', text: 'x'.repeat(3000), state })],
      ];
      for (const [path, body] of others) {
        const [status, answer] = await post(path, body, owner);
        expect([path, status, answer]).toMatchObject([path, 503, { code: 'store.disk_full' }]);
      }
      const lines = `{"type":"RECORD","stream":"leads","record":{"lead_id":"T1","created_at":"2026-01-01"}}\n`;
      const schema = `{"type":"SCHEMA","stream":"leads","key_properties":["lead_id"],"schema":{"properties":{"lead_id":{},"created_at":{}}}}\n`;
      const [, end] = await post('/v1/load?source=crm&format=singer', schema + lines, owner);
      expect(JSON.stringify(end)).toContain('store.disk_full');
      // What needs no room, or makes some, is done; or it says why it is not.
      for (const [path, method] of [
        ['/v1/status', 'GET'],
        ['/v1/rebuild', 'POST'],
      ] as const) {
        const asked = await fetch(new URL(path, address), { method, headers: owner });
        expect([200, 503]).toContain(asked.status);
      }

      free();
      for (const [path, status] of await sendAll(2)) expect([path, status]).toEqual([path, 200]);
      started.child.kill('SIGTERM');
      expect(await started.ended).toMatchObject({ status: 0 });
      const told = await Promise.all(
        ['lead_version', 'activity'].map((table) =>
          outOf(['export', table, '--format', 'json', '--home', home]),
        ),
      );
      // Two rounds of a lead, an activity and a delivery; what Meta only names has no row.
      expect(told.map((text) => text.trim().split('\n').length)).toEqual([4, 2]);
      const doctor = JSON.parse((await run(['doctor', '--home', home, '--json'])).out);
      for (const code of [
        'doctor.ledger',
        'doctor.entries',
        'doctor.files',
        'doctor.up_to_date',
        'doctor.balanced',
      ])
        expect(doctor.checks).toContainEqual(expect.objectContaining({ code, ok: true }));
    });
  },
);
