import { describe, expect, test } from 'vitest';
import { differences } from '../../../src/core/agreement/differences.ts';
import type { Agreement } from '../../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { translateTo } from '../../../src/node/server/language.ts';

const BEFORE = `tregua: 1
name: A
timezone: UTC
currency: EUR
areas: { marketing: { label: { es: Marketing } }, sales: { label: { es: Ventas, en: Sales } } }
fields: { age: { type: integer, label: { es: Edad, en: Age } }, zone: { type: string } }
funnel:
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [{ id: age, rule: lead.age >= 18 }, { id: zone, rule: lead.zone != "" }] }
  - { id: sale, owner: sales, within: 30d, criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }] }
targets:
  - { id: share, owner: marketing, metric: profiled / lead, at_least: 60%, per: month }
handoffs:
  - { id: call, from: profiled, to: 'activities.exists(a, a.type == "call")', owner: sales, within: 1h }
dimensions: [{ id: zone, field: zone }]
`;

const EDITS: readonly (readonly [string, string, string, string, string])[] = [
  [
    'a criterion that changes',
    'lead.age >= 18',
    'lead.age >= 30',
    'difference.criterion_changed',
    'Profiled changes “Age”: before, Age of 18 or more; now, Age of 30 or more',
  ],
  [
    'a criterion that goes',
    ', { id: zone, rule: lead.zone != "" }]',
    ']',
    'difference.criterion_removed',
    'Profiled no longer asks for “Zone”: ',
  ],
  [
    'fields in another order',
    '{ age: { type: integer, label: { es: Edad, en: Age } }, zone: { type: string } }',
    '{ zone: { type: string }, age: { type: integer, label: { es: Edad, en: Age } } }',
    'difference.fields_order',
    'The fields stand in another order: Zone, Age',
  ],
  [
    'areas in another order',
    '{ marketing: { label: { es: Marketing } }, sales: { label: { es: Ventas, en: Sales } } }',
    '{ sales: { label: { es: Ventas, en: Sales } }, marketing: { label: { es: Marketing } } }',
    'difference.areas_order',
    'The areas stand in another order: Sales, ',
  ],
  [
    'a window',
    'within: 30d',
    'within: 14d',
    'difference.window_changed',
    'The time allowed for Sale goes from 30d to 14d',
  ],
  [
    'an owner',
    '- { id: profiled, owner: marketing',
    '- { id: profiled, owner: sales',
    'difference.stage_owner',
    'Profiled goes from Marketing to Sales',
  ],
  [
    'a goal',
    'at_least: 60%',
    'at_least: 65%',
    'difference.target_goal',
    'The target “Share” of Marketing goes from 60% to 65% a month',
  ],
  [
    'a promise',
    'within: 1h',
    'within: 2h',
    'difference.handoff_within',
    'Sales promises “Call” within 2h; before, within 1h',
  ],
  [
    'a field',
    ', zone: { type: string } }',
    ', zone: { type: string }, city: { type: string } }',
    'difference.field_added',
    'The field City is added',
  ],
  [
    'a stage',
    '  - { id: sale,',
    '  - { id: demo, owner: sales }\n  - { id: sale,',
    'difference.stage_added',
    'The stage Demo is added, owned by Sales',
  ],
  ['a name', 'name: A', 'name: B', 'difference.name', 'The agreement was called “A” and is now called “B”'],
];

function read(text: string): Agreement {
  const parsed = parseAgreement(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

describe('how two agreements differ', () => {
  test('the same text differs in nothing, nor does one that is only written otherwise', () => {
    expect(differences(read(BEFORE), read(BEFORE), 'en')).toEqual([]);
    expect(
      differences(
        read(BEFORE),
        read(`# said anew\n${BEFORE}`.replace('lead.age >= 18', '(lead.age >= 18)')),
        'en',
      ),
    ).toEqual([]);
  });

  test.each(EDITS)('%s is told, and nothing else', (_, from, to, code, words) => {
    expect(BEFORE).toContain(from);
    const found = differences(read(BEFORE), read(BEFORE.replace(from, to)), 'en');
    expect(found.map((each) => each.code)).toEqual([code]);
    const [difference] = found;
    expect(translateTo('en')(code, difference?.params)).toContain(words);
    expect(translateTo('es')(code, difference?.params)).not.toContain('{');
  });

  test('the reverse of an addition is a removal', () => {
    const codes = differences(
      read(BEFORE.replace('  - { id: sale,', '  - { id: demo, owner: sales }\n  - { id: sale,')),
      read(BEFORE),
      'es',
    );
    expect(codes.map(({ code, owner, counts }) => [code, owner, counts])).toEqual([
      ['difference.stage_removed', 'sales', true],
    ]);
  });
});
