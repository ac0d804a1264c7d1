import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { loadingOrder } from '../app/import-plan.ts';
import type { ImportReport, Workspace } from '../app/workspace.ts';
import { bodyOf, chunksOf } from './body.ts';
import { translatorOf } from './language.ts';
import { errorBody } from './problem.ts';
import { Uploads } from './uploads.ts';

const file = z.strictObject({
  id: z.string(),
  as: z.enum(['leads', 'activities', 'ads']).optional(),
  source: z.string().optional(),
  /** The text of a mapping. */
  mapping: z.string().optional(),
  /** `currency`, `dates`…, or a column and the field that it goes to. */
  answers: z.record(z.string(), z.string()).optional(),
});
const files = z.strictObject({ files: z.array(file).min(1).max(50) });

type Wanted = z.output<typeof file>;

const OF_FILES = { body: { content: { 'application/json': { schema: files } } } };
const DESCRIBED = [
  {
    path: '/v1/import/files',
    operationId: 'upload',
    request: { query: z.object({ name: z.string() }) },
  },
  { path: '/v1/import/plan', operationId: 'plan_import', request: OF_FILES },
  { path: '/v1/import/load', operationId: 'load_import', request: OF_FILES },
] as const;

/** What became of one file: its plan or report, or its faults. */
type Told = { readonly wanted: Wanted } & (
  { readonly report: ImportReport } | { readonly faults: readonly Diagnostic[] }
);

/** Import in steps: send each file once, see what it would become, say what it does not, load. */
export function addImportRoutes(app: OpenAPIHono, workspace: Workspace): void {
  const uploads = new Uploads(workspace.home);
  for (const route of DESCRIBED) {
    app.openAPIRegistry.registerPath({
      method: 'post',
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
    return context.json(await uploads.add(name, body === null ? Readable.from([]) : chunksOf(body)));
  });
  app.post('/v1/import/plan', async (context) => {
    const wanted = await bodyOf(context, files);
    const told: Told[] = [];
    for (const each of wanted.files) told.push(await offer(workspace, uploads, each, true));
    return answer(
      context,
      uploads,
      told.sort((left, right) => orderOf(left) - orderOf(right)),
    );
  });
  app.post('/v1/import/load', async (context) => {
    const wanted = await bodyOf(context, files);
    const told: Told[] = [];
    for (const each of wanted.files) told.push(await offer(workspace, uploads, each, false));
    const response = answer(context, uploads, told);
    for (const each of told) if ('report' in each) await uploads.remove(each.wanted.id);
    return response;
  });
}

function orderOf(told: Told): number {
  return 'report' in told && told.report.plan !== undefined ? loadingOrder(told.report.plan) : 9;
}

async function offer(workspace: Workspace, uploads: Uploads, wanted: Wanted, dryRun: boolean): Promise<Told> {
  const upload = uploads.find(wanted.id);
  if (upload === null) return { wanted, faults: [fault('server.no_upload', { id: wanted.id })] };
  const { as, source, mapping, answers } = wanted;
  const result = await workspace.importFile({
    content: uploads.content(upload),
    fileName: upload.name,
    as,
    source,
    mapping: mapping === undefined ? undefined : { text: mapping, file: 'mapping.yaml' },
    answers,
    dryRun,
  });
  return result.ok ? { wanted, report: result.value } : { wanted, faults: result.faults };
}

function answer(context: Context, uploads: Uploads, told: readonly Told[]): Response {
  const { translate } = translatorOf(context);
  return context.json({
    files: told.map((each) => {
      const { id } = each.wanted;
      const name = uploads.find(id)?.name ?? null;
      if (!('report' in each))
        return { id, name, report: null, errors: each.faults.map((fault) => errorBody(fault, translate)) };
      const { examples, warnings, ...report } = each.report;
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
    }),
  });
}
