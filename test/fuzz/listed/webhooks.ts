import { expect } from 'vitest';
import type { MetaLead } from '../../live/meta-server.ts';
import type { Asked, Delivery, Desk, Listed } from './desk.ts';

const FORM = '/v1/hooks/plain';
const META = '/v1/hooks/ads';
const LATE = 400;

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** A delivery that is refused as none of its source's. */
function refuses(desk: Desk, body: string, sent: () => Delivery, code: string): Promise<void> {
  return desk.refuses(FORM, () => desk.delivery(body, sent()), { status: 401, code });
}

function refusesNotice(desk: Desk, signature: string): Promise<void> {
  const asked = (): Asked => desk.notice('{}', signature);
  return desk.refuses(META, asked, { status: 401, code: 'hook.bad_signature' });
}

async function takes(desk: Desk, path: string, asked: Asked): Promise<Readonly<Record<string, unknown>>> {
  const response = await desk.ask(path, asked);
  const body: Readonly<Record<string, unknown>> = await response.json();
  expect([response.status, body]).toMatchObject([200, {}]);
  return body;
}

/** A handshake of Meta's with a word and a challenge. */
function handshake(word: string, challenge: string): string {
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': word,
    'hub.challenge': challenge,
  });
  return `${META}?${query.toString()}`;
}

function leadOf(nth: number): MetaLead {
  return {
    id: `4000000000000${String(nth).padStart(4, '0')}`,
    form: '99887766554433221',
    created: now(),
    answers: {},
  };
}

/** A notice in which something stands before the leads. */
async function takesOdd(desk: Desk, leads: number, odd: readonly string[]): Promise<void> {
  const body = desk.meta.notice(Array.from({ length: leads }, (_, nth) => leadOf(nth)));
  const { entry } = await takes(
    desk,
    META,
    desk.notice(body.replace('"changes":[', `"changes":[${odd.join(',')}${leads > 0 ? ',' : ''}`)),
  );
  await desk.served.workspace.settling.settled();
  const told = await desk.rejectsOf(Number(entry));
  expect(told.map((each) => each.split(' ').at(-1))).toEqual(odd.map(() => 'reject.no_lead_notice'));
}

export const WEBHOOKS: readonly Listed[] = [
  {
    nth: 59,
    name: 'no signature',
    check: async (desk) => {
      const bare: Asked = { method: 'POST', body: '{}' };
      await desk.refuses(FORM, () => bare, { status: 401, code: 'hook.no_signature' });
      await desk.refuses(META, () => bare, { status: 401, code: 'hook.bad_signature' });
    },
  },
  {
    nth: 60,
    name: 'SHA-1 only',
    check: async (desk) => {
      await refusesNotice(desk, 'sha1=0123456789012345678901234567890123456789');
      const sha1 = { method: 'POST', body: '{}', headers: { 'x-hub-signature': 'sha1=0123456789' } };
      await desk.refuses(META, () => sha1, { status: 401, code: 'hook.bad_signature' });
    },
  },
  {
    nth: 61,
    name: 'upper-case and short hexadecimal',
    check: async (desk) => {
      const right = desk.meta.sign('{}');
      await refusesNotice(desk, `sha256=${right.slice('sha256='.length).toUpperCase()}`);
      await refusesNotice(desk, right.slice(0, 40));
    },
  },
  {
    nth: 62,
    name: 'a body that was written anew',
    check: (desk) => refuses(desk, '{"zone":"x"}', () => ({ signed: '{"zone": "x"}' }), 'hook.bad_signature'),
  },
  {
    nth: 63,
    name: 'ñ escaped and raw',
    check: async (desk) => {
      await refuses(desk, '{"zone":"\\u00f1"}', () => ({ signed: '{"zone":"ñ"}' }), 'hook.bad_signature');
      await takes(desk, FORM, desk.delivery('{"zone":"ñ"}', { id: 'h63-raw' }));
      await takes(desk, FORM, desk.delivery('{"zone":"\\u00f1"}', { id: 'h63-escaped' }));
      expect(await desk.column('lead_version', 'f_zone', 'h63')).toEqual(['ñ', 'ñ']);
    },
  },
  {
    nth: 64,
    name: 'signed too long ago, or ahead of time',
    check: async (desk) => {
      await refuses(desk, '{}', () => ({ at: now() - LATE }), 'hook.stale');
      await refuses(desk, '{}', () => ({ at: now() + LATE }), 'hook.stale');
    },
  },
  {
    nth: 65,
    name: 'an id again',
    check: async (desk) => {
      expect(await takes(desk, FORM, desk.delivery('{"zone":"a"}', { id: 'h65' }))).toMatchObject({
        known: false,
      });
      expect(await takes(desk, FORM, desk.delivery('{"zone":"b"}', { id: 'h65' }))).toMatchObject({
        known: true,
      });
      expect(await desk.column('lead_version', 'f_zone', 'h65')).toEqual(['a']);
    },
  },
  {
    nth: 66,
    name: 'a full stop in the id',
    check: (desk) => refuses(desk, '{}', () => ({ id: 'a.1' }), 'hook.bad_id'),
  },
  {
    nth: 67,
    name: 'a thousand changes, one bad',
    check: (desk) => takesOdd(desk, 999, ['{"field":"leadgen","value":{"leadgen_id":"x"}}']),
  },
  {
    nth: 68,
    name: 'another field',
    check: (desk) => takesOdd(desk, 0, ['{"field":"feed","value":{"item":"status"}}', 'null']),
  },
  {
    nth: 69,
    name: 'the wrong word of a handshake',
    check: async (desk) => {
      const refusal = { status: 403, code: 'hook.forbidden_handshake' };
      await desk.refuses(handshake('another', '1'), () => ({}), refusal);
      const right = await desk.ask(handshake('the word', '1158201444'));
      expect([right.status, await right.text()]).toEqual([200, '1158201444']);
    },
  },
  {
    nth: 70,
    name: 'a challenge that is a script',
    check: async (desk) => {
      await desk.refuses(handshake('the word', '<script>alert(1)</script>'), () => ({}), {
        code: 'hook.bad_challenge',
      });
    },
  },
];
