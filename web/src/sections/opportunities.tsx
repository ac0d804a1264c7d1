import type { ReactNode } from 'react';
import { groupText } from '../../../src/core/measures/group-text.ts';
import {
  estimateText,
  opportunityFindings,
  opportunitySentence,
} from '../../../src/core/measures/opportunity-words.ts';
import type { OpportunityNames } from '../../../src/core/measures/opportunity-words.ts';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { Notes } from '../parts/notes.tsx';
import { useAsked } from '../parts/asked.ts';
import { Failure, Nothing, Skeleton, useWaiting } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { questionOf } from '../../../src/core/measures/screen-question.ts';
import { Link } from '../parts/link.tsx';

/** Where sales are lost: each with how much, whose move it is, and the leads behind it. */
export function OpportunitiesSection({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const state = useAsked();
  const question = { ...questionOf(state, view.status), mode: 'cohort', top: 5 };
  const opportunities = useAnswer('opportunities', question);
  const waiting = useWaiting(opportunities);
  const answer = opportunities.data;
  const names: OpportunityNames = {
    translate: t,
    format: view.format,
    stage: (id) => view.stage(id),
    area: (id) => view.area(id),
    dimension: (id) =>
      view.agreement.dimensions.find((each) => each.id === id)?.label ??
      t(id === 'weekday' || id === 'hour' ? `part.${id}` : id),
    group: (value, part) => groupText('value', value, part, t),
  };
  const most = Math.max(0, ...(answer?.opportunities ?? []).map(({ sales }) => sales?.high ?? 0));
  const at = (sales: number): string => `${Math.max(0, (sales / (most || 1)) * 100)}%`;
  return (
    <section className={`panel opportunities ${waiting}`} aria-labelledby="opportunities-title">
      <header>
        <h2 id="opportunities-title">{t('opportunities.title')}</h2>
      </header>
      {opportunities.error ? (
        <Failure error={opportunities.error} retry={() => void opportunities.refetch()} />
      ) : answer === undefined ? (
        <Skeleton lines={4} />
      ) : answer.tested === 0 ? (
        <Nothing>{opportunityFindings(answer, names)}</Nothing>
      ) : (
        <>
          <p className="says">{opportunityFindings(answer, names)}</p>
          <ol>
            {answer.opportunities.map((item) => (
              <li
                key={`${item.to}:${item.dimension}:${item.value}`}
                className={`bars ${view.hue(item.owner)}`}
              >
                <p>{opportunitySentence(item, names)}</p>
                {item.sales !== null && (
                  <div className="stake">
                    <span className="track" aria-hidden="true">
                      <span className="share" style={{ width: at(item.sales.value) }} />
                      <span
                        className="interval"
                        style={{
                          left: at(item.sales.low),
                          width: `calc(${at(item.sales.high)} - ${at(item.sales.low)})`,
                        }}
                      />
                    </span>
                    <span className="figure">{estimateText(item.sales, false, names)}</span>
                    <Link
                      className="onward"
                      to="/leads"
                      search={{
                        from: item.opens.from,
                        to: item.opens.to,
                        where: state.where,
                        as_of: state.as_of,
                        filter: item.opens.filter,
                        stage: item.opens.stage,
                        unreached: item.opens.unreached,
                      }}
                    >
                      {t('opportunities.leads', { count: view.format.count(item.opens.total) })}
                    </Link>
                  </div>
                )}
                {item.also.length > 0 && (
                  <small>
                    {t('opportunities.also', {
                      groups: item.also
                        .map(
                          (each) =>
                            `${names.dimension(each.dimension)}: ${names.group(each.value, each.part)}`,
                        )
                        .join(', '),
                    })}
                  </small>
                )}
              </li>
            ))}
          </ol>
          {answer.opportunities.length > 0 && <p className="explains">{t('opportunities.overlap')}</p>}
        </>
      )}
      <Notes chart="opportunities" view={view} />
    </section>
  );
}
