import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsOf } from '../chaos/workload.ts';
import type { Facts } from '../chaos/workload.ts';
import { answerTo, outOf, run, runMany } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** Bad agreements and bad files: a word on what, where and how to mend it, in both languages, and no trace. */

let folder: string;
let home: string;
let facts: Facts;
let stored: readonly string[];
const HEAD = 'lead_id,created_at,zone,age,budget';

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const AGREEMENT = `tregua: 1
name: Bad inputs
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields: { zone: { type: string }, age: { type: integer }, budget: { type: number } }
funnel:
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [ { id: adult, rule: lead.age >= 18 } ] }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
targets:
  - { id: sales, owner: sales, metric: sale, at_least: 10, per: month }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-bad-'));
  home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  const path = write(
    'first.csv',
    `${HEAD}\nL1,2026-01-05T10:00:00Z,Norte,30,5\nL2,2026-01-06T10:00:00Z,Sur,17,6\n`,
  );
  await outOf(['import', path, '--as', 'leads', '--home', home]);
  facts = await factsOf(home);
  stored = storedFiles();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function storedFiles(): readonly string[] {
  return readdirSync(join(home, '.tregua', 'files')).toSorted();
}

async function expectNoTrace(): Promise<void> {
  expect(storedFiles()).toEqual(stored);
  expect(await factsOf(home)).toEqual(facts);
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly at: { readonly line: number; readonly column: number } | null;
}

function errorsOf(ended: Ended): readonly Told[] {
  const body: { error: Told; errors?: Told[] } = JSON.parse(ended.out);
  return body.errors ?? [body.error];
}

describe('an agreement', () => {
  const cases: readonly (readonly [string, string, string, string, number])[] = [
    ['with an unknown field', 'lead.age', 'lead.agge', 'rule.unknown_field', 9],
    ['that compares different types', 'lead.age >= 18', 'lead.zone >= 18', 'rule.different_types', 9],
    ['with a rule that is no CEL', 'lead.age >= 18', 'lead.age >=', 'rule.', 9],
    ['with a stage twice', 'id: sale,', 'id: lead,', 'agreement.repeated_stage', 10],
    ['with a target on no stage', 'metric: sale', 'metric: sail', 'agreement.unknown_stage', 12],
    ['with a field of no type', 'type: integer', 'type: intger', 'yaml.not_one_of', 6],
    ['with an unknown key', 'currency: MXN', 'currency: MXN\nweek_start: monday', 'yaml.unknown_key', 5],
    ['with a key twice', 'currency: MXN', 'currency: MXN\ncurrency: EUR', 'yaml.duplicate_key', 5],
    ['with a merge key', 'areas: {', 'areas: { <<: { __proto__: {} },', 'yaml.', 5],
    ['with a tag of JavaScript', 'name: Bad inputs', 'name: !!js/function "f"', 'yaml.', 2],
    ['that is no YAML', 'areas: {', 'areas: {{{', 'yaml.syntax', 6],
  ];
  let answers: readonly Ended[];
  beforeAll(async () => {
    answers = await runMany(
      cases.flatMap(([name, from, to]) => {
        const path = write(`${name.replaceAll(' ', '-')}.yaml`, AGREEMENT.replace(from, to));
        const words = ['agreement', 'check', path];
        return [
          { words: [...words, '--json'] },
          { words: [...words, '--lang', 'es'] },
          { words: [...words, '--lang', 'en'] },
        ];
      }),
    );
  });

  test.each(cases.map(([name, , , code, line], index) => [name, code, line, index * 3] as const))(
    '%s',
    (_, code, line, index) => {
      const json = answerTo(answers, index);
      expect(json.status).toBe(1);
      const [first] = errorsOf(json);
      expect(first?.code).toContain(code);
      expect(first?.at?.line).toBe(line);
      const [es, en] = [answerTo(answers, index + 1), answerTo(answers, index + 2)];
      expect(en.told).toContain(`✗ ${first?.message}\n`);
      for (const told of [es, en]) {
        expect([told.status, told.out]).toEqual([1, '']);
        // Message, place, the line itself with a caret below.
        expect(told.told).toMatch(/^✗ .+\n {2}.*\.yaml:\d+:\d+\n {2}.*\n +\^\n/);
      }
      expect(es.told.split('\n')[0]).not.toBe(en.told.split('\n')[0]);
    },
  );

  test.each([
    'with an unknown field',
    'with a target on no stage',
    'with a stage twice',
    'that compares different types',
  ])('%s: how to mend it', (name) => {
    const index = cases.findIndex(([each]) => each === name) * 3;
    expect(errorsOf(answerTo(answers, index))[0]?.hint).toEqual(expect.any(String));
    for (const told of [answerTo(answers, index + 1), answerTo(answers, index + 2)])
      expect(told.told).toMatch(/\n {2}→ .+\n/);
  });

  test('all faults are told at once', async () => {
    const path = write(
      'two.yaml',
      AGREEMENT.replace('lead.age', 'lead.agge').replace('metric: sale', 'metric: sail'),
    );
    const [answer] = await runMany([{ words: ['agreement', 'check', path, '--json'] }]);
    expect(answer && errorsOf(answer).map((each) => each.code)).toEqual([
      'rule.unknown_field',
      'agreement.unknown_stage',
    ]);
  });

  test('of a home: every command refuses it, and keeps what is there', async () => {
    const path = join(home, 'tregua.yaml');
    writeFileSync(path, AGREEMENT.replace('lead.age', 'lead.agge'));
    const lines = ['funnel', 'doctor', 'rebuild', 'serve --port 0'];
    const told = await runMany(
      lines.map((line) => ({ words: [...line.split(' '), '--home', home, '--json'] })),
    );
    expect(told.map((each) => [each.status, errorsOf(each)[0]?.code])).toEqual(
      lines.map(() => [2, 'rule.unknown_field']),
    );
    writeFileSync(path, AGREEMENT);
    await expectNoTrace();
  });
});

describe('files that are refused whole', () => {
  const files: readonly (readonly [string, string | Buffer, string])[] = [
    ['empty.csv', '', 'ingest.empty_file'],
    ['binary.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 13, 10, 0, 1]), 'ingest.binary_file'],
    ['headless.csv', '1,2026-01-01,3\n2,2026-01-02,4\n', 'ingest.no_header'],
    ['book.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2]), 'ingest.damaged_workbook'],
    ['page.csv', '<!doctype html><table></table>', 'ingest.html_file'],
    ['dates.csv', `${HEAD}\nL3,03/04/2026,Norte,30,5\n`, 'ingest.dates_unclear'],
    ['numbers.csv', `${HEAD}\nL3,2026-01-01T00:00:00Z,Norte,30,1.234\n`, 'ingest.decimal_unclear'],
    ['columns.csv', 'alpha,beta\n1,2\n', 'ingest.missing_columns'],
  ];

  test('each is named, with a mend, and leaves no trace', async () => {
    const paths = files.map(([name, content]) => write(name, content));
    const words = ['import', ...paths, '--as', 'leads', '--home', home];
    const answers = await runMany([
      { words: [...words, '--json'] },
      { words: [...words, '--lang', 'es'] },
      { words: [...words, '--lang', 'en'] },
    ]);
    const json = answerTo(answers, 0);
    expect(json.status).toBe(2);
    const errors = errorsOf(json);
    expect(errors.map((each) => each.code)).toEqual(files.map(([, , code]) => code));
    files.forEach(([name], index) => {
      expect(errors[index]?.message).toContain(name);
      expect(errors[index]?.hint).toEqual(expect.any(String));
    });
    const told = answers.slice(1).map((each) => each.told.match(/^✗ .+\n {2}→ .+$/gm) ?? []);
    expect(told.map((each) => each.length)).toEqual([files.length, files.length]);
    for (const [index, line] of (told[0] ?? []).entries()) expect(line).not.toBe(told[1]?.[index]);
    await expectNoTrace();
  });

  test('a good file among them is taken in all the same', async () => {
    const path = write('good.csv', `${HEAD}\nL1,2026-01-05T10:00:00Z,Norte,30,5\n`);
    const words = [
      'import',
      join(folder, 'empty.csv'),
      path,
      '--as',
      'leads',
      '--home',
      home,
      '--json',
      '--dry-run',
    ];
    const [answer] = await runMany([{ words }]);
    expect(answer?.status).toBe(2);
    expect(JSON.parse(answer?.out ?? '')).toMatchObject({
      imports: [{ file: 'good.csv', rowsRead: 1 }],
      error: { code: 'ingest.empty_file' },
    });
    await expectNoTrace();
  });
});

describe('files with bad rows', () => {
  const files: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'ragged.csv',
      `${HEAD}\nL5,2026-01-01T00:00:00Z\nL6,2026-01-01T00:00:00Z,a,1,2,3,4\nL7,2026-01-01T00:00:00Z,a,1,2\n`,
      ['2 ingest.too_few_cells', '3 ingest.too_many_cells'],
    ],
    [
      'days.csv',
      `${HEAD}\nL5,2027-02-29T10:00:00Z,a,1,2\nL6,soon,a,1,2\nL7,25:61,a,1,2\nL8,2026-01-01T00:00:00Z,a,1,2\n`,
      ['2 reject.instant', '3 reject.instant', '4 reject.instant'],
    ],
    [
      'figures.csv',
      `${HEAD}\nL5,2026-01-01T00:00:00Z,a,twelve,2\nL6,2026-01-01T00:00:00Z,a,1,NaN\nL7,2026-01-01T00:00:00Z,a,1,1e400\nL8,2026-01-01T00:00:00Z,a,1,2\n`,
      ['2 reject.integer', '3 reject.number', '4 reject.number'],
    ],
  ];

  test('each row has its line and its reason; nothing is kept under --strict', async () => {
    const paths = files.map(([name, content]) => write(name, content));
    const words = ['import', ...paths, '--as', 'leads', '--home', home, '--strict'];
    const answers = await runMany([
      { words: [...words, '--json'] },
      { words: [...words, '--lang', 'es'] },
      { words: [...words, '--lang', 'en'] },
    ]);
    const json = answerTo(answers, 0);
    expect(json.status).toBe(1);
    const { imports }: { imports: { kept: boolean; examples: { line: number; code: string }[] }[] } =
      JSON.parse(json.out);
    expect(imports.map((each) => each.kept)).toEqual([false, false, false]);
    expect(imports.map(({ examples }) => examples.map((each) => `${each.line} ${each.code}`))).toEqual(
      files.map(([, , rejects]) => rejects),
    );
    expect(answerTo(answers, 1).out.match(/^ {2}✗ línea \d+: .+$/gm)).toHaveLength(8);
    expect(answerTo(answers, 2).out.match(/^ {2}✗ line \d+: .+$/gm)).toHaveLength(8);
    await expectNoTrace();
  });

  test('a line of 50 MB is one refused row, in little memory', async () => {
    const path = join(folder, 'long.csv');
    const file = openSync(path, 'w');
    writeSync(file, `${HEAD}\n`);
    for (let megabytes = 0; megabytes < 50; megabytes += 1) writeSync(file, 'x'.repeat(1_000_000));
    writeSync(file, '\nL9,2026-01-01T00:00:00Z,a,1,2\n');
    closeSync(file);
    const words = ['import', path, '--as', 'leads', '--home', home, '--strict', '--json'];
    const ended = await run(words, { environment: { NODE_OPTIONS: '--max-old-space-size=100' } });
    expect([ended.status, ended.told]).toEqual([1, '']);
    expect(JSON.parse(ended.out)).toMatchObject({
      imports: [
        { rowsRead: 2, accepted: 1, rejected: 1, byReason: { 'ingest.row_too_long': 1 }, kept: false },
      ],
    });
    await expectNoTrace();
  });
});

describe('files that are only unusual', () => {
  const rows = `${HEAD}\nL11,2026-02-01T10:00:00Z,Ñuñoa,30,5\n`;
  test.each([
    ['UTF-16', iconv.encode(rows, 'utf16le', { addBOM: true })],
    ['Latin-1', iconv.encode(rows, 'latin1')],
  ])('%s is read as it was meant', async (name, content) => {
    const path = write(`${name}.csv`, content);
    const [dry, wet] = await runMany([
      { words: ['import', path, '--as', 'leads', '--home', home, '--dry-run', '--json'] },
      { words: ['import', path, '--as', 'leads', '--home', home, '--dry-run', '--lang', 'es'] },
    ]);
    expect([dry?.status, wet?.status]).toEqual([0, 0]);
    expect(JSON.parse(dry?.out ?? '')).toMatchObject({
      imports: [{ accepted: 1, rejected: 0, kept: false }],
    });
    await expectNoTrace();
  });

  test('repeated ids: the last row counts, and it is said', async () => {
    const other = join(folder, 'repeated');
    mkdirSync(other);
    writeFileSync(join(other, 'tregua.yaml'), AGREEMENT);
    const path = write('repeated.csv', `${rows}L11,2026-02-01T10:00:00Z,Centro,31,5\n`);
    const words = ['import', path, '--as', 'leads', '--home', other];
    const [dry, wet, again, lead] = await runMany([
      { words: [...words, '--dry-run', '--lang', 'es'] },
      { words },
      { words: [...words, '--json'] },
      { words: ['lead', 'L11', '--home', other, '--json'] },
    ]);
    expect(dry?.out).toContain('Un id se repite; cuenta su última fila');
    expect(wet?.out).toContain('One id comes again; its last row counts');
    expect(JSON.parse(again?.out ?? '')).toMatchObject({
      imports: [{ known: true, accepted: 0, kept: true }],
    });
    expect(JSON.parse(lead?.out ?? '')).toMatchObject({ attributes: { zone: 'Centro', age: 31 } });
    expect(readdirSync(join(other, '.tregua', 'files'))).toHaveLength(1);
    expect(readFileSync(join(other, 'tregua.yaml'), 'utf8')).toBe(AGREEMENT);
  });
});
