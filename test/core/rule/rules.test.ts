import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RuleEnvironment } from '../../../src/core/rule/environment.ts';
import { isSafePattern } from '../../../src/core/rule/literals.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { ruleInWords } from '../../../src/core/rule/words.ts';
import { InvariantError } from '../../../src/core/diagnostic/errors.ts';
import { expressionSql } from '../../../src/core/sql/expression.ts';
import { duckdb } from '../../../src/core/sql/duckdb.ts';
import { identifier, render, sql } from '../../../src/core/sql/sql.ts';

/** Rules as people write them: what is taken, what is refused and where, what it means, how it reads. */

const FIELDS: RuleEnvironment = {
  kind: 'lead',
  fields: [
    { name: 'age', type: 'integer', pii: null },
    { name: 'budget', type: 'number', pii: null },
    { name: 'zone', type: 'string', pii: null },
    { name: 'vip', type: 'boolean', pii: null },
    { name: 'born', type: 'date', pii: null },
    { name: 'phone', type: 'string', pii: 'phone' },
    { name: 'email', type: 'string', pii: 'email' },
  ],
};

function codes(source: string, environment = FIELDS): readonly string[] {
  const result = parseRule(source, environment);
  return result.ok ? [] : result.faults.map((each) => `${each.at?.column ?? 0} ${each.code}`);
}

describe('refused, at its place', () => {
  test.each([
    ['', '1 rule.empty'],
    ['lead.age = 3', '10 rule.single_equals'],
    ['lead.age > 3 and lead.vip', '14 rule.word_and'],
    ['lead.age > 3 o lead.vip', '14 rule.word_or'],
    ['lead.age > 3 & lead.vip', '14 rule.single_operator'],
    ['lead.zone == “north”', '14 rule.curly_quotes'],
    ['lead.zone == "north', '14 rule.open_text'],
    ['lead.zone == """north', '14 rule.open_text'],
    ['lead.age >', '11 rule.ends_early'],
    ['lead.aje > 3', '6 rule.unknown_field'],
    ['age > 3', '1 rule.field_without_lead'],
    ['lead.zone > 3', '11 rule.different_types'],
    ['lead.age + 1', '1 rule.not_a_question'],
    ['lead.zone == null', '14 rule.null'],
    ['lead.age > 99999999999999999999', '12 rule.number_too_large'],
    ['lead.age / 0 > 1', '12 rule.division_by_zero'],
    ['lead.phone == "600"', '6 rule.personal'],
    ['activities', '1 rule.activities_alone'],
    ['activities.exists(a, activities.exists(b, true))', '22 rule.nested_macro'],
    ['activities.exists(a, a.colour == "x")', '24 rule.unknown_member'],
    ['lead.zone.matches("(?=a)")', '19 rule.bad_pattern'],
    ['lead.born > timestamp("yesterday")', '23 rule.bad_timestamp'],
    ['[1, 2].size() > 1', '1 rule.unsupported'],
  ])('%s', (source, expected) => {
    const [found = ''] = codes(source);
    // The place is that of the part to mend, or of the comparison around it.
    expect(found.split(' ')[1]).toBe(expected.split(' ')[1]);
  });

  test('every part that && joins tells its own fault', () => {
    expect(codes('lead.aje > 1 && lead.zonne == "x" && lead.age > 1')).toEqual([
      '6 rule.unknown_field',
      '22 rule.unknown_field',
    ]);
  });
});

