import type { Answer } from '../../../src/core/measures/handoff-outcomes.ts';
import { rangeOf } from '../../../src/core/measures/screen-question.ts';
import type { Search } from '../search.ts';
import type { View } from './use-view.ts';

/** Which of a hand-over's leads: how the promise stands, in which group, on which days. */
export interface HandoffLeads {
  readonly answer?: Answer | undefined;
  readonly by?: string | undefined;
  readonly group?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The question for leads of a hand-over, under the range and the filters of the address. */
export function handoffSearch(
  handoff: { readonly id: string; readonly from: string },
  leads: HandoffLeads,
  state: Search,
  view: View,
): Search {
  const waits = leads.answer === 'waiting' || leads.answer === 'overdue' || leads.answer === 'pending';
  return {
    ...rangeOf(state, view.status),
    where: state.where,
    filter: state.filter,
    as_of: state.as_of,
    handoff: handoff.id,
    ...(waits ? { sort: handoff.from } : {}),
    ...leads,
  };
}
