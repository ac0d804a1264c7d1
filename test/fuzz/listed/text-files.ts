import { expect } from 'vitest';
import iconv from 'iconv-lite';
import { emailKey } from '../../../src/core/identity/email-key.ts';
import { HEAD } from './desk.ts';
import type { Desk, Listed } from './desk.ts';

const PIECE = 1 << 20;

/** A file of so many megabytes in one line, between two good ones, without a copy of it in memory. */
function longLine(megabytes: number): ReadableStream<Uint8Array> {
  const middle = Buffer.alloc(PIECE, 'y');
  let sent = -1;
  return new ReadableStream({
    pull(controller) {
      if (sent === -1) controller.enqueue(Buffer.from(`${HEAD}t14-a,2026-01-01,x\nt14-b,2026-01-01,`));
      else if (sent < megabytes) controller.enqueue(middle);
      else {
        controller.enqueue(Buffer.from('\nt14-c,2026-01-01,z\n'));
        controller.close();
      }
      sent += 1;
    },
  });
}

function brokenOff(): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      sent += 1;
      if (sent === 1) controller.enqueue(Buffer.from(`${HEAD}t28-a,2026-01-01,x\nt28-b,20`));
      else controller.error(new Error('gone'));
    },
  });
}

async function holds(
  desk: Desk,
  content: string | Uint8Array,
  like: string,
  zones: readonly string[],
): Promise<void> {
  await desk.takes(content, { accepted: zones.length });
  expect(await desk.column('lead_version', 'f_zone', like)).toEqual(zones);
}

const HYPERLINK = '=HYPERLINK("http://x.example","x")';

