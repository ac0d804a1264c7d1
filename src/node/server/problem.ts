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

/** The status of a fault by its code; 400 of any other. */
const STATUS: Readonly<Record<string, number>> = {
  'question.unknown_lead': 404,
  'server.no_route': 404,
  'server.unknown_token_id': 404,
  'server.unknown_kept': 404,
  'server.unknown_share': 404,
  'server.no_share': 404,
  'server.no_browser': 501,
  'store.unknown_table': 404,
  'store.unknown_batch': 404,
  'store.nothing_of_source': 404,
  'server.no_upload': 404,
  'server.no_load': 404,
  'server.no_sync': 404,
  'source.unknown': 404,
  'load.busy': 409,
  'store.unknown_reject': 404,
  'store.undone_before': 409,
  'store.disk_full': 503,
  'store.kept_uncounted': 503,
  'store.busy': 503,
  'server.overloaded': 503,
  'hook.no_source': 404,
  'hook.no_signature': 401,
  'hook.bad_signature': 401,
  'hook.bad_id': 401,
  'hook.stale': 401,
  'hook.forbidden_handshake': 403,
  'server.no_token': 401,
  'server.unknown_token': 401,
  'server.too_slow': 408,
  'intake.in_flight': 409,
  'server.too_large': 413,
  'server.body_too_large': 413,
  'intake.too_many': 413,
  'server.no_json': 415,
  'server.unknown_encoding': 415,
  'intake.other_body': 422,
  'server.failed': 500,
};

export function statusOf({ code }: Diagnostic): number {
  return STATUS[code] ?? (code.startsWith('server.forbidden') ? 403 : 400);
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
