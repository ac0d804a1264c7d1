import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';

const EVENT = 'tregua:tables';

/** Turns every chart of the page into its table, or back. */
export function toggleTables(): void {
  window.dispatchEvent(new Event(EVENT));
}

/** Whether a chart is shown as its table; one key turns all of them. */
export function useTableView(): readonly [boolean, () => void] {
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    const turn = (): void => setAsTable((before) => !before);
    window.addEventListener(EVENT, turn);
    return () => window.removeEventListener(EVENT, turn);
  }, []);
  return [asTable, () => setAsTable(!asTable)];
}

/** Turns one chart into its table, or back. */
export function TableSwitch({
  asTable,
  turn,
}: {
  readonly asTable: boolean;
  readonly turn: () => void;
}): ReactNode {
  const { t } = useReading();
  return (
    <button type="button" className="quiet" aria-pressed={asTable} aria-keyshortcuts="T" onClick={turn}>
      {t(asTable ? 'chart.as_chart' : 'chart.as_table')}
    </button>
  );
}
