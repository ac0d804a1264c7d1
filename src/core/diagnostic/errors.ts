import type { Diagnostic } from './diagnostic.ts';

/** A bug of ours: never shown as a user's fault. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * Carries a user's faults through code that cannot return them (callbacks of libraries, streams). The server
 * and the CLI each turn it into words in one place.
 */
export class FaultError extends Error {
  override readonly name = 'FaultError';
  readonly faults: readonly Diagnostic[];

  constructor(faults: readonly Diagnostic[], options?: ErrorOptions) {
    super(faults.map((each) => each.code).join(', '), options);
    this.faults = faults;
  }
}

/** Marks a branch that the types exclude. */
export function unreachable(value: never, what: string): never {
  throw new InvariantError(`unexpected ${what}: ${JSON.stringify(value)}`);
}
