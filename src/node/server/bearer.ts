import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { AccessStore, Scope, Token } from '../app/access-store.ts';

/** The token that a request shows; null where it shows none. Throws where what it shows is not in force. */
export function tokenShown(context: Context, access: AccessStore): Token | null {
  const header = context.req.header('authorization');
  if (header === undefined) return null;
  const text = /^Bearer ([\w-]{20,200})$/i.exec(header)?.[1];
  const token = text === undefined ? null : access.tokenOf(text);
  if (token === null) throw new FaultError([fault('server.unknown_token')]);
  return token;
}

/** The token of a request that needs one with this scope. */
export function requireScope(context: Context, access: AccessStore, scope: Scope): Token {
  const token = tokenShown(context, access);
  if (token === null) throw new FaultError([fault('server.no_token', { scope })]);
  if (!token.scopes.includes(scope)) throw new FaultError([fault('server.forbidden_scope', { scope })]);
  return token;
}
