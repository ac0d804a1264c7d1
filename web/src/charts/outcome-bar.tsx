import type { ReactNode } from 'react';
import { OUTCOMES } from '../../../src/core/measures/handoff-outcomes.ts';
import type { HandoffAnswer } from '../../../src/core/measures/handoffs-answer.ts';
import { useReading } from '../language.tsx';
import { handoffSearch } from '../parts/handoff-leads.ts';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { Link } from '../parts/link.tsx';
import { tip } from '../parts/tip.ts';

/** How the promise stands with each lead: one bar of all of them, and its parts in numbers. */
export function OutcomeBar({
  handoff,
  view,
  state,
}: {
  readonly handoff: HandoffAnswer;
  readonly view: View;
  readonly state: Search;
}): ReactNode {
  const { t } = useReading();
  return (
    <div className="outcomes">
      <div className="outcome-bar" aria-hidden="true">
        {OUTCOMES.map((outcome) => (
          <span
            key={outcome}
            className={outcome}
            style={{ width: `${(handoff[outcome] / Math.max(1, handoff.entered)) * 100}%` }}
          />
        ))}
      </div>
      <ul>
        {OUTCOMES.filter((outcome) => handoff[outcome] > 0).map((outcome) => (
          <li key={outcome}>
            <span className={`swatch ${outcome}`} aria-hidden="true" />
            <Link
              to="/leads"
              search={handoffSearch(handoff, { answer: outcome }, state, view)}
              {...tip(t(`handoff.explained.${outcome}`))}
            >
              {t('handoff.outcome', {
                outcome: t(`handoffs.answer.${outcome}`),
                count: view.format.count(handoff[outcome]),
              })}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
