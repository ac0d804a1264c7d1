import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IdentityBench } from './bench.ts';

/** What joins a record to a lead, rung by rung, and what does not without being asked. */

let bench: IdentityBench;
beforeEach(async () => {
  bench = await IdentityBench.open();
});
afterEach(() => bench.close());

const LEADS = 'lead_id,created_at,name,email,phone,gclid\n';
const CONTACTS = 'crm_id,created_at,name,email,phone,segment\n';
const SALES = 'type,at,amount,crm_id,email,phone,gclid\n';

async function rungs(id: string): Promise<readonly string[]> {
  return (await bench.lead(id)).identities.map(({ rung }) => rung);
}

async function pairs(): Promise<readonly string[]> {
  const { pairs: told } = await bench.workspace.identity();
  return told.map(({ source, lead, rung, doubt }) => `${source.id} ${lead.id} ${rung} ${doubt}`);
}

describe('an id of the CRM', () => {
  test('is the lead’s that its contact is', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,Ana Pérez,ana@x.mx,,\n`);
    await bench.take(`${CONTACTS}77,2026-03-01T10:05:00Z,Ana P.,ana@x.mx,,big\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
    expect(await bench.sales()).toEqual({ L1: 100 });
    expect(await rungs('L1')).toEqual(['email']);
    const lead = await bench.lead('crm:77');
    expect(lead.id).toBe('L1');
    expect(lead.created_at).toBe('2026-03-01T10:00:00.000Z');
    expect(lead.attributes['segment']).toBe('big');
    expect((await bench.workspace.identity()).joined).toEqual({ email: 1 });
  });

  test('is the lead’s that a row names beside it', async () => {
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
    await bench.take('lead_id,created_at,crm_id\nL1,2026-03-01T10:00:00Z,77\n');
    expect(await bench.sales()).toEqual({ L1: 100 });
    expect(await rungs('L1')).toEqual(['crm_id']);
  });

  test('is followed where the CRM turned a lead into a contact', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,Ana,ana@x.mx,,\n`);
    await bench.take('crm_id,converted_id,created_at,email\n5,77,2026-03-01T10:05:00Z,ana@x.mx\n');
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
    expect(await bench.sales()).toEqual({ L1: 100 });
    expect(await rungs('L1')).toEqual(['email', 'email']);
  });

  test('is followed through three hundred conversions, whichever came first', async () => {
    const rows = Array.from({ length: 300 }, (_, nth) => {
      const at = new Date(Date.UTC(2026, 0, 1) + nth * 60_000).toISOString();
      return `${nth},${nth + 1},${at},\n`;
    });
    await bench.take(`crm_id,converted_id,created_at,segment\n${rows.toReversed().join('')}`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,300,,,\n`);
    expect(await bench.sales()).toEqual({ 'crm:0': 100 });
    expect((await bench.workspace.identity()).joined).toEqual({ crm_id: 300 });
    expect((await bench.workspace.status()).leads).toBe(1);
  });

  test('that went round in a circle is one lead: the id that was created first', async () => {
    await bench.take(
      'crm_id,converted_id,created_at\n5,7,2026-03-01T10:05:00Z\n7,6,2026-03-01T10:03:00Z\n6,5,2026-03-01T10:04:00Z\n',
    );
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,5,,,\n`);
    expect(await bench.sales()).toEqual({ 'crm:7': 100 });
    expect((await bench.workspace.status()).leads).toBe(1);
  });

  test('that no lead has is a lead of its own, which other records join', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,Ana,ana@x.mx,,\n`);
    await bench.take(`${CONTACTS}77,2026-03-01T10:05:00Z,Luis Gómez,luis@x.mx,,big\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,LUIS@x.mx,,\n`);
    expect(await bench.sales()).toEqual({ 'crm:77': 100 });
    const report = await bench.workspace.identity();
    expect(report).toMatchObject({ ids: 2, alone: 1, waiting: 0, joined: { email: 1 } });
  });

  test('of one CRM is not that of another', async () => {
    await bench.take('lead_id,created_at,crm_id\nL1,2026-03-01T10:00:00Z,77\n');
    await bench.take('type,at,amount,crm,crm_id\nsale,2026-03-09T10:00:00Z,100,Zoho,77\n');
    expect(await bench.sales()).toEqual({});
    await bench.take('lead_id,created_at,crm,crm_id\nL2,2026-03-01T10:00:00Z,zoho,77\n');
    expect(await bench.sales()).toEqual({ L2: 100 });
  });
});

