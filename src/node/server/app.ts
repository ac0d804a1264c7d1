import { OpenAPIHono } from '@hono/zod-openapi';
import { addBesideRoutes } from './beside-routes.ts';
import type { BesideOptions } from './beside-routes.ts';
import { compress } from 'hono/compress';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { LiveSources } from '../app/sources/live-sources.ts';
import type { ServedWorkspace } from '../app/workspace.ts';
import { addAgreementRoutes } from './agreement-routes.ts';
import { addBatchRoutes } from './batch-routes.ts';
import { ImportLoads } from './import-loads.ts';
import { addImportRoutes } from './import-routes.ts';
import { guard, secure } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { addEventRoute } from './event-route.ts';
import { addHookRoutes } from './hook-routes.ts';
import { addIntakeRoutes } from './intake-routes.ts';
import { translatorOf } from './language.ts';
import { addIdentityRoutes } from './identity-routes.ts';
import { addLoadRoutes } from './load-routes.ts';
import { addMeasureRoutes } from './measure-routes.ts';
import { programVersion } from '../version.ts';
import { problem } from './problem.ts';
import { addSourceRoutes } from './source-routes.ts';
import { addSyncRoutes } from './sync-routes.ts';
import type { Syncs } from '../sources/syncs.ts';
import { addTokenRoutes } from './token-routes.ts';
import { Uploads } from './uploads.ts';
import { serveWeb } from './web-files.ts';
import { addWorkspaceRoutes } from './workspace-routes.ts';
import { isDiskFull } from '../system-error.ts';

export interface AppOptions extends GuardOptions, Partial<BesideOptions> {
  /** The folder of the built pages; null where there are none. */
  readonly web: string | null;
  /** Told of our own faults, which the caller sees as one sentence only. */
  readonly report: (error: unknown) => void;
  readonly live: LiveSources;
  /** Readings of configured sources that pages ask for. */
  readonly syncs: Syncs;
}

/** The HTTP side of a workspace: the API, its description, and the pages. */
export function createApp(workspace: ServedWorkspace, options: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError((error, context) => answerError(error, context, options));
  app.use(secure);
  app.use(guard(options));
  app.use(compress());
  const { desk, address } = options;
  if (desk !== undefined && address !== undefined) addBesideRoutes(app, workspace, { desk, address });
  addAgreementRoutes(app, workspace);
  addMeasureRoutes(app, workspace);
  const loads = new ImportLoads();
  addWorkspaceRoutes(app, workspace, loads, () => options.live.notices());
  const uploads = new Uploads(workspace.home);
  addBatchRoutes(app, workspace, uploads);
  addImportRoutes(app, workspace, uploads, loads, options.report);
  addIntakeRoutes(app, workspace, options.access);
  addTokenRoutes(app, options.access);
  addSourceRoutes(app, workspace, options.live, options.syncs);
  addSyncRoutes(app, workspace, options.syncs);
  addEventRoute(app, workspace);
  addIdentityRoutes(app, workspace);
  addLoadRoutes(app, workspace);
  addHookRoutes(app, options.live);
  app.doc31('/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Tregua', version: programVersion() },
  });
  app.all('/v1/*', () => {
    throw new FaultError([fault('server.no_route')]);
  });
  if (options.web !== null) serveWeb(app, options.web, workspace);
  return app;
}

function answerError(error: unknown, context: Context, options: AppOptions): Response {
  const { translate } = translatorOf(context);
  const [first, ...rest] = faultsOf(error, options);
  const body = problem([first, ...rest], translate);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(body.status === 401 ? { 'www-authenticate': 'Bearer realm="tregua"' } : {}),
      ...(body.status === 503 ? { 'retry-after': '5' } : {}),
    },
  });
}

function faultsOf(error: unknown, options: AppOptions): readonly [Diagnostic, ...Diagnostic[]] {
  if (error instanceof FaultError) {
    const [first, ...rest] = error.faults;
    if (first) return [first, ...rest];
  }
  if (error instanceof HTTPException && error.status === 413) return [fault('server.too_large')];
  if (isDiskFull(error)) return [fault('store.disk_full', { free: 0 })];
  options.report(error);
  return [fault('server.failed')];
}
