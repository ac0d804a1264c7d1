import { Readable } from 'node:stream';
import { OpenAPIHono } from '@hono/zod-openapi';
import { compress } from 'hono/compress';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { viewAgreement } from '../../core/agreement/view.ts';
import type { ExportFormat, ImportRequest, Workspace } from '../app/workspace.ts';
import type { RecordKind } from '../ingest/mapping.ts';
import { guard, secure } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { translatorOf } from './language.ts';
import { addMeasureRoutes } from './measure-routes.ts';
import { problem } from './problem.ts';
import { serveWeb } from './web-files.ts';

export interface AppOptions extends GuardOptions {
  /** The folder of the built pages; null where there are none. */
  readonly web: string | null;
  /** Told of our own faults, which the caller sees as one sentence only. */
  readonly report: (error: unknown) => void;
}

const FORMATS: readonly ExportFormat[] = ['csv', 'json', 'parquet'];
const KINDS: readonly RecordKind[] = ['leads', 'activities', 'ads'];

/** The HTTP side of a workspace: the API, its description, and the pages. */
export function createApp(workspace: Workspace, options: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError((error, context) => answerError(error, context, options));
  app.use(secure);
  app.use(guard(options));
  app.use(compress());
  addMeasureRoutes(app, workspace);
  addWorkspaceRoutes(app, workspace);
  app.doc31('/v1/openapi.json', { openapi: '3.1.0', info: { title: 'Tregua', version: '1' } });
  app.all('/v1/*', () => {
    throw new FaultError([fault('server.no_route')]);
  });
  if (options.web !== null) serveWeb(app, options.web);
  return app;
}

function answerError(error: unknown, context: Context, options: AppOptions): Response {
  const { translate } = translatorOf(context);
  const [first, ...rest] = faultsOf(error, options);
  const body = problem([first, ...rest], translate);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}

function faultsOf(error: unknown, options: AppOptions): readonly [Diagnostic, ...Diagnostic[]] {
  if (error instanceof FaultError) {
    const [first, ...rest] = error.faults;
    if (first) return [first, ...rest];
  }
  if (error instanceof HTTPException && error.status === 413) return [fault('server.too_large')];
  options.report(error);
  return [fault('server.failed')];
}

function addWorkspaceRoutes(app: OpenAPIHono, workspace: Workspace): void {
  app.get('/v1/status', async (context) => {
    const { translate } = translatorOf(context);
    const status = await workspace.status();
    return context.json({
      ...status,
      notices: status.notices.map((notice) => translate(notice.code, notice.params)),
    });
  });
  app.get('/v1/agreement', async (context) => {
    const { agreement, version } = await workspace.agreement();
    return context.json({ version, ...viewAgreement(agreement, translatorOf(context).language) });
  });
  app.get('/v1/batches', async (context) => context.json({ batches: await workspace.batches() }));
  app.get('/v1/rejects', async (context) => {
    const batch = context.req.query('batch');
    if (batch !== undefined && !/^\d{1,15}$/.test(batch))
      throw new FaultError([fault('server.bad_batch', { batch })]);
    const rejects = await workspace.rejects(batch === undefined ? undefined : Number(batch));
    const { translate } = translatorOf(context);
    return context.json({
      rejects: rejects.map((reject) => ({
        ...reject,
        reason: translate(reject.code, { value: reject.value, column: reject.column }),
      })),
    });
  });
  app.get('/v1/doctor', async (context) => context.json({ checks: await workspace.doctor() }));
  app.get('/v1/export/:table', async (context) => {
    const format = FORMATS.find((each) => each === (context.req.query('format') ?? 'csv'));
    if (format === undefined)
      throw new FaultError([fault('server.unknown_format', { known: FORMATS.join(', ') })]);
    const rows = await workspace.exportTable(context.req.param('table'), format);
    if (!rows.ok) throw new FaultError(rows.faults);
    return new Response(toWebStream(rows.value), { headers: { 'content-type': 'application/octet-stream' } });
  });
  app.post('/v1/rebuild', async (context) => {
    const status = await workspace.rebuild();
    if (!status.ok) throw new FaultError(status.faults);
    return context.json(status.value);
  });
  app.post('/v1/imports', async (context) => {
    const report = await workspace.importFile(importRequest(context));
    if (!report.ok) throw new FaultError(report.faults);
    return context.json(report.value);
  });
}

function toWebStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function importRequest(context: Context): ImportRequest {
  const { req } = context;
  const mapping = req.header('x-tregua-mapping');
  const as = req.query('as');
  const kind = KINDS.find((each) => each === as);
  if (as !== undefined && kind === undefined)
    throw new FaultError([fault('server.unknown_kind', { name: as, known: KINDS.join(', ') })]);
  const { body } = req.raw;
  return {
    content: body === null ? Readable.from([]) : chunksOf(body),
    fileName: req.query('name') ?? 'upload.csv',
    as: kind,
    source: req.query('source'),
    mapping: mapping === undefined ? undefined : { text: decodeURIComponent(mapping), file: 'mapping.yaml' },
    dryRun: req.query('dry_run') === 'true',
    strict: req.query('strict') === 'true',
  };
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
