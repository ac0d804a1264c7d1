import { z } from 'zod';

const fieldType = z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']);

/** What becomes of the values of fields that a draft gives another type, once the data are read again. */
export const typeChanges = z.object({
  fields: z.array(
    z.object({
      field: z.string(),
      was: fieldType,
      is: fieldType,
      known: z.number().describe('Leads that have a value'),
      reads: z.number().describe('Of those, whose value reads as the new type'),
      unread: z
        .array(z.object({ value: z.string(), count: z.number() }))
        .describe(
          'Values that do not, the most frequent first, 8 at most; none of personal data. Rows with such a value are rejected',
        ),
    }),
  ),
});

export type TypeChanges = z.output<typeof typeChanges>;
export type TypeChange = TypeChanges['fields'][number];
