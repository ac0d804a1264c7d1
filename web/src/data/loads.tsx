import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { LoadTable } from './load-table.tsx';
import { SourceSelect } from './source-select.tsx';
import { UndoDialog } from './undo-dialog.tsx';
import { useWords } from './words.ts';

const FIRST = 20;

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
        <SourceSelect
          label={w('loads.of')}
          any={w('loads.all')}
          names={sources.flatMap(({ name, last }) => (last === null ? [] : [name]))}
          value={source}
          choose={(chosen) =>
            void navigate({ to: '.', search: (before) => ({ ...before, source: chosen }), replace: true })
          }
        />
      </div>
      <output>{done}</output>
      {loads.error ? (
        <Failure error={loads.error} retry={() => void loads.refetch()} />
      ) : batches === undefined ? (
        <Skeleton lines={5} />
      ) : batches.length === 0 ? (
        <Nothing>{w('loads.none')}</Nothing>
      ) : (
        <LoadTable
          lines={batches.map((each) => ({
            batch: each.batch,
            file: each.file,
            source: each.source,
            about: each.mends === null ? null : w('loads.mends', each.mends),
            counts: {
              read: each.rows_read,
              accepted: each.accepted,
              unchanged: each.unchanged,
              rejected: each.rejected,
            },
            isOpen: each.open_rejects > 0,
            isUndone: false,
            at: each.at,
          }))}
          view={view}
          now={now}
          undo={setUndoing}
        />
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