export const TEXT_FILES: readonly Listed[] = [
  { nth: 1, name: 'empty', check: (desk) => desk.refusesFile('', 'ingest.empty_file') },
  {
    nth: 2,
    name: 'a header alone',
    check: async (desk) => void (await desk.takes(HEAD, { accepted: 0, warnings: ['ingest.no_rows'] })),
  },
  {
    nth: 3,
    name: 'a byte order mark',
    check: (desk) => holds(desk, `\ufeff${HEAD}t3,2026-01-01,Ñ\n`, 't3', ['Ñ']),
  },
  {
    nth: 4,
    name: 'UTF-16',
    check: (desk) =>
      holds(desk, iconv.encode(`${HEAD}t4,2026-01-01,Ñuñoa\n`, 'utf-16le', { addBOM: true }), 't4', [
        'Ñuñoa',
      ]),
  },
  {
    nth: 5,
    name: 'Latin-1',
    check: (desk) => holds(desk, iconv.encode(`${HEAD}t5,2026-01-01,Ñuñoa\n`, 'latin1'), 't5', ['Ñuñoa']),
  },
  {
    nth: 6,
    name: 'bytes that are no UTF-8',
    check: async (desk) => {
      const bytes = Buffer.concat([
        Buffer.from(`${HEAD}t6-a,2026-01-01,Ñuñoa\nt6-b,2026-01-02,`),
        Buffer.from([0xff]),
        Buffer.from('\nt6-c,2026-01-03,Córdoba\n'),
      ]);
      await desk.takes(bytes, { accepted: 2, rejects: ['3 ingest.invalid_bytes'] });
    },
  },
  {
    nth: 7,
    name: 'NUL',
    check: async (desk) => {
      await desk.refusesFile(`${HEAD}t7,2026-01-01,a\0b\n`, 'ingest.binary_file');
      // Far into a file of texts it is a mark of no meaning.
      const rows = Array.from({ length: 400 }, (_, n) => `t7-${n},2026-01-01,zone\n`).join('');
      await desk.takes(`${HEAD}${rows}t7z,2026-01-01,a\0b\n`, { accepted: 401 });
      expect(await desk.column('lead_version', 'f_zone', 't7z')).toEqual(['ab']);
    },
  },
  {
    nth: 8,
    name: 'a quote that does not close',
    check: async (desk) =>
      void (await desk.takes(`${HEAD}t8-a,2026-01-01,x\nt8-b,2026-01-01,"open\nt8-c,2026-01-01,z\n`, {
        accepted: 1,
        rejects: ['3 ingest.open_quote'],
      })),
  },
  {
    nth: 9,
    name: 'a line end in quotes',
    check: (desk) => holds(desk, `${HEAD}t9,2026-01-01,"x\ny"\n`, 't9', ['x\ny']),
  },
  {
    nth: 10,
    name: 'semicolons',
    check: (desk) => holds(desk, `${HEAD}t10,2026-01-01,Sur\n`.replaceAll(',', ';'), 't10', ['Sur']),
  },
  {
    nth: 11,
    name: 'ragged rows',
    check: async (desk) =>
      void (await desk.takes(`${HEAD}t11-a,2026-01-01\nt11-b,2026-01-01,x,more\nt11-c,2026-01-01,z\n`, {
        accepted: 1,
        rejects: ['2 ingest.too_few_cells', '3 ingest.too_many_cells'],
      })),
  },
  {
    nth: 12,
    name: 'headers of one name',
    check: async (desk) => {
      await desk.takes('lead_id,created_at,note,note\nt12,2026-01-01,x,y\n', { accepted: 1 });
      expect(await desk.column('lead_version', 'extra', 't12')).toEqual(['{"note":"x","note__2":"y"}']);
    },
  },
  {
    nth: 13,
    name: 'a header called __proto__',
    check: async (desk) => {
      await desk.takes('lead_id,created_at,__proto__,constructor\nt13,2026-01-01,x,y\n', { accepted: 1 });
      expect(await desk.column('lead_version', 'extra', 't13')).toEqual([
        '{"__proto__":"x","constructor":"y"}',
      ]);
    },
  },
  {
    nth: 14,
    name: 'a line of 100 MB',
    check: async (desk) =>
      void (await desk.takes(longLine(100), { accepted: 2, rejects: ['3 ingest.row_too_long'] })),
  },
  {
    nth: 15,
    name: '10,000 columns',
    check: (desk) =>
      desk.refusesFile(
        `lead_id,created_at,${Array.from({ length: 9998 }, (_, n) => `c${n}`).join(',')}\n`,
        'ingest.too_many_columns',
      ),
  },
  {
    nth: 16,
    name: '1.234,56 beside 1,234.56',
    check: (desk) =>
      desk.refusesFile(
        'lead_id;created_at;budget\nt16-a;2026-01-01;1.234,56\nt16-b;2026-01-01;1,234.56\n',
        'ingest.decimal_unclear',
      ),
  },
  {
    nth: 17,
    name: '03/04/2026',
    check: (desk) => desk.refusesFile('lead_id,created_at\nt17,03/04/2026\n', 'ingest.dates_unclear'),
  },
  {
    nth: 18,
    name: '29 February 2027',
    check: async (desk) =>
      void (await desk.takes(`${HEAD}t18-a,2027-02-29,x\nt18-b,2028-02-29,x\n`, {
        accepted: 1,
        rejects: ['2 created_at reject.instant'],
      })),
  },
  {
    nth: 19,
    name: 'an instant that the clocks leave out',
    check: async (desk) => {
      // São Paulo went from 23:59:59 to 01:00:00.
      await desk.takes(`${HEAD}t19,2017-10-15 00:30:00,x\n`, { accepted: 1 });
      expect(await desk.column('lead_version', 'created_at', 't19')).toEqual(['2017-10-15T03:30:00.000Z']);
    },
  },
  {
    nth: 20,
    name: '=HYPERLINK',
    check: async (desk) => {
      await holds(desk, `${HEAD}t20,2026-01-01,"${HYPERLINK.replaceAll('"', '""')}"\n`, 't20', [HYPERLINK]);
      const csv = await (await desk.ask('/v1/export/lead_version?format=csv')).text();
      expect(csv).toContain(`"'=HYPERLINK(""`);
    },
  },
  {
    nth: 21,
    name: 'a leading + - @ tab CR NUL',
    check: async (desk) => {
      const zones = ['+1', '-1', '@x', '\tx', '\rx'];
      const rows = zones.map((zone, n) => `t21-${n},2026-01-01,"${zone}"`);
      await desk.takes(`${HEAD}${rows.join('\n')}\n`, { accepted: zones.length });
      const kept = await desk.column('lead_version', 'f_zone', 't21');
      expect(kept.map((zone) => String(zone).trim())).toEqual(zones.map((zone) => zone.trim()));
      const csv = await (await desk.ask('/v1/export/lead_version?format=csv')).text();
      expect(csv.match(/,(?:"[=+\-@\t\r]|[=+\-@\t])/g)).toEqual(null);
    },
  },
  {
    nth: 22,
    name: 'NaN, Infinity, 1e400',
    check: async (desk) =>
      void (await desk.takes(
        'lead_id,created_at,budget\na,2026-01-01,NaN\nb,2026-01-01,Infinity\nc,2026-01-01,1e400\n',
        {
          accepted: 0,
          rejects: ['2 budget reject.number', '3 budget reject.number', '4 budget reject.number'],
        },
      )),
  },
  {
    nth: 23,
    name: 'spend below zero',
    check: async (desk) =>
      void (await desk.takes(
        'date,platform,spend\n2026-01-01,x,-1\n',
        { accepted: 0, rejects: ['2 spend reject.negative'] },
        'ads',
      )),
  },
  {
    nth: 24,
    name: 'a currency that nobody knows',
    check: async (desk) =>
      void (await desk.takes(
        'lead_id,type,at,amount,currency\nknown-1,sale,2026-02-01,10,XYZ\n',
        { accepted: 0, rejects: ['2 currency reject.currency'] },
        'activities',
      )),
  },
  {
    nth: 25,
    name: 'marks of direction and of no width in an e-mail',
    check: async (desk) => {
      const mail = '\u202ea\u200bna@x.mx\u202c';
      await desk.takes(`lead_id,created_at,mail\nt25,2026-01-01,${mail}\n`, { accepted: 1 });
      // Kept as it came; compared without them.
      expect(await desk.column('lead_contact', 'f_mail', 't25')).toEqual([mail]);
      expect(emailKey(mail)?.key).toBe('ana@x.mx');
    },
  },
  {
    nth: 26,
    name: 'the same file twice',
    check: async (desk) => {
      const text = `${HEAD}t26,2026-01-01,x\n`;
      const first = await desk.takes(text, { accepted: 1 });
      expect(await desk.takes(text, { accepted: 0, unchanged: 1 })).toBe(first);
    },
  },
  {
    nth: 27,
    name: 'files that overlap',
    check: async (desk) => {
      await desk.takes(`${HEAD}t27-a,2026-01-01,x\nt27-b,2026-01-01,x\n`, { accepted: 2 });
      await desk.takes(`${HEAD}t27-b,2026-01-01,x\nt27-c,2026-01-01,x\n`, { accepted: 1, unchanged: 1 });
    },
  },
  {
    nth: 28,
    name: 'an upload that breaks off',
    check: (desk) => desk.refusesFile(brokenOff, 'server.broken_body'),
  },
];
