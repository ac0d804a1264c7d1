import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { seenValues } from '../../src/core/agreement/seen-values.ts';
import { typeChanges } from '../../src/core/agreement/type-changes.ts';
import { serveAgreement, valueOf } from './served.ts';
import type { Served } from './served.ts';

/** What an agreement's writer is told of the data: columns that nothing takes, and values under another type. */

const AGREEMENT = `tregua: 1
name: Data
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields:
  age: { type: string, missing: ['-'] }
  zone: { type: string }
  budget: { type: number }
  visit: { type: date }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: sales }
  - { id: near, owner: sales, criteria: [{ id: zone, rule: lead.zone == "Norte" }] }
`;

const LEADS = `lead_id,created_at,age,zone,budget,visit,phone,Plan dental,Correo 2,Teléfono 2,Pagos,Último pago,Socio,Código
A,2026-03-01,25,Norte,100,2026-03-05,5512345678,Oro,a@example.com,55 1234 5678,"1.234,50",31/01/2026,sí,00123
B,2026-03-01,31,Sur,99.5,2026-03-06,5512345679,Plata,b@example.com,55 1234 5679,"20,75",05/02/2026,no,00124
C,2026-03-02,unos 40,Norte,7,,5512345670,Oro,c@example.com,55 1234 5670,"3,00",05/02/2026,sí,00125
D,2026-03-02,unos 40,Norte,,,,Oro,,,,,,
E,2026-03-03,18-24,Sur,,,,,,,,,,
F,2026-03-03,-,Sur,,,,,,,,,,
`;

let served: Served;
beforeAll(async () => {
  served = await serveAgreement(AGREEMENT);
  const sent = await call('imports?name=leads.csv&source=crm&as=leads', LEADS);
  expect(await sent.json()).toMatchObject({ accepted: 6 });
});
afterAll(() => served.close());

async function call(path: string, body?: string, type = 'text/csv'): Promise<Response> {
  return served.app.request(`/v1/${path}`, {
    headers: { host: 'localhost', origin: 'http://localhost', 'content-type': type },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
}

async function changesOf(...edits: readonly (readonly [string, string])[]) {
  const text = edits.reduce((all, [from, to]) => all.replace(from, to), AGREEMENT);
  const answer = await call('agreement/types', JSON.stringify({ text }), 'application/json');
  return typeChanges.parse(await answer.json()).fields;
}

test('columns that nothing takes are told with their values, their type, and what looks personal without', async () => {
  const seen = seenValues.parse(await (await call('agreement/values')).json());
  const told = seen.undeclared.map(({ column, type, pii, known }) => [column, type, pii, known].join(' '));
  expect(told.toSorted()).toEqual(
    [
      'Plan dental string  4',
      'Correo 2 string email 3',
      'Código string  3',
      'Pagos number  3',
      'Socio boolean  3',
      'Teléfono 2 string phone 3',
      'Último pago date  3',
    ].toSorted(),
  );
  expect(seen.undeclared[0]).toMatchObject({
    column: 'Plan dental',
    values: [
      { value: 'Oro', count: 3 },
      { value: 'Plata', count: 1 },
    ],
    more: false,
  });
  for (const { pii, values } of seen.undeclared) expect(values.length > 0).toBe(pii === null);
});

test('a change of type tells which values read so', async () => {
  expect(await changesOf()).toEqual([]);
  expect(await changesOf(['age: { type: string', 'age: { type: integer'])).toEqual([
    {
      field: 'age',
      was: 'string',
      is: 'integer',
      known: 5,
      reads: 2,
      unread: [
        { value: 'unos 40', count: 2 },
        { value: '18-24', count: 1 },
      ],
    },
  ]);
  expect(await changesOf(['age: { type: string', 'age: { type: boolean'])).toMatchObject([{ reads: 0 }]);
  expect(
    await changesOf(
      ['budget: { type: number', 'budget: { type: integer'],
      ['visit: { type: date', 'visit: { type: timestamp'],
      ['phone: { type: string, pii: phone', 'phone: { type: integer, pii: phone'],
    ),
  ).toMatchObject([
    { field: 'budget', known: 3, reads: 2, unread: [{ value: '99.5', count: 1 }] },
    { field: 'visit', known: 2, reads: 2, unread: [] },
    { field: 'phone', known: 3, reads: 3, unread: [] },
  ]);
  const faulty = await call('agreement/types', JSON.stringify({ text: 'tregua: 1' }), 'application/json');
  expect(faulty.status).toBe(400);
});

test('the type does to the data what was told, and a column that is declared counts once it is read again', async () => {
  const text = AGREEMENT.replace('age: { type: string', 'age: { type: integer').replace(
    '  zone:',
    '  plan_dental: { type: string, label: { es: Plan dental } }\n  zone:',
  );
  const [change] = await changesOf(['age: { type: string', 'age: { type: integer']);
  valueOf(await served.workspace.putVersion({ text, file: 'tregua.yaml', from: null }));
  const rejects = z.object({ total: z.number() }).parse(await (await call('rejects')).json());
  expect(rejects.total).toBe((change?.known ?? 0) - (change?.reads ?? 0));
  const seen = seenValues.parse(await (await call('agreement/values')).json());
  expect(seen.fields.find(({ field }) => field === 'age')?.known).toBe(change?.reads);
  expect(seen.undeclared.map(({ column }) => column)).not.toContain('Plan dental');
  await call('batches/1/retry', '{}', 'application/json');
  const lead = z.object({ attributes: z.record(z.string(), z.unknown()) });
  expect(lead.parse(await (await call('leads/A')).json()).attributes).toMatchObject({ plan_dental: 'Oro' });
});
