import { z } from 'zod';
import { funnelAnswer, share } from './answer.ts';
import { commonQuestion } from './question.ts';

export const handoffsQuestion = commonQuestion.extend({
  mode: z
    .literal('cohort')
    .default('cohort')
    .describe('Of leads that reached the stage in the range; there is no other way'),
  compare: z.literal('none').default('none').describe('Hand-overs are not compared with another period'),
  handoff: z.string().exactOptional().describe('Only this hand-over; without it, all of the agreement'),
  by: z
    .string()
    .default('seller')
    .describe(
      'seller: who answered, else the seller of the lead; a dimension, a field, or a part of the calendar, which is that of reaching the stage',
    ),
  top: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('Groups shown; the rest are folded into one'),
  oldest: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(20)
    .describe('How many of those waiting to list, the oldest first'),
});
export type HandoffsQuestion = z.output<typeof handoffsQuestion>;

const times = z
  .object({ p50: z.number(), p75: z.number(), p90: z.number() })
  .nullable()
  .describe('Seconds to the answer, over the answered; null where there are none');
export type HandoffTimes = z.output<typeof times>;

const counts = {
  entered: z.number().describe('Leads that reached the stage in the range; the sum of the six below'),
  kept: z.number().describe('Answered inside the promise'),
  late: z.number().describe('Answered after it had run out'),
  overdue: z.number().describe('Waiting, and the promise has run out'),
  missed: z
    .number()
    .describe('Lost, or on to a later stage, without an answer after the promise had run out'),
  pending: z.number().describe('Waiting, still inside the promise: neither kept nor broken'),
  closed: z
    .number()
    .describe('Lost, or on to a later stage, without an answer inside the promise: neither kept nor broken'),
  answered: z.number().describe('Kept and late'),
  broken: z.number().describe('Late, overdue and missed'),
  waiting: z.number().describe('Overdue and pending'),
  share: share.describe('Kept over kept and broken'),
};

const handoffCounts = z.object(counts);
export type HandoffCounts = z.output<typeof handoffCounts>;

const group = z.object({
  ...counts,
  kind: z.enum(['value', 'missing', 'other']),
  value: z
    .string()
    .nullable()
    .describe('What `group` of GET /v1/leads takes; null for others, "" for missing'),
  time: times,
  small: z.boolean().describe('Too few leads to tell'),
  differs: z.boolean().describe('Differs from the rest for certain (Benjamini–Hochberg at 10 %)'),
  q: z.number().nullable().describe('The p-value against the rest, adjusted; null where it was not tested'),
  members: z.number().describe('How many values stand in it: 1, or those folded into "other"'),
});
export type HandoffGroup = z.output<typeof group>;

const waitingLead = z.object({
  id: z.string(),
  since: z.string().describe('When it reached the stage'),
  waited: z.number().describe('Seconds until `now`: of working time where the promise is in hours'),
  due_at: z.string().describe('When the promise runs out: the last instant inside it'),
  overdue: z.boolean(),
  seller: z.string().nullable().describe('The seller of the lead, where it has one'),
});
export type WaitingLead = z.output<typeof waitingLead>;

const handoffAnswer = z.object({
  id: z.string(),
  owner: z.string().describe('The area that promised'),
  from: z.string().describe('The stage that hands over'),
  within_seconds: z.number(),
  working: z.boolean().describe('Times are working time, by the hours and holidays of the agreement'),
  ...counts,
  time: times,
  groups: z.array(group),
  days: z.array(z.object({ ...counts, day: z.string().describe('The local day of reaching the stage') })),
  hours: z.array(
    z.object({
      ...counts,
      value: z.string().describe('Weekday (1 is Monday) and hour of reaching the stage: 1-09'),
      small: z.boolean(),
    }),
  ),
  oldest: z.array(waitingLead).describe('Those waiting, the oldest first'),
  earlier: z
    .object({ waiting: z.number(), to: z.string() })
    .describe('Those waiting who reached the stage before the range: up to that day'),
});
export type HandoffAnswer = z.output<typeof handoffAnswer>;

export const handoffsAnswer = z.object({
  range: funnelAnswer.shape.range,
  mode: funnelAnswer.shape.mode,
  as_of: funnelAnswer.shape.as_of,
  agreement: funnelAnswer.shape.agreement,
  now: z
    .string()
    .describe(
      'Until when those waiting are followed: as_of, or the end of the last day with data if earlier',
    ),
  by: z.object({
    dimension: z.string(),
    kind: z.enum(['field', 'bands', 'calendar', 'activity']),
    part: z.enum(['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour']).nullable(),
  }),
  handoffs: z.array(handoffAnswer).describe('Those of the agreement, in its order'),
});
export type HandoffsAnswer = z.output<typeof handoffsAnswer>;
