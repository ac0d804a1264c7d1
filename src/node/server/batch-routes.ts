import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MOST_REJECTS } from '../../core/data/standings.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { Reject, ServedWorkspace } from '../app/workspace.ts';
import { bodyOf, chunksOf, toWebStream } from './body.ts';
import { translatorOf } from './language.ts';
import type { Uploads } from './uploads.ts';

const SOME = 50;

const batchParam = z.object({ batch: z.string() });
const values = z.strictObject({ values: z.record(z.string(), z.string()) });
const retry = z.strictObject({
  as: z.enum(['leads', 'activities', 'ads']).optional(),
  mapping: z.string().optional(),
  answers: z.record(z.string(), z.string()).optional(),
});

const DESCRIBED = [
  {
    method: 'get',
    path: '/v1/rejects',
    operationId: 'rejects',
    request: {
      query: z.object({
        batch: z.number().int().optional(),
        source: z.string().optional(),
        code: z.string().optional(),
        most: z.number().int().min(1).max(MOST_REJECTS).default(1000).describe('Of one page'),
        after: z
          .string()
          .optional()
          .describe('`next` of the page before: those that follow. `next` is null on the last page'),
        format: z
          .enum(['json', 'csv'])
          .optional()
          .describe('`csv`: all of them with all their cells, as a stream; `most` and `after` do not count'),
      }),
    },
  },
  {
    method: 'post',
    path: '/v1/rejects/{batch}/{line}',
    operationId: 'mend',
    request: {
      params: z.object({ batch: z.string(), line: z.string() }),
      body: { content: { 'application/json': { schema: values } } },
    },
  },
  {
    method: 'post',
    path: '/v1/rejects',
    operationId: 'mend_file',
    request: { query: z.object({ name: z.string().optional() }) },
  },
  {
    method: 'get',
    path: '/v1/loads',
    operationId: 'loads',
    request: { query: z.object({ source: z.string().optional(), most: z.number().int().optional() }) },
  },
  {
    method: 'get',
    path: '/v1/batches/{batch}/contents',
    operationId: 'batch_contents',
    request: { params: batchParam },
  },
  {
    method: 'get',
    path: '/v1/sources/{name}/contents',
    operationId: 'source_contents',
    request: { params: z.object({ name: z.string() }) },
  },
  { method: 'post', path: '/v1/batches/{batch}/undo', operationId: 'undo', request: { params: batchParam } },
  {
    method: 'post',
    path: '/v1/sources/{name}/undo',
    operationId: 'undo_source',
    request: { params: z.object({ name: z.string() }) },
  },
  {
    method: 'post',
    path: '/v1/batches/{batch}/retry',
    operationId: 'retry',
    request: { params: batchParam, body: { content: { 'application/json': { schema: retry } } } },
  },
] as const;

/** What can be done with batches after they were loaded: undo them, mend what was refused of them. */
export function addBatchRoutes(app: OpenAPIHono, workspace: ServedWorkspace, uploads: Uploads): void {
  for (const { operationId, ...route } of DESCRIBED) {
    app.openAPIRegistry.registerPath({
      ...route,
      operationId,
      responses: {
        200: { description: operationId, content: { 'application/json': { schema: z.object({}) } } },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
  }
  app.get('/v1/rejects', async (context) => {
    const { batch, source, code, most, after, format } = context.req.query();
    const filter = { batch: batch === undefined ? undefined : numberIn(batch), source, code };
    const { translate } = translatorOf(context);
    const reasonOf = (reject: Reject): string => reasonIn(translate, reject);
    if (format === 'csv') {
      return new Response(toWebStream(workspace.rejectsCsv(filter, reasonOf)), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="rejects.csv"',
        },
      });
    }
    const page = await workspace.rejects({
      ...filter,
      after,
      ...(most === undefined ? {} : { most: numberIn(most) }),
    });
    return context.json({
      ...page,
      rejects: page.rejects.map((each) => ({ ...each, reason: reasonOf(each) })),
    });
  });
  app.post('/v1/rejects/:batch/:line', async (context) => {
    const { batch, line } = context.req.param();
    const body = await bodyOf(context, values);
    const mended = await workspace.mend(numberIn(batch), numberIn(line), body.values);
    if (!mended.ok) throw new FaultError(mended.faults);
    const { translate } = translatorOf(context);
    const examples = mended.value.examples.map((each) => ({ ...each, reason: reasonIn(translate, each) }));
    return context.json({ ...mended.value, examples });
  });
  app.post('/v1/rejects', async (context) => {
    const { body } = context.req.raw;
    const name = context.req.query('name') ?? 'rejects.csv';
    const upload = await uploads.add(name, body === null ? Readable.from([]) : chunksOf(body));
    try {
      return answer(context, await workspace.mendFile(uploads.path(upload), name));
    } finally {
      await uploads.remove(upload.id);
    }
  });
  app.get('/v1/loads', async (context) => {
    const { source, most } = context.req.query();
    const batches = await workspace.data.batches(most === undefined ? SOME : numberIn(most), source);
    return context.json({ batches });
  });
  app.get('/v1/batches/:batch/contents', async (context) => {
    const batch = numberIn(context.req.param('batch'));
    const contents = await workspace.data.contents(batch);
    if (contents === null) throw new FaultError([fault('store.unknown_batch', { batch })]);
    return context.json(contents);
  });
  app.get('/v1/sources/:name/contents', async (context) => {
    const source = context.req.param('name');
    const contents = await workspace.data.contentsOfSource(source);
    if (contents === null) throw new FaultError([fault('store.nothing_of_source', { source })]);
    return context.json(contents);
  });
  app.post('/v1/batches/:batch/undo', async (context) =>
    answer(context, await workspace.undo(numberIn(context.req.param('batch')))),
  );
  app.post('/v1/sources/:name/undo', async (context) =>
    answer(context, await workspace.undoSource(context.req.param('name'))),
  );
  app.post('/v1/batches/:batch/retry', async (context) => {
    const { as, mapping, answers } = await bodyOf(context, retry);
    const named = mapping === undefined ? undefined : { text: mapping, file: 'mapping.yaml' };
    const batch = numberIn(context.req.param('batch'));
    return answer(context, await workspace.retry(batch, { as, mapping: named, answers }));
  });
}

function reasonIn(translate: Translate, { code, column, value }: Reject): string {
  return translate(code, { column, value });
}

function answer<T>(context: Context, result: Result<T>): Response {
  if (!result.ok) throw new FaultError(result.faults);
  return context.json(result.value);
}

function numberIn(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new FaultError([fault('server.bad_batch', { batch: text })]);
  return Number(text);
}
