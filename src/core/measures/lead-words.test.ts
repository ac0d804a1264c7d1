import { describe, expect, test } from 'vitest';
import { measureEn } from '../../../locales/en/measure.ts';
import { measureEs } from '../../../locales/es/measure.ts';
import { numberFormat } from '../diagnostic/numbers.ts';
import { translator } from '../diagnostic/wording.ts';
import type { Language } from '../diagnostic/wording.ts';
import type { LeadAnswer } from './answer.ts';
import { leadStory } from './lead-words.ts';
import type { LeadNames } from './lead-words.ts';

const LABELS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  es: {
    lead: 'Lead',
    profiled: 'Perfilado',
    qualified: 'Calificado',
    sale: 'Venta',
    phone: 'Teléfono',
    age: 'Edad',
    marketing: 'Marketing',
    sales: 'Ventas',
  },
  en: {
    lead: 'Lead',
    profiled: 'Profiled',
    qualified: 'Qualified',
    sale: 'Sale',
    phone: 'Phone',
    age: 'Age',
    marketing: 'Marketing',
    sales: 'Sales',
  },
};

function namesIn(language: Language): LeadNames {
  const label = (id: string): string => LABELS[language][id] ?? id;
  return {
    language,
    timezone: 'America/Mexico_City',
    translate: translator(language, language === 'es' ? measureEs : measureEn),
    format: numberFormat(language, 'MXN', 'America/Mexico_City'),
    stage: label,
    area: label,
    field: label,
    criterion: (_stage, id) => label(id),
    loss: label,
  };
}

const criterion = (
  id: string,
  value: 'true' | 'false' | 'unknown',
  ...missing: readonly string[]
): LeadAnswer['stages'][number]['criteria'][number] => ({ id, value, since: null, missing: [...missing] });

const stage = (
  id: string,
  owner: string,
  reached_at: string | null,
  criteria: LeadAnswer['stages'][number]['criteria'] = [],
): LeadAnswer['stages'][number] => ({
  id,
  owner,
  reached_at,
  late: false,
  skipped: false,
  pending_until: null,
  criteria,
});

const LEAD: LeadAnswer = {
  id: 'L1',
  created_at: '2026-03-03T16:00:00.000Z',
  agreement_version: 1,
  as_of: '2026-03-13T16:12:00.000Z',
  identities: [],
  attributes: {},
  extra: {},
  timeline: [
    {
      at: '2026-03-03T17:12:00.000Z',
      kind: 'activity',
      id: 'a',
      type: 'call',
      outcome: 'no_answer',
      seller: 'Ana',
      amount: null,
      reason: null,
    },
  ],
  stages: [
    stage('lead', 'marketing', '2026-03-03T16:00:00.000Z'),
    stage('profiled', 'marketing', '2026-03-03T16:12:00.000Z', [criterion('age', 'true')]),
    stage('qualified', 'sales', null, [
      criterion('reachable', 'unknown', 'phone'),
      criterion('age', 'false'),
    ]),
    stage('sale', 'sales', null, [criterion('sold', 'false')]),
  ],
  status: 'open',
  at_stage: 'profiled',
  lost_reason: null,
  value: null,
};

function told(answer: LeadAnswer, language: Language): string {
  return leadStory(answer, namesIn(language))
    .map(({ text }) => text)
    .join(' ')
    .replaceAll(/[\u00A0\u202F]/g, ' ');
}

describe('the story of a lead', () => {
  test('tells when each stage was reached, what is missing, who owed it, and where it waits', () => {
    expect(told(LEAD, 'es')).toBe(
      'Lead el 3 de marzo a las 10:00. Perfilado el 3 de marzo a las 10:12, 12 min después. ' +
        'No llega a «Calificado»: falta Teléfono, que debía Ventas y no cumple «Edad». ' +
        'Lo último: Llamada, no contestó (Ana), el 3 de marzo a las 11:12. ' +
        'Sigue abierto en «Perfilado» desde hace 10 días.',
    );
    expect(told(LEAD, 'en')).toBe(
      'Lead on March 3 at 10:00 AM. Profiled on March 3 at 10:12 AM, 12 min later. ' +
        'Does not reach “Qualified”: Phone is missing, which Sales owed and “Age” is not met. ' +
        'Last of all: Call, no answer (Ana), on March 3 at 11:12 AM. ' +
        'Still open at “Profiled”, for 10 days.',
    );
  });

  test('tells how it ended', () => {
    const lost: LeadAnswer = {
      ...LEAD,
      status: 'lost',
      timeline: [
        ...LEAD.timeline,
        { at: '2025-12-31T20:00:00.000Z', kind: 'lost', rule: 'no_money', reason: 'sin presupuesto' },
      ],
      lost_reason: 'sin presupuesto',
    };
    expect(told(lost, 'es')).toContain(
      'Se perdió en «Perfilado» el 31 de diciembre de 2025 a las 14:00: sin presupuesto.',
    );
    expect(told({ ...LEAD, status: 'won', value: 21500 }, 'es')).toContain('Ganado: 21.500 MXN.');
    expect(told({ ...LEAD, status: 'won', value: 21500 }, 'en')).toContain('Won: MX$21,500.');
  });

  test('tells of a stage that may still come, came too late, or was skipped', () => {
    const qualified = LEAD.stages[2];
    if (qualified === undefined) throw new Error('no stage');
    const of = (change: Partial<LeadAnswer['stages'][number]>): string =>
      told({ ...LEAD, stages: [{ ...qualified, ...change }] }, 'es');
    expect(of({ pending_until: '2026-03-20T16:00:00.000Z' })).toContain(
      'Aún no llega a «Calificado»: falta Teléfono, que debía Ventas y no cumple «Edad»; está a tiempo hasta el 20 de marzo a las 10:00.',
    );
    expect(of({ late: true })).toContain('Llega tarde a «Calificado» y no cuenta.');
    expect(of({ skipped: true })).toContain('Se salta «Calificado»');
  });
});
