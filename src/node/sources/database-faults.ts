import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { isNodeError } from '../system-error.ts';
import type { DatabaseConfig } from './source-config.ts';

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTSOCK',
]);

/** What a server calls the things that may befall us, by its codes. */
export interface DatabaseCodes {
  readonly refused: ReadonlySet<string>;
  readonly tooSlow: ReadonlySet<string>;
  readonly brokenOff: ReadonlySet<string>;
  /** Of drivers, which have no code for some of it. */
  readonly unreachableText: RegExp;
  readonly brokenOffText: RegExp;
}

/** An error of a driver as what its user can do about it. */
export function databaseFault(
  error: unknown,
  codes: DatabaseCodes,
  { name: source, timeout }: DatabaseConfig,
  { host, stream }: { readonly host: string; readonly stream: string | null },
): FaultError {
  const text = firstLine(error);
  const code = isNodeError(error) ? String(error.code) : '';
  // MariaDB has numbers that its driver has no name for.
  const number = isNodeError(error) ? String(error.errno) : '';
  const is = (known: ReadonlySet<string>): boolean => known.has(code) || known.has(number);
  const made = (): ReturnType<typeof fault> => {
    if (UNREACHABLE.has(code) || codes.unreachableText.test(text))
      return fault('source.unreachable', { source, host });
    if (is(codes.refused)) return fault('source.refused', { source, host, text });
    if (is(codes.tooSlow)) return fault('source.too_slow', { source, stream: stream ?? '', timeout });
    if (is(codes.brokenOff) || code === 'ECONNRESET' || code === 'EPIPE' || codes.brokenOffText.test(text))
      return fault('source.broken_off', { source, host });
    return fault('source.query_failed', { source, stream: stream ?? '', text });
  };
  return new FaultError([made()], { cause: error });
}

function firstLine(error: unknown): string {
  // Of a host with several addresses each tells its own.
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const [line = ''] = (inner instanceof Error ? inner.message : String(inner)).split('\n');
  return line.slice(0, 300);
}
