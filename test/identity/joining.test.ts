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

describe('exports that are recognised by themselves', () => {
  const META =
    'id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,form_name,is_organic,platform,full_name,email,phone_number,lead_status\n' +
    'l:1234567890123451,2026-03-01T10:00:00-06:00,ag:1,A,as:1,S,c:1,Marzo,f:1,F,false,fb,Ana Pérez,ana.perez@gmail.com,p:+525512345671,CREATED\n' +
    'l:1234567890123452,2026-03-01T11:00:00-06:00,ag:1,A,as:1,S,c:1,Marzo,f:1,F,false,ig,Luis Gómez,luis@x.mx,p:+525512345672,CREATED\n';

  test('of Meta and of HubSpot are one funnel', async () => {
    await bench.take(META);
    await bench.take(
      'ID de registro,Fecha de creación,Nombre,Apellidos,Correo,Número de teléfono,Etapa del ciclo de vida\n' +
        '901,2026-03-01 10:02,Ana,Pérez,anaperez@gmail.com,,customer\n',
    );
    await bench.take(
      'ID de registro,Nombre del negocio,Etapa del negocio,Pipeline,Valor,Moneda,Fecha de creación,Fecha de cierre,Associated Contact IDs\n' +
        '77,Trato,Cierre ganado,Ventas,1500,MXN,2026-03-02 10:00,2026-03-10 12:00,901\n',
    );
    expect(await bench.sales()).toEqual({ '1234567890123451': 1500 });
    expect((await bench.workspace.status()).leads).toBe(2);
    const { id, identities } = await bench.lead('hubspot:901');
    expect(id).toBe('1234567890123451');
    expect(identities).toMatchObject([{ id: 'hubspot:901', rung: 'email' }]);
  });

  test('of Meta and of Pipedrive, which has deals alone, too', async () => {
    await bench.take(
      'Trato - ID,Trato - Título,Trato - Valor,Trato - Moneda,Trato - Estado,Trato - Trato creado,Trato - Hora de ganado,Persona - Nombre,Persona - Teléfono - Móvil\n' +
        '55,Trato,2500,MXN,Ganado,2026-03-01 12:00,2026-03-11 12:00,Luis,044 55 1234 5672\n',
    );
    expect(await bench.sales()).toEqual({ 'pipedrive:55': 2500 });
    await bench.take(META);
    expect(await bench.sales()).toEqual({ '1234567890123452': 2500 });
    expect((await bench.lead('1234567890123452')).identities).toMatchObject([{ rung: 'phone' }]);
  });
});
