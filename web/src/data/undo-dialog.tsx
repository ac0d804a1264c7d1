import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ask, send } from '../api.ts';
import { useDialog } from '../parts/dialog.ts';
import { Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import type { BatchContents } from '../../../src/core/data/standings.ts';
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
  const { w, language } = useWords();
  const dialog = useDialog();
  const client = useQueryClient();
  // Once it is undone there is nothing more to be asked of it.
  const contents = useQuery({
    queryKey: ['contents', batch, language],
    queryFn: ({ signal }) => ask(`batches/${batch}/contents`, { lang: language }, signal),
    meta: { isKept: true },
    retry: false,
  });
  const undoing = useMutation({
    mutationFn: () => send('POST', `batches/${batch}/undo`, language),
    onSuccess: async () => {
      // Every figure may hang on it.
      await client.invalidateQueries({ predicate: ({ meta }) => meta?.['isKept'] !== true });
      close(contents.data ?? null);
    },
  });
  const fault = undoing.error ?? contents.error;
  return (
    <dialog ref={dialog} className="asks" aria-labelledby="undo-title" onClose={() => close(null)}>
      <h2 id="undo-title">{w('undo.title', { batch })}</h2>
      {contents.data === undefined ? (
        contents.error === null && <Skeleton lines={4} />
      ) : (
        <>
          <p className="explains">
            {w('undo.of', { file: contents.data.file, source: contents.data.source })}
          </p>
          <p>{w('undo.takes')}</p>
          <Taken contents={contents.data} view={view} />
          <p className="explains">
            {w('undo.later', { later: contents.data.later })} {w('undo.kept')}
          </p>
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
          {w(undoing.isPending ? 'undo.working' : 'undo.confirm')}
        </button>
        <button type="button" onClick={() => close(null)}>
          {w('cancel')}
        </button>
      </p>
    </dialog>
  );
}

function Taken({ contents, view }: { readonly contents: BatchContents; readonly view: View }): ReactNode {
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