describe('long and deep', () => {
  test.each([
    ['4,900 parentheses', `${'('.repeat(4900)}true${')'.repeat(4900)}`, 'rule.too_deep'],
    ['5,000 negations', `${'!'.repeat(5000)}true`, 'rule.too_deep'],
    ['5,000 minus signs', `lead.age > ${'-'.repeat(5000)}1`, 'rule.too_deep'],
    ['3,000 sums', `lead.age > ${'1+'.repeat(3000)}1`, 'rule.too_deep'],
    ['3,000 lists in lists', `lead.age in ${'['.repeat(3000)}${']'.repeat(3000)}`, 'rule.too_deep'],
    ['1,501 items', `lead.age in [${'1,'.repeat(1500)}1]`, 'rule.list_too_long'],
    ['20,000 characters', `lead.zone == "${'x'.repeat(20_000)}"`, 'rule.too_long'],
  ])('%s are refused', (_, source, code) => {
    expect(codes(source).map((each) => each.split(' ')[1])).toEqual([code]);
  });

  test.each(['||', '&&'])(
    'a row of 200 joined by %s is taken, and true where it should be',
    async (operator) => {
      const source = Array.from(
        { length: 200 },
        (_, nth) => `lead.age ${operator === '||' ? '==' : '!='} ${nth}`,
      ).join(` ${operator} `);
      expect(await valueOf(source, { age: '150' })).toBe(operator === '||');
      expect(await valueOf(source, { age: '500' })).toBe(operator !== '||');
      expect(await valueOf(source, {})).toBeNull();
    },
  );
});

test('patterns are those that both engines read alike', () => {
  const taken = [
    '^a.c$',
    '(?i)abc',
    String.raw`\d{2,3}-\w+`,
    '[a-z]+|x?',
    '(?:ab){10}',
    String.raw`a\.b`,
    '[^x]',
  ];
  const refused = [
    '(?=a)',
    '(?<n>a)',
    String.raw`(a)\1`,
    String.raw`\u0041`,
    String.raw`\p{L}`,
    '(a{1000}){1000}',
    '(a{100}){100}',
    'a**',
    '[^]',
    '[[:alpha:]]',
    String.raw`\Qa\E`,
    String.raw`\z`,
    '(a',
    'a'.repeat(501),
  ];
  expect(taken.filter((pattern) => !isSafePattern(pattern))).toEqual([]);
  expect(refused.filter(isSafePattern)).toEqual([]);
});

test('no text whatever makes the reader throw', () => {
  const token = fc.oneof(
    fc.constantFrom(
      'lead',
      '.',
      'age',
      'zone',
      'phone',
      'activities',
      'exists',
      'filter',
      'size',
      'has',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      'a',
      'a.type',
      '==',
      '!=',
      '<',
      '>=',
      '&&',
      '||',
      '!',
      '-',
      '+',
      '*',
      '/',
      '%',
      '?',
      ':',
      'in',
      '1',
      '1.5',
      '"x"',
      "'y'",
      '"""',
      'true',
      'null',
      'timestamp("2026-01-01T00:00:00Z")',
      'duration("1h")',
      '// note',
      '\n',
      'b"x"',
      'r"x"',
      '0x1F',
      '1u',
      '…',
      '“',
    ),
    fc.string({ maxLength: 5 }),
  );
  const kinds = fc.constantFrom<RuleEnvironment>(
    FIELDS,
    { ...FIELDS, kind: 'filter' },
    { kind: 'activity' },
    { kind: 'row', columns: null },
  );
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 25 }),
      fc.constantFrom('', ' '),
      kinds,
      (tokens, space, environment) => {
        const result = parseRule(tokens.join(space), environment);
        return result.ok || result.faults.length > 0;
      },
    ),
    { numRuns: 5000 },
  );
});

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

/** The value of a rule over a lead of which only some fields are known, by the engine. */
async function valueOf(source: string, known: Readonly<Record<string, string>>): Promise<boolean | null> {
  const rule = parseRule(source, FIELDS);
  if (!rule.ok) throw new Error(JSON.stringify(rule.faults));
  const none = (): never => {
    throw new InvariantError('no activities here');
  };
  const query = expressionSql(
    rule.value.expression,
    {
      lead: (field) => identifier(field),
      createdAt: sql`null`,
      activity: none,
      row: none,
      quantified: none,
      count: none,
    },
    duckdb,
  );
  const types: Readonly<Record<string, string>> = {
    age: 'BIGINT',
    budget: 'DOUBLE',
    zone: 'VARCHAR',
    vip: 'BOOLEAN',
    born: 'TIMESTAMP',
    phone: 'BOOLEAN',
    email: 'BOOLEAN',
  };
  const columns = Object.entries(types).map(
    ([name, type]) => `cast(${known[name] ?? 'null'} as ${type}) as ${name}`,
  );
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(`select ${text} as v from (select ${columns.join(', ')})`, [
    ...values,
  ]);
  const value = reader.getRowObjects()[0]?.['v'];
  return typeof value === 'boolean' ? value : null;
}

