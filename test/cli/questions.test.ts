import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localDay } from '../../src/core/calendar/days.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakdownAnswer } from '../../src/core/measures/answer.ts';
import { answersTo, answerTo, outOf, ownFolder, runMany } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** Faulty questions told in the reader's words, and answers whose words were once the program's own. */

const AGREEMENT = `tregua: 1
name: Questions
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string, label: { es: Zona, en: Zone } }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
lost:
  - { id: bad_phone, label: { es: Teléfono falso, en: Bad phone }, rule: 'activities.exists(a, a.type == "bad_phone")' }
`;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-questions-'));
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  const rows = ['01', '02', '03', '04'].map(
    (month, n) => `L${n},2026-${month}-10T18:00:00Z,${n === 0 ? 'Sur' : 'Norte'},5512345678`,
  );
  const leads = join(home, 'leads.csv');
  writeFileSync(leads, `lead_id,created_at,zone,phone\n${rows.join('\n')}\n`);
  const activities = join(home, 'activities.csv');
  writeFileSync(
    activities,
    'activity_id,lead_id,type,at\nA1,L0,bad_phone,2026-01-11T18:00:00Z\nA2,L1,sale,2026-02-11T18:00:00Z\n',
  );
  await outOf(['import', leads, '--as', 'leads', '--home', home]);
  await outOf(['import', activities, '--as', 'activities', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('a faulty member of a question', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      'breakdown zone --top 0',
      'question.no_number',
      '--top: «0» no es un número válido',
      'Escribe un número entero de 1 a 1000',
    ],
    [
      'breakdown zone --top many',
      'question.no_number',
      '--top: «many» no es un número válido',
      'Escribe un número entero de 1 a 1000',
    ],
    [
      'leads --offset -1',
      'question.no_number',
      '--offset: «-1» no es un número válido',
      'Escribe un número entero desde 0',
    ],
    [
      'funnel --from nonsense',
      'question.no_day',
      '--from: «nonsense» no es una fecha',
      'Escríbela como 2026-01-31',
    ],
    [
      'trend --to 2026-02-30',
      'question.no_day',
      '--to: «2026-02-30» no es una fecha',
      'Escríbela como 2026-01-31',
    ],
    [
      'funnel --as-of ayer',
      'question.no_instant',
      '--as-of: «ayer» no es ni un día ni un instante',
      'Escribe un día, por ejemplo 2026-03-01, o el día, la hora y el desfase con UTC, por ejemplo 2026-03-01T23:59:59Z',
    ],
    [
      'lead L1 --as-of 2026-12-01T12:00',
      'question.no_instant',
      '--as-of: «2026-12-01T12:00» no es ni un día ni un instante',
      'Escribe un día, por ejemplo 2026-12-01, o el día, la hora y el desfase con UTC, por ejemplo 2026-12-01T23:59:59Z',
    ],
    [
      'funnel --from 2026-02-02 --to 2026-02-01',
      'question.backwards',
      'El rango termina (2026-02-01) antes de empezar (2026-02-02)',
      'Escríbelas al revés: del 2026-02-01 al 2026-02-02',
    ],
    [
      'breakdown phone',
      'question.personal_dimension',
      '«phone» es un dato personal: no se desglosa ni se filtra por él',
      'Existen: zone',
    ],
    [
      'funnel --filter phone=55',
      'question.personal_dimension',
      '«phone» es un dato personal: no se desglosa ni se filtra por él',
      'Existen: zone',
    ],
    [
      'demo x --until soon',
      'question.no_day',
      '--until: «soon» no es una fecha',
      'Escríbela como 2026-01-31',
    ],
    [
      'rejects --batch last',
      'cli.bad_number',
      '«last» no es un número válido para --batch',
      'Escribe un número entero desde 1',
    ],
  ];
  let json: readonly (readonly [readonly string[], Ended])[];
  let es: typeof json;
  let en: typeof json;
  beforeAll(async () => {
    const lines = cases.map(([line]) => [...line.split(' '), '--home', home]);
    json = await answersTo(lines.map((words) => [...words, '--json', '--lang', 'es']));
    es = await answersTo(lines.map((words) => [...words, '--lang', 'es']));
    en = await answersTo(lines.map((words) => [...words, '--lang', 'en']));
  });

  test.each(cases.map((each, index) => [...each, index] as const))(
    '%s: %s',
    (_line, code, message, hint, index) => {
      const [, asData] = json[index] ?? [];
      expect(asData?.status).toBe(2);
      expect(JSON.parse(asData?.out ?? '')).toMatchObject({ error: { code, message, hint } });
      expect(es[index]?.[1].told).toBe(`✗ ${message}\n  → ${hint}\n`);
      const english = en[index]?.[1].told ?? '';
      expect(english).toMatch(/^✗ .+\n {2}→ .+\n$/);
      expect(english).not.toContain(message);
    },
  );

  test('all of them at once', async () => {
    const [answer] = await runMany([
      { words: ['leads', '--from', 'x', '--limit', '0', '--json', '--home', home] },
    ]);
    const { errors }: { errors: { code: string }[] } = JSON.parse(answer?.out ?? '');
    expect(errors.map((each) => each.code)).toEqual(['question.no_day', 'question.no_number']);
  });
});