test('what another system leaves blank takes nothing from the lead', async () => {
  await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,Ana,ana@x.mx,5512345671,\n`);
  await bench.take(`${CONTACTS}77,2026-03-01T10:05:00Z,,ana@x.mx,,big\n`);
  const { attributes, timeline } = await bench.lead('L1');
  expect(attributes).toMatchObject({ name: 'Ana', phone: '5512345671', segment: 'big' });
  expect(timeline.flatMap((entry) => (entry.kind === 'version' ? [Object.keys(entry.changes)] : []))).toEqual(
    [['name', 'email', 'phone'], ['segment']],
  );
});

describe('a click', () => {
  test('joins as it stands', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,,,Cj0KCQ\nL2,2026-03-01T10:00:00Z,,,,cj0kcq\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,,,Cj0KCQ\n`);
    expect(await bench.sales()).toEqual({ L1: 100 });
    expect(await rungs('L1')).toEqual(['click_id']);
  });

  test('in Meta’s cookie is the click alone', async () => {
    await bench.take('lead_id,created_at,fbclid\nL1,2026-03-01T10:00:00Z,IwAR2xyz\n');
    await bench.take('type,at,amount,fbclid\nsale,2026-03-09T10:00:00Z,100,fb.1.1772359200000.IwAR2xyz\n');
    expect(await bench.sales()).toEqual({ L1: 100 });
  });
});

describe('an e-mail', () => {
  test('that a platform had hashed joins as well', async () => {
    const hash = createHash('sha256').update('ana.perez@gmail.com').digest('hex');
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,Ana.Perez@gmail.com,,\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,${hash},,\n`);
    expect(await bench.sales()).toEqual({ L1: 100 });
  });

  test('of two leads joins the one created last before', async () => {
    await bench.take(
      `${LEADS}L1,2026-01-01T10:00:00Z,,ana@x.mx,,\nL2,2026-05-01T10:00:00Z,,ana@x.mx,,\nL3,2026-09-01T10:00:00Z,,ana@x.mx,,\n`,
    );
    await bench.take(
      `${SALES}sale,2026-03-09T10:00:00Z,100,,ana@x.mx,,\nsale,2026-06-09T10:00:00Z,200,,ana@x.mx,,\n`,
    );
    expect(await bench.sales()).toEqual({ L1: 100, L2: 200 });
    expect(await pairs()).toEqual([]);
  });

  test('such as info@ joins nobody without being asked', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,info@x.mx,,\n`);
    await bench.take(`${CONTACTS}77,2026-03-01T11:00:00Z,,info@x.mx,,\n`);
    expect(await pairs()).toEqual(['crm:77 L1 email shared']);
    expect(await rungs('L1')).toEqual([]);
  });

  test('that was corrected is none any more', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,ana@x.mx,,\n`);
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,eva@x.mx,,\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,ana@x.mx,,\n`);
    expect(await bench.sales()).toEqual({});
  });
});

