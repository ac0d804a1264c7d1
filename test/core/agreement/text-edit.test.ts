import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNode, parse, parseDocument, stringify } from 'yaml';
import { pathAt, readForm } from '../../../src/core/agreement/form.ts';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { editText } from '../../../src/core/agreement/text-edit.ts';
import type { TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { agreementText } from '../../property/agreements.ts';
import { SEED } from '../../seed.ts';

/** Edits of an agreement's text: what they do not name stays as it was written. */

const WRITTEN = `# Ours
funnel:
  - { id: lead, owner: marketing } # all of them

  # Agreed in March
  - id: profiled
    owner: marketing   # not Sales
    criteria:
      # Why: younger ones do not buy
      - id: age
        rule: lead.age >= 25 # years
      - id: reachable
        rule: 'lead.phone != ""'

  - id: sale
    owner: sales
targets:
  - {
      id: share,
      owner: marketing,
      at_least: 60%, # a good month
      per: month,
    }
`;

describe('an edit touches what it names', () => {
  test.each<readonly [string, TextEdit, string, string]>([
    [
      'a value, beside its comment',
      { kind: 'set', path: ['funnel', 1, 'criteria', 0, 'rule'], value: 'lead.age >= 30' },
      'rule: lead.age >= 25 # years',
      'rule: lead.age >= 30 # years',
    ],
    [
      'a text between its quotes',
      { kind: 'set', path: ['funnel', 1, 'criteria', 1, 'rule'], value: `lead.zone == "it's"` },
      `'lead.phone != ""'`,
      `'lead.zone == "it''s"'`,
    ],
    [
      'a text that needs quotes gets them',
      { kind: 'set', path: ['funnel', 1, 'criteria', 0, 'rule'], value: '!has(lead.age) # x' },
      'lead.age >= 25 #',
      "'!has(lead.age) # x' #",
    ],
    [
      'a new key, in its place',
      { kind: 'set', path: ['funnel', 1, 'within'], value: '30d' },
      'owner: marketing   # not Sales\n',
      'owner: marketing   # not Sales\n    within: 30d\n',
    ],
    [
      'a new key of a map in braces',
      { kind: 'set', path: ['funnel', 0, 'label'], value: { es: 'Lead', en: 'A lead' } },
      '{ id: lead, owner',
      '{ id: lead, label: { es: Lead, en: A lead }, owner',
    ],
    [
      'a new key of a map in braces over several lines',
      { kind: 'set', path: ['targets', 0, 'where'], value: 'lead.zone == "a, b"' },
      '      per: month,\n',
      '      per: month,\n      where: \'lead.zone == "a, b"\',\n',
    ],
    [
      'the first criterion of a stage in braces',
      {
        kind: 'insert',
        path: ['funnel', 0, 'criteria'],
        at: 0,
        value: { id: 'c', rule: 'lead.vip' },
      },
      '- { id: lead, owner: marketing } #',
      '- id: lead\n    owner: marketing\n    criteria:\n      - id: c\n        rule: lead.vip #',
    ],
    [
      'the first criterion of a stage in lines',
      { kind: 'insert', path: ['funnel', 2, 'criteria'], at: 0, value: { id: 'c', rule: 'lead.vip' } },
      '    owner: sales\n',
      '    owner: sales\n    criteria:\n      - id: c\n        rule: lead.vip\n',
    ],
    [
      'a criterion before another, whose comment stays with it',
      { kind: 'insert', path: ['funnel', 1, 'criteria'], at: 0, value: { id: 'c', rule: 'lead.vip' } },
      '      # Why',
      '      - id: c\n        rule: lead.vip\n      # Why',
    ],
    [
      'a criterion that goes takes its comment along',
      { kind: 'remove', path: ['funnel', 1, 'criteria', 0] },
      '      # Why: younger ones do not buy\n      - id: age\n        rule: lead.age >= 25 # years\n',
      '',
    ],
    [
      'the only target goes with its key',
      { kind: 'remove', path: ['targets', 0] },
      WRITTEN.slice(WRITTEN.indexOf('targets:')),
      '',
    ],
    [
      'a new list',
      { kind: 'insert', path: ['handoffs'], at: 0, value: { id: 'h', from: 'lead', within: '1h' } },
      '      per: month,\n    }\n',
      '      per: month,\n    }\nhandoffs:\n  - id: h\n    from: lead\n    within: 1h\n',
    ],
  ])('%s', (_, edit, before, after) => {
    expect(WRITTEN).toContain(before);
    expect(editText(WRITTEN, edit).trimEnd()).toBe(WRITTEN.replace(before, () => after).trimEnd());
  });

  test('stages change places with their comments, and what stands between them stays', () => {
    const moved = editText(WRITTEN, { kind: 'move', path: ['funnel'], from: 1, to: 2 });
    const lines = WRITTEN.split('\n');
    const [profiled, sale] = [lines.slice(4, 13), lines.slice(14, 16)];
    expect(moved).toBe([...lines.slice(0, 4), ...sale, '', ...profiled, ...lines.slice(16)].join('\n'));
  });
});

describe('a key of a map changes places', () => {
  const block = `fields:
  # who sold
  seller: { type: string } # a name

  # where: the branch
  # (as the CRM writes it)
  zone:
    type: string   # ours
    label: { es: Zona }
  age: { type: integer }
funnel: []
`;
  test('with its comments, and what stands between them stays', () => {
    const lines = block.split('\n');
    const [seller, zone, age] = [lines.slice(1, 3), lines.slice(4, 9), lines.slice(9, 10)];
    expect(editText(block, { kind: 'move', path: ['fields'], from: 0, to: 1 })).toBe(
      ['fields:', ...zone, '', ...seller, ...age, 'funnel: []', ''].join('\n'),
    );
    expect(editText(block, { kind: 'move', path: ['fields'], from: 2, to: 0 })).toBe(
      ['fields:', ...age, '', ...seller, ...zone, 'funnel: []', ''].join('\n'),
    );
  });

  test('within braces', () => {
    const text = "areas: { marketing: { label: { es: 'M, k' } }, sales: {} } # both\n";
    expect(editText(text, { kind: 'move', path: ['areas'], from: 1, to: 0 })).toBe(
      "areas: { sales: {}, marketing: { label: { es: 'M, k' } } } # both\n",
    );
  });

  test('and where a comment stands within braces, all is written anew', () => {
    const text = 'areas: {\n  marketing: {}, # first\n  sales: {} # then\n}\n';
    const moved = editText(text, { kind: 'move', path: ['areas'], from: 1, to: 0 });
    expect(Object.keys(readAreas(moved))).toEqual(['sales', 'marketing']);
    expect(moved).toContain('# first');
  });
});

function readAreas(text: string): object {
  const { areas }: { areas: object } = parse(text);
  return areas;
}

test('a key goes by another name beside its comment, between its quotes', () => {
  const text = "hours: { 'mon-fri': '09:00-18:00', sat: '10:00-14:00' } # ours\n";
  expect(editText(text, { kind: 'rename', path: ['hours', 'mon-fri'], name: 'mon-thu' })).toBe(
    "hours: { 'mon-thu': '09:00-18:00', sat: '10:00-14:00' } # ours\n",
  );
  const block = 'fields:\n  # who sold\n  seller:   { type: string } # a name\n  zone: { type: string }\n';
  expect(editText(block, { kind: 'rename', path: ['fields', 'seller'], name: 'agent' })).toBe(
    block.replace('seller:', 'agent:'),
  );
  expect(editText(block, { kind: 'rename', path: ['fields', 'nobody'], name: 'agent' })).toBe(block);
});

test('the only key of a map leaves braces, and nothing else of the text changes', () => {
  const text =
    '# Ours\nareas:\n  marketing: { label: { es: Mercadeo } } # first\n  sales:\n    label: { es: Ventas }\n';
  const removed = editText(text, { kind: 'remove', path: ['areas', 'marketing', 'label'] });
  expect(removed).toBe(text.replace('{ label: { es: Mercadeo } }', '{}'));
  expect(editText(removed, { kind: 'remove', path: ['areas', 'sales', 'label'] })).toBe(
    '# Ours\nareas:\n  marketing: {} # first\n  sales: {}\n',
  );
});

test('a key of the agreement stands where the house writes it', () => {
  const text = 'name: Ours\ncurrency: MXN # pesos\nareas: { sales: {} }\n';
  expect(editText(text, { kind: 'set', path: ['country'], value: 'MX' })).toBe(
    'name: Ours\ncurrency: MXN # pesos\ncountry: MX\nareas: { sales: {} }\n',
  );
  expect(editText(text, { kind: 'set', path: ['rates', 'USD', '2026-01-01'], value: 18.5 })).toBe(
    `${text}rates: { USD: { 2026-01-01: 18.5 } }\n`,
  );
});

test('a place of the text leads to its part', () => {
  expect(pathAt(WRITTEN, 11, 21)).toEqual(['funnel', 1, 'criteria', 0, 'rule']);
  expect(pathAt(WRITTEN, 7, 12)).toEqual(['funnel', 1, 'owner']);
  expect(pathAt(WRITTEN, 20, 15)).toEqual(['targets', 0, 'owner']);
});

/** A text with a comment over every key and behind every value where that may stand. */
function commented(text: string): string {
  return stringify(parse(text), { lineWidth: 0 })
    .split('\n')
    .flatMap((line, nth) =>
      /^ *(?:- )?\w+:/.test(line) && nth % 3 === 0
        ? [
            `${' '.repeat(line.search(/\S/))}# above ${nth}`,
            /: \S/.test(line) ? `${line} # behind ${nth}` : line,
          ]
        : [line],
    )
    .join('\n');
}

const layout = fc.constantFrom(
  (text: string) => text,
  (text: string) => JSON.stringify(JSON.parse(text), null, 2),
  (text: string) => stringify(parse(text), { lineWidth: 0 }),
  commented,
);

const editMaker = fc.record({
  kind: fc.constantFrom(
    'rule',
    'owner',
    'within',
    'no_within',
    'add',
    'drop',
    'shift',
    'stage',
    'target',
    'label',
    'field',
    'no_field',
    'field_place',
    'area_place',
    'rename',
    'marker',
    'band',
    'holiday',
    'money',
    'name',
  ),
  stage: fc.nat({ max: 9 }),
  nth: fc.nat({ max: 9 }),
  to: fc.nat({ max: 9 }),
});

function editOf(
  text: string,
  { kind, stage, nth, to }: typeof editMaker extends fc.Arbitrary<infer T> ? T : never,
): TextEdit | null {
  const form = readForm(text);
  if (form === null) throw new Error('no form');
  const at = stage % form.funnel.length;
  const criteria = form.funnel[at]?.criteria ?? [];
  const path = ['funnel', at] as const;
  const own = nth % Math.max(1, criteria.length);
  const fieldNames = Object.keys(form.fields);
  const field = fieldNames[nth % fieldNames.length] ?? '';
  switch (kind) {
    case 'rule':
      return criteria.length === 0
        ? null
        : { kind: 'set', path: [...path, 'criteria', own, 'rule'], value: 'lead.zone == "x"' };
    case 'owner':
      return { kind: 'set', path: [...path, 'owner'], value: 'other' };
    case 'within':
      return { kind: 'set', path: [...path, 'within'], value: '45d' };
    case 'no_within':
      return form.funnel[at]?.within === undefined ? null : { kind: 'remove', path: [...path, 'within'] };
    case 'label':
      return { kind: 'set', path: [...path, 'label'], value: { es: 'Ñandú: sí', en: 'x' } };
    case 'add':
      return {
        kind: 'insert',
        path: [...path, 'criteria'],
        at: nth % (criteria.length + 1),
        value: { id: 'new', rule: 'lead.vip' },
      };
    case 'drop':
      return criteria.length === 0 ? null : { kind: 'remove', path: [...path, 'criteria', own] };
    case 'shift':
      return criteria.length < 2
        ? null
        : { kind: 'move', path: [...path, 'criteria'], from: own, to: to % criteria.length };
    case 'stage':
      return { kind: 'move', path: ['funnel'], from: at, to: to % form.funnel.length };
    case 'target':
      return {
        kind: 'insert',
        path: ['targets'],
        at: nth % (form.targets.length + 1),
        value: { id: 'new', owner: 'sales', metric: 's0', at_least: 3, per: 'month' },
      };
    case 'field':
      return { kind: 'set', path: ['fields', `new${nth}`], value: { type: 'string', label: { es: 'Ñ: 1' } } };
    case 'no_field':
      return fieldNames.length < 2 ? null : { kind: 'remove', path: ['fields', field] };
    case 'field_place':
      return { kind: 'move', path: ['fields'], from: nth % fieldNames.length, to: to % fieldNames.length };
    case 'area_place': {
      const areas = Object.keys(form.areas).length;
      return { kind: 'move', path: ['areas'], from: nth % areas, to: to % areas };
    }
    case 'rename':
      return { kind: 'rename', path: ['fields', field], name: `x_${field}` };
    case 'marker':
      return {
        kind: 'insert',
        path: ['fields', field, 'missing'],
        at: form.fields[field]?.missing?.length ?? 0,
        value: ['N/A', 'no', '--', ' x '][nth % 4] ?? '',
      };
    case 'band':
      return form.dimensions.length === 0
        ? null
        : {
            kind: 'insert',
            path: ['dimensions', to % form.dimensions.length, 'bands'],
            at: 0,
            value: -1 - nth,
          };
    case 'holiday':
      return form.handoffs.length === 0
        ? null
        : {
            kind: 'insert',
            path: ['handoffs', to % form.handoffs.length, 'holidays'],
            at: 0,
            value: `2026-01-0${nth}`,
          };
    case 'money':
      return {
        kind: 'set',
        path: [...path, 'value'],
        value: { sum: 'amount', where: 'activity.type == "sale"' },
      };
    case 'name':
      return { kind: 'set', path: ['name'], value: `Año: «${nth}» # uno` };
  }
}

/** The same edit of plain values. */
function edited(value: unknown, edit: TextEdit, path = edit.path): unknown {
  const [key, ...rest] = path;
  if (key === undefined && edit.kind === 'move' && typeof value === 'object' && !Array.isArray(value)) {
    const pairs = Object.entries(value ?? {});
    pairs.splice(edit.to, 0, ...pairs.splice(edit.from, 1));
    return Object.fromEntries(pairs);
  }
  if (edit.kind === 'remove' && path.length === 1 && Array.isArray(value))
    return value.filter((_, position) => position !== key);
  if (key === undefined) {
    const list: unknown[] = Array.isArray(value) ? [...value] : [];
    if (edit.kind === 'set') return edit.value;
    if (edit.kind === 'insert') list.splice(edit.at, 0, edit.value);
    if (edit.kind === 'move') list.splice(edit.to, 0, ...list.splice(edit.from, 1));
    return list;
  }
  if (Array.isArray(value)) return value.map((each, nth) => (nth === key ? edited(each, edit, rest) : each));
  const map: Record<string, unknown> = { ...(typeof value === 'object' ? value : {}) };
  const name = String(key);
  if (edit.kind === 'rename' && rest.length === 0)
    return Object.fromEntries(
      Object.entries(map).map(([each, own]) => [each === name ? edit.name : each, own]),
    );
  if (edit.kind === 'remove' && rest.length === 0) delete map[name];
  else map[name] = edited(map[name], edit, rest);
  // A list that is left empty goes.
  if (edit.kind === 'remove' && Array.isArray(map[name]) && map[name].length === 0) delete map[name];
  return map;
}

/** How many characters two texts begin with, and then end with, in common. */
function common(one: string, other: string): { readonly head: number; readonly tail: number } {
  const most = Math.min(one.length, other.length);
  let head = 0;
  while (head < most && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < most - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  return { head, tail };
}

test(`edits of random agreements leave all else byte by byte (seed ${SEED})`, () => {
  let counted = 0;
  fc.assert(
    fc.property(
      agreementText,
      layout,
      fc.array(editMaker, { minLength: 1, maxLength: 4 }),
      (json, lay, makers) => {
        let text = lay(json);
        for (const maker of makers) {
          const edit = editOf(text, maker);
          if (edit === null) continue;
          counted += 1;
          const after = editText(text, edit);
          expect(parse(after), JSON.stringify(edit)).toEqual(edited(parse(text), edit));
          if (edit.kind === 'move')
            expect(JSON.stringify(parse(after))).toBe(JSON.stringify(edited(parse(text), edit)));
          const { head, tail } = common(text, after);
          const shared = head + tail;
          if (edit.kind === 'set' && after !== text) {
            // In the place of the value that stood there, or one thing more.
            const node: unknown = parseDocument(text).getIn(edit.path, true);
            const [from = 0, to = 0] = isNode(node) ? (node.range ?? []) : [0, head];
            expect(from <= head && text.length - tail <= to, after).toBe(true);
          }
          // Nothing but an insertion (in place of `[]`, where there was none) and nothing but a deletion.
          if (edit.kind === 'insert')
            expect(shared, after).toBeGreaterThanOrEqual(text.length - ' []'.length);
          if (edit.kind === 'remove') expect(shared, after).toBe(after.length);
          if (edit.kind === 'rename')
            expect(shared, after).toBeGreaterThanOrEqual(text.length - String(edit.path.at(-1)).length - 2);
          if (edit.kind === 'move') expect(lettersOf(after)).toEqual(lettersOf(text));
          const comments = (each: string): readonly string[] => (each.match(/# \w+ \d+/g) ?? []).toSorted();
          if (edit.kind !== 'remove') expect(comments(after)).toEqual(comments(text));
          text = after;
        }
      },
    ),
    { seed: SEED, numRuns: 60 },
  );
  expect(counted).toBeGreaterThan(60);
});

function lettersOf(text: string): string {
  return text.split('').toSorted().join('');
}

test('what the form writes is an agreement', () => {
  const text = fc.sample(agreementText, { seed: SEED, numRuns: 1 })[0] ?? '';
  const after = editText(text, {
    kind: 'insert',
    path: ['funnel', 0, 'criteria'],
    at: 0,
    value: { id: 'zone', label: { es: 'Zona', en: 'Zone' }, rule: 'lead.zone == "north"' },
  });
  const agreement = parseAgreement(after);
  expect(
    agreement.ok &&
      agreement.value.stages[0]?.kind === 'reached' &&
      agreement.value.stages[0].criteria[0]?.rule.fields,
  ).toEqual(['zone']);
});
