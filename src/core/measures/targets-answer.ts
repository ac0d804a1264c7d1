import { z } from 'zod';
import { heading } from './answer.ts';
import { commonQuestion } from './question.ts';
import { attainment, period, status, target } from './target-shape.ts';

/** Targets are judged by what happened in their period; the range only says which period, and how far back. */
export const targetsQuestion = commonQuestion.omit({ compare: true }).extend({
  from: commonQuestion.shape.from.describe(
    'The periods before go back to the one that holds this day; without it, as many as `history` says',
  ),
  to: commonQuestion.shape.to.describe(
    'Targets are judged as they stood at the end of this local day; without it, of the last day with data',
  ),
  mode: z
    .enum(['cohort', 'period'])
    .default('period')
    .describe('period: what happened in it; cohort: its leads, and what they have come to'),
  history: z.coerce
    .number()
    .int()
    .min(0)
    .max(36)
    .default(6)
    .describe('How many periods before are judged too'),
});
export type TargetsQuestion = z.output<typeof targetsQuestion>;

export const pastPeriod = z.object({
  ...period.shape,
  value: z.number().nullable(),
  attainment,
  met: z.boolean().nullable().describe('null where it cannot be told'),
});
export type PastPeriod = z.output<typeof pastPeriod>;

export const targetPace = z.object({
  to: z.string().describe('The last whole local day that is known: the pace is of its end'),
  value: z.number().describe('What there was by then'),
  expected: z
    .number()
    .describe(
      'What should be there by then to reach the goal; of a share, a cost or a return the goal itself',
    ),
});

export const targetForecast = z.object({
  expected: z.number(),
  low: z.number().describe('One in ten ends lower'),
  high: z.number().describe('One in ten ends higher'),
  days_left: z.number().describe('Days of the period after the last whole day that is known'),
  needed: z
    .number()
    .nullable()
    .describe(
      'What the days left must bring to just reach the goal: a day, or as the ratio of them alone; null where it is there already or cannot be',
    ),
  recent: z.number().describe('What these days are expected to bring, in the same form as needed'),
});
export type TargetForecast = z.output<typeof targetForecast>;

export const targetAnswer = z.object({
  ...target,
  where: z.string().nullable().describe('The rule of the leads that count; null for all'),
  period: z
    .object({
      ...period.shape,
      complete: z.boolean().describe('The data reach to its last day'),
    })
    .describe('The one that holds the last day asked for'),
  known_to: z.string().describe('The last whole local day of which all is known that the target needs'),
  value: z.number().nullable().describe('By the last day asked for; null where it cannot be told'),
  numerator: z.number().nullable(),
  denominator: z.number().nullable().describe('null for a count and a value'),
  attainment,
  pace: targetPace.nullable(),
  forecast: targetForecast.nullable().describe('How the period ends, with the 80 % interval'),
  status,
  reason: z
    .enum(['filtered', 'segment_of_ads', 'no_ads', 'nothing_yet'])
    .nullable()
    .describe(
      'Why it is not judged: a goal of all leads and a question about some; ads do not have what leads are told apart by; no ad metrics; nothing to divide by',
    ),
  history: z.array(pastPeriod).describe('The whole periods before, the nearest last'),
});
export type TargetAnswer = z.output<typeof targetAnswer>;

export const targetsAnswer = z.object({
  ...heading,
  currency: z.string(),
  today: z.string().describe('The local day of as_of'),
  data_to: z.string().nullable().describe('The last local day with data'),
  targets: z.array(targetAnswer).describe('By area, in the order of the agreement'),
});
export type TargetsAnswer = z.output<typeof targetsAnswer>;
