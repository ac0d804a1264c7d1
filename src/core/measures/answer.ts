import { z } from 'zod';
import { RUNGS } from '../identity/rungs.ts';
import { stageTarget } from './target-shape.ts';

/** A share with its 95 % Wilson interval; fractions of 1. `rate` is null where the denominator is 0. */
export const share = z.object({
  of: z.string().nullable().describe('The stage of the denominator'),
  numerator: z.number(),
  denominator: z.number(),
  rate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Share = z.output<typeof share>;

export const range = z.object({ from: z.string(), to: z.string(), timezone: z.string() });
export const comparedRange = range.extend({
  until: z
    .string()
    .nullable()
    .describe(
      'The local day at whose end its cohorts are counted, when they were as old as those of the range are now; null where both are counted as they stand',
    ),
});
export type Range = z.output<typeof range>;

export const heading = {
  range,
  mode: z.enum(['cohort', 'period']),
  as_of: z.string().describe('ISO 8601, UTC'),
  agreement: z.object({
    version: z.number().describe('In whose form leads are counted'),
    name: z.string(),
    judged_by: z.array(z.number()).describe('The versions by which leads are judged, by their creation'),
  }),
};

export const stageChange = z.object({
  count: z.number().describe('The count of the period compared with'),
  relative: z
    .number()
    .nullable()
    .describe('Change of the count as a fraction; null where there was none before'),
  step_rate: z.number().nullable(),
  step_points: z.number().nullable().describe('Change of the step rate, as a difference of fractions'),
});

export const stageAnswer = z.object({
  id: z.string(),
  kind: z.enum(['measured', 'reached']),
  owner: z.string(),
  count: z
    .number()
    .nullable()
    .describe('null where it cannot be told: ads do not have what leads are filtered by'),
  step: share.nullable().describe('Over the stage before; null for the first'),
  total: share.nullable().describe('Over the first reached stage; null for that one and for measured stages'),
  skipped: z.number(),
  late: z.number(),
  open: z.number(),
  lost: z.number(),
  cost: z.number().nullable().describe('Spend over count, in the currency of the agreement'),
  time: z
    .object({ p50: z.number(), p75: z.number(), p90: z.number() })
    .nullable()
    .describe('Seconds from the stage before'),
  ripe_days: z
    .number()
    .nullable()
    .describe(
      'By cohort, the days after creation by which 95 % of the leads that reach it have; null where fewer than 30 have, for measured stages, and in page',
    ),
  young: z
    .boolean()
    .nullable()
    .describe('The last leads of the range are younger than that: more of them may still reach it'),
  change: stageChange.nullable(),
  target: stageTarget
    .nullable()
    .describe(
      'The first target on the stage, of all leads, in the period that holds the last day of the range',
    ),
});
export type StageAnswer = z.output<typeof stageAnswer>;

export const funnelAnswer = z.object({
  ...heading,
  currency: z.string(),
  spend: z.number().nullable(),
  value: z.number().nullable(),
  compared: comparedRange.nullable(),
  previous_spend: z.number().nullable(),
  previous_value: z.number().nullable(),
  stages: z.array(stageAnswer),
});
export type FunnelAnswer = z.output<typeof funnelAnswer>;

export const groupAnswer = z.object({
  kind: z.enum(['total', 'value', 'missing', 'other']),
  value: z.string().nullable().describe('What a filter takes; null for total and others, "" for missing'),
  label: z
    .string()
    .nullable()
    .describe('As a person reads it where that needs no language; null where it does'),
  counts: z
    .record(z.string(), z.number().nullable())
    .describe('null where it cannot be told: ads do not have the dimension, or what leads are filtered by'),
  rate: share,
  differs: z.boolean().describe('Differs from the rest for certain (Benjamini–Hochberg at 10 %)'),
  q: z.number().nullable().describe('The p-value against the rest, adjusted; null where it was not tested'),
  small: z.boolean().describe('Too few leads to tell'),
  spend: z.number().nullable(),
  cost: z.number().nullable().describe('Spend over the count of the second stage'),
  members: z.number().describe('How many values stand in it: 1, or those folded into "other"'),
  previous: z
    .object({ counts: z.record(z.string(), z.number().nullable()), rate: share })
    .nullable()
    .describe('The same group in the period compared with; null without comparison'),
});
export type GroupAnswer = z.output<typeof groupAnswer>;

const dimensionAnswer = {
  dimension: z.string(),
  kind: z.enum(['field', 'bands', 'calendar', 'activity']),
  part: z.enum(['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour']).nullable(),
};

/** The groups of a breakdown among the leads of one group of a second dimension. */
export const panelAnswer = z.object({
  total: groupAnswer.describe('The group of the second dimension; its kind, value and members are of that'),
  groups: z
    .array(groupAnswer)
    .describe('In the order of the groups of all leads, without those that are not here'),
});
export type PanelAnswer = z.output<typeof panelAnswer>;

export const breakdownAnswer = z.object({
  ...heading,
  ...dimensionAnswer,
  stages: z.array(z.string()),
  compared: comparedRange.nullable(),
  total: groupAnswer,
  groups: z.array(groupAnswer),
  second: z.object(dimensionAnswer).nullable(),
  panels: z
    .array(panelAnswer)
    .describe(
      'With a second dimension: one for each of its groups; they add up to the groups of all leads. A cell differs where it does from all the other leads together',
    ),
});
export type BreakdownAnswer = z.output<typeof breakdownAnswer>;

export const trendPoint = z.object({
  from: z.string(),
  to: z.string(),
  complete: z.boolean().describe('The whole unit lies within the range and before the end of the data'),
  counts: z
    .record(z.string(), z.number().nullable())
    .describe('By stage; null where ads cannot be told for these leads, or there are none'),
  young: z
    .array(z.string())
    .nullable()
    .describe(
      'By cohort, the stages for which its last leads are too young: 95 % of those that reach them take longer; null where that is not told, as in page',
    ),
  spend: z.number().nullable(),
  value: z.number().nullable(),
});
export const trendAnswer = z.object({
  ...heading,
  every: z.enum(['day', 'week', 'month']),
  stages: z.array(z.string()),
  points: z.array(trendPoint),
  compared: comparedRange.nullable(),
  previous: z.array(trendPoint).nullable(),
});
export type TrendAnswer = z.output<typeof trendAnswer>;

export const pageAnswer = z.object({
  funnel: funnelAnswer,
  trend: trendAnswer,
  breakdowns: z.array(breakdownAnswer),
});
export type PageAnswer = z.output<typeof pageAnswer>;

const attributeValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const leadRow = z.object({
  id: z.string(),
  created_at: z.string(),
  status: z.enum(['open', 'lost', 'won']),
  at_stage: z.string().nullable().describe('The furthest stage reached'),
  lost_reason: z.string().nullable(),
  value: z.number().nullable(),
  stages: z.record(z.string(), z.string().nullable()).describe('When each stage was reached'),
  attributes: z.record(z.string(), attributeValue),
});
export const leadsAnswer = z.object({
  ...heading,
  total: z.number(),
  offset: z.number(),
  leads: z.array(leadRow),
});
export type LeadsAnswer = z.output<typeof leadsAnswer>;

export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({
    at: z.string(),
    kind: z.literal('version'),
    changes: z.record(z.string(), z.object({ from: attributeValue, to: attributeValue })),
  }),
  z.object({
    at: z.string(),
    kind: z.literal('activity'),
    id: z.string(),
    type: z.string(),
    outcome: z.string().nullable(),
    seller: z.string().nullable(),
    amount: z.number().nullable(),
    reason: z.string().nullable(),
  }),
  z.object({ at: z.string(), kind: z.literal('stage'), stage: z.string(), owner: z.string() }),
  z.object({ at: z.string(), kind: z.literal('lost'), rule: z.string(), reason: z.string().nullable() }),
]);