describe('true, false and unknown', () => {
  const T = { vip: 'true' };
  const F = { vip: 'false' };
  const U = {};
  // Kleene's tables, by hand: the known side is lead.vip, the other is decided by lead.age > 18.
  const over: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    T: { age: '30' },
    F: { age: '10' },
    U: {},
  };
  test.each([
    ['&&', 'T', T, true],
    ['&&', 'F', T, false],
    ['&&', 'U', T, null],
    ['&&', 'T', F, false],
    ['&&', 'F', F, false],
    ['&&', 'U', F, false],
    ['&&', 'T', U, null],
    ['&&', 'F', U, false],
    ['&&', 'U', U, null],
    ['||', 'T', T, true],
    ['||', 'F', T, true],
    ['||', 'U', T, true],
    ['||', 'T', F, true],
    ['||', 'F', F, false],
    ['||', 'U', F, null],
    ['||', 'T', U, true],
    ['||', 'F', U, null],
    ['||', 'U', U, null],
  ] as const)('vip %s over18=%s', async (operator, right, left, expected) => {
    expect(await valueOf(`lead.vip ${operator} lead.age > 18`, { ...left, ...over[right] })).toBe(expected);
  });

  test.each([
    ['!lead.vip', {}, null],
    ['!lead.vip', F, true],
    ['lead.vip ? lead.age > 18 : true', F, true],
    ['lead.vip ? lead.age > 18 : true', U, null],
    ['lead.age in [1, 2]', { age: '2' }, true],
    ['lead.age in [1, 2]', { age: '3' }, false],
    ['lead.age in [1, 2]', {}, null],
    ['has(lead.age)', {}, false],
    ['has(lead.phone)', { phone: 'true' }, true],
    ['has(lead.phone)', {}, false],
    ['lead.phone != ""', {}, null],
    ['lead.phone != "" || lead.email != ""', { email: 'true' }, true],
    ['lead.age / 2 == 1', { age: '3' }, true],
    ['lead.age % 2 == -1', { age: '-3' }, true],
    ['lead.age * 9223372036854775807 > 0', { age: '3' }, null],
    ['lead.budget / 0.5 == 3.0', { budget: '1.5' }, true],
    ['lead.age / (lead.age - 3) > 0', { age: '3' }, null],
    ['lead.zone.lowerAscii() == "Ñn"', { zone: "'ÑN'" }, true],
    [
      'lead.zone.startsWith("no") && lead.zone.endsWith("th") && lead.zone.contains("ort")',
      { zone: "'north'" },
      true,
    ],
    ['lead.zone.matches("^n.*h$")', { zone: "'north'" }, true],
    ['lead.zone.matches("50%_")', { zone: "'500'" }, false],
    ['size(lead.zone) == 5', { zone: "'ñandú'" }, true],
    ['lead.born < timestamp("2000-01-01T00:00:00Z")', { born: "'1999-12-31 23:59:59'" }, true],
    [
      'lead.born + duration("24h") > timestamp("2000-01-01T00:00:00Z")',
      { born: "'1999-12-31 00:00:01'" },
      true,
    ],
    ['lead.age < lead.budget', { age: '9007199254740993', budget: '9007199254740992' }, false],
  ] as const)('%s with %o', async (source, known, expected) => {
    expect(await valueOf(source, known)).toBe(expected);
  });
});

