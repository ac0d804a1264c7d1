import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { LiveSources } from '../app/sources/live-sources.ts';
import { isSignedByMeta, sameText } from '../app/sources/meta-signature.ts';
import type { Source } from '../app/sources/source-store.ts';
import { signatureFault } from '../app/sources/standard-webhooks.ts';
import { readBody } from './request-body.ts';

/** Addresses that sources call: each delivery proves by its signature whose it is. */
export function addHookRoutes(app: OpenAPIHono, live: LiveSources): void {
  const params = z.object({ source: z.string() });
  const problem = {
    description: 'RFC 9457',
    content: { 'application/problem+json': { schema: z.object({}) } },
  };
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/hooks/{source}',
      operationId: 'hook_handshake',
      request: {
        params,
        query: z.object({
          'hub.mode': z.string(),
          'hub.verify_token': z.string(),
          'hub.challenge': z.string(),
        }),
      },
      responses: { 200: { description: 'The challenge', content: { 'text/plain': {} } }, default: problem },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/hooks/{source}',
      operationId: 'hook',
      request: { params, body: { content: { 'application/json': { schema: z.unknown() } } } },
      responses: {
        200: {
          description: 'Kept, flushed to disk',
          content: {
            'application/json': { schema: z.object({ entry: z.number().nullable(), known: z.boolean() }) },
          },
        },
        default: problem,
      },
    }),
  );
  app.get('/v1/hooks/:source', (context) => shakeHands(context, live));
  app.post('/v1/hooks/:source', (context) => receive(context, live));
}

function sourceOf(context: Context, live: LiveSources): Source {
  const source = live.sources.find(context.req.param('source') ?? '');
  if (source === null) throw new FaultError([fault('hook.no_source')]);
  return source;
}

/** Meta asks whether it is us, by the word that the operator gave it. */
function shakeHands(context: Context, live: LiveSources): Response {
  const source = sourceOf(context, live);
  const given = context.req.query('hub.verify_token') ?? '';
  const challenge = context.req.query('hub.challenge') ?? '';
  const [expected] = live.sources.secrets(source.name, 'verify');
  if (
    source.kind !== 'meta' ||
    expected === undefined ||
    context.req.query('hub.mode') !== 'subscribe' ||
    !sameText(given, expected)
  )
    throw new FaultError([fault('hook.forbidden_handshake')]);
  if (!/^[\w.-]{1,200}$/.test(challenge)) throw new FaultError([fault('hook.bad_challenge')]);
  return context.text(challenge);
}

async function receive(context: Context, live: LiveSources): Promise<Response> {
  const source = sourceOf(context, live);
  const { name } = source;
  const body = await readBody(context);
  if (source.kind === 'meta') {
    if (!isSignedByMeta(context.req.header('x-hub-signature-256'), body, live.sources.secrets(name, 'app')))
      throw new FaultError([fault('hook.bad_signature')]);
    return context.json(await live.takeNotice(source, body));
  }
  const id = context.req.header('webhook-id');
  const timestamp = context.req.header('webhook-timestamp');
  const signature = context.req.header('webhook-signature');
  const wrong = signatureFault(
    { id, timestamp, signature, body },
    live.sources.secrets(name, 'signing'),
    Math.floor(Date.now() / 1000),
  );
  if (wrong !== null || id === undefined) throw new FaultError([fault(wrong ?? 'hook.no_signature')]);
  const at = new Date(Number(timestamp) * 1000).toISOString();
  return context.json(await live.takeDelivery(source, id, at, body));
}
