import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { funnelAnswer, leadAnswer } from '../../src/core/measures/answer.ts';
import { serveAgreement, valueOf } from './served.ts';
import type { Served } from './served.ts';

/** Versions of the agreement over the API: history under the version of its time, or under one that is named. */

const FIRST = `tregua: 1
name: Versions
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  age: { type: integer }
  zone: { type: string }
funnel:
  - { id: lead, owner: marketing }
  - id: profiled
    owner: marketing
    criteria: [{ id: adult, rule: lead.age >= 18 }, { id: placed, rule: 'lead.zone != "far"' }]
  - id: sale
    owner: sales
    criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }]
    value: { sum: amount, where: 'activity.type == "sale"' }
dimensions: [{ id: zone, field: zone }]
`;
const of = (age: number): string => FIRST.replace('>= 18', `>= ${age}`);
/** Between the profile and the sale there is to be a call. */
const CALLED = (age: number): string =>
  of(age).replace(
    '  - id: sale\n',
    `  - { id: called, owner: sales, criteria: [{ id: call, rule: 'activities.exists(a, a.type == "call")' }] }\n  - id: sale\n`,
  );

/** The first instants of March and of April in Mexico City are six in the morning, UTC. */
const LEADS = `lead_id,created_at,age,zone
a,2026-02-10T16:00:00Z,20,near
b,2026-03-01T05:59:59Z,40,near
c,2026-03-01T06:00:00Z,20,near
d,2026-03-10T16:00:00Z,40,near
e,2026-04-01T04:30:00Z,25,near
f,2026-04-01T06:30:00Z,25,far
`;
const ACTIVITIES = `lead_id,activity_id,type,at,amount,currency
a,1,sale,2026-02-20T16:00:00Z,100,MXN
b,2,call,2026-03-02T16:00:00Z,,
c,3,sale,2026-03-12T16:00:00Z,100,MXN
d,4,call,2026-03-12T16:00:00Z,,
e,5,sale,2026-04-05T16:00:00Z,100,MXN
f,6,call,2026-04-05T16:00:00Z,,
`;

let served: Served;
afterEach(() => served.close());

async function take(name: string, text: string): Promise<void> {
  const as = name === 'leads' ? 'leads' : 'activities';
  const content = (async function* () {
    yield Buffer.from(text);
  })();
  valueOf(await served.workspace.importFile({ content, fileName: `${name}.csv`, as }));
}

async function start(): Promise<void> {
  served = await serveAgreement(FIRST);
  await take('leads', LEADS);
  await take('activities', ACTIVITIES);
}

async function ask(path: string): Promise<unknown> {
  return (await served.app.request(`/v1/${path}`, { headers: { host: 'localhost' } })).json();
}

