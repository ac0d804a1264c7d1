import type { MeasureContext } from './measure.ts';
import type { Selection } from './selection.ts';

/** What every answer says of itself. */
export function heading(
  selection: Selection,
  context: MeasureContext,
): {
  readonly range: { from: string; to: string; timezone: string };
  readonly mode: 'cohort' | 'period';
  readonly as_of: string;
  readonly agreement: { version: number; name: string; judged_by: number[] };
} {
  return {
    range: { ...selection.range, timezone: context.agreement.timezone },
    mode: selection.mode,
    as_of: context.asOf,
    agreement: {
      version: context.version,
      name: context.agreement.name,
      judged_by: context.judgements.map((judgement) => judgement.version),
    },
  };
}
