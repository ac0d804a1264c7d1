import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { OF_DATA } from '../search.ts';
import type { BatchStanding } from '../../../src/core/data/standings.ts';
import { UndoDialog } from './undo-dialog.tsx';
import { ago } from './when.ts';
import { useWords } from './words.ts';

const FIRST = 20;
const COUNTS = ['rows_read', 'accepted', 'unchanged', 'rejected'] as const;

/** The latest loads, of one source where the address names it; each can be undone. */
export function Loads({ view, now }: { readonly view: View; readonly now: number }): ReactNode {
  const { w } = useWords();
  const navigate = useNavigate();
  const { source } = useSearch({ strict: false });
  const [most, setMost] = useState(FIRST);
  const [undoing, setUndoing] = useState<number | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const sources = useAnswer('sources').data?.sources ?? [];
  const loads = useAnswer('loads', { source, most });
  const batches = loads.data?.batches;
  return (
    <section className="panel" aria-labelledby="loads-title">
      <header>
        <h2 id="loads-title">{w('sources.loads')}</h2>
      </header>
      <p className="explains">{w('loads.explained')}</p>
      <div className="choices">
        <label>
          <span>{w('loads.of')}</span>
          <select
            value={source ?? ''}
            onChange={(event) => {
              const { value } = event.target;
              void navigate({
                to: '.',
                search: (before) => ({ ...before, source: value === '' ? undefined : value }),
                replace: true,
              });
            }}
          >
            <option value="">{w('loads.all')}</option>
            {sources
              .filter(({ last }) => last !== null)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
        </label>
      </div>
      <output>{done}</output>
      {loads.error ? (
        <Failure error={loads.error} retry={() => void loads.refetch()} />
      ) : batches === undefined ? (
        <Skeleton lines={5} />
      ) : batches.length === 0 ? (
        <Nothing>{w('loads.none')}</Nothing>
      ) : (
        <Scroll>
          <table>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {w('loads.column.batch')}
                </th>
                <th scope="col">{w('loads.column.file')}</th>
                <th scope="col">{w('loads.column.when')}</th>
                {['read', 'accepted', 'unchanged', 'rejected'].map((column) => (
                  <th key={column} scope="col" className="number">
                    {w(`sources.column.${column}`)}
                  </th>
                ))}
                <th scope="col">
                  <span className="unseen">{w('loads.column.undo')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {batches.map((batch) => (
                <LoadRow
                  key={batch.batch}
                  batch={batch}
                  view={view}
                  now={now}
                  undo={() => setUndoing(batch.batch)}
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {batches?.length === most && (
        <p>
          <button type="button" onClick={() => setMost(most * 4)}>
            {w('loads.more')}
          </button>
        </p>
      )}
      {undoing !== null && (
        <UndoDialog
          batch={undoing}
          view={view}
          close={(undone) => {
            setUndoing(null);
            if (undone !== null) setDone(w('undo.done', { batch: undone.batch, file: undone.file }));
          }}
        />
      )}
    </section>
  );
}

function LoadRow({
  batch,
  view,
  now,
  undo,
}: {
  readonly batch: BatchStanding;
  readonly view: View;
  readonly now: number;
  readonly undo: () => void;
}): ReactNode {
  const { w, language } = useWords();
  const state = useSearch({ strict: false });
  return (
    <tr>
      <td className="number">{batch.batch}</td>
      <th scope="row">
        <span className="file">{batch.file}</span>
        <small>
          {batch.source}
          {batch.mends !== null && ` · ${w('loads.mends', batch.mends)}`}
        </small>
      </th>
      <td>
        <time dateTime={batch.at} title={view.format.instant(batch.at)}>
          {ago(batch.at, language, now)}
        </time>
      </td>
      {COUNTS.map((count) => (
        <td key={count} className="number">
          {count === 'rejected' && batch.open_rejects > 0 ? (
            <Link to="/data/rejects" search={{ ...state, ...OF_DATA, batch: String(batch.batch) }}>
              {view.format.count(batch.rejected)}
            </Link>
          ) : (
            view.format.count(batch[count])
          )}
        </td>
      ))}
      <td>
        <button
          type="button"
          className="quiet"
          aria-label={w('loads.undo_named', { batch: batch.batch, file: batch.file })}
          onClick={undo}
        >
          {w('loads.undo')}
        </button>
      </td>
    </tr>
  );
}
