import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { ShareBars } from './share-bars.tsx';
import { topShare } from './top-share.ts';

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
  const { second } = answer;
  if (second === null) return null;
  const scale = topShare(answer.panels.flatMap(({ groups }) => groups));
  return (
    <ul className="panels">
      {answer.panels.map(({ total, groups }) => {
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
  );
}
