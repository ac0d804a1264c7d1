import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { post, Refused } from '../post.ts';
import { useChoices } from './choices.ts';
import { DropZone } from './drop-zone.tsx';
import { FileCard } from './file-card.tsx';
import { DataFrame } from './frame.tsx';
import { isReady, NO_CHOICE } from './import-answers.ts';
import { LoadView } from './load-view.tsx';
import { usePlans } from './plans.ts';
import { upload } from './uploads.ts';
import { useWords } from './words.ts';
import './import.css';

/** A file on its way to the server. */
interface Sending {
  readonly key: number;
  readonly name: string;
  readonly bytes: number;
  readonly sent: number;
  readonly fault: string | null;
}

/** Files are dropped, told what they would become, asked what they do not say, loaded and followed. */
export function ImportScreen(): ReactNode {
  const view = useView();
  const { load } = useSearch({ strict: false });
  return (
    <DataFrame>
      {view === null ? (
        <Skeleton lines={8} />
      ) : load === undefined ? (
        <Wizard view={view} />
      ) : (
        <LoadView load={load} view={view} />
      )}
    </DataFrame>
  );
}

let lastKey = 0;

function Wizard({ view }: { readonly view: View }): ReactNode {
  const { w, language } = useWords();
  const navigate = useNavigate();
  const state = useSearch({ strict: false });
  const ids = (state.files ?? '').split(',').filter((id) => id !== '');
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const [choices, choose] = useChoices();
  const [fault, setFault] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const plans = usePlans(ids, choices, language);
  const setFiles = (change: (before: readonly string[]) => readonly string[]): void => {
    void navigate({
      to: '.',
      search: (before) => {
        const after = change((before.files ?? '').split(',').filter((id) => id !== ''));
        return { ...before, files: after.length === 0 ? undefined : after.join(',') };
      },
      replace: true,
      resetScroll: false,
    });
  };
  const send = async (files: readonly File[]): Promise<void> => {
    const added = files.map((file) => ({ key: (lastKey += 1), file }));
    setSending((before) => [
      ...before,
      ...added.map(({ key, file }) => ({ key, name: file.name, bytes: file.size, sent: 0, fault: null })),
    ]);
    // One after the other: the first is told of while the next is sent.
    for (const { key, file } of added) {
      const change = (part: Partial<Sending>): void =>
        setSending((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));
      try {
        const { id } = await upload(file, language, (sent) => change({ sent }));
        choose(id, { answers: {}, name: file.name });
        setFiles((before) => [...before, id]);
        setSending((before) => before.filter((each) => each.key !== key));
      } catch (error) {
        const message = error instanceof Refused ? error.message : '';
        change({ fault: message === '' ? w('import.not_sent') : message });
      }
    }
  };
  const known = ids.flatMap((id, nth) => {
    const plan = plans[nth]?.data;
    return plan === undefined ? [] : [{ id, plan }];
  });
  const ready = known
    .filter(({ plan }) => isReady(plan))
    .sort((left, right) => left.plan.order - right.plan.order);
  const rows = ready.reduce((sum, { plan }) => sum + (plan.report?.rowsRead ?? 0), 0);
  const rejected = ready.reduce((sum, { plan }) => sum + (plan.report?.rejected ?? 0), 0);
  const isWaiting = sending.some((each) => each.fault === null) || known.length < ids.length;
  const start = async (): Promise<void> => {
    setStarting(true);
    try {
      const files = ready.map(({ id }) => {
        const { name: _, ...said } = choices[id] ?? NO_CHOICE;
        return { id, ...said };
      });
      const { load } = await post<{ load: string }>('import/load', language, { files, wait: false });
      const left = ids.filter((id) => !ready.some((each) => each.id === id));
      await navigate({
        to: '.',
        search: (before) => ({ ...before, load, files: left.length === 0 ? undefined : left.join(',') }),
        replace: true,
      });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setStarting(false);
    }
  };
  const isFresh = ids.length === 0 && sending.length === 0;
  return (
    <>
      <h1>
        {w(view.status.empty && isFresh ? 'import.title_first' : 'import.title', { name: view.status.name })}
      </h1>
      <p className="explains">{w('import.explained')}</p>
      <DropZone isLarge={isFresh} take={(files) => void send(files)} />
      {isFresh && view.status.empty && (
        <p className="explains">
          {w('import.or_demo')} <code>tregua demo demo && tregua serve --home demo</code>
        </p>
      )}
      <ol className="files">
        {ids.map((id, nth) => {
          const result = plans[nth];
          return (
            <FileCard
              key={id}
              view={view}
              plan={result?.data ?? null}
              error={result?.error ?? null}
              retry={() => void result?.refetch()}
              choice={choices[id] ?? NO_CHOICE}
              choose={(choice) => choose(id, choice)}
              remove={() => setFiles((before) => before.filter((each) => each !== id))}
              isOnly={ids.length <= 2}
            />
          );
        })}
        {sending.map(({ key, name, bytes, sent, fault: why }) => (
          <li key={key} className="file-card">
            <h2>{name}</h2>
            {why === null ? (
              <label className="follows">
                <span>{w('import.sending')}</span>
                <progress value={sent} max={Math.max(1, bytes)} />
              </label>
            ) : (
              <p role="alert">
                {why}{' '}
                <button
                  type="button"
                  className="quiet"
                  onClick={() => setSending((before) => before.filter((each) => each.key !== key))}
                >
                  {w('import.remove')}
                </button>
              </p>
            )}
          </li>
        ))}
      </ol>
      {!isFresh && (
        <div className="load-bar">
          <p aria-live="polite">
            {isWaiting
              ? w('import.looking', { files: ids.length - known.length + sending.length })
              : w('import.would', {
                  files: ready.length,
                  left: ids.length - ready.length,
                  n: rows,
                  rows: view.format.count(rows),
                  bad: rejected,
                  rejected: view.format.count(rejected),
                })}
          </p>
          {fault !== null && <p role="alert">{fault}</p>}
          <button
            type="button"
            className="does"
            disabled={ready.length === 0 || isWaiting || isStarting}
            onClick={() => void start()}
          >
            {w('import.load', { files: ready.length })}
          </button>
        </div>
      )}
    </>
  );
}
