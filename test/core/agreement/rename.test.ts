import { expect, test } from 'vitest';
import { readForm } from '../../../src/core/agreement/form.ts';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { renameEdits } from '../../../src/core/agreement/rename.ts';
import type { Renamed } from '../../../src/core/agreement/rename.ts';
import { editTextBy } from '../../../src/core/agreement/text-edit.ts';

/** What goes by another id goes by it wherever the agreement names it, and nowhere else. */

const TEXT = `tregua: 1
name: Ours, with a zone
timezone: America/Mexico_City
currency: MXN
areas:
  sales: {} # they sell
  marketing: {}
fields:
  zone:    { type: string } # lead.zone
  zones: { type: string }
  phone: { type: string, pii: phone }
identity: [lead_id, phone]
funnel:
  - { id: lead, owner: marketing }
  - id: sale
    owner: sales
    criteria:
      - id: near
        rule: lead.zone == "lead.zone" || lead . zone in ['n'] && has(lead.zones)
lost:
  - { id: gone, rule: lead.zone == "x", reason: lead.zone }
targets:
  - { id: sales, owner: sales, metric: sale / lead, at_least: 5%, per: month, where: lead.zone != "z" }
handoffs:
  - { id: call, owner: sales, from: lead, to: lead.zone == "y", within: 1h }
dimensions:
  - { id: zone, field: zone } # by zone
`;

function renamed(what: Renamed, from: string, to: string): string {
  const form = readForm(TEXT);
  if (form === null) throw new Error('no form');
  const text = editTextBy(TEXT, renameEdits(form, what, from, to));
  expect(parseAgreement(text).ok, text).toBe(true);
  return text;
}

test('a field, in rules, reasons, breakdowns, and not in texts that look like it', () => {
  expect(renamed('field', 'zone', 'region')).toBe(
    TEXT.replace('  zone:    {', '  region:    {')
      .replace(
        'rule: lead.zone == "lead.zone" || lead . zone in',
        'rule: lead.region == "lead.zone" || lead . region in',
      )
      .replace('rule: lead.zone == "x", reason: lead.zone', 'rule: lead.region == "x", reason: lead.region')
      .replace('where: lead.zone', 'where: lead.region')
      .replace('to: lead.zone', 'to: lead.region')
      .replace('field: zone', 'field: region'),
  );
  expect(renamed('field', 'phone', 'mobile')).toBe(
    TEXT.replaceAll(/phone(?=:)|phone(?=\])/g, 'mobile').replace('pii: phone', 'pii: phone'),
  );
});

test('a stage, in what is measured by it', () => {
  expect(renamed('stage', 'lead', 'request')).toBe(
    TEXT.replace('id: lead,', 'id: request,')
      .replace('sale / lead', 'sale / request')
      .replace('from: lead', 'from: request'),
  );
});

test('an area, in all that it answers for', () => {
  expect(renamed('area', 'sales', 'shop')).toBe(
    TEXT.replaceAll('owner: sales', 'owner: shop').replace('  sales: {}', '  shop: {}'),
  );
});
