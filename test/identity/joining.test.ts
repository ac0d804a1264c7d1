import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IdentityBench } from './bench.ts';

/** A form's leads and what other systems tell of them, under ids of their own. */

let bench: IdentityBench;
beforeEach(async () => {
  bench = await IdentityBench.open();
});
afterEach(() => bench.close());

const FORM = `id,created_time,full_name,email,phone_number,campaign_name
l:1234567890123451,2026-03-01T10:00:00-06:00,Ana Pérez,ana.perez@gmail.com,p:+525512345671,Marzo
l:1234567890123452,2026-03-01T11:00:00-06:00,Luis Gómez,luis@x.mx,p:+525512345672,Marzo
l:1234567890123453,2026-03-02T09:00:00-06:00,Eva Ruiz,eva@x.mx,p:+525512345673,Abril
`;
const FORM_MAPPING = `
source: meta-form
records:
  - kind: leads
    columns: { lead_id: id, created_at: created_time, name: full_name, email: email, phone: phone_number, campaign: campaign_name }
`;
const DEALS = `Deal ID,Contacto,Correo,Teléfono,Cerrado,Monto
9001,Ana,ANAPEREZ@gmail.com,,2026-03-10 12:00,1500
9002,Luis,,044 55 1234 5672,2026-03-11 12:00,2500
9003,Nadie,nadie@x.mx,,2026-03-12 12:00,900
`;
const DEALS_MAPPING = `
source: crm-deals
dates: ymd
records:
  - kind: activities
    columns: { activity_id: Deal ID, email: Correo, phone: Teléfono, at: Cerrado, amount: Monto }
    constants: { type: sale }
`;

describe('a Meta form and the CRM’s deals', () => {
  test('are one funnel, with each sale on its lead', async () => {
    await bench.take(FORM, FORM_MAPPING);
    await bench.take(DEALS, DEALS_MAPPING);
    expect(await bench.sales()).toEqual({ '1234567890123451': 1500, '1234567890123452': 2500 });
    const [ana, luis] = [await bench.lead('1234567890123451'), await bench.lead('1234567890123452')];
    expect(ana.identities.map(({ rung, source }) => [rung, source])).toEqual([['email', 'crm-deals']]);
    expect(luis.identities.map(({ rung }) => rung)).toEqual(['phone']);
    expect(ana.status).toBe('won');
  });

  test('whichever comes first', async () => {
    await bench.take(DEALS, DEALS_MAPPING);
    expect(await bench.sales()).toEqual({});
    await bench.take(FORM, FORM_MAPPING);
    expect(await bench.sales()).toEqual({ '1234567890123451': 1500, '1234567890123452': 2500 });
  });

  test('are read again alike', async () => {
    await bench.take(FORM, FORM_MAPPING);
    await bench.take(DEALS, DEALS_MAPPING);
    const before = await bench.told();
    await bench.workspace.rebuild();
    expect(await bench.told()).toEqual(before);
  });
});
