import type { ReactNode } from 'react';
import type { MaturityAnswer } from '../../../src/core/measures/maturity-answer.ts';
import { useAnswer } from '../api.ts';
import { CohortBars } from '../charts/cohort-bars.tsx';
import { IncidenceChart } from '../charts/incidence-chart.tsx';
import { dayText } from '../parts/dates.ts';
import { useReading } from '../language.tsx';
import { Notes } from '../parts/notes.tsx';
import { useAsked } from '../parts/asked.ts';
import { Failure, Nothing, Skeleton, useWaiting } from '../parts/states.tsx';
import { TableSwitch, useTableView } from '../parts/table-view.tsx';
import type { View } from '../parts/use-view.ts';
import { comparisonOf, questionOf } from '../../../src/core/measures/screen-question.ts';
import { Scroll } from '../parts/scroll.tsx';

/** How young cohorts will end, how long leads take, and the comparison at the same age. */
export function MaturitySection({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const state = useAsked();
  const [asTable, turn] = useTableView();
  const question = { ...questionOf(state, view.status), ...comparisonOf(state) };
  const maturity = useAnswer('maturity', question);
  const waiting = useWaiting(maturity);
  const answer = maturity.data;
  const hue = view.hue(view.agreement.stages.find((stage) => stage.id === answer?.stages[1])?.owner ?? '');
  return (
    <section className={`panel maturity ${waiting}`} aria-labelledby="maturity-title">
      <header>
        <h2 id="maturity-title">{t('maturity.title')}</h2>
        {answer !== undefined && answer.total.leads > 0 && <TableSwitch asTable={asTable} turn={turn} />}
      </header>
      {maturity.error ? (
        <Failure error={maturity.error} retry={() => void maturity.refetch()} />
      ) : answer === undefined ? (
        <Skeleton lines={4} />
      ) : answer.total.leads === 0 ? (
        <Nothing>{t('maturity.nothing')}</Nothing>
      ) : (
        <>
          <Findings answer={answer} view={view} />
          {asTable ? (
            <CohortTable answer={answer} view={view} />
          ) : (
            <div className={`columns ${hue}`}>
              <figure>
                <CohortBars answer={answer} view={view} />
                <figcaption className="legend">{t('maturity.cohorts.legend')}</figcaption>
              </figure>
              <figure>
                <IncidenceChart answer={answer} view={view} />
                <figcaption className="legend">{t('maturity.curve.legend')}</figcaption>
              </figure>
            </div>
          )}
          <p className="explains">
            {answer.total.expected === null
              ? t('maturity.no_reference', { leads: answer.reference.leads })
              : t('maturity.reference', { leads: view.format.count(answer.reference.leads) })}
          </p>
        </>
      )}
      <Notes chart="maturity" view={view} />
    </section>
  );
}

/** Sentences of the numbers, the finding first. */
function Findings({ answer, view }: { readonly answer: MaturityAnswer; readonly view: View }): ReactNode {
  const { t, language } = useReading();
  const { young, comparison } = answer;
  const { format } = view;
  const stage = view.stage(answer.stages[1] ?? '');
  const [, half, most] = answer.reference.quantiles;
  const when = (day: string): string =>
    answer.every === 'week'
      ? dayText(day, 'week', language)
      : new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
          new Date(`${day}T00:00:00Z`),
        );
  return (
    <>
      <p className="says">
        {young?.rates
          ? t('maturity.young', {
              every: answer.every,
              when: when(young.from),
              leads: format.count(young.leads),
              stage,
              observed: format.percent(young.rates.observed),
              expected: format.percent(young.rates.expected),
              interval: format.interval(young.rates.low, young.rates.high),
            })
          : t(answer.total.mature === true ? 'maturity.all_mature' : 'maturity.none_young')}{' '}
        {half?.days != null &&
          most?.days != null &&
          t('maturity.speed', { stage, half: half.days, most: most.days })}
      </p>
      {comparison !== null && (
        <p className="says">
          {t('maturity.equal_age', {
            age: comparison.age_days ?? 0,
            stage,
            now: format.percent(comparison.now.rate),
            before: format.percent(comparison.before.rate),
            difference: format.points(comparison.difference),
            low: format.points(comparison.low),
            high: format.points(comparison.high),
            sure: comparison.low > 0 || comparison.high < 0 ? 'yes' : 'no',
          })}
        </p>
      )}
    </>
  );
}

function CohortTable({ answer, view }: { readonly answer: MaturityAnswer; readonly view: View }): ReactNode {
  const { t, language } = useReading();
  const { format } = view;
  const [from = '', to = ''] = answer.stages.map((id) => view.stage(id));
  const heads = [from, to, '%', t('column.expected'), t('column.interval')];
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`every.${answer.every}`)}</th>
            {heads.map((head) => (
              <th key={head} scope="col" className="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.cohorts.map(({ from: day, leads, observed, rates }) => (
            <tr key={day}>
              <th scope="row">{dayText(day, answer.every, language)}</th>
              <td className="number">{format.count(leads)}</td>
              <td className="number">{format.count(observed)}</td>
              <td className="number">{format.percent(rates?.observed ?? null)}</td>
              <td className="number">{format.percent(rates?.expected ?? null)}</td>
              <td className="number">{format.interval(rates?.low ?? null, rates?.high ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="curve-table">
        <caption className="unseen">{t('maturity.curve.legend')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('maturity.day')}</th>
            <th scope="col" className="number">
              {to}
            </th>
            <th scope="col" className="number">
              {t('column.interval')}
            </th>
            <th scope="col" className="number">
              {t('maturity.at_risk')}
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.curve.points.map((point) => (
            <tr key={point.day}>
              <th scope="row">{format.count(point.day)}</th>
              <td className="number">{format.percent(point.reached)}</td>
              <td className="number">{format.interval(point.low, point.high)}</td>
              <td className="number">{format.count(point.at_risk)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
