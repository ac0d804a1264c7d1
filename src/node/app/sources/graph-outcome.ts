import { cellText, isJsonObject, JsonFault, parseJson } from '../../ingest/records/json-text.ts';
import type { GraphAnswer } from './graph-client.ts';

/** What an answer of the Graph API means for who asked. */
export type GraphOutcome =
  | { readonly kind: 'found'; readonly value: Readonly<Record<string, unknown>>; readonly body: string }
  /** Too many calls: none of the source's for so many milliseconds; null where it does not say. */
  | { readonly kind: 'busy'; readonly waitMs: number | null; readonly detail: string }
  /** The token is not in force, or may not see it: only the operator can mend that. */
  | { readonly kind: 'refused'; readonly problem: string; readonly detail: string }
  /** There is no such lead any more. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** It may work later. */
  | { readonly kind: 'failed'; readonly detail: string };

/** Codes of the API's documentation: application, user, page and business use case limits. */
const BUSY: ReadonlySet<number> = new Set([4, 17, 32, 613]);
const EXPIRED = 190;
const SESSION = 102;
const NO_SUCH = 100;
const DENIED: ReadonlySet<number> = new Set([3, 10, 294]);

const MINUTE_MS = 60_000;

export function outcomeOf({ status, headers, body }: GraphAnswer): GraphOutcome {
  const value = jsonOf(body);
  if (status >= 200 && status < 300 && isJsonObject(value) && !isJsonObject(value['error']))
    return { kind: 'found', value, body };
  const error = isJsonObject(value) && isJsonObject(value['error']) ? value['error'] : {};
  const code = Number(cellText(error['code']) ?? 0);
  const detail = `${status} ${code} ${cellText(error['message']) ?? ''}`.trim().slice(0, 200);
  if (BUSY.has(code) || (code >= 80_000 && code <= 80_014) || status === 429)
    return { kind: 'busy', waitMs: waitOf(headers), detail };
  if (code === EXPIRED || code === SESSION || status === 401)
    return { kind: 'refused', problem: 'source.token_expired', detail };
  if (DENIED.has(code) || (code >= 200 && code <= 299))
    return { kind: 'refused', problem: 'source.no_permission', detail };
  if (code === NO_SUCH || status === 404) return { kind: 'gone', detail };
  return { kind: 'failed', detail };
}

function jsonOf(body: string): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    if (error instanceof JsonFault) return null;
    throw error;
  }
}

/** The longest wait that the headers ask for. */
function waitOf(headers: GraphAnswer['headers']): number | null {
  const waits: number[] = [];
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) waits.push(after * 1000);
  const usage = headers['x-business-use-case-usage'];
  if (typeof usage === 'string') {
    for (const [, minutes] of usage.matchAll(/"estimated_time_to_regain_access"\s*:\s*(\d+)/g))
      if (Number(minutes) > 0) waits.push(Number(minutes) * MINUTE_MS);
  }
  return waits.length === 0 ? null : Math.max(...waits);
}
