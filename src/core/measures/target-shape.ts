import { z } from 'zod';

/** Local days, both included. */
export const period = z.object({ from: z.string(), to: z.string() });

const TARGET_KINDS = ['count', 'share', 'cost', 'value', 'return'] as const;

const TARGET_STATUSES = [
  'met',
  'missed',
  'safe',
  'on_pace',
  'behind',
  'out_of_reach',
  'open',
  'unknown',
] as const;

/** A target as the agreement has it. */
export const target = {
  id: z.string(),
  owner: z.string(),
  kind: z.enum(TARGET_KINDS),
  metric: z.string().describe('As the agreement has it: `sale`, `profiled / lead`, `spend / qualified`…'),
  bound: z.enum(['at_least', 'at_most']),
  goal: z.number().describe('A count, a fraction, money, or how many times the spend'),
  per: z.enum(['week', 'month', 'quarter']),
};

export const status = z
  .enum(TARGET_STATUSES)
  .describe(
    'met, missed: decided; safe, out_of_reach: the whole interval of the end lies on one side of the goal; on_pace, behind: beside the pace; open: not decided, and nothing to tell a pace by; unknown: cannot be told',
  );

export const attainment = z
  .number()
  .nullable()
  .describe('Value over goal; goal over value where less is better: 1 and more is met');

/** What a stage of the funnel says of the first of its targets. */
export const stageTarget = z.object({
  ...target,
  ...period.shape,
  value: z.number().nullable(),
  attainment,
  status,
});
export type StageTarget = z.output<typeof stageTarget>;
