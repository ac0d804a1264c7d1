import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';

/** A refused row, as `Reject` has it. */
export interface LoadExample {
  readonly entry: number;
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly code: string;
}

/** Rows of a load, all batches together: read = accepted + unchanged + rejected. */
export interface LoadCounts {
  readonly rowsRead: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Records from before that it took back. */
  readonly withdrawn: number;
}

export interface LoadReport extends LoadCounts {
  readonly source: string;
  /** The ledger's numbers of what it kept. */
  readonly batches: readonly number[];
  /** Streams that no mapping reads, with how many records were passed over. */
  readonly unmapped: readonly { readonly stream: string; readonly records: number }[];
  /** The first refused rows. */
  readonly examples: readonly LoadExample[];
}

/** What a load tells while it goes on. */
export type LoadEvent =
  /** The records before this state are kept: it may be told to whoever asks for it. */
  | { readonly kind: 'state'; readonly text: string }
  | { readonly kind: 'warning'; readonly warning: Diagnostic }
  /** How many records came so far; now and then. */
  | { readonly kind: 'records'; readonly records: number }
  /** The last event, also after a fault: what came before it is kept. */
  | { readonly kind: 'end'; readonly report: LoadReport; readonly faults: readonly Diagnostic[] };

export const LOAD_FORMATS = ['singer', 'airbyte'] as const;
export type LoadFormat = (typeof LOAD_FORMATS)[number];

export interface LoadRequest {
  readonly format: LoadFormat;
  readonly source: string;
  /** What a tap writes to its standard output. */
  readonly content: AsyncIterable<Uint8Array>;
}
