import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { ComparedNote } from '../parts/compared-note.tsx';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { CrossedTable } from './crossed-table.tsx';
import { GroupTable } from './group-table.tsx';
import { HeatMap } from './heat-map.tsx';
import { Panels } from './panels.tsx';
import { ShareBars } from './share-bars.tsx';

/** A breakdown as its dimension wants it, bars, a map of heat or small multiples, with its numbers below. */
export function BreakdownPicture({
  answer,
  view,
  state,
  sort,
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly state: Search;
  readonly sort: (column: string) => void;
}): ReactNode {
  const { t } = useReading();
  const isHeat = answer.part === 'weekday_hour' && answer.second === null;
  const table = <GroupTable answer={answer} view={view} state={state} sort={sort} />;
  return (
    <>
      <section className="panel" aria-label={t('breakdowns.chart')}>
        {isHeat ? (
          <HeatMap answer={answer} view={view} search={state} />
        ) : answer.second === null ? (
          <ShareBars answer={answer} view={view} search={state} />
        ) : (
          <Panels answer={answer} view={view} search={state} />
        )}
        {!isHeat && (
          <p className="legend">
            {t('breakdowns.overall', { rate: view.format.percent(answer.total.rate.rate) })}{' '}
            {t('breakdowns.legend')}
            {answer.compared !== null && answer.second === null && (
              <>
                {' '}
                {t('breakdowns.before')} <ComparedNote compared={answer.compared} mode={answer.mode} />
              </>
            )}
          </p>
        )}
      </section>
      {answer.second === null ? (
        isHeat ? (
          <details>
            <summary>{t('chart.as_table')}</summary>
            {table}
          </details>
        ) : (
          table
        )
      ) : (
        <CrossedTable answer={answer} view={view} search={state} />
      )}
    </>
  );
}
