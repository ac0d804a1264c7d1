import type { Diagnostic, Place } from '../../core/diagnostic/diagnostic.ts';
import { wordDiagnostic } from '../../core/diagnostic/wording.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';

/** A fault in words, as the CLI's `--json` and the API give it. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly at: Place | null;
  readonly hint: string | null;
}

export function errorBody(diagnostic: Diagnostic, translate: Translate): ErrorBody {
  const { code, params, at = null } = diagnostic;
  // A server has said it in words already.
  if (code === 'cli.told') {
    const { hint } = params;
    return {
      code: String(params['code']),
      message: String(params['message']),
      at,
      hint: hint === '' ? null : String(hint),
    };
  }
  const { message, hint } = wordDiagnostic(diagnostic, translate);
  return { code, message, at, hint };
}

/** Problem details (RFC 9457) with our members beside the standard's. */
export interface Problem extends ErrorBody {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** All faults, the first of which is told above. */
  readonly errors: readonly ErrorBody[];
}

const NOT_FOUND: ReadonlySet<string> = new Set([
  'question.unknown_lead',
  'server.no_route',
  'store.unknown_table',
]);
const UNAVAILABLE: ReadonlySet<string> = new Set(['store.disk_full', 'store.kept_uncounted', 'store.busy']);

export function statusOf(diagnostic: Diagnostic): number {
  if (NOT_FOUND.has(diagnostic.code)) return 404;
  if (UNAVAILABLE.has(diagnostic.code)) return 503;
  if (diagnostic.code === 'server.too_large') return 413;
  if (diagnostic.code.startsWith('server.forbidden')) return 403;
  return diagnostic.code === 'server.failed' ? 500 : 400;
}

export function problem(faults: readonly [Diagnostic, ...Diagnostic[]], translate: Translate): Problem {
  const [first] = faults;
  const errors = faults.map((each) => errorBody(each, translate));
  const body = errorBody(first, translate);
  return {
    type: 'about:blank',
    title: body.message,
    status: statusOf(first),
    detail: body.message,
    ...body,
    errors,
  };
}
