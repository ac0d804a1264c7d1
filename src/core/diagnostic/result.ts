import type { Diagnostic } from './diagnostic.ts';

/** A value with the warnings met on the way, or every fault found. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly faults: readonly Diagnostic[] };

export function success<T>(value: T, warnings: readonly Diagnostic[] = []): Result<T> {
  return { ok: true, value, warnings };
}

export function failure(...faults: readonly Diagnostic[]): Result<never> {
  return { ok: false, faults };
}
