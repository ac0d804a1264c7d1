import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { useReading } from '../language.tsx';
import type { Search } from '../search.ts';
import { Link } from './link.tsx';
import { longDay } from './dates.ts';
import type { View } from './use-view.ts';

/** Stands where an answer will, in its size. */
export function Skeleton({ lines }: { readonly lines: number }): ReactNode {
  const { t } = useReading();
  return (
    <output className="skeleton" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </output>
  );
}

/** Answers that come sooner are shown without anything in between. */
const PATIENCE_MS = 100;

/** The class of what shows the answer to the question before, where its own takes a while. */
export function useWaiting({ isPlaceholderData }: { readonly isPlaceholderData: boolean }): string {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (!isPlaceholderData) return undefined;
    const timer = setTimeout(() => setIsLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setIsLate(false);
    };
  }, [isPlaceholderData]);
  return isPlaceholderData && isLate ? 'waiting' : '';
}

/** What shows an answer, and the one before it until its own has come. */
export function Answered({ answer, children }: AnsweredProps): ReactNode {
  return <div className={useWaiting(answer)}>{children}</div>;
}

interface AnsweredProps {
  readonly answer: { readonly isPlaceholderData: boolean };
  readonly children: ReactNode;
}

/** A link that was taken back, or whose time is over, comes to life no more. */
const IS_OVER = 'server.no_share';

/** Says what failed and what to do. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry: () => void }): ReactNode {
  const { t } = useReading();
  const known = error instanceof ApiError;
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{known ? error.message : t('state.unreachable')}</strong>
      </p>
      <p>{known ? error.hint : t('state.unreachable.hint')}</p>
      {!(known && error.code === IS_OVER) && (
        <button type="button" onClick={retry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  );
}

/** An address at which nothing stands. */
export function NotFound(): ReactNode {
  const { t } = useReading();
  return (
    <section className="empty">
      <h1>{t('not_found.title')}</h1>
      <p>{t('not_found.hint')}</p>
      <p>
        <Link className="button near" to="/" search={{}}>
          {t('not_found.back')}
        </Link>
      </p>
    </section>
  );
}

/** No lead and no ad of what is asked: over which days there are some, and the way to them. */
export function EmptyRange({ view, state }: { readonly view: View; readonly state: Search }): ReactNode {
  const { t, language } = useReading();
  const { extent } = view.status;
  const isFiltered = state.where !== undefined || (state.filter?.length ?? 0) > 0;
  return (
    <section className="empty">
      <h1>{t(isFiltered ? 'empty_range.filtered' : 'empty_range.title')}</h1>
      {extent !== null && (
        <p>
          {t('empty_range.extent', {
            from: longDay(extent.from, language),
            to: longDay(extent.to, language),
          })}
        </p>
      )}
      <p className="actions">
        {isFiltered && (
          <Link className="button near" to="." search={{ ...state, where: undefined, filter: undefined }}>
            {t('empty_range.without_filters')}
          </Link>
        )}
        <Link className="button near" to="." search={{ ...state, from: undefined, to: undefined }}>
          {t('empty_range.latest')}
        </Link>
      </p>
    </section>
  );
}

/** What to do with a workspace that has no data yet. */
export function EmptyWorkspace({ name }: { readonly name: string }): ReactNode {
  const { t } = useReading();
  return (
    <section className="empty">
      <h1>{t('empty.title', { name })}</h1>
      <p>{t('empty.bring')}</p>
      <p>
        <Link className="button near" to="/data/import" search={{}}>
          {t('nav.import')}
        </Link>
      </p>
      <p>{t('empty.own')}</p>
      <pre>tregua import leads.csv activities.csv ads.csv</pre>
      <p>{t('empty.headers')}</p>
      <p>{t('empty.demo')}</p>
      <pre>tregua demo demo{'\n'}tregua serve --home demo</pre>
    </section>
  );
}

export function Nothing({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className="nothing">{children}</p>;
}