describe('a phone', () => {
  test('that leads with different e-mails have joins nobody', async () => {
    await bench.take(
      `${LEADS}L1,2026-03-01T10:00:00Z,,ana@x.mx,5512345671,\nL2,2026-03-02T10:00:00Z,,eva@x.mx,5512345671,\n`,
    );
    await bench.take(`${CONTACTS}77,2026-03-03T10:00:00Z,,,5512345671,\n`);
    expect(await pairs()).toEqual(['crm:77 L2 phone several']);
    // Who has the e-mail as well is told by it.
    await bench.take(`${CONTACTS}78,2026-03-03T10:00:00Z,,ana@x.mx,5512345671,\n`);
    expect(await rungs('L1')).toEqual(['email']);
  });

  test('of a lead with another e-mail joins nobody', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,ana@x.mx,5512345671,\n`);
    await bench.take(`${CONTACTS}77,2026-03-03T10:00:00Z,,eva@x.mx,5512345671,\n`);
    expect(await pairs()).toEqual(['crm:77 L1 phone emails']);
  });

  test('that more than five contacts have joins nobody', async () => {
    const contacts = (count: number): string =>
      Array.from({ length: count }, (_, nth) => `L${nth},2026-03-0${nth + 1}T10:00:00Z,,,5512345671,\n`).join(
        '',
      );
    await bench.take(LEADS + contacts(5));
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,,5512345671,\n`);
    expect(await bench.sales()).toEqual({ L4: 100 });
    await bench.take(LEADS + contacts(6));
    expect(await bench.sales()).toEqual({});
    expect((await pairs()).map((pair) => pair.split(' ').slice(1).join(' '))).toEqual(['L5 phone shared']);
  });

  test('that is not one joins nobody', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,,0000000000,\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,,,0000000000,\n`);
    expect(await bench.sales()).toEqual({});
    expect(await pairs()).toEqual([]);
  });
});

test('a name near in time is asked about, and joins nobody', async () => {
  await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,Ana Pérez,,,\n`);
  await bench.take(`${CONTACTS}77,2026-03-01T10:09:00Z,PEREZ Ana,,,\n78,2026-03-01T10:11:00Z,Ana Perez,,,\n`);
  expect(await pairs()).toEqual(['crm:77 L1 name name']);
  expect(await rungs('L1')).toEqual([]);
});

test('a row that does not say whose it is is refused', async () => {
  const report = await bench.take(
    `${SALES}sale,2026-03-09T10:00:00Z,100,,,,\nsale,2026-03-09T10:00:00Z,100,7,,,\n`,
  );
  expect(report).toMatchObject({ rowsRead: 2, accepted: 1, rejected: 1, byReason: { 'reject.untold': 1 } });
});

test('two of a form’s leads stay two, whatever they share', async () => {
  await bench.take(
    `${LEADS}L1,2026-03-01T10:00:00Z,Ana,ana@x.mx,,\nL2,2026-03-02T10:00:00Z,Ana,ana@x.mx,,\n`,
  );
  expect((await bench.workspace.status()).leads).toBe(2);
  expect(await bench.workspace.identity()).toMatchObject({ ids: 0, doubtful: 0 });
});

