import { useIsFetching } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

/** Charts ask once they are drawn: that long nothing may be asked before all has come. */
const QUIET_MS = 400;

/** Parts that are still to be drawn, and will ask when they are. */
let held = 0;
const watchers = new Set<() => void>();

function hold(change: 1 | -1): void {
  held += change;
  for (const told of watchers) told();
}

/** Keeps the page from saying that all has come while a part of it is still to be drawn. */
export function useHold(isDue: boolean): void {
  useEffect(() => {
    if (!isDue) return undefined;
    hold(1);
    return () => hold(-1);
  }, [isDue]);
}

function watch(told: () => void): () => void {
  watchers.add(told);
  return () => watchers.delete(told);
}

/** Says on the page itself when all that it shows has come, for who makes a PDF of it. */
export function useSettled(): void {
  const asking = useIsFetching();
  const due = useSyncExternalStore(watch, () => held);
  useEffect(() => {
    const { dataset } = document.documentElement;
    delete dataset['settled'];
    if (asking > 0 || due > 0) return undefined;
    const timer = setTimeout(() => {
      dataset['settled'] = 'yes';
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [asking, due]);
}
