import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';
import type { LoadReport } from '../app/load-events.ts';
import type { Workspace } from '../app/workspace.ts';
import { readSource } from '../sources/source-config.ts';
import type { SyncStanding, Syncs } from '../sources/syncs.ts';
import { bodyOf } from './body.ts';
import { translatorOf } from './language.ts';
import { errorBody } from './problem.ts';

const wanted = z.strictObject({
  full: z.boolean().optional().describe('From the beginning, whatever was read before'),
});

const told = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() });

const counts = z.object({
  rowsRead: z.number(),
  accepted: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  withdrawn: z.number().describe('Records from before that it took back'),
  batches: z.array(z.number()),
  unmapped: z.array(z.object({ stream: z.string(), records: z.number() })),
});

const syncView = z.object({
  source: z.string(),
  started_at: z.string(),
  done: z.boolean(),
  records: z.number().describe('That the source has told so far'),
  report: counts.nullable().describe('Null until it is done, and where it could not begin'),
  warnings: z.array(told),
  errors: z.array(told).describe('What ended it before its time; what was kept before stays'),
});

const ROUTES = [
  {
    method: 'post',
    operationId: 'sync_source',
    status: 202,
    about: 'It is being read; follow it by GET',
    body: { content: { 'application/json': { schema: wanted } } },
  },
  {
    method: 'get',
    operationId: 'follow_sync',
    status: 200,
    about: 'The last reading that was asked for here',
  },
] as const;

/** Reads a tap or database of `sources/` now, as `tregua sync` does, and tells how far that is. */
export function addSyncRoutes(app: OpenAPIHono, workspace: Workspace, syncs: Syncs): void {
  for (const { method, operationId, status, about, ...more } of ROUTES) {
    app.openAPIRegistry.registerPath({
      method,
      path: '/v1/sources/{name}/sync',
      operationId,
      request: { params: z.object({ name: z.string() }), ...more },
      responses: {
        [status]: { description: about, content: { 'application/json': { schema: syncView } } },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
  }
  app.post('/v1/sources/:name/sync', async (context) => {
    const { full = false } = await bodyOf(context, wanted);
    const source = await readSource(workspace.home, context.req.param('name'));
    if (!source.ok) throw new FaultError(source.faults);
    const { translate } = translatorOf(context);
    return context.json(viewOf(syncs.start(source.value, full), translate), 202);
  });
  app.get('/v1/sources/:name/sync', (context) => {
    const source = context.req.param('name');
    const found = syncs.find(source);
    if (found === null) throw new FaultError([fault('server.no_sync', { source })]);
    return context.json(viewOf(found, translatorOf(context).translate));
  });
}

function viewOf(standing: SyncStanding, translate: Translate): z.infer<typeof syncView> {
  const { source, startedAt, isDone, records, report, warnings, faults } = standing;
  const inWords = (each: Diagnostic): z.infer<typeof told> => {
    const { code, message, hint } = errorBody(each, translate);
    return { code, message, hint };
  };
  return {
    source,
    started_at: startedAt,
    done: isDone,
    records,
    report: report === null ? null : countsOf(report),
    warnings: warnings.map(inWords),
    errors: faults.map(inWords),
  };
}

function countsOf({ batches, unmapped, ...report }: LoadReport): z.infer<typeof counts> {
  const { rowsRead, accepted, unchanged, rejected, withdrawn } = report;
  return {
    rowsRead,
    accepted,
    unchanged,
    rejected,
    withdrawn,
    batches: [...batches],
    unmapped: unmapped.map((each) => ({ ...each })),
  };
}