describe('a decision', () => {
  const SHARED = `${CONTACTS}77,2026-03-01T11:00:00Z,,info@x.mx,,big\n`;

  test('joins, parts again, and outlives a rebuild', async () => {
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,info@x.mx,,\n`);
    await bench.take(SHARED);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
    expect(await bench.sales()).toEqual({ 'crm:77': 100 });
    const report = await bench.decide('crm:77', 'L1', 'confirm');
    expect(report).toMatchObject({ doubtful: 0, confirmed: 1, joined: { confirmed: 1 } });
    expect(await bench.sales()).toEqual({ L1: 100 });
    const before = await bench.told();
    await bench.workspace.rebuild();
    expect(await bench.told()).toEqual(before);
    await bench.decide('L1', 'crm:77', 'reject');
    expect(await bench.sales()).toEqual({ 'crm:77': 100 });
    expect(await pairs()).toEqual([]);
    await bench.decide('crm:77', 'L1', 'confirm');
    expect(await bench.sales()).toEqual({ L1: 100 });
  });

  test('makes two leads of one form one: the earlier', async () => {
    await bench.take(
      `${LEADS}L1,2026-03-01T10:00:00Z,Ana,ana@x.mx,,\nL2,2026-03-02T10:00:00Z,Ana,ana@x.mx,,\n`,
    );
    await bench.decide('L1', 'L2', 'confirm');
    expect((await bench.workspace.status()).leads).toBe(1);
    expect((await bench.lead('L2')).id).toBe('L1');
  });

  test('about an id that nobody has is a fault', async () => {
    const result = await bench.workspace.decideIdentity({ source_id: 'x', lead_id: 'x', verdict: 'confirm' });
    expect(result.ok ? [] : result.faults.map(({ code }) => code)).toEqual(['identity.itself']);
    const unknown = await bench.workspace.decideIdentity({ source_id: 'x', lead_id: 'y', verdict: 'reject' });
    expect(unknown.ok ? [] : unknown.faults.map(({ code }) => code)).toEqual([
      'identity.unknown',
      'identity.unknown',
    ]);
  });
});

test('a join counts from when it became known', async () => {
  await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,ana@x.mx,,\n`);
  await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
  const between = await bench.now();
  await bench.take(`${CONTACTS}77,2026-03-01T11:00:00Z,,ana@x.mx,,big\n`);
  expect(await bench.lead('L1')).toMatchObject({ status: 'won' });
  const earlier = await bench.lead('L1', between);
  expect(earlier).toMatchObject({ status: 'open', identities: [] });
});

describe('keys that change', () => {
  test('of a lead are told again, as what nothing else changed', async () => {
    await bench.take('lead_id,created_at,crm_id\nL1,2026-03-01T10:00:00Z,77\n');
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,78,,,\n`);
    expect(await bench.sales()).toEqual({});
    const report = await bench.take('lead_id,created_at,crm_id\nL1,2026-03-01T10:00:00Z,78\n');
    expect(report).toMatchObject({ accepted: 1, unchanged: 0 });
    expect(await bench.sales()).toEqual({ L1: 100 });
    const again = await bench.take('lead_id,created_at,crm_id\nL1,2026-03-01T10:00:00Z,78\n');
    expect(again).toMatchObject({ accepted: 0, unchanged: 1 });
  });

  test('keep the one of two that stays', async () => {
    await bench.take('lead_id,created_at,crm_id,converted_id\nL1,2026-03-01T10:00:00Z,77,78\n');
    await bench.take('lead_id,created_at,crm_id,converted_id\nL1,2026-03-01T10:00:00Z,77,79\n');
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\nsale,2026-03-09T10:00:00Z,30,79,,,\n`);
    await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,7,78,,,\n`);
    expect(await bench.sales()).toEqual({ L1: 130 });
  });

  test('of two records of one instant are both of them, in one file or two', async () => {
    const sale = (id: number, email: string): string => `${id},sale,2026-03-09T10:00:00Z,10,77,${email}\n`;
    const header = 'activity_id,type,at,amount,crm_id,email\n';
    await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,eva@x.mx,,\n`);
    await bench.take(`${header}${sale(1, 'ana@x.mx')}`);
    await bench.take(`${header}${sale(2, 'eva@x.mx')}`);
    await bench.take(`${header}${sale(3, 'luz@x.mx')}`);
    expect(await bench.sales()).toEqual({ L1: 30 });
  });
});

test('what is undone joins nobody any more', async () => {
  await bench.take(`${LEADS}L1,2026-03-01T10:00:00Z,,ana@x.mx,,\n`);
  await bench.take(`${SALES}sale,2026-03-09T10:00:00Z,100,77,,,\n`);
  const { entry } = await bench.take(`${CONTACTS}77,2026-03-01T11:00:00Z,,ana@x.mx,,big\n`);
  expect(await bench.sales()).toEqual({ L1: 100 });
  await bench.workspace.undo(entry);
  expect(await bench.sales()).toEqual({});
  expect(await bench.workspace.identity()).toMatchObject({ ids: 1, waiting: 1 });
});

test('thousands of records of a few leads’ key cost as many links, not their square', async () => {
  await bench.take(`${LEADS}L0,2026-03-01T10:00:00Z,,ana@x.mx,,\nL1,2026-03-01T11:00:00Z,,ana@x.mx,,\n`);
  const minute = (nth: number): string => new Date(Date.UTC(2026, 3, 1, 0, nth)).toISOString();
  const sales = Array.from({ length: 8000 }, (_, nth) => `sale,${minute(nth)},1,,ana@x.mx,,\n`);
  await bench.take(SALES + sales.join(''));
  expect(await bench.sales()).toEqual({ L1: 8000 });
});
