import { z } from 'zod';
import { SCOPES } from '../app/access-store.ts';
import type { Token } from '../app/access-store.ts';

/** A token as the API and the command line show it: never its text. */
export const tokenView = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

export function viewToken(token: Token): z.infer<typeof tokenView> {
  return {
    id: token.id,
    name: token.name,
    scopes: [...token.scopes],
    created_at: token.createdAt,
    last_used_at: token.lastUsedAt,
    revoked_at: token.revokedAt,
  };
}