export const leadAnswer = z.object({
  id: z.string(),
  created_at: z.string(),
  as_of: z.string(),
  identities: z
    .array(
      z.object({
        id: z.string().describe('Under which another record of the lead came'),
        rung: z.enum(RUNGS).describe('What tells that it is this lead’s'),
        since: z.string().describe('When that became known'),
        source: z.string().nullable().describe('The source that brought it'),
      }),
    )
    .describe('The ids of other systems under which records of this lead came'),
  attributes: z.record(z.string(), attributeValue),
  extra: z.record(z.string(), z.unknown()),
  timeline: z.array(timelineEntry),
  stages: z.array(
    z.object({
      id: z.string(),
      owner: z.string(),
      reached_at: z.string().nullable(),
      late: z.boolean(),
      skipped: z.boolean(),
      pending_until: z.string().nullable().describe('The end of its window, where it may still come in time'),
      criteria: z.array(
        z.object({
          id: z.string(),
          value: z.enum(['true', 'false', 'unknown']).describe('At as_of'),
          since: z.string().nullable().describe('The first instant at which it was true'),
          missing: z
            .array(z.string())
            .describe('Of an unknown one, the fields without a value that its rule needs'),
        }),
      ),
    }),
  ),
  status: z.enum(['open', 'lost', 'won']),
  agreement_version: z.number().describe('The version of the agreement that judged it'),
  at_stage: z.string().nullable().describe('The furthest stage reached'),
  lost_reason: z.string().nullable(),
  value: z.number().nullable(),
});
export type LeadAnswer = z.output<typeof leadAnswer>;
