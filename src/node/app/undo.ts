import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { ImportContext } from './import.ts';
import type { Undone, UndoneSource } from './workspace.ts';

/**
 * Enters in the ledger that an entry counts no more, and makes the warehouse what it would be without it. Its
 * bytes stay kept; told again, it counts again. What a tap told it will tell again: its state is as before.
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
  let rewound: boolean;
  try {
    const taken = ledger.takeBack(entry);
    rewound = taken.rewound;
    if (!taken.isNew) return failure(fault('store.undone_before', { batch, file }));
  } catch (error) {
    if (error instanceof FaultError) return failure(...error.faults);
    throw error;
  }
  await countAnew(store);
  return success({ entry: batch, source, file, rewound });
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
