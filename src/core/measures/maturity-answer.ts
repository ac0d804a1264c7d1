import { z } from 'zod';
import { heading, range } from './answer.ts';
import { breakdownQuestion, commonQuestion, truth } from './question.ts';

/** Maturity is asked of cohorts only: how many of the leads created in a range, and when. */
export const maturityQuestion = commonQuestion.omit({ mode: true }).extend({
  stages: breakdownQuestion.shape.stages,
  every: z
    .enum(['week', 'month'])
    .exactOptional()
    .describe('How cohorts are cut; without it, weeks up to 45 days, else months'),
  equal_age: truth
    .default(true)
    .describe('Compare both periods at the same age; false: as they stand now, each at its own age'),
});
export type MaturityQuestion = z.output<typeof maturityQuestion>;

const fraction = z.number().describe('A fraction of 1');

export const incidenceCurve = z.object({
  from: z.string(),
  to: z.string(),
  leads: z.number().describe('Leads that reached the first stage'),
  horizon_days: z
    .number()
    .nullable()
    .describe(
      'The last day that the curve tells of: at least ten leads were still followed; null without any',
    ),
  points: z
    .array(
      z.object({
        day: z.number().describe('Whole days since the first stage'),
        reached: fraction,
        low: fraction,
        high: fraction,
        at_risk: z.number().describe('Leads followed until then that had neither reached it nor been lost'),
      }),
    )
    .describe('At most 60: evenly over the days in which 99 % of those who reach it do, and the last'),
  quantiles: z
    .array(
      z.object({
        share: fraction.describe('Of those who reach it by the horizon'),
        days: z.number().nullable().describe('Days by which that share of them has; null where nobody does'),
      }),
    )
    .describe('Of 25, 50 and 75 %'),
});
export type IncidenceCurve = z.output<typeof incidenceCurve>;

export const maturityCohort = z.object({
  from: z.string(),
  to: z.string(),
  leads: z.number().describe('Leads that reached the first stage'),
  open: z.number().describe('Of them, those that may still reach the second: neither reached nor lost'),
  observed: z.number().describe('Of them, those that have reached the second by now'),
  expected: z
    .number()
    .nullable()
    .describe('Those that will have by the horizon of the reference; null where it has too few leads'),
  low: z.number().nullable().describe('95 % interval of the expected count'),
  high: z.number().nullable(),
  rates: z
    .object({
      observed: fraction,
      expected: fraction.nullable(),
      low: fraction.nullable(),
      high: fraction.nullable(),
    })
    .nullable()
    .describe('The counts over the leads; null without leads'),
  age_days: z.number().describe('Whole days since the end of the cohort, 0 where it is not over'),
  mature: z
    .boolean()
    .nullable()
    .describe('At least 95 % of what is expected is there; null where nothing can be expected'),
});
export type MaturityCohort = z.output<typeof maturityCohort>;

const comparedSide = z.object({
  leads: z.number(),
  rate: fraction,
  low: fraction,
  high: fraction,
});

export const maturityAnswer = z.object({
  range,
  mode: z.literal('cohort'),
  as_of: z.string().describe('ISO 8601, UTC'),
  agreement: heading.agreement,
  stages: z.array(z.string()).describe('From and to'),
  every: z.enum(['week', 'month']),
  known_to: z.string().describe('The local day up to which leads are followed: the last with data, or as_of'),
  total: maturityCohort,
  cohorts: z.array(maturityCohort),
  young: maturityCohort
    .nullable()
    .describe('The latest whole cohort of at least 30 leads that is not mature yet; null without one'),
  curve: incidenceCurve.describe('Of the leads of the range'),
  reference: incidenceCurve.describe(
    'Of the leads of the eighteen months before known_to, from which the expected figures are',
  ),
  compared: range.nullable(),
  comparison: z
    .object({
      equal_age: z.boolean(),
      age_days: z.number().nullable().describe('The age of both; null where each has its own'),
      now: comparedSide,
      before: comparedSide,
      difference: z.number().describe('now − before, as a difference of fractions'),
      low: z.number(),
      high: z.number(),
    })
    .nullable()
    .describe('null without comparison, or where a side has too few leads of an age in common'),
});
export type MaturityAnswer = z.output<typeof maturityAnswer>;
