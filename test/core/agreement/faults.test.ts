import { describe, expect, test } from 'vitest';
import { catalogues } from '../../../locales/index.ts';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { fault } from '../../../src/core/diagnostic/diagnostic.ts';
import { translator, wordDiagnostic } from '../../../src/core/diagnostic/wording.ts';

/** Every fault of an agreement, at its place, in one go. */

const HEAD = `tregua: 1
name: Test
timezone: Europe/Madrid
currency: EUR
areas: { marketing: {}, sales: {} }
fields:
  age: { type: integer }
  zone: { type: string }
  phone: { type: string, pii: phone }
`;
const FUNNEL = `funnel:
  - { id: lead, owner: marketing }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
`;

/** `line:column code` of each fault. */
function faults(source: string): readonly string[] {
  const result = parseAgreement(source, 'tregua.yaml');
  if (result.ok) return [];
  return result.faults.map(({ code, at }) => `${at ? `${at.line}:${at.column} ` : ''}${code}`);
}

/** What a person reads of the first fault. */
function worded(source: string, language: 'es' | 'en'): string {
  const result = parseAgreement(source, 'tregua.yaml');
  if (result.ok) return 'all right';
  const { message, hint } = wordDiagnostic(
    result.faults[0] ?? fault('none'),
    translator(language, ...catalogues(language)),
  );
  return hint === null ? message : `${message}. ${hint}`;
}

