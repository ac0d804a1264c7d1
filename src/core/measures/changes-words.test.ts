import { describe, expect, test } from 'vitest';
import { measureEn } from '../../../locales/en/measure.ts';
import { measureEs } from '../../../locales/es/measure.ts';
import { numberFormat } from '../diagnostic/numbers.ts';
import { translator } from '../diagnostic/wording.ts';
import type { Language } from '../diagnostic/wording.ts';
import { splitCounts } from './change-split.ts';
import type { SplitChange } from './changes-answer.ts';
import { changeSentences, mostSentence, partText } from './changes-words.ts';
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

type Told = readonly [stage: string, owner: string, before: number, after: number];

function splitOf(...told: readonly Told[]): SplitChange {
  return splitCounts(told.map(([id, owner, before, after]) => ({ id, owner, before, after })));
}

/** More leads, as many of them profiled: the two parts of marketing outweigh each other. */
const WORKED = splitOf(
  ['Leads', 'Marketing', 1000, 1200],
  ['Profiled', 'Marketing', 700, 700],
  ['Qualified', 'Sales', 300, 330],
  ['Sales', 'Sales', 30, 26.4],
);

describe('the sentences of what changed', () => {
  test('an area whose parts outweigh each other changes nothing, whatever rounding leaves of them', () => {
    expect(WORKED.by_owner[0]?.part).not.toBe(0);
    expect(changeSentences(WORKED, false, reader('en'))).toEqual([
      'Sales: 26 (4 fewer than the 30 before).',
      'Marketing changes nothing; Sales takes away 3.6.',
      'The biggest mover is the step from Qualified to Sales, with Sales: 10.0% before, 8.0% now, which takes away 6.3.',
    ]);
    expect(changeSentences(WORKED, false, reader('es'))).toEqual([
      'Sales: 26 (4 menos que los 30 de antes).',
      'Marketing ni suma ni resta; Sales resta 3,6.',
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: del 10,0 % al 8,0 %, que resta 6,3.',
    ]);
  });

  test('the step that moved most points may not be the one that weighs most', () => {
    // 90 % → 60 % are thirty points and a third of it; 10 % → 4 % are six, and three fifths.
    const split = splitOf(
      ['Leads', 'Marketing', 1000, 1000],
      ['Profiled', 'Marketing', 900, 600],
      ['Sales', 'Sales', 90, 24],
    );
    // 66 / ln(90 / 24) = 49.93 times ln(0.4) = −0.9163 and ln(0.6667) = −0.4055.
    expect(split.parts.map(({ part }) => Number(part.toFixed(2)))).toEqual([0, -20.25, -45.75]);
    expect(mostSentence(split, false, reader('en'))).toBe(
      'The biggest mover is the step from Profiled to Sales, with Sales: 10.0% before, 4.0% now, which takes away 45.8.',
    );
  });

  test('nothing changed: no step weighs most', () => {
    const same = splitOf(['Leads', 'Marketing', 100, 100], ['Sales', 'Sales', 5, 5]);
    expect(changeSentences(same, false, reader('en'))).toEqual([
      'Sales: 5, as many as before.',
      'Marketing changes nothing; Sales changes nothing.',
    ]);
  });

  test('a step that could not be told before has no rate to compare with', () => {
    // 100 → 0 → 5 and 100 → 20 → 10: nobody was at the stage that stands before the sale.
    const loose = splitOf(
      ['Leads', 'Marketing', 100, 100],
      ['Qualified', 'Sales', 0, 20],
      ['Sales', 'Sales', 5, 10],
    );
    expect(changeSentences(loose, false, reader('en')).at(-1)).toBe(
      'The biggest mover is the step from Qualified to Sales, with Sales: 50.0% now, and before nobody was at Qualified, which adds 5.0.',
    );
    expect(changeSentences(loose, false, reader('es')).at(-1)).toBe(
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: ahora el 50,0 % y antes nadie estaba en Qualified, que suma 5,0.',
    );
    const dried = splitOf(
      ['Leads', 'Marketing', 100, 100],
      ['Qualified', 'Sales', 20, 0],
      ['Sales', 'Sales', 10, 5],
    );
    expect(changeSentences(dried, false, reader('en')).at(-1)).toBe(
      'The biggest mover is the step from Qualified to Sales, with Sales: 50.0% before, and now nobody is at Qualified, which takes away 5.0.',
    );
    expect(changeSentences(dried, false, reader('es')).at(-1)).toBe(
      'Lo que más pesa es el paso de Qualified a Sales, de Sales: antes el 50,0 % y ahora nadie está en Qualified, que resta 5,0.',
    );
  });

  test('the first count weighs most', () => {
    const grown = splitOf(['Lead', 'Marketing', 100, 200], ['Sales', 'Sales', 5, 10]);
    expect(changeSentences(grown, false, reader('en')).at(-1)).toBe(
      'The biggest mover is the count of “Lead”, with Marketing: 100 before, 200 now, which adds 5.0.',
    );
  });
});

test('a part that is nothing once it is rounded has no sign, in money neither', () => {
  expect(partText(1e-12, true, reader('en'))).toBe('€0.00');
  expect(partText(-1e-12, true, reader('en'))).toBe('€0.00');
  expect(partText(12.5, true, reader('en'))).toBe('+€12.50');
  expect(partText(-12.5, true, reader('en'))).toBe('−€12.50');
  expect(partText(0.04, false, reader('en'))).toBe('0.0');
  expect(partText(-0.04, false, reader('en'))).toBe('0.0');
});
