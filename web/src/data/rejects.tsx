import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { addressOf, send, useAnswer } from '../api.ts';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { DataFrame } from './frame.tsx';
import { useRejects } from './reject-pages.ts';
import { RejectRow } from './reject-row.tsx';
import { SourceSelect } from './source-select.tsx';
import { useWords } from './words.ts';

/** Every refused row with its reason, until it is mended: here, or in a file that is brought back. */
export function RejectsScreen(): ReactNode {
  const { w, language } = useWords();
  const view = useView();
  const { source, batch, reason } = useSearch({ strict: false });
  const navigate = useNavigate();
  const rejects = useRejects({ source, batch, code: reason });
  const sources = useAnswer('sources').data?.sources ?? [];
  const [told, setTold] = useState<string | null>(null);
  const set = (change: Partial<Search>): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  };
  if (rejects.error || view === null || !rejects.isLoaded)
    return (
      <DataFrame>
        {rejects.error ? <Failure error={rejects.error} retry={rejects.retry} /> : <Skeleton lines={10} />}
      </DataFrame>
    );
  const all = rejects.reasons.reduce((sum, each) => sum + each.rows, 0);
  const isNarrowed = source !== undefined || batch !== undefined || reason !== undefined;
  const csv = addressOf('rejects', { source, batch, code: reason, format: 'csv', lang: language });
  return (
    <DataFrame>
      <h1>{w('rejects.title', { n: all, count: view.format.count(all) })}</h1>
      <p className="explains">{w(all === 0 && !isNarrowed ? 'rejects.none' : 'rejects.explained')}</p>
      <div className="choices">
        <SourceSelect
          label={w('rejects.source')}
          any={w('rejects.any_source')}
          names={sources.flatMap(({ name, open_rejects }) =>
            open_rejects > 0 || name === source ? [name] : [],
          )}
          value={source}
          choose={(chosen) => set({ source: chosen, reason: undefined })}
        />
        <label>
          <span>{w('rejects.why')}</span>
          <select value={reason ?? ''} onChange={(event) => set({ reason: event.target.value || undefined })}>
            <option value="">{w('rejects.any_reason', { count: view.format.count(all) })}</option>
            {rejects.reasons.map(({ code, rows }) => (
              <option key={code} value={code}>
                {w('rejects.reason', { kind: w(`kind.${code}`), count: view.format.count(rows) })}
              </option>
            ))}
          </select>
        </label>
        {all > 0 && (
          <a className="button near" href={csv} download>
            {w('rejects.download')}
          </a>
        )}
        <BringBack tell={setTold} />
      </div>
      {batch !== undefined && (
        <p className="chips">
          <button type="button" onClick={() => set({ batch: undefined })}>
            {w('rejects.of_batch', { batch })} ×
          </button>
          {all > 0 && <Retry batch={Number(batch)} tell={setTold} />}
        </p>
      )}
      <output className="told">{told}</output>
      {rejects.rejects.length === 0 ? (
        isNarrowed && <Nothing>{w('rejects.none_such')}</Nothing>
      ) : (
        <ol className="rejects">
          {rejects.rejects.map((reject) => (
            <RejectRow key={`${reject.entry}:${reject.line}`} reject={reject} tell={setTold} />
          ))}
        </ol>
      )}
      {rejects.total > rejects.rejects.length && (
        <button type="button" className="near" disabled={rejects.isLoadingMore} onClick={rejects.more}>
          {w('rejects.more', { count: view.format.count(rejects.total - rejects.rejects.length) })}
        </button>
      )}
    </DataFrame>
  );
}

interface Sums {
  readonly accepted: number;
  readonly rejected: number;
}

interface Mended {
  readonly reports: readonly Sums[];
  readonly untouched: number;
  readonly unknown: number;
}

function BringBack({ tell }: { readonly tell: (text: string) => void }): ReactNode {
  const { w, language } = useWords();
  const client = useQueryClient();
  const bring = async (file: File): Promise<void> => {
    const query = new URLSearchParams({ name: file.name, lang: language });
    const response = await fetch(`/v1/rejects?${query.toString()}`, { method: 'POST', body: file });
    const answer: Partial<Mended> & { message?: string; hint?: string | null } = await response.json();
    if (!response.ok || answer.reports === undefined) {
      tell([answer.message ?? response.statusText, answer.hint ?? ''].join('. '));
      return;
    }
    const sum = (name: keyof Sums): number =>
      (answer.reports ?? []).reduce((whole, each) => whole + each[name], 0);
    tell(
      w('rejects.file_done', {
        accepted: sum('accepted'),
        rejected: sum('rejected'),
        untouched: answer.untouched ?? 0,
        unknown: answer.unknown ?? 0,
      }),
    );
    await client.invalidateQueries();
  };
  return (
    <label className="button near file-button">
      {w('rejects.upload')}
      <input
        type="file"
        className="unseen"
        accept=".csv,.xlsx,text/csv"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file !== undefined)
            void bring(file).catch((error: unknown) =>
              tell(error instanceof Error ? error.message : String(error)),
            );
          event.target.value = '';
        }}
      />
    </label>
  );
}

function Retry({
  batch,
  tell,
}: {
  readonly batch: number;
  readonly tell: (text: string) => void;
}): ReactNode {
  const { w, language } = useWords();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const retry = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer: unknown = await send('POST', `batches/${batch}/retry`, language, {});
      const count = (name: string): number =>
        typeof answer === 'object' && answer !== null ? Number(Reflect.get(answer, name) ?? 0) : 0;
      tell(w('rejects.retried', { batch, accepted: count('accepted'), rejected: count('rejected') }));
      await client.invalidateQueries();
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return (
    <button type="button" disabled={isBusy} onClick={() => void retry()}>
      {w('rejects.retry', { batch })}
    </button>
  );
}
