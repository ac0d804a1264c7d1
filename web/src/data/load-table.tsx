import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Breakable } from '../parts/breakable.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import type { View } from '../parts/use-view.ts';
import { OF_DATA } from '../search.ts';
import { ago } from './when.ts';
import { useWords } from './words.ts';

const COUNTS = ['read', 'accepted', 'unchanged', 'rejected'] as const;

/** A load with its counts, which add up. */
export interface LoadLine {
  readonly batch: number;
  readonly file: string;
  readonly source: string;
  /** What else is to be said of it; null: nothing. */
  readonly about: string | null;
  readonly counts: Readonly<Record<(typeof COUNTS)[number], number>>;
  /** Some of its rejected rows are still to be mended. */
  readonly isOpen: boolean;
  readonly isUndone: boolean;
  /** ISO 8601, UTC; null where all of them came just now. */
  readonly at: string | null;
}

/** Loads, each of which can be undone; with when they came where that tells them apart. */
export function LoadTable({
  lines,
  view,
  now,
  undo,
}: {
  readonly lines: readonly LoadLine[];
  readonly view: View;
  readonly now: number;
  readonly undo: (batch: number) => void;
}): ReactNode {
  const { w, language } = useWords();
  const state = useSearch({ strict: false });
  const tellsWhen = lines.some(({ at }) => at !== null);
  return (
    <Scroll label={w('load.files')} className="groups">
      <table>
        <thead>
          <tr>
            <th scope="col">{w('loads.column.file')}</th>
            {tellsWhen && <th scope="col">{w('loads.column.when')}</th>}
            {COUNTS.map((count) => (
              <th key={count} scope="col" className="number">
                {w(`sources.column.${count}`)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{w('loads.column.undo')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ batch, file, source, about, counts, isOpen, isUndone, at }) => (
            <tr key={batch} className={isUndone ? 'dim' : ''}>
              <th scope="row">
                <span className="file">
                  <Breakable name={file} />
                </span>
                <small>
                  {[w('rejects.where_load', { source, batch }), ...(about === null ? [] : [about])].join(
                    ' · ',
                  )}
                </small>
              </th>
              {tellsWhen && (
                <td>
                  {at !== null && (
                    <time dateTime={at} title={view.format.instant(at)}>
                      {ago(at, language, now)}
                    </time>
                  )}
                </td>
              )}
              {COUNTS.map((count) => (
                <td key={count} className="number">
                  {count === 'rejected' && isOpen ? (
                    <Link
                      to="/data/rejects"
                      search={{ ...state, ...OF_DATA, batch: String(batch) }}
                      aria-label={w('load.mend', { n: counts.rejected, file })}
                    >
                      {view.format.count(counts.rejected)}
                    </Link>
                  ) : (
                    view.format.count(counts[count])
                  )}
                </td>
              ))}
              <td>
                {isUndone ? (
                  w('load.undone')
                ) : (
                  <button
                    type="button"
                    className="quiet"
                    aria-label={w('loads.undo_named', { batch, file })}
                    onClick={() => undo(batch)}
                  >
                    {w('loads.undo')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
