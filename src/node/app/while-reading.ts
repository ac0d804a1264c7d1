import type { RowsRead } from '../ingest/row-progress.ts';
import type { TellProgress } from './import-progress.ts';
import type { Projector } from './projector.ts';

/** Tells how far an entry has been read while some work reads it. */
export async function whileReading<T>(
  projector: Projector,
  entry: number,
  rows: number | null,
  tell: TellProgress | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (tell === undefined) return work();
  const told = (read: RowsRead): void => {
    const done = 'rows' in read ? read.rows : Math.round(read.share * (rows ?? 0));
    tell({ phase: 'reading', done: rows === null ? done : Math.min(done, rows), total: rows });
  };
  tell({ phase: 'reading', done: 0, total: rows });
  const stop = projector.rowsRead.listen(entry, told);
  try {
    return await work();
  } finally {
    stop();
  }
}
