import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { note, noteDraft, savedView, share, shareDraft, viewDraft } from '../app/desk-store.ts';
import type { DeskStore, KeptKind } from '../app/desk-store.ts';
import { readBody } from './request-body.ts';

const MOST_BYTES = 256 * 1024;

const problem = {
  description: 'RFC 9457',
  content: { 'application/problem+json': { schema: z.object({}) } },
};
const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** What of the desk is kept and taken away alike. */
const KINDS = [
  { kind: 'note', name: 'notes', draft: noteDraft, kept: note },
  { kind: 'view', name: 'views', draft: viewDraft, kept: savedView },
] as const satisfies readonly {
  kind: KeptKind;
  name: string;
  draft: z.ZodType;
  kept: z.ZodType;
}[];

/** Notes on charts, screens by name, and links for who has no account. */
export function addDeskRoutes(app: OpenAPIHono, desk: DeskStore): void {
  describe(app);
  app.get('/v1/notes', (context) => context.json({ notes: desk.notes() }));
  app.get('/v1/views', (context) => context.json({ views: desk.views() }));
  app.post('/v1/notes', async (context) =>
    context.json(desk.addNote(await bodyOf(context, noteDraft, 'server.bad_note')), 201),
  );
  app.post('/v1/views', async (context) =>
    context.json(desk.addView(await bodyOf(context, viewDraft, 'server.bad_view')), 201),
  );
  for (const { kind, name } of KINDS) {
    app.delete(`/v1/${name}/:id`, (context) => {
      const id = context.req.param('id') ?? '';
      if (!desk.remove(kind, id)) throw new FaultError([fault('server.unknown_kept', { id })]);
      return context.body(null, 204);
    });
    app.post(`/v1/${name}/:id/restore`, (context) => {
      const id = context.req.param('id') ?? '';
      if (!desk.restore(kind, id)) throw new FaultError([fault('server.unknown_kept', { id })]);
      return context.body(null, 204);
    });
  }
  app.get('/v1/shares', (context) => context.json({ shares: desk.shares() }));
  app.post('/v1/shares', async (context) => {
    const made = desk.addShare(await bodyOf(context, shareDraft, 'server.bad_share'));
    return context.json({ ...made.share, path: `/s/${made.text}` }, 201);
  });
  app.delete('/v1/shares/:id', (context) => {
    const id = context.req.param('id');
    if (!desk.revokeShare(id)) throw new FaultError([fault('server.unknown_share', { id })]);
    return context.body(null, 204);
  });
}

function describe(app: OpenAPIHono): void {
  const byId = { params: z.object({ id: z.string() }) };
  const taking = (schema: z.ZodType) => ({
    body: { content: { 'application/json': { schema } } },
  });
  const gone = { 204: { description: 'Done' }, default: problem };
  for (const { name, draft, kept } of KINDS) {
    const list = json(z.object({ [name]: z.array(kept) }), 'The newest first');
    const paths = [
      createRoute({
        method: 'get',
        path: `/v1/${name}`,
        operationId: name,
        responses: { 200: list, default: problem },
      }),
      createRoute({
        method: 'post',
        path: `/v1/${name}`,
        operationId: `keep_${name}`,
        request: taking(draft),
        responses: { 201: json(kept, 'Kept'), default: problem },
      }),
      createRoute({
        method: 'delete',
        path: `/v1/${name}/{id}`,
        operationId: `remove_${name}`,
        request: byId,
        responses: gone,
      }),
      createRoute({
        method: 'post',
        path: `/v1/${name}/{id}/restore`,
        operationId: `restore_${name}`,
        request: byId,
        responses: gone,
      }),
    ];
    for (const path of paths) app.openAPIRegistry.registerPath(path);
  }
  const shares = json(z.object({ shares: z.array(share) }), 'Links, the newest first');
  const paths = [
    createRoute({
      method: 'get',
      path: '/v1/shares',
      operationId: 'shares',
      responses: { 200: shares, default: problem },
    }),
    createRoute({
      method: 'post',
      path: '/v1/shares',
      operationId: 'create_share',
      request: taking(shareDraft),
      responses: {
        201: json(share.extend({ path: z.string() }), 'The path of the link, told this once'),
        default: problem,
      },
    }),
    createRoute({
      method: 'delete',
      path: '/v1/shares/{id}',
      operationId: 'revoke_share',
      request: byId,
      responses: gone,
    }),
  ];
  for (const path of paths) app.openAPIRegistry.registerPath(path);
}

async function bodyOf<T>(context: Context, schema: z.ZodType<T>, code: string): Promise<T> {
  const text = Buffer.from(await readBody(context, { bytes: MOST_BYTES })).toString();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    throw new FaultError([fault(code, { member: 'JSON' })]);
  }
  const asked = schema.safeParse(body);
  if (!asked.success)
    throw new FaultError([fault(code, { member: asked.error.issues[0]?.path.join('.') ?? '' })]);
  return asked.data;
}
