import type { QueryClient } from '@tanstack/react-query';

/** Between two refreshes, so that a stream of leads does not keep the page busy. */
const PAUSE_MS = 500;

/**
 * Asks again what is shown whenever the server says that its data have changed: at once where nothing came for
 * a while, and never while the page is hidden or still asking.
 *
 * @returns how to stop
 */
export function refreshWhenChanged(queries: QueryClient): () => void {
  const source = new EventSource('/v1/events');
  let isDue = false;
  let isBusy = false;
  const refresh = async (): Promise<void> => {
    if (isBusy || !isDue || document.hidden) return;
    isBusy = true;
    isDue = false;
    try {
      await queries.invalidateQueries({ predicate: ({ meta }) => meta?.['isKept'] !== true });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } finally {
      isBusy = false;
    }
    await refresh();
  };
  const note = (): void => {
    isDue = true;
    void refresh();
  };
  const look = (): void => void refresh();
  source.addEventListener('changed', note);
  document.addEventListener('visibilitychange', look);
  return () => {
    source.close();
    document.removeEventListener('visibilitychange', look);
  };
}