/** `line:column` of a word of the source. */
function at(source: string, word: string): string {
  const lines = source.slice(0, source.indexOf(word)).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

test('an agreement without a fault has none', () => {
  expect(faults(HEAD + FUNNEL)).toEqual([]);
});

test('faults of shape do not hide the others', () => {
  const source = `${HEAD}fonts: x
funnel:
  - { id: lead, owner: marketing, colour: red }
  - id: profiled
    owner: marketing
    criteria: [ { id: adult, rule: lead.aje >= 18 } ]
  - { id: profiled, owner: sales }
  - { id: sale, owner: sails, within: soon }
targets:
  - { id: t, owner: sales, metric: sold, at_least: 3, per: month }
`;
  expect(faults(source)).toEqual([
    '10:1 yaml.unknown_key',
    '12:35 yaml.unknown_key',
    '15:41 rule.unknown_field',
    '16:11 agreement.repeated_stage',
    '17:24 agreement.unknown_area',
    '17:39 agreement.no_span',
    '19:36 agreement.unknown_stage',
  ]);
});

test('a mistyped key is one fault, not two', () => {
  const source = `${HEAD.replace('timezone', 'timezon')}${FUNNEL}dimensions: [ { id: zone, feild: zone } ]
`;
  expect(faults(source)).toEqual(['3:1 yaml.unknown_key', '13:27 yaml.unknown_key']);
});

test('what was left out for its shape is not missed elsewhere', () => {
  const source = `${HEAD.replace('{ type: integer }', 'integer')}funnel:
  - { id: lead, owner: marketing }
  - { id: adult, owner: sales, criteria: [ { id: a, rule: lead.age > 18 } ] }
dimensions: [ { id: age, field: age }, { id: zone, field: zonne } ]
`;
  expect(faults(source)).toEqual(['7:8 yaml.wrong_type', '13:59 agreement.unknown_field']);
});

test('a stage of a wrong shape keeps the places of those behind it', () => {
  const source = `${HEAD}funnel:
  - { id: lead, owner: marketing }
  - { id: No Good, owner: sales }
  - { id: sale, owner: nobody }
targets: [ { id: t, owner: sales, metric: sale, at_least: 1, per: year } ]
`;
  expect(faults(source)).toEqual([
    '12:11 agreement.no_id',
    '13:24 agreement.unknown_area',
    '14:67 yaml.not_one_of',
  ]);
});

describe('a rule’s fault is at its character', () => {
  test.each([
    ['plain', 'rule: lead.age >= 18 && lead.aje > 1'],
    ['in single quotes', `rule: 'lead.zone == "it''s" && lead.aje > 1'`],
    ['in double quotes', String.raw`rule: "lead.zone == \"x\" && lead.aje > 1"`],
  ])('%s', (_, rule) => {
    const source = `${HEAD}funnel:
  - { id: lead, owner: marketing }
  - { id: b, owner: sales, criteria: [ { id: c, ${rule} } ] }
`;
    expect(faults(source)).toEqual([`${at(source, 'aje')} rule.unknown_field`]);
  });

  test.each([
    ['literal', '|'],
    ['folded', '>-'],
  ])('in a %s block', (_, mark) => {
    const source = `${HEAD}funnel:
  - { id: lead, owner: marketing }
  - id: b
    owner: sales
    criteria:
      - id: c
        rule: ${mark}
          lead.age >= 18 &&
          lead.aje > 1 &&
            lead.zonne == "x"
`;
    expect(faults(source)).toEqual([
      `${at(source, 'aje')} rule.unknown_field`,
      `${at(source, 'zonne')} rule.unknown_field`,
    ]);
    expect(at(source, 'aje')).toBe('18:16');
  });

  test('on the second line of a plain text', () => {
    const source = `${HEAD}funnel:
  - { id: lead, owner: marketing }
  - id: b
    owner: sales
    criteria:
      - id: c
        rule: lead.age >= 18 &&
          lead.aje > 1
`;
    expect(faults(source)).toEqual([`${at(source, 'aje')} rule.unknown_field`]);
  });
});

describe('what cannot be is refused', () => {
  const stage = (more: string): string => `${HEAD}funnel:
  - { id: seen, owner: marketing, from: ads.impressions }
  - { id: lead, owner: marketing }
  - { id: sale, owner: sales }
${more}`;
  test.each([
    [
      'a window on the first stage',
      `${HEAD}funnel: [ { id: lead, owner: sales, within: 7d } ]`,
      'within_of_first',
    ],
    ['a stage called value', `${HEAD}funnel: [ { id: value, owner: sales } ]`, 'reserved_stage'],
    [
      'a hand-over of what ads measure',
      stage(`handoffs: [ { id: h, owner: sales, from: seen, to: 'true', within: 1h } ]`),
      'handoff_of_measured',
    ],
    [
      'bands of a part of the calendar',
      stage('dimensions: [ { id: d, part: hour, bands: [1, 2] } ]'),
      'dimension_key',
    ],
    [
      'a value of a part of the calendar',
      stage('dimensions: [ { id: d, part: hour, value: first } ]'),
      'dimension_key',
    ],
    ['30 February in the rates', stage('rates: { USD: { 2026-02-30: 18 } }'), 'no_such_day'],
    [
      '30 February in the holidays',
      stage(
        `handoffs: [ { id: h, owner: sales, from: lead, to: 'true', within: 1h, holidays: [ 2026-02-30 ] } ]`,
      ),
      'no_such_day',
    ],
    [
      'hours that never open',
      stage(`handoffs: [ { id: h, owner: sales, from: lead, to: 'true', within: 1h, hours: {} } ]`),
      'no_hours',
    ],
    ['a currency that is none', (HEAD + FUNNEL).replace('EUR', 'QQQ'), 'unknown_currency'],
    ['rates of a currency that is none', stage('rates: { QQQ: { 2026-02-01: 18 } }'), 'unknown_currency'],
    [
      'a time zone that is none',
      (HEAD + FUNNEL).replace('Europe/Madrid', 'Europe/Madird'),
      'unknown_timezone',
    ],
    [
      'two stages of one name',
      `${HEAD}funnel: [ { id: lead, owner: sales }, { id: lead, owner: sales } ]`,
      'repeated_stage',
    ],
    [
      'a target on no stage',
      stage('targets: [ { id: t, owner: sales, metric: sold, at_least: 1, per: week } ]'),
      'unknown_stage',
    ],
    [
      'two values',
      stage('')
        .replace(
          '{ id: lead, owner: marketing }',
          `{ id: lead, owner: marketing, value: { sum: amount, where: 'true' } }`,
        )
        .replace(
          '{ id: sale, owner: sales }',
          `{ id: sale, owner: sales, value: { sum: amount, where: 'true' } }`,
        ),
      'two_values',
    ],
    [
      'only measured stages',
      `${HEAD}funnel: [ { id: seen, owner: sales, from: ads.clicks } ]`,
      'no_reached_stage',
    ],
  ])('%s', (_, source, code) => {
    expect(faults(source).map((each) => each.replace(/^[\d:]+ /, ''))).toContain(`agreement.${code}`);
  });

  test.each([
    ['a rule that is no CEL', 'lead.age >>> 3', 'rule.syntax'],
    ['a number against a text', 'lead.zone > 3', 'rule.different_types'],
    ['a rule that is no question', 'lead.age + 1', 'rule.not_a_question'],
    ['the text of personal data', 'lead.phone == "600"', 'rule.personal'],
  ])('%s', (_, rule, code) => {
    const source = `${HEAD}funnel: [ { id: lead, owner: sales }, { id: b, owner: sales, criteria: [ { id: c, rule: '${rule}' } ] } ]`;
    expect(faults(source).map((each) => each.replace(/^[\d:]+ /, ''))).toEqual([code]);
  });
});

describe('a file that is none', () => {
  test.each([
    ['empty', '', 'yaml.empty'],
    ['a comment alone', '# nothing', 'yaml.wrong_type'],
    ['a list', '- a\n- b\n', 'yaml.wrong_type'],
    ['open quotes', 'name: "open\n', 'yaml.syntax'],
    ['a key that is a list', `${HEAD}${FUNNEL}? [a, b]\n: c\n`, 'yaml.key_is_no_text'],
    ['a key twice', `${HEAD}name: again\n${FUNNEL}`, 'yaml.duplicate_key'],
    ['an alias', `${HEAD}x: &a 1\ny: *a\n${FUNNEL}`, 'yaml.alias'],
    ['__proto__', `${HEAD}__proto__: { a: 1 }\n${FUNNEL}`, 'yaml.forbidden_key'],
  ])('%s', (_, source, code) => {
    expect(faults(source).some((each) => each.endsWith(code))).toBe(true);
  });

  test.each([
    ['900,000 brackets', '['.repeat(900_000)],
    ['200,000 brackets', '['.repeat(200_000)],
    ['100,000 nested dashes', '- '.repeat(100_000)],
    ['100,000 nested keys', '? '.repeat(100_000)],
    ['700 levels of keys', Array.from({ length: 700 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    [
      '30,000 unknown keys',
      HEAD + FUNNEL + Array.from({ length: 30_000 }, (_, nth) => `k${nth}: 1`).join('\n'),
    ],
    ['5,000 wrong stages', `${HEAD}funnel:\n${'  - { id: A }\n'.repeat(5000)}`],
    ['laughs', `a: &a [x]\n${Array.from({ length: 30 }, (_, nth) => `b${nth}: [*a, *a, *a]`).join('\n')}`],
  ])('%s are told in a moment, and no more of them than anyone reads', (_, source) => {
    const started = process.cpuUsage();
    const found = faults(source);
    // Minutes would be a way to hold the program up; the bound is far from what a slow processor takes.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(20_000);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(101);
  });

  test('how many faults are not shown is said', () => {
    const many = HEAD + FUNNEL + Array.from({ length: 150 }, (_, nth) => `k${nth}: 1`).join('\n');
    const result = parseAgreement(many);
    expect(result.ok ? null : result.faults.at(-1)).toMatchObject({ code: 'agreement.more_faults' });
  });
});

describe('faults are told so that anyone can mend them', () => {
  test.each([
    [
      HEAD.replace('{ type: integer }', 'integer') + FUNNEL,
      '«fields.age» debería ser un grupo de claves. Escribe sus claves detrás, como en: type: string ',
      '"fields.age" should be a group of keys. Write its keys behind it, as in: type: string ',
    ],
    [
      HEAD + FUNNEL.replace('owner: sales,', 'owner: sales, within: soon,'),
      '«soon» no es un plazo. Escribe minutos, horas o días como 90m, 36h o 7d',
      '"soon" is no length of time. Write minutes, hours or days as 90m, 36h or 7d',
    ],
    [
      HEAD + FUNNEL.replace('owner: sales,', 'owner: sales, labell: {},'),
      'Aquí no existe la clave «labell». ¿Quisiste decir «label»?',
      'There is no key "labell" here. Did you mean "label"?',
    ],
    [
      HEAD.replace('marketing: {}', 'marketing: { lable: {} }') + FUNNEL,
      'Aquí no existe la clave «lable». ¿Quisiste decir «label»?',
      'There is no key "lable" here. Did you mean "label"?',
    ],
    [
      '',
      'El archivo está vacío. Para empezar con uno comentado: tregua init',
      'The file is empty. A first one, with comments, is written by: tregua init',
    ],
  ])('%#', (source, spanish, english) => {
    expect(worded(source, 'es')).toBe(spanish);
    expect(worded(source, 'en')).toBe(english);
  });
});
