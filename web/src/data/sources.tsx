import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import type { View } from '../parts/use-view.ts';
import { OF_DATA } from '../search.ts';
import type { Source } from './answers.ts';
import { SourcesFrame } from './sources-frame.tsx';
import { Loads } from './loads.tsx';
import { SyncNow } from './sync.tsx';
import { UndoSourceDialog } from './undo-dialog.tsx';
import { ago, dayOf } from './when.ts';
import { useWords } from './words.ts';

const HEADS = ['read', 'accepted', 'unchanged', 'rejected', 'open'] as const;
const COUNTS = ['rows_read', 'accepted', 'unchanged', 'rejected'] as const;

/** Where the figures come from, how fresh they are, and every load that can be undone. */
export function SourcesScreen(): ReactNode {
  const { w, language } = useWords();
  const state = useSearch({ strict: false });
  const [now] = useState(() => Date.now());
  const [undoing, setUndoing] = useState<Source | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const lastOf = (told: readonly Source[]): string | undefined =>
    told
      .flatMap((each) => (each.last === null ? [] : [each.last.at]))
      .sort()
      .at(-1);
  const agoOr = (last: string | undefined): string =>
    last === undefined ? 'none' : ago(last, language, now);
  return (
    <SourcesFrame>
      {(told, view) => (
        <>
          <h1>
            {w('sources.title', {
              sources: told.length,
              last: agoOr(lastOf(told)),
            })}
          </h1>
          <p className="explains">{w(told.length === 0 ? 'sources.none' : 'sources.explained')}</p>
          <p>
            <Link className="button near" to="/data/import" search={{ ...state, ...OF_DATA }}>
              {w('sources.begin')}
            </Link>
          </p>
          {told.length > 0 && <SourceTable sources={told} view={view} now={now} undo={setUndoing} />}
          <output>{done}</output>
          {told.some(({ last }) => last !== null) && <Loads view={view} now={now} />}
          {undoing !== null && (
            <UndoSourceDialog
              source={undoing.name}
              isRead={isSynced(undoing)}
              view={view}
              close={(undone) => {
                setUndoing(null);
                if (undone !== null)
                  setDone(w('undo_source.done', { source: undone.source, batches: undone.batches }));
              }}
            />
          )}
        </>
      )}
    </SourcesFrame>
  );
}

/** It is read from where it was left. */
function isSynced({ kind }: Source): boolean {
  return kind === 'tap' || kind === 'postgresql' || kind === 'mysql';
}

function SourceTable({
  sources,
  view,
  now,
  undo,
}: {
  readonly sources: readonly Source[];
  readonly view: View;
  readonly now: number;
  readonly undo: (source: Source) => void;
}): ReactNode {
  const { w } = useWords();
  return (
    <Scroll label={w('data.sources')} className="groups">
      <table>
        <thead>
          <tr>
            <th scope="col">{w('sources.column.source')}</th>
            <th scope="col">{w('sources.column.newest')}</th>
            <th scope="col">{w('sources.column.last')}</th>
            {HEADS.map((column) => (
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
          {sources.map((source) => (
            <SourceRow key={source.name} source={source} view={view} now={now} undo={undo} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function SourceRow({
  source,
  view,
  now,
  undo,
}: {
  readonly source: Source;
  readonly view: View;
  readonly now: number;
  readonly undo: (source: Source) => void;
}): ReactNode {
  const { w, language } = useWords();
  const state = useSearch({ strict: false });
  const { name, kind, newest, last, synced_at: synced } = source;
  const told = (['leads', 'activities', 'ads'] as const).flatMap((which) => {
    const at = newest[which];
    return at === null
      ? []
      : [w(`sources.newest.${which}`, { when: dayOf(at, view.status.timezone, language) })];
  });
  return (
    <tr>
      <th scope="row">
        {name}
        <small>{w(`sources.kind.${kind}`)}</small>
        {source.problem !== null && <small className="wrong">{source.problem}</small>}
        {source.waiting > 0 && <small>{w('sources.waiting', { waiting: source.waiting })}</small>}
        {source.command !== null && <SyncNow source={source} view={view} />}
      </th>
      <td>
        {told.length === 0 ? (
          <span className="dim">{w('sources.nothing_told')}</span>
        ) : (
          told.map((each) => <div key={each}>{each}</div>)
        )}
      </td>
      <td>
        {last === null ? (
          <span className="dim">{w('sources.nothing_told')}</span>
        ) : (
          <>
            <time dateTime={last.at} title={view.format.instant(last.at)}>
              {ago(last.at, language, now)}
            </time>
            <small className="file">{last.file}</small>
          </>
        )}
        {isSynced(source) && (
          <small>
            {synced === null
              ? w('sources.never_synced')
              : w('sources.synced', { when: ago(synced, language, now) })}
          </small>
        )}
      </td>
      {COUNTS.map((count) => (
        <td key={count} className="number">
          {view.format.count(source[count])}
        </td>
      ))}
      <td className="number">
        {source.open_rejects === 0 ? (
          <span className="dim">0</span>
        ) : (
          <Link to="/data/rejects" search={{ ...state, ...OF_DATA, source: name }}>
            {view.format.count(source.open_rejects)}
          </Link>
        )}
      </td>
      <td>
        {last !== null && (
          <button
            type="button"
            className="quiet"
            aria-label={w('undo_source.named', { source: name })}
            onClick={() => undo(source)}
          >
            {w('undo_source.begin')}
          </button>
        )}
      </td>
    </tr>
  );
}
