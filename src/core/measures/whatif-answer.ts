import { z } from 'zod';
import { heading } from './answer.ts';
import { commonQuestion } from './question.ts';

/** A draft is judged on cohorts: the leads created in a range, and where each would stand. */
export const whatifQuestion = commonQuestion.omit({ mode: true, compare: true, agreement: true }).extend({
  draft: z
    .string()
    .regex(/^\d{1,9}$/)
    .exactOptional()
    .describe('A version or proposal to judge; or the text of a draft is posted'),
  stage: z
    .string()
    .exactOptional()
    .describe('Of the leads listed, only those that reach this stage under one reading and not the other'),
  direction: z
    .enum(['gained', 'lost'])
    .exactOptional()
    .describe('With stage: only those that reach it under the draft alone, or today alone'),
  limit: z.coerce.number().int().min(0).max(1000).default(10).describe('Leads listed'),
  offset: z.coerce.number().int().min(0).default(0),
});
export type WhatifQuestion = z.output<typeof whatifQuestion>;

const count = z.number().nullable().describe('null where that reading has no such stage');

const whatifStage = z.object({
  id: z.string(),
  owner: z.string().describe('Under the draft; of a stage that it does not have, today'),
  today: count,
  draft: count,
  gained: z.number().describe('Leads that reach it under the draft and not today'),
  lost: z.number().describe('Leads that reach it today and not under the draft'),
  today_rate: z.number().nullable().describe('Over the stage before, a fraction of 1'),
  draft_rate: z.number().nullable(),
});
export type WhatifStage = z.output<typeof whatifStage>;

const standing = z.object({
  stage: z.string().nullable().describe('The furthest reached; null for none'),
  status: z.enum(['open', 'lost', 'won']),
});
export type Standing = z.output<typeof standing>;

const whatifTarget = z.object({
  id: z.string(),
  owner: z.string(),
  from: z.string().describe('The last whole period, local days'),
  to: z.string(),
  bound: z.enum(['at_least', 'at_most']),
  today: z.number().nullable(),
  draft: z.number().nullable(),
  today_goal: z.number().nullable().describe('null where only the draft has it'),
  draft_goal: z.number().nullable().describe('null where the draft does not have it'),
  today_met: z.boolean().nullable(),
  draft_met: z.boolean().nullable(),
});
export type WhatifTarget = z.output<typeof whatifTarget>;

const cause = z.object({
  kind: z
    .enum(['criterion', 'late', 'before', 'loss'])
    .describe(
      'criterion: it does not hold; late: the stage comes out of its window; before: a stage before it, or its order; loss: only whether it counts as lost',
    ),
  stage: z.string().nullable(),
  criterion: z.string().nullable(),
  value: z.enum(['false', 'unknown']).nullable(),
});

const whatifLead = z.object({
  id: z.string(),
  created_at: z.string(),
  today: standing,
  draft: standing,
  direction: z.enum(['gained', 'lost', 'other']),
  causes: z
    .array(cause)
    .describe(
      'Why the reading in which it stands less far does not let it further: the criteria of that one',
    ),
});
export type WhatifLead = z.output<typeof whatifLead>;

export const whatifAnswer = z.object({
  range: heading.range,
  mode: z.literal('cohort'),
  as_of: heading.as_of,
  agreement: heading.agreement,
  currency: z.string(),
  leads: z.number(),
  changed: z
    .number()
    .describe('Leads that reach some stage under one reading only, or are lost under one only'),
  stages: z.array(whatifStage),
  value: z.object({ today: z.number().nullable(), draft: z.number().nullable() }),
  owners: z.array(
    z.object({
      owner: z.string(),
      gained: z.number().describe('Leads that reach its last stage under the draft alone'),
      lost: z.number(),
      stage: z.string(),
    }),
  ),
  targets: z.array(whatifTarget),
  moves: z.array(z.object({ from: standing, to: standing, leads: z.number() })),
  offset: z.number(),
  listed: z.array(whatifLead),
});
export type WhatifAnswer = z.output<typeof whatifAnswer>;
