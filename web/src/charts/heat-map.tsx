import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { HeatGrid } from './heat-grid.tsx';
import { filtersOf } from './share-bars.tsx';
import { topShare } from './top-share.ts';

/** A breakdown by weekday and hour. */
export function HeatMap({
  answer,
  view,
  search,
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
}): ReactNode {
  const { t } = useReading();
  const [from = '', to = ''] = answer.stages;
  const owner = view.agreement.stages.find((stage) => stage.id === to)?.owner ?? '';
  return (
    <>
      <HeatGrid
        id="heat-caption"
        caption={t('heat.caption', { from: view.stage(from), to: view.stage(to) })}
        cells={new Map(answer.groups.map((group) => [group.value ?? '', group]))}
        top={topShare(answer.groups)}
        hue={view.hue(owner)}
        view={view}
        searchOf={(value) => ({
          ...search,
          stage: from,
          filter: [...filtersOf(search, answer.dimension), `${answer.dimension}=${value}`],
        })}
      />
      <p className="legend">{t('heat.legend')}</p>
    </>
  );
}