describe('where there is nothing', () => {
  test('it is said, with how to begin', async () => {
    const empty = ownFolder();
    writeFileSync(join(empty, 'tregua.yaml'), AGREEMENT);
    const lines = ['funnel', 'breakdown zone', 'trend', 'leads'].flatMap((line) =>
      ['es', 'en'].map((lang) => [...line.split(' '), '--lang', lang, '--home', empty]),
    );
    for (const [words, ended] of await answersTo(lines)) {
      expect(ended).toMatchObject({ status: 0, told: '' });
      expect(ended.out).toBe(
        words.includes('es')
          ? 'Questions  aún sin datos\n→ Carga un archivo: tregua import leads.csv --as leads\n'
          : 'Questions  no data yet\n→ Import a file: tregua import leads.csv --as leads\n',
      );
    }
  });

  test('the range is the day of the question', async () => {
    const empty = ownFolder();
    writeFileSync(join(empty, 'tregua.yaml'), AGREEMENT);
    const [ended] = await runMany([{ words: ['funnel', '--json', '--home', empty] }]);
    const { range, as_of: asOf }: { range: { from: string; to: string; timezone: string }; as_of: string } =
      JSON.parse(ended?.out ?? '');
    const today = localDay(asOf, range.timezone);
    expect([range.from, range.to]).toEqual([today, today]);
  });

  test('as of an instant before the first import', async () => {
    const words = ['funnel', '--as-of', '2020-01-01T00:00:00Z', '--lang', 'en', '--home', home];
    const [answer] = await runMany([{ words }]);
    expect(answer?.out).toBe(
      'Questions  nothing was known yet on Dec 31, 2019, 6:00 PM\n→ Ask as of a later instant, or without --as-of\n',
    );
  });
});

describe('a breakdown', () => {
  test('by a part of the calendar is headed by its word', async () => {
    const parts = ['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour'];
    const answers = await answersTo(parts.map((part) => ['breakdown', part, '--lang', 'es', '--home', home]));
    expect(answers.map(([, { out }]) => out.split('\n')[2]?.split(/ {2}/)[0])).toEqual([
      'Día',
      'Semana',
      'Mes',
      'Día de la semana',
      'Hora',
      'Día y hora',
    ]);
  });

  test('compares, with a group that is there no more', async () => {
    const words = ['breakdown', 'zone', '--from', '2026-02-01', '--to', '2026-02-28', '--home', home];
    const [data, text, plain] = await runMany([
      { words: [...words, '--compare', 'previous', '--json'] },
      { words: [...words, '--compare', 'previous', '--lang', 'en'] },
      { words: [...words, '--json'] },
    ]);
    const answer = breakdownAnswer.parse(JSON.parse(data?.out ?? ''));
    expect(answer.compared).toMatchObject({ from: '2026-01-01', to: '2026-01-31' });
    expect(
      answer.groups.map(({ value, counts, previous }) => [value, counts['lead'], previous?.counts['lead']]),
    ).toEqual([
      ['Norte', 1, 0],
      ['Sur', 0, 1],
    ]);
    expect(answer.total.previous).toMatchObject({ counts: { lead: 1, sale: 0 }, rate: { rate: 0 } });
    expect(text?.out).toMatch(/% before/);
    expect(text?.out).toContain(
      'Compared with 2026-01-01 – 2026-01-31 at the same age: as it stood at the end of 2026-03-13\n',
    );
    const alone = breakdownAnswer.parse(JSON.parse(plain?.out ?? ''));
    expect([alone.compared, alone.total.previous, alone.groups.length]).toEqual([null, null, 1]);
  });
});

test('a loss without a reason is told by its rule', async () => {
  const answers = await answersTo(['es', 'en'].map((lang) => ['lead', 'L0', '--lang', lang, '--home', home]));
  expect(answers.map(([, { out }]) => /▸ .*: (.*)\n/.exec(out)?.[1])).toEqual([
    'Teléfono falso',
    'Bad phone',
  ]);
});

test('--version is the package’s', async () => {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const answers = await runMany([{ words: ['--version'] }, { words: ['--help', '--lang', 'es'] }]);
  expect(answerTo(answers, 0)).toMatchObject({ status: 0, out: `${version}\n`, told: '' });
  expect(answerTo(answers, 1).out).toMatch(/^ +--version +muestra la versión$/m);
});
