import { defaultStringifySearch, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import type { Share } from '../desk.ts';
import { useReading } from '../language.tsx';
import { Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import { rangeOf } from '../../../src/core/measures/screen-question.ts';
import type { Search } from '../search.ts';
import { AllNotes } from '../sections/all-notes.tsx';
import { ShareLinks } from '../sections/share-links.tsx';

/** The page as a PDF, on paper, or as a link; and what meetings said of it. */
export function ReportsScreen(): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const view = useView();
  const printer = useAnswer('printer');
  const [screen, setScreen] = useState<Share['screen']>(
    state.dimension === undefined ? 'panorama' : 'breakdowns',
  );
  if (view === null) return <Skeleton lines={8} />;
  const asked = resolved(state, rangeOf(state, view.status), view.agreement.dimensions[0]?.id);
  const query = defaultStringifySearch(asked);
  const path = screen === 'panorama' ? '/' : '/breakdowns';
  const pdf = new URLSearchParams({ screen, state: query.replace(/^\?/, ''), lang: language });
  return (
    <>
      <h1>{t('reports.title')}</h1>
      <p className="explains">{t('reports.explained')}</p>
      <div className="choices">
        <label>
          <span>{t('reports.of')}</span>
          <select
            value={screen}
            onChange={(event) => setScreen(event.target.value === 'breakdowns' ? 'breakdowns' : 'panorama')}
          >
            <option value="panorama">{t('nav.panorama')}</option>
            <option value="breakdowns">{t('nav.breakdowns')}</option>
          </select>
        </label>
        {printer.data?.chromium === true ? (
          <a className="button near" href={`/v1/report.pdf?${pdf.toString()}`} download>
            {t('reports.pdf')}
          </a>
        ) : (
          <a className="button" href={`${path}${query}`} target="_blank" rel="noreferrer">
            {t('reports.open_to_print')}
          </a>
        )}
      </div>
      <p className="explains">
        {t(printer.data?.chromium === true ? 'reports.by_chromium' : 'reports.by_browser')}
      </p>
      <ShareLinks screen={screen} state={asked} />
      <AllNotes />
    </>
  );
}

/** What is asked, with nothing left to a default that may be another one tomorrow. */
function resolved(
  state: Search,
  range: { readonly from: string; readonly to: string },
  dimension: string | undefined,
): Search {
  return {
    from: range.from,
    to: range.to,
    mode: state.mode ?? 'cohort',
    compare: state.compare ?? 'previous',
    where: state.where,
    filter: state.filter,
    dimension: state.dimension ?? dimension,
    second: state.second,
    stages: state.stages,
    as_of: state.as_of,
  };
}
