import { useIsFetching } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { importing } from './script-missing.tsx';
import { isTourSeen, onTourAsked } from './tour-kept.ts';

const Tour = lazy(importing(async () => ({ default: (await import('./tour.tsx')).Tour })));

/** The page may ask more once it is drawn: that long nothing is asked before the tour begins. */
const QUIET_MS = 200;

/** The tour, for who was not shown around yet or asks for it; fetched, and asking, once the page has its numbers. */
export function TourGate(): ReactNode {
  const [isDue, setDue] = useState(() => !isTourSeen());
  const [isBegun, setBegun] = useState(false);
  const isAsking = useIsFetching() > 0;
  useEffect(() => onTourAsked(() => setDue(true)), []);
  useEffect(() => {
    if (!isDue || isBegun || isAsking) return undefined;
    const timer = setTimeout(() => setBegun(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [isDue, isBegun, isAsking]);
  if (!isBegun) return null;
  return (
    <Suspense>
      <Tour />
    </Suspense>
  );
}
