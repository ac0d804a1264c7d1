import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { ask, send } from '../api.ts';
import { Link } from '../parts/link.tsx';
import type { View } from '../parts/use-view.ts';
import { OF_DATA } from '../search.ts';
import type { Source, Sync } from './answers.ts';
import { countsIn } from './counts.ts';
import { useWords } from './words.ts';

const LOOK_MS = 400;

/** A button that reads a configured source now, how far that is, and what came of it. */
export function SyncNow({ source, view }: { readonly source: Source; readonly view: View }): ReactNode {
  const { w, language } = useWords();
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const key = ['sources', source.name, 'sync', language];
  const running = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(`sources/${source.name}/sync`, { lang: language }, signal),
    refetchInterval: ({ state: { data } }) => (data?.done === true ? false : LOOK_MS),
    enabled: isAsked || source.syncing,
    retry: false,
  });
  const sync = running.data;
  const isBusy = source.syncing || (isAsked && sync?.done !== true && running.error === null);
  const isOver = sync?.done === true;
  useEffect(() => {
    // What the other parts of the page show was asked before.
    if (isOver) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] !== 'sync' });
  }, [client, isOver]);
  const start = async (): Promise<void> => {
    setFault(null);
    try {
      client.setQueryData(key, await send('POST', `sources/${source.name}/sync`, language, {}));
      setAsked(true);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="sync">
      <button
        type="button"
        disabled={isBusy}
        aria-label={w('sync.named', { source: source.name })}
        onClick={() => void start()}
      >
        {w(isBusy ? 'sync.busy' : 'sync.now')}
      </button>
      {isBusy && (
        <label className="follows">
          <span>
            {w('sync.records', { n: sync?.records ?? 0, records: view.format.count(sync?.records ?? 0) })}
          </span>
          <progress />
        </label>
      )}
      {fault !== null && <p role="alert">{fault}</p>}
      <output>{sync?.done === true && <Outcome sync={sync} view={view} />}</output>
    </div>
  );
}

function Outcome({ sync, view }: { readonly sync: Sync; readonly view: View }): ReactNode {
  const { w } = useWords();
  const state = useSearch({ strict: false });
  const { report, warnings, errors, source } = sync;
  const count = (value: number): string => view.format.count(value);
  return (
    <>
      {errors.map(({ message, hint }) => (
        <p key={message} className="wrong">
          {[message, hint].filter((each) => each !== null).join('. ')}
        </p>
      ))}
      {report !== null && (
        <p>
          {report.rowsRead === 0 && errors.length === 0 ? w('sync.nothing_new') : countsIn(w, view, report)}{' '}
          {report.rejected > 0 && (
            <Link to="/data/rejects" search={{ ...state, ...OF_DATA, source }}>
              {w('sync.mend', { n: report.rejected })}
            </Link>
          )}
        </p>
      )}
      {report?.unmapped.map(({ stream, records }) => (
        <p key={stream} className="explains">
          {w('sync.unmapped', { stream, n: records, records: count(records) })}
        </p>
      ))}
      {warnings.map(({ message, hint }) => (
        <p key={message} className="explains">
          {[message, hint].filter((each) => each !== null).join('. ')}
        </p>
      ))}
    </>
  );
}
