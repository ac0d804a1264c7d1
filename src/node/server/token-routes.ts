import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { SCOPES } from '../app/access-store.ts';
import type { AccessStore } from '../app/access-store.ts';
import { parseJson, JsonFault } from '../ingest/records/json-text.ts';
import { readBody } from './request-body.ts';
import { tokenView, viewToken } from './token-view.ts';

const newToken = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(z.enum(SCOPES)).min(1),
});

const problem = {
  description: 'RFC 9457',
  content: { 'application/problem+json': { schema: z.object({}) } },
};
const MOST_BYTES = 64 * 1024;

/** Tokens, for the operator of the server: who shows the token of `.tregua/server.json`. */
export function addTokenRoutes(app: OpenAPIHono, access: AccessStore): void {
  const json = (schema: z.ZodType, description: string) => ({
    description,
    content: { 'application/json': { schema } },
  });
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/tokens',
      operationId: 'tokens',
      responses: { 200: json(z.object({ tokens: z.array(tokenView) }), 'tokens'), default: problem },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/tokens',
      operationId: 'create_token',
      request: { body: { content: { 'application/json': { schema: newToken } } } },
      responses: {
        201: json(tokenView.extend({ token: z.string() }), 'The text of the token, told this once'),
        default: problem,
      },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'delete',
      path: '/v1/tokens/{id}',
      operationId: 'revoke_token',
      request: { params: z.object({ id: z.string() }) },
      responses: { 204: { description: 'Revoked' }, default: problem },
    }),
  );
  app.get('/v1/tokens', (context) => context.json({ tokens: access.tokens().map(viewToken) }));
  app.post('/v1/tokens', async (context) => {
    const asked = newToken.safeParse(parsed(await readBody(context, { bytes: MOST_BYTES })));
    if (!asked.success)
      throw new FaultError([fault('server.bad_token_request', { known: SCOPES.join(', ') })]);
    const { token, text } = access.createToken(asked.data.name, asked.data.scopes);
    return context.json({ ...viewToken(token), token: text }, 201);
  });
  app.delete('/v1/tokens/:id', (context) => {
    const id = context.req.param('id');
    if (!access.revokeToken(id)) throw new FaultError([fault('server.unknown_token_id', { id })]);
    return context.body(null, 204);
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString());
  } catch (error) {
    if (error instanceof JsonFault) return null;
    throw error;
  }
}
