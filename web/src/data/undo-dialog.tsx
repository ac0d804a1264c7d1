import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Parameters } from '../../../src/core/measures/screen-question.ts';
import { ask, send } from '../api.ts';
import { useDialog } from '../parts/dialog.ts';
import { Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import type { BatchContents, SourceContents } from '../../../src/core/data/standings.ts';
import { useWords } from './words.ts';

/** Says what a load takes away with it before it is undone. */
export function UndoDialog({
  batch,
  view,
  close,
}: {
  readonly batch: number;
  readonly view: View;
  /** With what was undone, or null where it was left as it is. */
  readonly close: (undone: BatchContents | null) => void;
}): ReactNode {
  const { w } = useWords();
  return (
    <Asks
      of={`batches/${batch}`}
      ask={(parameters, signal) => ask(`batches/${batch}/contents`, parameters, signal)}
      title={w('undo.title', { batch })}
      confirm={w('undo.confirm')}
      says={(contents) => ({
        of: w('undo.of', { file: contents.file, source: contents.source }),
        rest: `${w('undo.mends', { mends: contents.mended_by })} ${w('undo.later', { later: contents.later })} ${w('undo.kept')}`.trim(),
      })}
      view={view}
      close={close}
    />
  );
}

/** The same of all that a source told. */
export function UndoSourceDialog({
  source,
  isRead,
  view,
  close,
}: {
  readonly source: string;
  /** It is read from where it was left, and so from its beginning next. */
  readonly isRead: boolean;
  readonly view: View;
  readonly close: (undone: SourceContents | null) => void;
}): ReactNode {
  const { w } = useWords();
  const path = `sources/${encodeURIComponent(source)}` as const;
  return (
    <Asks
      of={path}
      ask={(parameters, signal) => ask(`${path}/contents`, parameters, signal)}
      title={w('undo_source.title', { source })}
      confirm={w('undo_source.confirm')}
      says={({ batches, later }) => ({
        of: w('undo_source.of', { batches }),
        rest: `${w('undo_source.later', { later })} ${w(isRead ? 'undo_source.read_anew' : 'undo_source.kept')}`,
      })}
      view={view}
      close={close}
    />
  );
}

interface AsksProps<Contents> {
  /** The path of what is undone. */
  readonly of: string;
  readonly ask: (parameters: Parameters, signal: AbortSignal) => Promise<Contents>;
  readonly title: string;
  readonly confirm: string;
  /** Which it is, and what becomes of the rest. */
  readonly says: (contents: Contents) => { readonly of: string; readonly rest: string };
  readonly view: View;
  readonly close: (undone: Contents | null) => void;
}

function Asks<Contents extends BatchContents | SourceContents>({
  of,
  ask: contentsOf,
  title,
  confirm,
  says,
  view,
  close,
}: AsksProps<Contents>): ReactNode {
  const { w, language } = useWords();
  const dialog = useDialog();
  const client = useQueryClient();
  // Once it is undone there is nothing more to be asked of it.
  const contents = useQuery({
    queryKey: ['contents', of, language],
    queryFn: ({ signal }) => contentsOf({ lang: language }, signal),
    meta: { isKept: true },
    retry: false,
  });
  const undoing = useMutation({
    mutationFn: () => send('POST', `${of}/undo`, language),
    onSuccess: async () => {
      // Every figure may hang on it.
      await client.invalidateQueries({ predicate: ({ meta }) => meta?.['isKept'] !== true });
      close(contents.data ?? null);
    },
  });
  const said = contents.data === undefined ? null : says(contents.data);
  const fault = undoing.error ?? contents.error;
  return (
    <dialog ref={dialog} className="asks" aria-labelledby="undo-title" onClose={() => close(null)}>
      <h2 id="undo-title">{title}</h2>
      {contents.data === undefined || said === null ? (
        contents.error === null && <Skeleton lines={4} />
      ) : (
        <>
          <p className="explains">{said.of}</p>
          <p>{w('undo.takes')}</p>
          <Taken contents={contents.data} view={view} />
          <p className="explains">{said.rest}</p>
        </>
      )}
      {fault && <p role="alert">{fault.message}</p>}
      <p className="actions">
        <button
          type="button"
          className="does"
          disabled={contents.data === undefined || undoing.isPending}
          onClick={() => undoing.mutate()}
        >
          {undoing.isPending ? w('undo.working') : confirm}
        </button>
        <button type="button" onClick={() => close(null)}>
          {w('cancel')}
        </button>
      </p>
    </dialog>
  );
}

function Taken({
  contents,
  view,
}: {
  readonly contents: BatchContents | SourceContents;
  readonly view: View;
}): ReactNode {
  const { w } = useWords();
  const parts = [
    ['leads', contents.leads],
    ['changed', contents.changed_leads],
    ['activities', contents.activities],
    ['ads', contents.ad_rows],
    ['rejected', contents.rejected],
  ] as const;
  const there = parts.filter(([, n]) => n > 0);
  return (
    <ul className="takes">
      {there.length === 0 && <li>{w('undo.nothing')}</li>}
      {there.map(([part, n]) => (
        <li key={part}>{w(`undo.${part}`, { n, count: view.format.count(n) })}</li>
      ))}
    </ul>
  );
}
