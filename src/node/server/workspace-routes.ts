import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { viewAgreement } from '../../core/agreement/view.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { asOfQuestion } from '../../core/measures/question.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { TellProgress } from '../app/import-progress.ts';
import type { ExportFormat, ImportReport, ImportRequest, Workspace } from '../app/workspace.ts';
import type { RecordKind } from '../ingest/mapping.ts';
import { questionOf } from './measure-routes.ts';
import { fileChunksOf, toWebStream } from './body.ts';
import type { ImportLoads } from './import-loads.ts';
import { translatorOf } from './language.ts';

const FORMATS = ['csv', 'json', 'parquet'] as const satisfies readonly ExportFormat[];
const KINDS = ['leads', 'activities', 'ads'] as const satisfies readonly RecordKind[];

const text = z.string().optional();

/** What is asked of a workspace besides its measures, for the description of the API. */
const DESCRIBED = [
  { method: 'get', path: '/v1/status', query: asOfQuestion },
  { method: 'get', path: '/v1/agreement', query: z.object({ lang: z.enum(['es', 'en']).optional() }) },
  { method: 'get', path: '/v1/batches', query: z.object({}) },
  { method: 'get', path: '/v1/doctor', query: z.object({}) },
  { method: 'get', path: '/v1/export/{table}', query: z.object({ format: z.enum(FORMATS).optional() }) },
  { method: 'post', path: '/v1/rebuild', query: z.object({}) },
  {
    method: 'post',
    path: '/v1/imports',
    query: z.object({
      name: text,
      as: z.enum(KINDS).optional(),
      source: text,
      dry_run: z.boolean().optional(),
      strict: z.boolean().optional(),
      load: text.describe(
        'An id of your own, 8 to 64 letters and digits, to follow it by at /v1/import/loads/{id}',
      ),
      /** `currency=MXN`, or a column and its field. */
      answer: z.union([z.string(), z.array(z.string())]).optional(),
    }),
  },
] as const;

/** The routes of a workspace besides its measures'. */
export function addWorkspaceRoutes(
  app: OpenAPIHono,
  workspace: Workspace,
  loads: ImportLoads,
  ofSources: () => readonly Diagnostic[],
): void {
  for (const { method, path, query } of DESCRIBED) {
    const name = path.split('/')[2] ?? '';
    const content =
      name === 'export'
        ? { 'application/octet-stream': {} }
        : { 'application/json': { schema: z.object({}) } };
    app.openAPIRegistry.registerPath({
      method,
      path,
      operationId: name,
      request: { query, ...(name === 'export' ? { params: z.object({ table: z.string() }) } : {}) },
      responses: {
        200: { description: name, content },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
  }
  app.get('/v1/status', async (context) => {
    const { translate } = translatorOf(context);
    const status = await workspace.status(questionOf(context.req.url));
    return context.json({
      ...status,
      notices: [...status.notices, ...ofSources()].map((notice) => translate(notice.code, notice.params)),
    });
  });
  app.get('/v1/agreement', async (context) => {
    const { agreement, version } = await workspace.agreement();
    return context.json({ version, ...viewAgreement(agreement, translatorOf(context).language) });
  });
  app.get('/v1/batches', async (context) => context.json({ batches: await workspace.batches() }));
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
    const request = importRequest(context);
    const id = context.req.query('load');
    if (id !== undefined && (!/^[\w-]{8,64}$/.test(id) || loads.find(id) !== null))
      throw new FaultError([fault('server.bad_load', { id })]);
    const work = (onProgress: TellProgress): Promise<Result<ImportReport>> =>
      workspace.importFile({ ...request, onProgress });
    const { ended } = loads.start([{ id: 'file', name: request.fileName, work }], id);
    const [file] = (await ended).files;
    if (file?.report == null) throw new FaultError(file?.faults ?? []);
    return context.json(file.report);
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
    content: body === null ? Readable.from([]) : fileChunksOf(body),
    fileName: req.query('name') ?? 'upload.csv',
    bytes: Number(req.header('content-length')) || undefined,
    as: kind,
    source: req.query('source'),
    mapping: mapping === undefined ? undefined : { text: decoded(mapping), file: 'mapping.yaml' },
    dryRun: req.query('dry_run') === 'true',
    strict: req.query('strict') === 'true',
    answers: Object.fromEntries((req.queries('answer') ?? []).map(answerIn)),
  };
}

function answerIn(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new FaultError([fault('cli.bad_answer', { text })]);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function decoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    throw new FaultError([fault('server.bad_mapping_header')]);
  }
}
