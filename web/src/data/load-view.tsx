import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ask } from '../api.ts';
import { Link } from '../parts/link.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { OF_DATA } from '../search.ts';
import type { LoadedFile, RunningLoad } from './import-answers.ts';
import { LoadTable } from './load-table.tsx';
import { UndoDialog } from './undo-dialog.tsx';
import { useWords } from './words.ts';

const LOOK_MS = 300;
const COUNTS = ['rowsRead', 'accepted', 'unchanged', 'rejected'] as const;

/** A load while it runs, and what came of it: it goes on whoever looks. */
export function LoadView({ load, view }: { readonly load: string; readonly view: View }): ReactNode {
  const { w, language } = useWords();
  const state = useSearch({ strict: false });
  const running = useQuery({
    queryKey: ['import/loads', load, language],
    queryFn: ({ signal }) => ask(`import/loads/${load}`, { lang: language }, signal),
    refetchInterval: ({ state: { data } }) => (data?.done === true ? false : LOOK_MS),
    meta: { isKept: true },
    retry: false,
  });
  if (running.error) return <Failure error={running.error} retry={() => void running.refetch()} />;
  if (running.data === undefined) return <Skeleton lines={6} />;
  const { files, done } = running.data;
  const over = files.filter((file) => file.state === 'loaded' || file.state === 'refused').length;
  return (
    <>
      <h1>{w(done ? 'load.done' : 'load.title', { files: files.length })}</h1>
      {!done && <p className="explains">{w('load.explained')}</p>}
      <p className="unseen" aria-live="polite">
        {done ? w('load.done', { files: files.length }) : w('load.of', { over, files: files.length })}
      </p>
      {!done && (
        <ol className="files">
          {files.map((file) => (
            <li key={file.id} className="file-card">
              <h2>{file.name}</h2>
              <Follow file={file} view={view} />
            </li>
          ))}
        </ol>
      )}
      {done && <Outcome load={running.data} view={view} />}
      {done && (
        <p className="actions">
          <Link className="button near does" to="/" search={{ ...state, ...OF_DATA }}>
            {w('load.see')}
          </Link>
          <Link className="button near" to="/data/import" search={{ ...state, load: undefined }}>
            {w(state.files === undefined ? 'load.another' : 'load.rest')}
          </Link>
          <Link className="button near" to="/data" search={{ ...state, ...OF_DATA }}>
            {w('load.sources')}
          </Link>
        </p>
      )}
    </>
  );
}

function Follow({ file, view }: { readonly file: LoadedFile; readonly view: View }): ReactNode {
  const { w } = useWords();
  const { state, progress, report, errors } = file;
  if (state === 'waiting') return <p className="dim">{w('load.waiting')}</p>;
  if (state === 'refused') return <Refusals errors={errors} />;
  if (state === 'loaded')
    return <p className="dim">{w('load.loaded', { rows: view.format.count(report?.rowsRead ?? 0) })}</p>;
  const { phase = 'receiving', done = 0, total = null } = progress ?? {};
  const words = w(`load.phase.${phase}`, {
    done: view.format.count(done),
    total: view.format.count(total ?? 0),
    known: total === null ? 'no' : 'yes',
  });
  return (
    <label className="follows">
      <span>{words}</span>
      {total === null ? <progress /> : <progress value={done} max={Math.max(1, total)} />}
    </label>
  );
}

function Refusals({ errors }: { readonly errors: LoadedFile['errors'] }): ReactNode {
  return errors.map(({ message, hint }) => (
    <div key={message} className="refusal">
      <p>{message}</p>
      {hint !== null && <p className="explains">{hint}</p>}
    </div>
  ));
}

/** Every file with its counts, which add up; each can be undone. */
function Outcome({ load, view }: { readonly load: RunningLoad; readonly view: View }): ReactNode {
  const { w } = useWords();
  const [undoing, setUndoing] = useState<number | null>(null);
  const [undone, setUndone] = useState<readonly number[]>([]);
  const loaded = load.files.flatMap(({ name, report }) => {
    if (report === null) return [];
    // What mends rows of several loads is as many loads.
    return report.mended?.reports.map((each) => ({ name: each.file, report: each })) ?? [{ name, report }];
  });
  const refused = load.files.filter(({ state }) => state === 'refused');
  const sum = (count: (typeof COUNTS)[number]): number =>
    loaded.reduce((whole, { report }) => whole + report[count], 0);
  return (
    <>
      {loaded.length > 0 && (
        <>
          <p className="reconciled">
            {w('load.reconciled', {
              read: view.format.count(sum('rowsRead')),
              accepted: view.format.count(sum('accepted')),
              unchanged: view.format.count(sum('unchanged')),
              rejected: view.format.count(sum('rejected')),
            })}
          </p>
          <LoadTable
            lines={loaded.map(({ name, report }) => {
              const { entry: batch, source, rowsRead: read, accepted, unchanged, rejected } = report;
              const isUndone = undone.includes(batch);
              return {
                batch,
                file: name,
                source,
                about: report.known ? w('import.known') : null,
                counts: { read, accepted, unchanged, rejected },
                isOpen: rejected > 0 && !isUndone,
                isUndone,
                at: null,
              };
            })}
            view={view}
            now={0}
            undo={setUndoing}
          />
        </>
      )}
      {refused.map((file) => (
        <div key={file.id} className="file-card">
          <h2>{file.name}</h2>
          <Refusals errors={file.errors} />
        </div>
      ))}
      {undoing !== null && (
        <UndoDialog
          batch={undoing}
          view={view}
          close={(taken) => {
            if (taken !== null) setUndone([...undone, taken.batch]);
            setUndoing(null);
          }}
        />
      )}
    </>
  );
}
