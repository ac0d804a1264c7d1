import { z } from 'zod';
import { breakdownAnswer, comparedRange, heading } from './answer.ts';
import { breakdownQuestion, comparingQuestion } from './question.ts';

/** What changed is asked of two periods: there is always one to compare with. */
export const changesQuestion = comparingQuestion.extend({
  compare: z
    .enum(['previous', 'year'])
    .default('previous')
    .describe('The period before of the same length, or the same one a year before'),
  dimension: z
    .string()
    .exactOptional()
    .describe('A dimension whose groups are told below each step; without it, only what each does in all'),
  top: breakdownQuestion.shape.top,
});
export type ChangesQuestion = z.output<typeof changesQuestion>;

export const changePart = z.object({
  stage: z.string(),
  kind: z
    .enum(['count', 'step', 'ticket'])
    .describe('The count of the first stage, the ratio to the stage before, or the mean amount of a lead'),
  of: z.string().nullable().describe('The stage before; null for the count and the mean amount'),
  owner: z.string(),
  before: z.number().nullable().describe('The factor in the period before; null where it is no number'),
  after: z.number().nullable(),
  part: z.number().describe('What it added to the change, in the unit of what is split'),
});
export type ChangePart = z.output<typeof changePart>;

export const splitChange = z.object({
  stage: z.string().describe('The stage whose count, or whose money, is split'),
  before: z.number(),
  after: z.number(),
  change: z.number(),
  parts: z.array(changePart).describe('In the order of the funnel; they sum to the change'),
  by_owner: z.array(z.object({ owner: z.string(), part: z.number() })),
});
export type SplitChange = z.output<typeof splitChange>;

export const stepGroup = z.object({
  kind: z.enum(['value', 'missing', 'other']),
  value: z.string().nullable().describe('What a filter takes; null for others, "" for missing'),
  label: z
    .string()
    .nullable()
    .describe('As a person reads it where that needs no language; null where it does'),
  before: z.object({ from: z.number(), to: z.number() }).describe('Leads at the step, and past it'),
  after: z.object({ from: z.number(), to: z.number() }),
  rate_effect: z.number(),
  mix_effect: z.number(),
});
export type StepGroup = z.output<typeof stepGroup>;

export const stepByDimension = z.object({
  stage: z.string(),
  of: z.string(),
  owner: z.string(),
  dimension: z.string(),
  part: breakdownAnswer.shape.part.describe('The part of the calendar that the dimension is, if it is one'),
  before: z
    .number()
    .describe('The share of those at the step that pass it; by period, the ratio of the counts'),
  after: z.number(),
  rate_effect: z.number().describe('Of the groups going better or worse; with the mix effect, the change'),
  mix_effect: z.number().describe('Of other leads having come'),
  reverses: z.boolean().describe('Every group moved one way and the whole the other (Simpson)'),
  groups: z.array(stepGroup).nullable().describe('Those that moved it most first; null unless asked for'),
});
export type StepByDimension = z.output<typeof stepByDimension>;

export const changesAnswer = z.object({
  ...heading,
  currency: z.string(),
  compared: comparedRange,
  complete: z.boolean().describe('The range ends before the data do'),
  count: splitChange,
  value: splitChange.nullable().describe('null where no stage carries money, or refunds outweigh it'),
  steps: z.array(stepByDimension).describe('Each step by each dimension, or by the one that was asked for'),
});
export type ChangesAnswer = z.output<typeof changesAnswer>;