async function post(path: string, body: object): Promise<{ status: number; body: string }> {
  const response = await served.app.request(`/v1/agreement/versions${path}`, {
    method: 'POST',
    headers: { host: 'localhost', origin: 'http://localhost', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.text() };
}

const put = (text: string, from: string | null, propose = false): ReturnType<typeof post> =>
  post('', { text, from, propose });

/** What each stage counts and how many skipped it, by whom it was judged, and what it brought. */
async function counted(question = ''): Promise<unknown> {
  const { stages, agreement, value } = funnelAnswer.parse(await ask(`funnel?times=false${question}`));
  return {
    ...Object.fromEntries(stages.map(({ id, count, skipped }) => [id, [count, skipped]])),
    by: agreement.judged_by,
    value,
  };
}

async function judge(id: string): Promise<readonly unknown[]> {
  const lead = leadAnswer.parse(await ask(`leads/${id}`));
  return [lead.agreement_version, lead.at_stage];
}

async function states(): Promise<unknown> {
  const versions = await served.workspace.versions();
  return versions.map(({ version, state, from, to }) => [version, state, from, to]);
}

async function instant(): Promise<string> {
  await sleep(5);
  const now = new Date().toISOString();
  await sleep(5);
  return now;
}

/** f lives far off. */
const UNDER_FIRST = { lead: [6, 0], profiled: [5, 0], sale: [3, 0], by: [1], value: 300 };

test('several versions, two on one day, one to come, and as of before each', async () => {
  await start();
  expect(await counted()).toEqual(UNDER_FIRST);
  const first = await instant();

  // a and b by the first; of those of March and April d alone is thirty: c and e were sold, and f called, without.
  // a, c and e were sold without a call.
  expect(await put(CALLED(30), '2026-03-01')).toMatchObject({ status: 200 });
  const second = { lead: [6, 0], profiled: [3, 3], called: [2, 3], sale: [0, 0], by: [1, 2], value: 0 };
  expect(await counted()).toEqual(second);
  expect(await Promise.all(['b', 'c'].map(judge))).toEqual([
    [1, 'called'],
    [2, 'lead'],
  ]);
  const between = await instant();

  // On the same day another: e is 25 and counts, f lives far off.
  expect(await put(CALLED(22), '2026-03-01')).toMatchObject({ status: 200 });
  const third = { ...second, profiled: [4, 2], by: [1, 3] };
  expect(await counted()).toEqual(third);

  expect(await put(CALLED(50), '2099-01-01')).toMatchObject({ status: 200 });
  expect(await counted()).toEqual(third);
  expect(await states()).toEqual([
    [1, 'in_force', null, '2026-02-28'],
    [2, 'replaced', '2026-03-01', null],
    [3, 'in_force', '2026-03-01', '2098-12-31'],
    [4, 'upcoming', '2099-01-01', null],
  ]);
  expect((await put(CALLED(60), '2026-05-01')).body).toContain('2099-01-01');

  expect(await counted('&agreement=1')).toEqual(UNDER_FIRST);
  expect(await counted('&agreement=2')).toEqual({ ...second, profiled: [2, 4], by: [2] });
  expect(await counted('&agreement=4')).toEqual({ ...second, profiled: [0, 6], called: [0, 3], by: [4] });
  expect(await counted(`&as_of=${first}`)).toEqual(UNDER_FIRST);
  expect(await counted(`&as_of=${between}`)).toEqual(second);

  // Taken in later, and derived from nothing: the same.
  await take(
    'leads',
    'lead_id,created_at,age,zone\ng,2026-03-05T16:00:00Z,23,near\nh,2026-02-05T16:00:00Z,19,near\n',
  );
  const grown = { ...third, lead: [8, 0], profiled: [6, 2] };
  expect(await counted()).toEqual(grown);
  served = await served.again();
  expect(await counted()).toEqual(grown);
  valueOf(await served.workspace.rebuild());
  expect(await counted()).toEqual(grown);
  expect(await counted(`&as_of=${between}`)).toEqual(second);
});

test('a proposal counts from its last signature on, and replaces what came in between', async () => {
  await start();
  const sign = (area: string): ReturnType<typeof post> => post('/2/signatures', { area, name: 'N' });
  await put(of(30), '2026-03-01', true);
  await sign('marketing');
  expect(await counted()).toEqual(UNDER_FIRST);
  // Of c, d and e all are twenty and one of them forty.
  await put(of(21), '2026-03-01');
  expect(await counted()).toMatchObject({ profiled: [4, 1], by: [1, 3] });
  const before = await instant();
  expect(await sign('sales')).toMatchObject({ status: 200 });
  expect(await counted()).toMatchObject({ profiled: [3, 2], by: [1, 2] });
  expect(await counted(`&as_of=${before}`)).toMatchObject({ profiled: [4, 1], by: [1, 3] });
  expect(await states()).toEqual([
    [1, 'in_force', null, '2026-02-28'],
    [2, 'in_force', '2026-03-01', null],
    [3, 'replaced', '2026-03-01', null],
  ]);
  // What is in force already is not kept twice.
  await put(of(30), '2026-03-01');
  expect(await states()).toHaveLength(3);
});

test('what goes, or has another name, goes for what is counted; leads are judged as in their time', async () => {
  await start();
  // Without the criterion, the field and the dimension of the zone; the sale is called by another id.
  const without = FIRST.replace(`, { id: placed, rule: 'lead.zone != "far"' }`, '')
    .replace('  zone: { type: string }\n', '')
    .replace('dimensions: [{ id: zone, field: zone }]\n', '')
    .replace('id: sale\n', 'id: sold\n');
  expect(await put(without, '2026-04-01')).toMatchObject({ status: 200 });
  // f came in April: nobody asks where it lives.
  expect(await counted()).toEqual({ lead: [6, 0], profiled: [6, 0], sold: [3, 0], by: [1, 2], value: 300 });
  expect(await judge('f')).toEqual([2, 'profiled']);
  await take(
    'leads',
    'lead_id,created_at,age,zone\ni,2026-03-05T16:00:00Z,30,far\nj,2026-04-05T16:00:00Z,30,far\n',
  );
  expect(await Promise.all(['i', 'j'].map(judge))).toEqual([
    [1, 'lead'],
    [2, 'profiled'],
  ]);
});

test('days are those of the time zone that counts', async () => {
  await start();
  // e came on the last evening of March in Mexico, and on the first of April in UTC.
  expect(await put(of(30), '2026-04-01')).toMatchObject({ status: 200 });
  expect(await judge('e')).toEqual([1, 'sale']);
  expect(await put(of(30).replace('America/Mexico_City', 'UTC'), '2026-04-01')).toMatchObject({
    status: 200,
  });
  expect(await judge('e')).toEqual([3, 'lead']);
});

test('another currency needs what one of the one before is worth', async () => {
  await start();
  const euros = FIRST.replace('currency: MXN', 'currency: EUR');
  const refused = await put(euros, '2026-05-01');
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('MXN');
  expect(await counted()).toEqual(UNDER_FIRST);
  const worth = `${euros}rates: { MXN: { 2026-01-01: 0.05 } }\n`;
  expect(await put(worth, '2026-05-01')).toMatchObject({ status: 200 });
  expect(await counted()).toEqual({ ...UNDER_FIRST, by: [1, 2], value: 15 });
});
