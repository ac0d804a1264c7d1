import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AGREEMENT, IdentityBench } from './bench.ts';

/**
 * How two systems write the same of one person, a line a rule: what the form has, what the CRM's sale has, and by
 * what they are joined (null: by nothing). All of them are taken in by one file of each.
 */

type Keys = Readonly<Record<string, string>>;

function sha256(text: string, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('sha256').update(text).digest(encoding);
}

const MEXICAN = [
  '+52 1 55 1234 56NN',
  '52155123456NN',
  '155123456NN',
  '044 55 1234 56NN',
  '045 55 1234 56NN',
  '01 55 1234 56NN',
  'p:+52155123456NN',
  "'+52155123456NN",
  'whatsapp:+52155123456NN',
  '5255123456NN',
  '55 1234 56NN',
  '0052 55 1234 56NN',
];

const CASES: readonly (readonly [string, Keys, Keys, string | null])[] = [
  [
    'Meta’s id with its prefix',
    { lead_id: 'l:12345678901234501' },
    { lead_id: '12345678901234501' },
    'lead_id',
  ],
  [
    'an id of 17 digits, to the last',
    { lead_id: '12345678901234502' },
    { lead_id: '12345678901234503' },
    null,
  ],
  ['the id of the contact', { crm_id: 'c1' }, { crm_id: 'c1' }, 'crm_id'],
  ['the contact that a CRM’s lead became', { converted_id: 'c2' }, { crm_id: 'c2' }, 'crm_id'],
  ['gclid, to the letter', { gclid: 'CjA' }, { gclid: 'CjA' }, 'click_id'],
  ['gclid in another case', { gclid: 'CjB' }, { gclid: 'cjb' }, null],
  ['gbraid', { gbraid: 'g1' }, { gbraid: 'g1' }, 'click_id'],
  ['wbraid', { wbraid: 'w1' }, { wbraid: 'w1' }, 'click_id'],
  ['ttclid', { ttclid: 't1' }, { ttclid: 't1' }, 'click_id'],
  ['li_fat_id', { li_fat_id: 'li1' }, { li_fat_id: 'li1' }, 'click_id'],
  ['ctwa_clid', { ctwa_clid: 'ct1' }, { ctwa_clid: 'ct1' }, 'click_id'],
  ['fbclid in Meta’s cookie', { fbclid: 'IwAR2a' }, { fbclid: 'fb.1.1772359200000.IwAR2a' }, 'click_id'],
  ['an id of one platform and another’s', { gclid: 'same' }, { fbclid: 'same' }, null],
  ['an e-mail in another case', { email: 'Ana@x.mx' }, { email: ' ana@X.MX ' }, 'email'],
  [
    'Gmail’s dots and plus',
    { email: 'cloudy.san+shop@gmail.com' },
    { email: 'cloudysan@googlemail.com' },
    'email',
  ],
  ['dots of another house', { email: 'eva.luz@x.mx' }, { email: 'evaluz@x.mx' }, null],
  ['a plus of another house', { email: 'eva+nyc@x.mx' }, { email: 'eva@x.mx' }, null],
  [
    'an e-mail hashed as Meta does',
    { email: 'me.ta@gmail.com' },
    { email: sha256('me.ta@gmail.com') },
    'email',
  ],
  [
    'as Google does',
    { email: 'go.ogle@gmail.com' },
    { email: sha256('google@gmail.com', 'base64') },
    'email',
  ],
  [
    'hashed on both sides',
    { email: sha256('both@x.mx') },
    { email: sha256('both@x.mx').toUpperCase() },
    'email',
  ],
  ['a mailbox of many', { email: 'ventas@x.mx' }, { email: 'ventas@x.mx' }, null],
  ...MEXICAN.map((form, nth): (typeof CASES)[number] => [
    `a phone of Mexico as ${form}`,
    { phone: `+525512345${600 + nth}` },
    { phone: form.replace('6NN', String(600 + nth)) },
    'phone',
  ]),
  ['Argentina’s 9', { phone: '+54 9 11 2345-6789' }, { phone: '+541123456789' }, 'phone'],
  ['Brazil’s ninth digit', { phone: '+55 11 98123-4567' }, { phone: '551181234567' }, 'phone'],
  ['a phone hashed as Google does', { phone: '+525512345701' }, { phone: sha256('+525512345701') }, 'phone'],
  ['as Meta does', { phone: '+525512345702' }, { phone: sha256('525512345702') }, 'phone'],
  ['a phone to fill a field', { phone: '5555555555' }, { phone: '5555555555' }, null],
  ['a phone of one country in another', { phone: '+34 612 345 678' }, { phone: '612345678' }, null],
];

