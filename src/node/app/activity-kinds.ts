import { z } from 'zod';
import { kindsQuery, readKinds } from '../../core/facts/kinds.ts';
import type { ActivityKind } from '../../core/facts/kinds.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import { readMeta, writeMeta } from './meta.ts';

/** In `meta`: the kinds of which the stored facts have columns, as JSON; `null` where they are too many. */
const KEY = 'derived_kinds';

const TEXT = z.string().nullable();
const STORED = z.array(z.strictObject({ type: TEXT, outcome: TEXT })).nullable();

/** The kinds of the activities that there are; undefined where they are too many for a lead to keep each. */
export async function findKinds(transaction: Transaction): Promise<readonly ActivityKind[] | undefined> {
  return readKinds(await transaction.query(kindsQuery()));
}

export function keepKinds(
  transaction: Transaction,
  kinds: readonly ActivityKind[] | undefined,
): Promise<void> {
  return writeMeta(transaction, KEY, JSON.stringify(kinds ?? null));
}

/** The kinds of which the stored facts have columns. */
export async function storedKinds(
  store: Pick<Transaction, 'query'>,
): Promise<readonly ActivityKind[] | undefined> {
  return STORED.parse(JSON.parse((await readMeta(store, KEY)) ?? 'null')) ?? undefined;
}
