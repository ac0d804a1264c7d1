import type { ReactNode } from 'react';
import type { CriteriaAnswer, CriterionAnswer } from '../../../src/core/measures/criteria-answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { Link } from '../parts/link.tsx';

const RESULTS = ['pass', 'fail', 'unknown'] as const;

/** How the leads that are asked a criterion answer it: one bar of all of them, and its parts in numbers. */
export function ResultBar({
  answer,
  stage,
  criterion,
  view,
}: {
  readonly answer: CriteriaAnswer;
  readonly stage: string;
  readonly criterion: CriterionAnswer;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const asked = RESULTS.reduce((sum, result) => sum + criterion[result].leads, 0);
  const { from, to } = answer.range;
  return (
    <div className="results">
      <div className="result-bar" aria-hidden="true">
        {RESULTS.map((result) => (
          <span
            key={result}
            className={result}
            style={{ width: `${(criterion[result].leads / Math.max(1, asked)) * 100}%` }}
          />
        ))}
      </div>
      <ul>
        {RESULTS.filter((result) => result !== 'unknown' || criterion.unknown.leads > 0).map((result) => {
          const { leads } = criterion[result];
          const text = t(`strength.${result}`, { leads: view.format.count(leads), n: leads });
          return (
            <li key={result}>
              <span className={`swatch ${result}`} aria-hidden="true" />
              {leads === 0 ? (
                text
              ) : (
                <Link to="/leads" search={{ from, to, criterion: `${stage}.${criterion.id}`, result }}>
                  {text}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