describe('in words', () => {
  const LABELS: Readonly<Record<string, readonly [string, string]>> = {
    age: ['Edad', 'Age'],
    zone: ['Zona', 'Zone'],
    budget: ['Presupuesto', 'Budget'],
    phone: ['Teléfono', 'Phone'],
    email: ['Correo', 'E-mail'],
    vip: ['VIP', 'VIP'],
  };
  test.each([
    ['lead.age >= 25 && lead.age <= 60', 'Edad entre 25 y 60', 'Age between 25 and 60'],
    ['lead.age > 18', 'Edad mayor que 18', 'Age above 18'],
    [
      'lead.age < 18 || lead.budget >= 8000.0',
      'Edad menor que 18 o presupuesto de 8.000 o más',
      'Age below 18 or budget of 8,000 or more',
    ],
    ['lead.phone != "" || lead.email != ""', 'Tiene teléfono o tiene correo', 'Has phone or has e-mail'],
    ['has(lead.zone)', 'Tiene zona', 'Has zone'],
    ['!has(lead.zone)', 'No tiene zona', 'Has no zone'],
    ['lead.zone == "Norte"', 'Zona es «Norte»', 'Zone is “Norte”'],
    ['lead.zone in ["Norte", "Sur"]', 'Zona es «Norte» o «Sur»', 'Zone is “Norte” or “Sur”'],
    ['lead.vip', 'VIP: sí', 'VIP: yes'],
    ['!lead.vip', 'VIP: no', 'VIP: no'],
    ['lead.zone.startsWith("No")', 'Zona empieza con «No»', 'Zone starts with “No”'],
    ['activities.exists(a, a.type == "call")', 'Hay una llamada', 'There is a call'],
    ['activities.exists(a, a.type == "message")', 'Hay un mensaje', 'There is a message'],
    [
      'activities.exists(a, a.type == "call" && a.outcome == "interested")',
      'Hay una llamada con resultado «interesado»',
      'There is a call with outcome “interested”',
    ],
    [
      'activities.exists(a, a.type == "sale" && a.amount >= 100.0)',
      'Hay una venta con importe de 100 o más',
      'There is a sale with an amount of 100 or more',
    ],
    [
      '!activities.exists(a, a.type == "complaint")',
      'No hay ninguna actividad de tipo «complaint»',
      'There is no “complaint” activity',
    ],
    [
      'activities.exists(a, a.outcome == "ok")',
      'Hay una actividad con resultado «ok»',
      'There is an activity with outcome “ok”',
    ],
    ['activities.filter(a, a.type == "call").size() >= 2', 'Al menos 2 llamadas', 'At least 2 calls'],
    ['activities.size() > 2', 'Más de 2 actividades', 'More than 2 activities'],
    ['activities.filter(a, a.type == "sale").size() == 1', 'Exactamente 1 venta', 'Exactly 1 sale'],
    [
      'activities.exists_one(a, a.type == "call")',
      'Hay exactamente una llamada',
      'There is exactly one call',
    ],
    [
      'activities.exists(a, a.type == "meeting" && a.outcome == "held") && lead.budget > 0.0',
      'Hay una cita con resultado «asistió» y presupuesto mayor que 0',
      'There is a meeting with outcome “held” and budget above 0',
    ],
    [
      '(lead.age > 18 || lead.vip) && has(lead.zone)',
      '(edad mayor que 18 o VIP: sí) y tiene zona',
      '(age above 18 or VIP: yes) and has zone',
    ],
  ])('%s', (source, spanish, english) => {
    const rule = parseRule(source, FIELDS);
    if (!rule.ok) throw new Error(JSON.stringify(rule.faults));
    expect(ruleInWords(rule.value, 'es', { field: (name) => LABELS[name]?.[0] ?? name })).toBe(spanish);
    expect(ruleInWords(rule.value, 'en', { field: (name) => LABELS[name]?.[1] ?? name })).toBe(english);
  });
});