const NO_CASE: (typeof CASES)[number] = ['', {}, {}, null];

/** Keys in the order of the ladder: a record that has those from one on shares each with another lead. */
const LADDER = ['crm_id', 'gclid', 'email', 'phone'] as const;

function ladderKey(name: (typeof LADDER)[number], from: number): string {
  const nth = LADDER.indexOf(name);
  if (name === 'email') return `r${from}@x.mx`;
  return name === 'phone' ? `+5255123459${from}${nth}` : `r${from}`;
}

const rungLeads = LADDER.flatMap((_, from) =>
  LADDER.slice(from).map((name) => ({ lead_id: `R${from}-${name}`, [name]: ladderKey(name, from) })),
);
const rungSales = LADDER.map((_, from) =>
  Object.fromEntries(LADDER.slice(from).map((name) => [name, ladderKey(name, from)])),
);

const COLUMNS = [
  'lead_id',
  'created_at',
  'crm_id',
  'converted_id',
  'gclid',
  'gbraid',
  'wbraid',
  'fbclid',
  'ttclid',
  'li_fat_id',
  'ctwa_clid',
  'email',
  'phone',
];
const OF_SALES = ['activity_id', 'type', 'at', 'amount', ...COLUMNS.filter((name) => name !== 'created_at')];

function csv(columns: readonly string[], rows: readonly Keys[]): string {
  return [
    columns,
    ...rows.map((row) => columns.map((name) => JSON.stringify(row[name] ?? '').replaceAll('\\"', '""'))),
  ]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

const leadOf = (nth: number, keys: Keys): Keys => ({
  lead_id: `G${nth}`,
  created_at: '2026-03-01T10:00:00Z',
  ...keys,
});
const saleOf = (nth: number, keys: Keys): Keys => ({
  activity_id: `S${nth}`,
  type: 'sale',
  at: '2026-03-09T10:00:00Z',
  amount: String(nth + 1),
  ...keys,
});

let bench: IdentityBench;
let sales: Readonly<Record<string, number>>;
beforeAll(async () => {
  bench = await IdentityBench.open(AGREEMENT);
  await bench.take(
    csv(COLUMNS, [
      ...CASES.map(([, lead], nth) => leadOf(nth, lead)),
      ...rungLeads.map((keys) => leadOf(0, keys)),
    ]),
  );
  await bench.take(
    csv(OF_SALES, [
      ...CASES.map(([, , sale], nth) => saleOf(nth, sale)),
      ...rungSales.map((keys, from) => saleOf(1000 + from, keys)),
    ]),
  );
  sales = await bench.sales();
});
afterAll(() => bench.close());

describe('one person by', () => {
  test.each(CASES.map((each, nth) => [each[0], nth] as const))('%s', async (_, nth) => {
    const [, lead, , rung] = CASES[nth] ?? NO_CASE;
    const id = (lead['lead_id'] ?? `G${nth}`).replace('l:', '');
    expect(sales[id]).toBe(rung === null ? undefined : nth + 1);
    const { identities } = await bench.lead(id);
    expect(identities.map((each) => each.rung)).toEqual(rung === null || rung === 'lead_id' ? [] : [rung]);
  });
});

test('the surest of the keys that records share decides', () => {
  expect(rungLeads.map(({ lead_id: id }) => [id, sales[id] ?? 0])).toEqual([
    ['R0-crm_id', 1001],
    ['R0-gclid', 0],
    ['R0-email', 0],
    ['R0-phone', 0],
    ['R1-gclid', 1002],
    ['R1-email', 0],
    ['R1-phone', 0],
    ['R2-email', 1003],
    ['R2-phone', 0],
    ['R3-phone', 1004],
  ]);
});
