import { z } from 'zod';
import { funnelAnswer, share } from './answer.ts';
import { commonQuestion } from './question.ts';

export const criteriaQuestion = commonQuestion.extend({
  mode: z
    .literal('cohort')
    .default('cohort')
    .describe('Of leads created in the range; there is no other way'),
  compare: z.literal('none').default('none').describe('Criteria are not compared with another period'),
});
export type CriteriaQuestion = z.output<typeof criteriaQuestion>;

const side = z.object({
  leads: z.number(),
  sales: z.number().describe('Those that were sold, also where the agreement does not count it'),
  uncounted: z
    .number()
    .describe(
      'Of the sales, those that the agreement does not count: a stage before is missing, or too late',
    ),
  rate: share.describe('Sales over leads'),
});
export type SideAnswer = z.output<typeof side>;

const estimate = z.object({
  value: z.number().describe('Expected, not counted'),
  low: z.number(),
  high: z.number(),
});
export type EstimateOfLeads = z.output<typeof estimate>;

export const criterionAnswer = z.object({
  id: z.string(),
  pass: side.describe('It holds as of the instant, or the lead reached the stage and so passed it'),
  fail: side,
  unknown: side.describe('It cannot be told, for want of a datum'),
  passing: share.describe('Those that pass over those that are asked: what cannot be told lets nobody in'),
  sales_failing: share.describe('Sales of leads that fail over the sales of those of which it can be told'),
  difference: z
    .object({ value: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .describe(
      'Sale rate of those that pass less that of those that fail, with its 95 % interval (Newcombe); fractions of 1',
    ),
  required: z
    .boolean()
    .describe('Every sale that counts passed it: no later stage is reached without this one'),
  verdict: z
    .enum(['distinguishes', 'lax', 'strict', 'not_enough', 'by_rule', 'sale'])
    .describe(
      'by_rule: nobody who fails was sold, and the agreement lets nobody be; sale: it is what a sale is, so that there is nothing to compare',
    ),
  reasons: z.array(z.enum(['nearly_all_pass', 'no_lift', 'sales_failing'])),
});
export type CriterionAnswer = z.output<typeof criterionAnswer>;
export type Verdict = CriterionAnswer['verdict'];

export const missingDatum = z.object({
  key: z.string().describe('What `missing` of GET /v1/leads takes after the stage and a point'),
  kind: z
    .enum(['field', 'personal', 'activity', 'rule'])
    .describe(
      'field: it has no value; personal: none of these fields, or not the one that counts; activity: a datum of an activity; rule: the calculation gives nothing',
    ),
  fields: z.array(z.string()),
  leads: z.number().describe('Leads of which a criterion cannot be told without it'),
  alone: z.number().describe('Of these, the leads that nothing else keeps from the stage'),
  sales: z.number().describe('Sales that those kept by it alone have all the same'),
  comparable: z
    .number()
    .describe('Leads to learn from: the datum is there, and every other criterion of the stage holds'),
  at_stage: estimate
    .nullable()
    .describe('Leads at the stage, had those kept by it alone had the datum; null where nothing tells'),
  expected_sales: estimate
    .nullable()
    .describe('Their sales then; null where nothing tells, and at the sale itself'),
});
export type MissingDatum = z.output<typeof missingDatum>;

export const criteriaStage = z.object({
  id: z.string(),
  owner: z.string().describe('The area that owes the data'),
  of: z.string().nullable().describe('The stage whose leads are asked; null where every lead is'),
  asked: z.number(),
  reached: z.number(),
  sales: z.number().describe('Of those asked'),
  criteria: z.array(criterionAnswer),
  unknown: z.number().describe('Leads of which some criterion cannot be told'),
  undecided: z.number().describe('Of these, the leads that nothing but missing data keeps from the stage'),
  missing: z.array(missingDatum),
});
export type CriteriaStage = z.output<typeof criteriaStage>;

export const criteriaAnswer = funnelAnswer
  .pick({ range: true, mode: true, as_of: true, agreement: true })
  .extend({
    sale: z.string().describe('The stage that is the sale: the last one'),
    stages: z.array(criteriaStage).describe('Those that have criteria'),
  });
export type CriteriaAnswer = z.output<typeof criteriaAnswer>;
