import type { Agreement } from '../../core/agreement/agreement.ts';
import { microsecondsOf } from '../../core/facts/derive.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { RowsRead } from './row-progress.ts';

export interface ProjectionInput {
  readonly entry: LedgerEntry;
  /** Of the stored file. */
  readonly path: string;
  readonly agreement: Agreement;
  readonly dialect: Dialect;
  /** Whether to tell the leads that it touches: in vain where all of them will be derived. */
  readonly tellsLeads: boolean;
  /** Told how far the file has been read. */
  readonly tell?: ((read: RowsRead) => void) | undefined;
}

/** When an entry came, as an instant of the warehouse. */
export function recordedAt({ entry, dialect }: ProjectionInput): Fragment {
  return dialect.instant(dialect.literal('int', String(microsecondsOf(entry.receivedAt))));
}
