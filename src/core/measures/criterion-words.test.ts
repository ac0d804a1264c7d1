import { describe, expect, test } from 'vitest';
import { measureEn } from '../../../locales/en/measure.ts';
import { measureEs } from '../../../locales/es/measure.ts';
import { numberFormat } from '../diagnostic/numbers.ts';
import { translator } from '../diagnostic/wording.ts';
import type { Language } from '../diagnostic/wording.ts';
import type { CriteriaStage, CriterionAnswer, MissingDatum, SideAnswer } from './criteria-answer.ts';
import {
  criterionFindings,
  datumName,
  differenceText,
  missingCounts,
  missingFinding,
} from './criterion-words.ts';
import type { CriterionReader } from './criterion-words.ts';
import { share } from './share.ts';

function reader(language: Language): CriterionReader {
  return {
    language,
    translate: translator(language, language === 'es' ? measureEs : measureEn),
    format: numberFormat(language, 'MXN', 'UTC'),
    stage: (id) => id.toUpperCase(),
    area: (id) => id.toUpperCase(),
    field: (name) => name.toUpperCase(),
  };
}

const side = (leads: number, sales: number, uncounted = 0): SideAnswer => ({
  leads,
  sales,
  uncounted,
  rate: share(null, sales, leads, 'cohort'),
});

const criterion: CriterionAnswer = {
  id: 'age',
  pass: side(2000, 400, 1),
  fail: side(1000, 0),
  unknown: side(50, 5),
  passing: share(null, 2000, 3050, 'cohort'),
  sales_failing: share(null, 0, 400, 'cohort'),
  difference: { value: 0.2, low: 0.18, high: 0.22 },
  required: true,
  verdict: 'distinguishes',
  reasons: [],
};

/** With the spaces that numbers have in Spanish as plain ones. */
const said = (changes: Partial<CriterionAnswer>, language: Language): readonly string[] =>
  criterionFindings({ ...criterion, ...changes }, 'sale', reader(language)).map((text) =>
    text.replaceAll(/\s/g, ' '),
  );

describe('what is said of a criterion', () => {
  test('that it tells leads apart, with the sales that are not counted', () => {
    expect(said({}, 'es')).toEqual([
      'Llega a SALE el 20,0 % de quienes lo cumplen y el 0,0 % de quienes no: +20,0 puntos (de 18,0 a 22,0).',
      'Incluye una venta que el acuerdo no cuenta: falta una etapa anterior o llegó tarde.',
    ]);
  });

  test('why it is lax: one reason, or both', () => {
    expect(said({ verdict: 'lax', reasons: ['nearly_all_pass'] }, 'en')).toEqual([
      '65.6% pass: hardly anybody stays out.',
    ]);
    expect(said({ verdict: 'lax', reasons: ['nearly_all_pass', 'no_lift'] }, 'en')).toHaveLength(3);
  });

  test('that the difference comes from the rule', () => {
    expect(said({ verdict: 'by_rule' }, 'es')).toEqual([
      'SALE lo exige: quien no lo cumple no puede llegar. La diferencia sale de la regla y no dice si el criterio acierta.',
    ]);
  });

  test('what there is too little of: leads on a side, or sales', () => {
    expect(said({ verdict: 'not_enough', fail: side(0, 0) }, 'en')).toEqual([
      '2,000 leads pass and 0 fail: to compare, each side needs 30.',
      'Of 50 it is unknown: 10.0% of them reach SALE, and 20.0% of those that pass.',
    ]);
    expect(said({ verdict: 'not_enough' }, 'en')).toEqual(['There are no sales to compare yet.']);
  });

  test('the difference with its interval, or a dash', () => {
    expect(differenceText(criterion, reader('es'))).toBe('+20,0 (18,0 a 22,0)');
    expect(differenceText({ ...criterion, difference: null }, reader('es'))).toBe('–');
  });
});

const datum: MissingDatum = {
  key: 'phone+email',
  kind: 'personal',
  fields: ['phone', 'email'],
  leads: 1200,
  alone: 100,
  sales: 1,
  comparable: 500,
  at_stage: { value: 80, low: 70.2, high: 88.6 },
  expected_sales: { value: 12, low: 6, high: 20 },
};
const stage: CriteriaStage = {
  id: 'fit',
  owner: 'marketing',
  of: null,
  asked: 3050,
  reached: 2000,
  sales: 405,
  criteria: [criterion],
  unknown: 1200,
  undecided: 100,
  missing: [datum],
};

describe('what is said of a missing datum', () => {
  const cost = (changes: Partial<MissingDatum>, language: Language): string | null =>
    missingFinding({ ...datum, ...changes }, stage, 'sale', reader(language));

  test('of how many leads, and what it costs', () => {
    expect(datumName(datum, reader('es'))).toBe('PHONE o EMAIL');
    expect(missingCounts(datum, reader('es'))).toEqual([
      'falta en 1.200 leads',
      'en 100 es lo único que los detiene',
    ]);
    expect(cost({}, 'es')).toBe(
      'Con el dato, estimamos que 80 (entre 70 y 89) llegarían a FIT y 12 (entre 6 y 20) a SALE, donde hoy está 1. Lo debe MARKETING.',
    );
    expect(cost({ sales: 0 }, 'en')).toContain('12 (6 to 20) SALE, where none is today.');
  });

  test('that it costs no sales where the leads buy without it', () => {
    expect(cost({ sales: 14 }, 'en')).toBe(
      'With it, we estimate that 80 (70 to 89) would reach FIT; 12 (6 to 20) would reach SALE, and 14 are there today: it costs no sales. MARKETING owes it.',
    );
  });

  test('nothing where it keeps nobody out, or nothing tells', () => {
    expect(cost({ alone: 0 }, 'en')).toBeNull();
    expect(cost({ at_stage: null, expected_sales: null }, 'en')).toBeNull();
    expect(missingCounts({ ...datum, alone: 0 }, reader('en'))[1]).toBe(
      'in none of them is it all that is in the way',
    );
  });

  test('of activities and of calculations by what they are', () => {
    expect(datumName({ ...datum, kind: 'activity', fields: [] }, reader('en'))).toBe(
      'A datum of their activities',
    );
  });
});
