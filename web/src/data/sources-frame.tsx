import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import type { Source } from './answers.ts';
import { DataFrame } from './frame.tsx';

/** A part of Data that shows where they come from, once that is told. */
export function SourcesFrame({
  children,
}: {
  readonly children: (sources: readonly Source[], view: View) => ReactNode;
}): ReactNode {
  const view = useView();
  const sources = useAnswer('sources');
  return (
    <DataFrame>
      {sources.error ? (
        <Failure error={sources.error} retry={() => void sources.refetch()} />
      ) : sources.data === undefined || view === null ? (
        <Skeleton lines={8} />
      ) : (
        children(sources.data.sources, view)
      )}
    </DataFrame>
  );
}
