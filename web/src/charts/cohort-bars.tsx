import type { ReactNode } from 'react';
import type { MaturityAnswer, MaturityCohort } from '../../../src/core/measures/maturity-answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { dayText } from '../parts/dates.ts';
import { tip } from '../parts/tip.ts';

/** Cohorts that are drawn: the latest. */
const MOST = 14;
/** Below this a cohort says little, and is dimmed. */
const SMALL = 30;

/** What each cohort has, solid, and what it is expected to have, outlined with its interval. */
export function CohortBars({
  answer,
  view,
}: {
  readonly answer: MaturityAnswer;
  readonly view: View;
}): ReactNode {
  const { t, language } = useReading();
  const cohorts = answer.cohorts.filter((cohort) => cohort.leads > 0).slice(-MOST);
  const most = Math.max(
    0.000_001,
    ...cohorts.map(({ rates }) => Math.max(rates?.high ?? 0, rates?.expected ?? 0, rates?.observed ?? 0)),
  );
  const place = (rate: number): string => `${(rate / most) * 100}%`;
  const described = ({ from, leads, rates }: MaturityCohort): string =>
    t('maturity.cohort', {
      when: dayText(from, answer.every, language),
      leads: view.format.count(leads),
      observed: view.format.percent(rates?.observed ?? null),
      expected: view.format.percent(rates?.expected ?? null),
      interval: view.format.interval(rates?.low ?? null, rates?.high ?? null),
    });
  return (
    <ul className="bars cohorts">
      {cohorts.map((cohort) => {
        const { rates } = cohort;
        const waits = cohort.mature === false && rates?.expected != null;
        return (
          <li key={cohort.from} className={cohort.leads < SMALL ? 'small' : ''} {...tip(described(cohort))}>
            <span className="group">{dayText(cohort.from, answer.every, language)}</span>
            <span className="unseen">{described(cohort)}</span>
            <span className="track" aria-hidden="true">
              {waits && <span className="hoped" style={{ width: place(rates.expected ?? 0) }} />}
              <span className="share" style={{ width: place(rates?.observed ?? 0) }} />
              {waits && rates.low !== null && rates.high !== null && (
                <span
                  className="interval"
                  style={{ left: place(rates.low), width: place(rates.high - rates.low) }}
                />
              )}
            </span>
            <span className="figure">{view.format.percent(rates?.observed ?? null)}</span>
            <span className="of">
              {waits
                ? t('maturity.hoped', { expected: view.format.percent(rates.expected) })
                : t('maturity.of', { leads: view.format.count(cohort.leads) })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
