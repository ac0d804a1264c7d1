import { startTransition, useEffect, useState } from 'react';
import { useHold } from './settled.ts';

/** A busy page gets to the next part after so long all the same. */
const MOST_PATIENCE_MS = 150;

function whenIdle(work: () => void): () => void {
  // Safari has no idle callbacks.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(work, 16);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: MOST_PATIENCE_MS });
  return () => cancelIdleCallback(handle);
}

/**
 * Draws the parts of a long page one after the other, whenever nothing else is to be done: what is read first
 * answers to a press meanwhile.
 *
 * @param count of the parts
 * @returns how many of them are to be there by now
 */
export function useTurns(count: number): number {
  const [turn, setTurn] = useState(0);
  useHold(turn < count);
  useEffect(() => {
    if (turn >= count) return undefined;
    return whenIdle(() => startTransition(() => setTurn(turn + 1)));
  }, [turn, count]);
  return turn;
}
