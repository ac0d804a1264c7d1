import { z } from 'zod';
import { RESULTS } from './criterion-states.ts';
import { ANSWERS } from './handoff-outcomes.ts';

export const isoDate = z.iso.date().describe('A local date, YYYY-MM-DD');

/** ISO 8601: an instant with its offset from UTC, or a local day. */
const instantOrDay = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** What any question may name: the instant that it is asked as of. */
export const asOfQuestion = z.object({ as_of: instantOrDay.exactOptional() });

/** Query strings give one text or several. */
const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

/** What every measure can be asked. Dates are local to the agreement and both included. */
export const commonQuestion = z.object({
  from: isoDate.exactOptional().describe('First local day; without it, the first day with data'),
  to: isoDate.exactOptional().describe('Last local day; without it, the last day with data'),
  mode: z
    .enum(['cohort', 'period'])
    .default('cohort')
    .describe('cohort: leads created in the range; period: what happened in the range'),
  where: z.string().exactOptional().describe('A CEL rule over lead.<field> that a lead must fulfil'),
  filter: texts
    .default([])
    .describe(
      'DIMENSION=VALUE, repeatable; an empty value is the missing group; values of one dimension are alternatives',
    ),
  compare: z
    .enum(['none', 'previous', 'year'])
    .default('none')
    .describe('The period to compare with: the one before of the same length, or the same one a year before'),
  as_of: instantOrDay
    .exactOptional()
    .describe('See only what was recorded by this instant, or by the end of this local day'),
  agreement: z
    .string()
    .regex(/^\d{1,9}$/)
    .exactOptional()
    .describe(
      'Read all of history under this version of the agreement; without it, each lead under that of its time',
    ),
});

export type CommonQuestion = z.output<typeof commonQuestion>;

export const truth = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((value) => value === true || value === 'true');

/** What is asked of two periods, where one is to be compared with. */
export const comparingQuestion = commonQuestion.extend({
  equal_age: truth
    .default(true)
    .describe(
      'By cohort, compare both periods at the same age; false: as they stand now, each at its own age',
    ),
});

export type ComparingQuestion = z.output<typeof comparingQuestion>;

export const funnelQuestion = comparingQuestion.extend({
  times: truth
    .default(true)
    .describe('Also how long leads take from stage to stage; false: without it, which is quicker'),
});

export type FunnelQuestion = z.output<typeof funnelQuestion>;

export const breakdownQuestion = comparingQuestion.extend({
  dimension: z.string().describe('A dimension of the agreement, a field, or a calendar part'),
  second: z
    .string()
    .exactOptional()
    .describe('Another dimension to cross the first with: the same groups for each of its values'),
  stages: texts
    .transform((list) => list.flatMap((each) => each.split(',')))
    .default([])
    .describe('Two stages, from and to; without it, the first reached stage and the last'),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('Groups shown; the rest are folded into one'),
});

export type BreakdownQuestion = z.output<typeof breakdownQuestion>;

export const trendQuestion = comparingQuestion.extend({
  every: z
    .enum(['day', 'week', 'month'])
    .exactOptional()
    .describe('Without it, chosen by the length of the range'),
});

export type TrendQuestion = z.output<typeof trendQuestion>;

export const pageQuestion = comparingQuestion.extend({
  every: trendQuestion.shape.every,
  stages: breakdownQuestion.shape.stages,
  breakdowns: texts
    .transform((list) => list.flatMap((each) => each.split(',')))
    .default([])
    .describe('Dimensions; without it, the first five of the agreement'),
  top: z.coerce.number().int().min(1).max(1000).default(8),
});

export type PageQuestion = z.output<typeof pageQuestion>;

export const leadsQuestion = commonQuestion.extend({
  compare: z.literal('none').default('none').describe('A list of leads has nothing to compare with'),
  stage: z
    .string()
    .exactOptional()
    .describe(
      'Only leads that reached this stage (with status: that stand there, or skipped or were late for it)',
    ),
  unreached: z.string().exactOptional().describe('Only leads that have not reached this stage'),
  status: z.enum(['open', 'lost', 'won', 'skipped', 'late']).exactOptional(),
  criterion: z
    .string()
    .exactOptional()
    .describe('STAGE.CRITERION: only leads that are asked it (those of the stage before)'),
  result: z
    .enum(RESULTS)
    .exactOptional()
    .describe('With criterion: only leads that pass it, fail it, or of which it cannot be told'),
  missing: z
    .string()
    .exactOptional()
    .describe(
      'STAGE.FIELD: only leads of which a criterion of the stage cannot be told without it; a stage alone: without whatever is missing',
    ),
  alone: z
    .literal('yes')
    .exactOptional()
    .describe('With missing: only leads that nothing else keeps from the stage'),
  sold: z
    .enum(['yes', 'uncounted'])
    .exactOptional()
    .describe(
      'yes: only leads that were sold, also where the agreement does not count it; uncounted: only those that it does not count',
    ),
  handoff: z
    .string()
    .exactOptional()
    .describe('Only leads of this hand-over: those that reached its stage in the range, in either mode'),
  answer: z
    .enum(ANSWERS)
    .exactOptional()
    .describe('With handoff: only leads with which the promise stands so'),
  by: z
    .string()
    .exactOptional()
    .describe('With handoff and group: the dimension of the group; without it, seller'),
  group: z
    .string()
    .exactOptional()
    .describe('With handoff: only leads of this group; an empty value is the missing one'),
  search: z.string().exactOptional().describe('Part of a lead id'),
  sort: z
    .string()
    .default('-created_at')
    .describe('created_at, id, status, value, a stage or a field; with - descending'),
  limit: z.coerce.number().int().min(1).max(100_000).default(50),
  offset: z.coerce.number().int().min(0).default(0),
});

export type LeadsQuestion = z.output<typeof leadsQuestion>;

export const leadQuestion = z.object({
  id: z.string(),
  as_of: commonQuestion.shape.as_of,
  agreement: commonQuestion.shape.agreement,
});

export type LeadQuestion = z.output<typeof leadQuestion>;
