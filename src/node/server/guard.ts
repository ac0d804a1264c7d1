import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { AccessStore } from '../app/access-store.ts';
import { requireScope } from './bearer.ts';

export interface GuardOptions {
  /** The names by which this server may be called; `null`: by any (it was asked to be open). */
  readonly hosts: ReadonlySet<string> | null;
  /** What a caller that is no page of ours must show to change something. */
  readonly token: string;
  readonly access: AccessStore;
}

/** Routes that look at a token or a signature themselves, whoever calls them and by whatever name. */
const SELF_GUARDED: readonly { readonly method: string; readonly path: RegExp }[] = [
  { method: 'POST', path: /^\/v1\/(?:leads|activities|ads)$/ },
  { method: 'POST', path: /^\/v1\/hooks\/[^/]+$/ },
  { method: 'GET', path: /^\/v1\/hooks\/[^/]+$/ },
  // A link that needs no account, and what its page is made of.
  { method: 'GET', path: /^\/v1\/shared\/[\w-]+(?:\/[\w-]+){0,2}$/ },
  { method: 'GET', path: /^\/(?:s\/[\w-]+|assets\/[\w.-]+)$/ },
];

/** Routes that give out secrets: for who holds the token of the running server, and for our own pages. */
const TOKENS = /^\/v1\/tokens(?:\/|$)/;
const SOURCES = /^\/v1\/sources(?:\/|$)/;

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
 * change anything through its reader's browser. Who shows a token that may read, may, by any name.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    check(context, options);
    await next();
  };
}

function check(context: Context, options: GuardOptions): void {
  const { method, path } = context.req;
  const host = context.req.header('host') ?? '';
  const origin = context.req.header('origin');
  const isOurs = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  const reads = method === 'GET' || method === 'HEAD';
  if (SELF_GUARDED.some((each) => each.method === method && each.path.test(path))) {
    // A page of another site has no business here, whatever it shows.
    if (origin !== undefined && !isOurs) throw new FaultError([fault('server.forbidden_caller')]);
    return;
  }
  if (reads && context.req.header('authorization') !== undefined) {
    if (TOKENS.test(path)) throw new FaultError([fault('server.forbidden_caller')]);
    requireScope(context, options.access, 'read');
    return;
  }
  if (options.hosts !== null && !options.hosts.has(hostName(host))) {
    throw new FaultError([fault('server.forbidden_host', { host })]);
  }
  const isOperator = sameToken(context.req.header('x-tregua-token'), options.token);
  if ((TOKENS.test(path) || (!reads && SOURCES.test(path))) && !isOperator) {
    // A page says whose it is; whoever reaches an open server may be anybody.
    const isPage = isOurs || (reads && context.req.header('sec-fetch-site') === 'same-origin');
    if (options.hosts === null || !isPage) throw new FaultError([fault('server.forbidden_caller')]);
  }
  if (!reads && !isOurs && !isOperator) throw new FaultError([fault('server.forbidden_caller')]);
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
