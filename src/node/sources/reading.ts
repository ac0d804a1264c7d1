import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { LoadFormat } from '../app/load-events.ts';

/** A source that is being read. */
export interface Reading {
  readonly format: LoadFormat;
  /** What it says, as a tap writes it. It ends early, and without an error, where something befalls it. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Ends it, if it has not ended, and tells what befell it. */
  close(): Promise<readonly Diagnostic[]>;
}
