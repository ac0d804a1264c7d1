import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';
import { headOfFile } from '../app/import-head.ts';
import { loadingOrder } from '../app/import-plan.ts';
import { keepMapping } from '../app/keep-mapping.ts';
import type { ImportReport, ImportRequest, Workspace } from '../app/workspace.ts';
import { bodyOf, fileChunksOf } from './body.ts';
import type { ImportLoads, RunningLoad } from './import-loads.ts';
import { translatorOf } from './language.ts';
import { errorBody } from './problem.ts';
import type { Uploads } from './uploads.ts';

const file = z.strictObject({
  id: z.string(),
  as: z.enum(['leads', 'activities', 'ads']).optional(),
  source: z.string().optional(),
  /** The text of a mapping. */
  mapping: z.string().optional(),
  /** Keep the mapping in the workspace, so that the next file of the source is recognised. */
  remember: z.boolean().optional(),
  /** `currency`, `dates`…, or a column and the field that it goes to. */
  answers: z.record(z.string(), z.string()).optional(),
});
const files = z.strictObject({ files: z.array(file).min(1).max(50) });
const load = files.extend({
  wait: z.boolean().optional().describe('false: answer at once, with the id to follow the load by'),
});

type Wanted = z.output<typeof file>;

const described = (schema: z.ZodType) => ({
  request: { body: { content: { 'application/json': { schema } } } },
});
const DESCRIBED = [
  {
    method: 'post',
    path: '/v1/import/files',
    operationId: 'upload',
    request: { query: z.object({ name: z.string() }) },
  },
  { method: 'post', path: '/v1/import/plan', operationId: 'plan_import', ...described(files) },
  { method: 'post', path: '/v1/import/load', operationId: 'load_import', ...described(load) },
  {
    method: 'get',
    path: '/v1/import/loads/{id}',
    operationId: 'follow_import',
    request: { params: z.object({ id: z.string() }) },
  },
] as const;

/** What became of one file: its plan or report, or its faults. */
type Told = { readonly wanted: Wanted } & (
  { readonly report: ImportReport } | { readonly faults: readonly Diagnostic[] }
);

/** Import in steps: send each file once, see what it would become, say what it does not, load and follow it. */
export function addImportRoutes(
  app: OpenAPIHono,
  workspace: Workspace,
  uploads: Uploads,
  loads: ImportLoads,
  report: (error: unknown) => void,
): void {
  for (const route of DESCRIBED) {
    app.openAPIRegistry.registerPath({
      ...route,
      responses: {
        200: { description: route.operationId, content: { 'application/json': { schema: z.object({}) } } },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
  }
  app.post('/v1/import/files', async (context) => {
    const { body } = context.req.raw;
    const name = context.req.query('name') ?? 'upload.csv';
    return context.json(await uploads.add(name, body === null ? Readable.from([]) : fileChunksOf(body)));
  });
  app.post('/v1/import/plan', async (context) => {
    const wanted = await bodyOf(context, files);
    const told: Told[] = [];
    for (const each of wanted.files) told.push(await offer(workspace, uploads, each, { dryRun: true }));
    told.sort((left, right) => orderOf(left) - orderOf(right));
    const { translate } = translatorOf(context);
    const { agreement } = await workspace.agreement();
    const plans = told.map(async (each) => {
      const { id } = each.wanted;
      const upload = uploads.find(id);
      const headerLine = 'report' in each ? Number(each.report.plan?.format['headerLine'] ?? 0) : null;
      const head =
        upload === null ? null : await headOfFile(uploads.path(upload), upload.name, headerLine, agreement);
      return { ...outcome(id, upload?.name ?? null, each, translate), order: orderOf(each), head };
    });
    return context.json({ files: await Promise.all(plans) });
  });
  app.post('/v1/import/load', async (context) => {
    const { files: all, wait } = await bodyOf(context, load);
    const { id, ended } = loads.start(
      all.map((each, nth) => ({
        id: each.id,
        name: uploads.find(each.id)?.name ?? each.id,
        work: async (tell) => {
          const told = await offer(workspace, uploads, each, {
            onProgress: tell,
            moreFollow: nth < all.length - 1,
          });
          if (!('report' in told)) return { ok: false, faults: told.faults };
          await uploads.remove(each.id);
          const { report } = told;
          if (each.remember === true && each.mapping !== undefined && report.kept)
            await keepMapping(workspace.home, report.source, each.mapping);
          return { ok: true, value: report, warnings: [] };
        },
      })),
    );
    if (wait !== false) return context.json(view(await ended, translatorOf(context).translate));
    // Whoever follows it sees its end.
    ended.catch(report);
    return context.json({ load: id }, 202);
  });
  app.get('/v1/import/loads/:id', (context) => {
    const found = loads.find(context.req.param('id'));
    if (found === null) throw new FaultError([fault('server.no_load', { id: context.req.param('id') })]);
    return context.json(view(found, translatorOf(context).translate));
  });
}

function orderOf(told: Told): number {
  return loadingOrder('report' in told ? told.report.plan : undefined);
}

async function offer(
  workspace: Workspace,
  uploads: Uploads,
  wanted: Wanted,
  more: Pick<ImportRequest, 'dryRun' | 'onProgress' | 'moreFollow'>,
): Promise<Told> {
  const result = await importUpload(workspace, uploads, wanted, more);
  return result.ok ? { wanted, report: result.value } : { wanted, faults: result.faults };
}

async function importUpload(
  workspace: Workspace,
  uploads: Uploads,
  { id, as, source, mapping, answers }: Wanted,
  more: Pick<ImportRequest, 'dryRun' | 'onProgress' | 'moreFollow'>,
): Promise<Result<ImportReport>> {
  const upload = uploads.find(id);
  if (upload === null) return failure(fault('server.no_upload', { id }));
  return workspace.importFile({
    content: uploads.content(upload),
    fileName: upload.name,
    bytes: upload.bytes,
    as,
    source,
    mapping: mapping === undefined ? undefined : { text: mapping, file: 'mapping.yaml' },
    answers,
    ...more,
  });
}

/** A load as it is told: its files with how far each is. */
function view({ id, isDone, files: all }: RunningLoad, translate: Translate) {
  return {
    load: id,
    done: isDone,
    files: all.map((each) => ({
      ...outcome(
        each.id,
        each.name,
        each.report === null ? { faults: each.faults } : { report: each.report },
        translate,
      ),
      state: each.state,
      progress: each.progress,
    })),
  };
}

function outcome(
  id: string,
  name: string | null,
  told: { readonly report: ImportReport } | { readonly faults: readonly Diagnostic[] },
  translate: Translate,
) {
  if (!('report' in told))
    return { id, name, report: null, errors: told.faults.map((each) => errorBody(each, translate)) };
  const { examples, warnings, ...report } = told.report;
  return {
    id,
    name,
    report: {
      ...report,
      warnings: warnings.map((warning) => errorBody(warning, translate)),
      examples: examples.map((reject) => ({
        ...reject,
        reason: translate(reject.code, { column: reject.column, value: reject.value }),
      })),
    },
    errors: [],
  };
}
