import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { useReading } from '../language.tsx';
import { Link } from './link.tsx';

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

/** The class of what shows the answer to the question before, until its own has come. */
export function waitingOf({ isPlaceholderData }: { readonly isPlaceholderData: boolean }): string {
  return isPlaceholderData ? 'waiting' : '';
}

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
      <button type="button" onClick={retry}>
        {t('state.retry')}
      </button>
    </div>
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
