import { z } from 'zod';
import { breakdownAnswer, funnelAnswer, share } from './answer.ts';
import { commonQuestion } from './question.ts';

export const opportunitiesQuestion = commonQuestion.extend({
  mode: z
    .literal('cohort')
    .default('cohort')
    .describe('Of leads created in the range; there is no other way'),
  compare: z.literal('none').default('none').describe('Opportunities are not compared with another period'),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('How many to give, by the sales at stake'),
});
export type OpportunitiesQuestion = z.output<typeof opportunitiesQuestion>;

/** A figure with its 95 % interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type EstimateAnswer = z.output<typeof estimate>;

export const opportunity = z.object({
  from: z.string().describe('The stage that its leads reached'),
  to: z.string().describe('The stage that too few of them reached'),
  owner: z.string().describe('The area whose move it is: the owner of the second stage'),
  dimension: z.string(),
  part: breakdownAnswer.shape.part.describe('The part of the calendar that the dimension is, if it is one'),
  value: z.string().describe('What a filter takes'),
  rate: share.describe('What the leads did: those of them that reached the second stage'),
  reference: z.object({
    kind: z
      .enum(['rest', 'typical', 'target'])
      .describe(
        'rest: all the other groups together; typical: the group in their middle, where one very good group lifts the rest; target: what the agreement promises of this step',
      ),
    rate: z.number(),
    numerator: z.number().nullable(),
    denominator: z.number().nullable(),
  }),
  shrunk: estimate.describe(
    "The rate that is believed of the group: drawn to its dimension's mean, the more the fewer its leads; fraction of 1",
  ),
  gap: estimate.describe('Reference less believed rate; difference of fractions'),
  sales: estimate.nullable().describe('Sales at stake; null where no sale tells what a lead is worth later'),
  value_at_stake: estimate
    .nullable()
    .describe("Money at stake, in the agreement's currency; null without it"),
  ticket: z
    .number()
    .nullable()
    .describe(
      "Money of one of its sales: its own mean, with 30 sales of the company's mean added; null without money",
    ),
  also: z
    .array(z.object({ dimension: z.string(), part: breakdownAnswer.shape.part, value: z.string() }))
    .describe(
      'Groups of other dimensions with the very same counts, most likely the same leads; not listed again',
    ),
  q: z.number().describe('The p-value among all groups looked at, adjusted (Benjamini–Hochberg)'),
  opens: z
    .object({
      from: z.string(),
      to: z.string(),
      stage: z.string(),
      unreached: z.string(),
      filter: z.array(z.string()),
      total: z.number().describe('So many leads reached the first stage and not the second'),
    })
    .describe('The question to the measure of leads that lists the leads behind it'),
});
export type Opportunity = z.output<typeof opportunity>;

const stepAnswer = z.object({
  from: z.string(),
  to: z.string(),
  owner: z.string(),
  ripe_days: z
    .number()
    .nullable()
    .describe(
      'Within so many days of its creation a lead that passes has passed, in 19 of 20 cases; null: none did',
    ),
  until: z
    .string()
    .nullable()
    .describe('The last day of creation that was looked at; null where all leads of the range are too young'),
  leads: z.number().describe('Leads looked at: old enough, and at the first stage'),
  groups: z.number().describe('Groups that were looked at'),
  dimensions: z.array(z.string()),
  worth: z
    .number()
    .nullable()
    .describe('Sales expected of a lead that reaches the second stage; null where there is nothing to tell'),
});

export const opportunitiesAnswer = z.object({
  range: funnelAnswer.shape.range,
  mode: funnelAnswer.shape.mode,
  as_of: funnelAnswer.shape.as_of,
  agreement: funnelAnswer.shape.agreement,
  currency: z.string(),
  sale: z.string().nullable().describe('The stage that counts as the sale'),
  mean_value: z.number().nullable().describe('Money of a sale in the mean'),
  tested: z.number().describe('Groups looked at, over all steps and dimensions'),
  below: z.number().describe('Groups under their reference by more than chance'),
  above: z.number().describe('Groups above the rest by more than chance: no opportunities, not listed'),
  folded: z
    .number()
    .describe(
      'Of those below, not listed apart: hours of a weekday whose hour or weekday is listed, and the same leads under another dimension',
    ),
  steps: z.array(stepAnswer),
  opportunities: z
    .array(opportunity)
    .describe(
      'The greatest first. They overlap: the same leads stand under several dimensions. Do not add them',
    ),
});
export type OpportunitiesAnswer = z.output<typeof opportunitiesAnswer>;
