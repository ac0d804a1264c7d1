import { describe, expect, test } from 'vitest';
import { measureEn } from '../../../locales/en/measure.ts';
import { measureEs } from '../../../locales/es/measure.ts';
import { numberFormat } from '../diagnostic/numbers.ts';
import { translator } from '../diagnostic/wording.ts';
import type { Language } from '../diagnostic/wording.ts';
import type { ChangePart, SplitChange } from './changes-answer.ts';
import { changeSentences, partText } from './changes-words.ts';
import type { ChangeNames } from './changes-words.ts';

function reader(language: Language): ChangeNames {
  return {
    translate: translator(language, language === 'es' ? measureEs : measureEn),
    format: numberFormat(language, 'EUR', 'UTC'),
    stage: (id) => id,
    area: (id) => id,
    dimension: (id) => id,
  };
}

type Told = readonly [
  stage: string,
  owner: string,
  before: number | null,
  after: number | null,
  part: number,
];

function splitOf(before: number, after: number, told: readonly Told[]): SplitChange {
  const parts = told.map(([stage, owner, was, is, part], position): ChangePart => ({
    stage,
    kind: position === 0 ? 'count' : 'step',
    of: told[position - 1]?.[0] ?? null,
    owner,
    before: was,
    after: is,
    part,
  }));
  const owners = [...new Set(parts.map(({ owner }) => owner))];
  return {
    stage: told.at(-1)?.[0] ?? '',
    before,
    after,
    change: after - before,
    parts,
    by_owner: owners.map((owner) => ({
      owner,
      part: parts.reduce((sum, each) => (each.owner === owner ? sum + each.part : sum), 0),
    })),
  };
}

/** Leads 1,000 → 1,200; .60 → .50; .50 → .55; .10 → .08: the two parts of marketing outweigh each other. */
const WORKED = splitOf(30, 26.4, [
  ['Leads', 'Marketing', 1000, 1200, 5.134_516_201_883_011],
  ['Profiled', 'Marketing', 0.6, 0.5, -5.134_516_201_883_01],
  ['Qualified', 'Sales', 0.5, 0.55, 2.684_107],
  ['Sales', 'Sales', 0.1, 0.08, -6.284_107],
]);

describe('the sentences of what changed', () => {
  test('an area whose parts outweigh each other changes nothing, whatever rounding leaves of them', () => {
    expect(WORKED.by_owner[0]?.part).not.toBe(0);
    expect(changeSentences(WORKED, false, reader('en'))).toEqual([
      'Sales: 26, 4 fewer than before (30).',
      'Marketing changes nothing; Sales takes away 3.6.',
      'What weighs most is the step from Qualified to Sales, with Sales: 10.0% before, 8.0% now, which takes away 6.3.',
    ]);
    expect(changeSentences(WORKED, false, reader('es'))).toEqual([
      'Sales: 26, 4 menos que antes (30).',
      'Marketing ni suma ni resta; Sales resta 3,6.',
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: del 10,0 % al 8,0 %, que resta 6,3.',
    ]);
  });

  test('nothing changed: no step weighs most', () => {
    const same = splitOf(5, 5, [
      ['Leads', 'Marketing', 100, 100, 0],
      ['Sales', 'Sales', 0.05, 0.05, 0],
    ]);
    expect(changeSentences(same, false, reader('en'))).toEqual([
      'Sales: 5, as many as before.',
      'Marketing changes nothing; Sales changes nothing.',
    ]);
  });

  test('a step that could not be told before has no rate to compare with', () => {
    // 100 → 0 → 5 and 100 → 20 → 10: nobody was at the stage that stands before the sale.
    const loose = splitOf(5, 10, [
      ['Leads', 'Marketing', 100, 100, 0],
      ['Qualified', 'Sales', 0, 0.2, 0],
      ['Sales', 'Sales', null, 0.5, 5],
    ]);
    expect(changeSentences(loose, false, reader('en')).at(-1)).toBe(
      'What weighs most is the step from Qualified to Sales, with Sales: 50.0% now, and before nobody was at Qualified, which adds 5.0.',
    );
    expect(changeSentences(loose, false, reader('es')).at(-1)).toBe(
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: ahora el 50,0 % y antes nadie estaba en Qualified, que suma 5,0.',
    );
    const dried = splitOf(10, 5, [
      ['Leads', 'Marketing', 100, 100, 0],
      ['Qualified', 'Sales', 0.2, 0, 0],
      ['Sales', 'Sales', 0.5, null, -5],
    ]);
    expect(changeSentences(dried, false, reader('en')).at(-1)).toBe(
      'What weighs most is the step from Qualified to Sales, with Sales: 50.0% before, and now nobody is at Qualified, which takes away 5.0.',
    );
    expect(changeSentences(dried, false, reader('es')).at(-1)).toBe(
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: antes el 50,0 % y ahora nadie está en Qualified, que resta 5,0.',
    );
  });

  test('the first count weighs most', () => {
    const grown = splitOf(5, 10, [
      ['Lead', 'Marketing', 100, 200, 5],
      ['Sales', 'Sales', 0.05, 0.05, 0],
    ]);
    expect(changeSentences(grown, false, reader('en')).at(-1)).toBe(
      'What weighs most is the count of “Lead”, with Marketing: 100 before, 200 now, which adds 5.0.',
    );
  });
});

test('a part that is nothing once it is rounded has no sign, in money neither', () => {
  expect(partText(1e-12, true, reader('en'))).toBe('€0.00');
  expect(partText(-1e-12, true, reader('en'))).toBe('€0.00');
  expect(partText(12.5, true, reader('en'))).toBe('+€12.50');
  expect(partText(-12.5, true, reader('en'))).toBe('-€12.50');
  expect(partText(0.04, false, reader('en'))).toBe('0.0');
  expect(partText(-0.04, false, reader('en'))).toBe('0.0');
});
