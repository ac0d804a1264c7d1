import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';

export interface GuardOptions {
  /** The names by which this server may be called; `null`: by any (it was asked to be open). */
  readonly hosts: ReadonlySet<string> | null;
  /** What a caller that is no page of ours must show to change something. */
  readonly token: string;
}

function sameToken(given: string | undefined, token: string): boolean {
  const left = Buffer.from(given ?? '');
  const right = Buffer.from(token);
  return left.length === right.length && timingSafeEqual(left, right);
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/**
 * Keeps other sites out: a page elsewhere may neither reach us under a name of its own (DNS rebinding) nor
 * change anything through its reader's browser.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (options.hosts !== null && !options.hosts.has(hostName(host))) {
      throw new FaultError([fault('server.forbidden_host', { host })]);
    }
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      const origin = context.req.header('origin');
      const ours = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
      if (!ours && !sameToken(context.req.header('x-tregua-token'), options.token)) {
        throw new FaultError([fault('server.forbidden_caller')]);
      }
    }
    await next();
  };
}

/** Headers that keep a page of ours from being framed, sniffed or made to load from elsewhere. */
export const secure: MiddlewareHandler = async (context, next) => {
  await next();
  const headers = context.res.headers;
  headers.set(
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
};
