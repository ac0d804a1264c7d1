import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGREEMENT, IdentityBench } from '../identity/bench.ts';
import { OPERATOR, serveAgreement } from './served.ts';
import type { Served } from './served.ts';

/** Records of the API under other systems' ids, and decisions by it. */

let served: Served;
let writer: string;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
  writer = served.tokenFor('read', 'leads:write', 'activities:write');
});
afterAll(() => served.close());

async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const token = path.startsWith('identity')
    ? { 'x-tregua-token': OPERATOR }
    : { authorization: `Bearer ${writer}` };
  const init = {
    method,
    headers: { host: 'localhost', 'content-type': 'application/json', 'accept-language': 'en', ...token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await served.app.request(`/v1/${path}`, init);
  await served.workspace.settling.settled();
  return { status: response.status, ...(await response.json()) };
}

test('a sale of the API is the lead’s that its e-mail tells, whichever comes first', async () => {
  const sale = { type: 'sale', at: '2026-03-09T10:00:00Z', amount: 100, email: 'ANA@x.mx' };
  expect(await ask('POST', 'activities', sale)).toMatchObject({ status: 200, accepted: 1 });
  const lead = { lead_id: 'l:1234567890123456', created_at: '2026-03-01T10:00:00Z', email: 'ana@x.mx' };
  expect(await ask('POST', 'leads', lead)).toMatchObject({ accepted: 1 });
  expect(await ask('GET', 'leads/1234567890123456')).toMatchObject({
    status: 'won',
    value: 100,
    identities: [{ rung: 'email' }],
  });
  expect(await ask('GET', 'identity')).toMatchObject({ ids: 1, joined: { email: 1 }, doubtful: 0 });
});

test('it stands under the same id in a file', async () => {
  const bench = await IdentityBench.open();
  await bench.take('type,at,amount,email\nsale,2026-03-09T10:00:00Z,100,ana@x.mx\n');
  const rows: readonly { lead_id: string }[] = (await bench.rows('activity')).map((line) => JSON.parse(line));
  await bench.close();
  const { identities } = await ask('GET', 'leads/1234567890123456');
  expect(identities).toMatchObject([{ id: rows[0]?.lead_id }]);
});

test('a record that does not say whose it is is refused', async () => {
  const sale = { type: 'sale', at: '2026-03-09T10:00:00Z', amount: 100 };
  expect(await ask('POST', 'activities', sale)).toMatchObject({ status: 422, code: 'reject.missing' });
});

test('a decision is taken, and one that is none is refused', async () => {
  const contact = { crm_id: '77', created_at: '2026-03-01T11:00:00Z', email: 'info@x.mx' };
  await ask('POST', 'leads', { lead_id: 'L2', created_at: '2026-03-01T10:00:00Z', email: 'info@x.mx' });
  await ask('POST', 'leads', contact);
  expect(await ask('GET', 'identity')).toMatchObject({
    doubtful: 1,
    pairs: [
      { source: { id: 'crm:77' }, lead: { id: 'L2', contact: { email: 'info@x.mx' } }, doubt: 'shared' },
    ],
  });
  const decision = { source_id: 'crm:77', lead_id: 'L2', verdict: 'confirm' };
  expect(await ask('POST', 'identity/decisions', decision)).toMatchObject({
    status: 200,
    doubtful: 0,
    confirmed: 1,
  });
  expect(await ask('GET', 'leads/crm:77')).toMatchObject({ id: 'L2', identities: [{ rung: 'confirmed' }] });
  const bad = { source_id: 'crm:77', lead_id: 'L2', verdict: 'perhaps' };
  expect(await ask('POST', 'identity/decisions', bad)).toMatchObject({ code: 'identity.bad_decision' });
});
