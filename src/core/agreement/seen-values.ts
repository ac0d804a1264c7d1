import { z } from 'zod';

/** How often a value was seen. */
const seenValue = z.object({ value: z.string(), count: z.number() });

const seenList = z.object({
  values: z.array(seenValue).describe('The most frequent first, 50 at most'),
  more: z.boolean().describe('There are others'),
});

/** A column that records bring and no field of the agreement takes. */
const undeclaredColumn = seenList.extend({
  column: z.string(),
  type: z
    .enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp'])
    .describe('As which all of them read'),
  pii: z.enum(['email', 'phone']).nullable().describe('What it looks like; its values are not told then'),
  known: z.number().describe('Records looked at that have a value'),
});
export type UndeclaredColumn = z.output<typeof undeclaredColumn>;

/** What the data hold that a rule may ask for, so that whoever writes one chooses instead of guessing. */
export const seenValues = z.object({
  leads: z.number(),
  fields: z
    .array(
      seenList.extend({
        field: z.string(),
        known: z.number().describe('Leads that have it'),
        low: z.number().nullable().describe('The smallest, of numbers'),
        high: z.number().nullable().describe('The largest, of numbers'),
      }),
    )
    .describe('Fields that are no personal data: the latest value of each lead'),
  activities: z
    .array(seenList.extend({ member: z.enum(['type', 'outcome', 'seller', 'reason', 'currency']) }))
    .describe('Of all activities that stand'),
  outcomes: z
    .array(seenValue.extend({ type: z.string() }))
    .describe('The outcomes of each type of activity, the most frequent first'),
  undeclared: z
    .array(undeclaredColumn)
    .describe('Of leads, in a sample of the latest loads of each source, the most frequent first'),
});

export type SeenValues = z.output<typeof seenValues>;
export type SeenValue = z.output<typeof seenValue>;
export type SeenMember = SeenValues['activities'][number]['member'];
