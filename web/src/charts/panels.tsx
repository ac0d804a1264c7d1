import { useState } from 'react';
import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { ShareBars } from './share-bars.tsx';
import { topShare } from './top-share.ts';

/** As many as one looks through; the table below has all. */
const MOST = 12;

/** The same bars for each group of a second dimension, all on one scale. */
export function Panels({
  answer,
  view,
  search,
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
}): ReactNode {
  const { t } = useReading();
  const [isWhole, setWhole] = useState(false);
  const { second } = answer;
  if (second === null) return null;
  const scale = topShare(answer.panels.flatMap(({ groups }) => groups));
  const shown = isWhole ? answer.panels : answer.panels.slice(0, MOST);
  const rest = answer.panels.length - shown.length;
  return (
    <>
      <ul className="panels">
        {shown.map(({ total, groups }) => {
          const name = groupText(total.kind, total.value, second.part, t, total.members);
          return (
            <li key={`${total.kind}:${total.value ?? ''}`}>
              <h2>
                {name}{' '}
                <small>
                  {t('panels.of', {
                    rate: view.format.percent(total.rate.rate),
                    leads: view.format.count(total.rate.denominator),
                  })}
                </small>
              </h2>
              <ShareBars
                answer={{ ...answer, groups }}
                view={view}
                search={search}
                scale={scale}
                filters={total.kind === 'other' ? [] : [`${second.dimension}=${total.value ?? ''}`]}
              />
            </li>
          );
        })}
      </ul>
      {rest > 0 && (
        <p className="actions">
          <button type="button" onClick={() => setWhole(true)}>
            {t('panels.more', { count: view.format.count(rest) })}
          </button>
        </p>
      )}
    </>
  );
}
