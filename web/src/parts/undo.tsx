import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';

/** Time to change one's mind. */
const OFFERED_MS = 12_000;

interface Done {
  readonly text: string;
  readonly undo: () => void;
}

const UndoContext = createContext<(done: Done) => void>(() => undefined);

/** Offers to take back what was just done, below everything else. */
export function UndoProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { t } = useReading();
  const [done, setDone] = useState<Done | null>(null);
  const offer = useCallback((next: Done) => setDone(next), []);
  useEffect(() => {
    if (done === null) return undefined;
    const timer = setTimeout(() => setDone(null), OFFERED_MS);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <UndoContext value={useMemo(() => offer, [offer])}>
      {children}
      <div className="undo" aria-live="polite">
        {done !== null && (
          <p>
            {done.text}{' '}
            <button
              type="button"
              className="link"
              onClick={() => {
                done.undo();
                setDone(null);
              }}
            >
              {t('undo')}
            </button>
          </p>
        )}
      </div>
    </UndoContext>
  );
}

export function useUndo(): (done: Done) => void {
  return use(UndoContext);
}
