import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { LoadFormat } from '../app/load-events.ts';

/** How far a source was read. */
export interface ReadBefore {
  /** As it was told last; null where the source was never read, or is read from its beginning. */
  readonly state: string | null;
  /** Streams that the state stands for and that nothing read. */
  readonly passedOver: readonly string[];
}

/** A source that is being read. */
export interface Reading {
  readonly format: LoadFormat;
  /** What it says, as a tap writes it. It ends early, and without an error, where something befalls it. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Ends it, if it has not ended, and tells what befell it. */
  close(): Promise<readonly Diagnostic[]>;
}
