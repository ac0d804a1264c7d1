import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ImportContext } from './import.ts';
import type { Undone, UndoneSource } from './workspace.ts';

/**
 * Enters in the ledger that an entry counts no more, nor what mended rows of it, and makes the warehouse what it would
 * be without them. Their bytes stay kept; told again, they count again. What a tap told it will tell again: its state is as before.
 *
 * @param isRead whether a source is being read at this moment, and so about to write its state
 */
export async function undoBatch(
  { ledger, ...store }: ImportContext,
  batch: number,
  isRead: (source: string) => boolean,
): Promise<Result<Undone>> {
  const entry = ledger.entry(batch);
  if (entry === null) return failure(fault('store.unknown_batch', { batch }));
  const file = entry.file.name;
  const { source } = entry;
  if (isRead(source)) return failure(fault('load.busy', { source }));
  if (ledger.takenBack().includes(batch)) return failure(fault('store.undone_before', { batch, file }));
  const mends = mendsOf(ledger, batch);
  let rewound: boolean;
  try {
    // The batch last: where this ends in the middle, it can be undone again.
    for (const mend of mends) {
      const told = ledger.entry(mend);
      if (told !== null) ledger.takeBack(told);
    }
    rewound = ledger.takeBack(entry).rewound;
  } catch (error) {
    if (error instanceof FaultError) return failure(...error.faults);
    throw error;
  }
  await countAnew(store);
  return success({ entry: batch, source, file, rewound, mended_by: mends.length });
}

/**
 * The entries that tell refused rows of a batch with other values, and those that mend what of them was refused again:
 * rows of its file. A file that was read again as a whole is a batch of its own.
 */
export function mendsOf(ledger: Pick<Ledger, 'entry' | 'retold'>, batch: number): readonly number[] {
  const retold = ledger.retold();
  const found = new Set([batch]);
  // A set grows while it is gone through.
  for (const each of found) {
    const file = ledger.entry(each)?.file.hash;
    for (const { entry, by } of retold)
      if (entry === each && ledger.entry(by)?.file.hash !== file) found.add(by);
  }
  found.delete(batch);
  return [...found];
}

/** Takes back all that a source told, and lets it be read from its beginning. */
export async function undoSource(
  { ledger, ...store }: ImportContext,
  source: string,
  isRead: (source: string) => boolean,
): Promise<Result<UndoneSource>> {
  if (isRead(source)) return failure(fault('load.busy', { source }));
  const ids = ledger.idsOf(source);
  if (ids.length === 0) return failure(fault('store.nothing_of_source', { source }));
  try {
    for (const id of ids) {
      const entry = ledger.entry(id);
      if (entry !== null) ledger.takeBack(entry);
    }
  } catch (error) {
    if (error instanceof FaultError) return failure(...error.faults);
    throw error;
  } finally {
    await countAnew(store);
  }
  return success({ source, batches: ids.length });
}

async function countAnew(store: Pick<ImportContext, 'use'>): Promise<void> {
  await store.use(async ({ projector }) => {
    await projector.catchUp();
    await projector.derive(new Date().toISOString());
  });
}
