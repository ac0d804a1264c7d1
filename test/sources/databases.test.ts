import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outOf, run, start } from '../cli/tregua.ts';
import { funnelOf, makeHome, open, rowsOf } from '../load/taps.ts';
import { HAS, startMariadb, startPostgresql } from './servers.ts';
import type { Server } from './servers.ts';

/** Real servers: each test has tables of its own. */

interface Kind {
  readonly kind: 'postgresql' | 'mysql';
  readonly start: () => Promise<Server>;
  /** Types as the server calls them. */
  readonly instant: string;
  readonly document: string;
  /** The path of a zone within a document. */
  readonly zone: string;
}

const KINDS: readonly Kind[] = [
  {
    kind: 'postgresql',
    start: startPostgresql,
    instant: 'timestamptz',
    document: 'jsonb',
    zone: 'place.zone',
  },
  // MariaDB's JSON is a text: what is in it is taken out by the query.
  { kind: 'mysql', start: startMariadb, instant: 'timestamp(6) null', document: 'longtext', zone: 'zone' },
];

describe.each(KINDS)('$kind', ({ kind, start: startServer, instant, document, zone }) => {
  const suite = HAS[kind] ? test : test.skip;
  let server: Server;
  beforeAll(async () => {
    if (HAS[kind]) server = await startServer();
  }, 300_000);
  afterAll(async () => {
    if (HAS[kind]) await server.stop();
  });

  function home(
    streams: readonly object[],
    mappings: Readonly<Record<string, string>> = {},
    more: object = {},
  ): string {
    const source = { kind, address: { env: 'CRM_ADDRESS' }, streams, ...more };
    return makeHome({ 'sources/crm.yaml': JSON.stringify(source), ...mappings });
  }
  async function sync(at: string, url = server.url): Promise<Record<string, unknown>> {
    const { status, out, told } = await run(['sync', 'crm', '--home', at, '--json'], {
      environment: { CRM_ADDRESS: url },
    });
    const body: Record<string, unknown> = JSON.parse(out === '' ? JSON.stringify({ told }) : out);
    return { status, ...body };
  }

  suite(
    'every type comes exactly: big integers, decimals, instants of any zone, documents',
    async () => {
      await server.run(
        `create table exact (id bigint primary key, created ${instant}, wall timestamp, budget numeric(30, 10), place ${document}, vip boolean)`,
      );
      const wall = kind === 'mysql' ? `'2026-02-01 10:00:00.123456'` : `'2026-02-01 10:00:00.123456-06:00'`;
      const json = String.raw`{"zone": "Norte\n\u00f1", "n": 12345678901234567890}`;
      const text = kind === 'mysql' ? json.replaceAll('\\', '\\\\') : json;
      await server.run(`insert into exact values
      (9007199254740993, ${wall}, '2026-03-01 08:00:00', 12345678901234567890.1234567891, '${text}', true),
      (9007199254740995, null, null, null, null, false)`);
      const place = kind === 'mysql' ? `json_value(place, '$.zone') as zone, place` : 'place';
      const at = home(
        [
          {
            name: 'people',
            query: `select id, created, wall, budget, vip, ${place} from exact where created is not null;`,
            key: ['id'],
          },
        ],
        {
          'mappings/people.yaml': `
source: crm
match: { stream: people }
records: [ { kind: leads, columns: { lead_id: id, created_at: created, zone: ${zone} } } ]
`,
        },
      );
      expect(await sync(at)).toMatchObject({ status: 0, load: { accepted: 1, rejected: 0 } });
      const workspace = await open(at);
      const [row] = await rowsOf(workspace, 'lead_version');
      expect(row).toMatchObject({
        lead_id: '9007199254740993',
        // 10:00 at UTC-6, which is the server's own zone in the second.
        created_at: '2026-02-01T16:00:00.123456Z',
        f_zone: 'Norte\nñ',
      });
      expect(String(row?.['extra'])).toContain('12345678901234567890.1234567891');
      expect(String(row?.['extra'])).toContain('12345678901234567890');
    },
    300_000,
  );

  suite(
    'incremental by a column: what is new is read, what is told again changes nothing',
    async () => {
      await server.run(
        `create table people (id int primary key, created_at date, zone varchar(20), changed ${instant})`,
      );
      await server.run(
        `insert into people values (1, '2026-02-01', 'n', null), (2, '2026-02-01', 'n', '2026-02-01 10:00:00.000001'), (3, '2026-02-01', 'n', '2026-02-01 10:00:00.000002')`,
      );
      const at = home([
        {
          name: 'people',
          query: `select id as lead_id, created_at, zone, changed from people`,
          key: ['lead_id'],
          incremental: 'changed',
        },
      ]);
      expect(await sync(at)).toMatchObject({ status: 0, load: { accepted: 3 } });
      // The last is read again, for others may have its very instant.
      expect(await sync(at)).toMatchObject({ status: 0, load: { rowsRead: 1, unchanged: 1 } });
      await server.run(
        `insert into people values (4, '2026-02-02', 's', '2026-02-01 10:00:00.000002'), (5, '2026-02-02', 's', '2026-03-01 10:00:00')`,
      );
      await server.run(`update people set zone = 's', changed = '2026-03-01 10:00:00' where id = 2`);
      expect(await sync(at)).toMatchObject({ status: 0, load: { rowsRead: 4, accepted: 3, unchanged: 1 } });
      const state: unknown = JSON.parse(await outOf(['state', 'get', 'crm', '--home', at]));
      expect(state).toMatchObject({ bookmarks: { people: { column: 'changed' } } });
      const workspace = await open(at);
      expect(await funnelOf(workspace)).toMatchObject({ lead: 5 });
    },
    300_000,
  );

  suite(
    'a table that nothing read so far is read from its beginning once something does',
    async () => {
      await server.run(`create table won (id int primary key, person varchar(20), day date)`);
      await server.run(`insert into won values (1, 'L1', '2026-02-01'), (2, 'L2', '2026-02-02')`);
      const at = home([{ name: 'won', table: 'won', key: ['id'], incremental: 'day' }]);
      const unread = { status: 0, load: { rowsRead: 0, unmapped: [{ stream: 'won', records: 2 }] } };
      expect(await sync(at)).toMatchObject(unread);
      expect(await sync(at)).toMatchObject(unread);
      mkdirSync(join(at, 'mappings'));
      writeFileSync(
        join(at, 'mappings', 'won.yaml'),
        `
source: crm
match: { stream: won }
records: [ { kind: activities, columns: { lead_id: person, at: day }, constants: { type: sale } } ]
`,
      );
      expect(await sync(at)).toMatchObject({ status: 0, load: { accepted: 2, unmapped: [] } });
      expect(await sync(at)).toMatchObject({ status: 0, load: { rowsRead: 1, unchanged: 1 } });
    },
    300_000,
  );

  suite(
    'incremental by a number beyond the digits of a double',
    async () => {
      await server.run(`create table numbered (lead_id bigint primary key, created_at date)`);
      await server.run(
        `insert into numbered values (9007199254740992, '2026-02-01'), (9007199254740993, '2026-02-01')`,
      );
      const at = home([{ name: 'n', table: 'numbered', key: ['lead_id'], incremental: 'lead_id' }]);
      await sync(at);
      await server.run(`insert into numbered values (9007199254740994, '2026-02-01')`);
      expect(await sync(at)).toMatchObject({ load: { rowsRead: 2, accepted: 1, unchanged: 1 } });
    },
    300_000,
  );

  suite(
    'a table without an incremental column is read whole: rows that are gone are taken back',
    async () => {
      await server.run('create table whole (lead_id int primary key, created_at date)');
      await server.run(`insert into whole values (1, '2026-02-01'), (2, '2026-02-01')`);
      const at = home([{ name: 'whole', table: 'whole', key: ['lead_id'] }]);
      expect(await sync(at)).toMatchObject({ status: 0, load: { accepted: 2 } });
      await server.run('delete from whole where lead_id = 1');
      await server.run(`insert into whole values (3, '2026-02-01')`);
      expect(await sync(at)).toMatchObject({ status: 0, load: { accepted: 1, unchanged: 1, withdrawn: 1 } });
      const workspace = await open(at);
      expect(await funnelOf(workspace)).toMatchObject({ lead: 2 });
    },
    300_000,
  );

  suite(
    'many rows in little memory, and killed at any time nothing misses and nothing is twice',
    async () => {
      const rows = 100_000;
      const numbers =
        kind === 'mysql' ? `seq from seq_1_to_${rows}` : `seq from generate_series(1, ${rows}) as seq`;
      const note = kind === 'mysql' ? `repeat('x', 600)` : `repeat('x', 600)`;
      await server.run(
        `create table many as select seq as lead_id, cast('2026-02-01' as date) as created_at, ${note} as note, ${numbers}`.replace(
          `, ${numbers}`,
          ` ${numbers.slice(numbers.indexOf('from'))}`,
        ),
      );
      const at = home([{ name: 'many', table: 'many', key: ['lead_id'], incremental: 'lead_id' }]);
      const words = ['sync', 'crm', '--home', at, '--json'];
      const environment = { CRM_ADDRESS: server.url };
      let kills = 0;
      for (const delay of [500, 1500, 2500]) {
        const { child, ended } = start(words, { environment });
        const timer = setTimeout(() => child.kill('SIGKILL'), delay);
        kills += (await ended).signal === 'SIGKILL' ? 1 : 0;
        clearTimeout(timer);
      }
      expect(kills).toBeGreaterThan(0);
      expect(await sync(at)).toMatchObject({ status: 0 });
      const workspace = await open(at);
      expect(await funnelOf(workspace)).toMatchObject({ lead: rows });
      const standing = await rowsOf(workspace, 'lead_version');
      expect(standing).toHaveLength(rows);
    },
    300_000,
  );

  suite(
    'a server cannot be written to, whatever the query says',
    async () => {
      await server.run('create table kept (lead_id int primary key, created_at date)');
      const at = home([{ name: 'x', query: 'delete from kept', key: [] }]);
      expect(await sync(at)).toMatchObject({ status: 2, error: { code: 'source.query_failed' } });
      if (kind === 'mysql') return;
      await server.run(
        `create function strike() returns int as 'insert into kept values (1, now()) returning lead_id' language sql`,
      );
      const other = home([{ name: 'x', query: 'select strike() as lead_id' }]);
      expect(await sync(other)).toMatchObject({ status: 2, error: { code: 'source.query_failed' } });
    },
    300_000,
  );

  suite(
    'what hinders it is told in words, with 2 for what is wrong here and 3 for what cannot be reached',
    async () => {
      await server.run('create table small (id int primary key, created_at date)');
      const told = async (streams: readonly object[], url?: string, more: object = {}): Promise<unknown> => {
        const { status, error } = await sync(home(streams, {}, more), url);
        return [status, error !== null && typeof error === 'object' ? Reflect.get(error, 'code') : null];
      };
      const small = [{ name: 's', table: 'small', key: ['id'] }];
      expect(await told([{ ...small[0], table: 'smal' }])).toEqual([2, 'source.query_failed']);
      expect(await told([{ ...small[0], incremental: 'changed' }])).toEqual([2, 'source.no_column']);
      expect(await told([{ name: 's', query: 'select nonsense from small' }])).toEqual([
        2,
        'source.query_failed',
      ]);
      expect(await told([{ name: 's' }])).toEqual([2, 'source.one_of']);
      expect(await told(small, '')).toEqual([2, 'source.no_env']);
      expect(await told(small, 'http://x')).toEqual([2, 'source.bad_address']);
      expect(await told(small, server.url.replace(/:\d+\//, ':1/'))).toEqual([3, 'source.unreachable']);
      expect(await told(small, server.url.replace(/\/\w+$/, '/none'))).toEqual([3, 'source.refused']);
      const slow = kind === 'mysql' ? 'select sleep(20) as id' : 'select pg_sleep(20) as id';
      expect(await told([{ name: 's', query: slow }], undefined, { timeout: 1 })).toEqual([
        3,
        'source.too_slow',
      ]);
    },
    300_000,
  );
});
