import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { filtersOf } from './share-bars.tsx';
import { topShare } from './top-share.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));

/** Day by hour: the darker a cell, the higher its share; cells of few leads are hatched. */
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
  const cells = new Map(answer.groups.map((group) => [group.value, group]));
  const days =
    view.agreement.week_starts === 'sunday'
      ? ['7', '1', '2', '3', '4', '5', '6']
      : ['1', '2', '3', '4', '5', '6', '7'];
  const top = topShare(answer.groups);
  const [from = '', to = ''] = answer.stages;
  const owner = view.agreement.stages.find((stage) => stage.id === to)?.owner ?? '';
  return (
    <>
      <p className="legend" id="heat-caption">
        {t('heat.caption', { from: view.stage(from), to: view.stage(to) })}
      </p>
      <div className={`heat scroll ${view.hue(owner)}`}>
        <table aria-labelledby="heat-caption">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">{t('heat.day')}</span>
              </th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {hour}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day}>
                <th scope="row">{t(`weekday.${day}`)}</th>
                {HOURS.map((hour) => {
                  const value = `${day}-${hour}`;
                  const group = cells.get(value);
                  if (!group || group.rate.denominator === 0) {
                    return <td key={hour} className="none" aria-label={t('heat.none')} />;
                  }
                  const text = t('bars.described', {
                    name: `${t(`weekday.${day}`)}, ${hour} h`,
                    rate: view.format.percent(group.rate.rate),
                    numerator: view.format.count(group.rate.numerator),
                    denominator: view.format.count(group.rate.denominator),
                  });
                  return (
                    <td key={hour} className={group.small ? 'small' : group.differs ? 'differs' : ''}>
                      <Link
                        to="/leads"
                        search={{
                          ...search,
                          stage: from,
                          filter: [...filtersOf(search, answer.dimension), `${answer.dimension}=${value}`],
                        }}
                        aria-label={text}
                        title={text}
                        style={{ '--heat': Math.min(1, (group.rate.rate ?? 0) / top) }}
                      >
                        {Math.round((group.rate.rate ?? 0) * 100)}
                      </Link>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="legend">{t('heat.legend')}</p>
    </>
  );
}
