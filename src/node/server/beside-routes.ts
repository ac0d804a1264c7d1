import type { OpenAPIHono } from '@hono/zod-openapi';
import type { DeskStore } from '../app/desk-store.ts';
import type { Workspace } from '../app/workspace.ts';
import { addDeskRoutes } from './desk-routes.ts';
import { addReportRoutes } from './report-routes.ts';
import { addSharedRoutes } from './shared-routes.ts';

export interface BesideOptions {
  readonly desk: DeskStore;
  /** Where this server is reached from this machine, once it listens. */
  readonly address: () => string;
}

/** What stands beside the numbers: notes, screens by name, links without an account, PDFs. */
export function addBesideRoutes(
  app: OpenAPIHono,
  workspace: Workspace,
  { desk, address }: BesideOptions,
): void {
  addDeskRoutes(app, desk);
  addSharedRoutes(app, workspace, desk);
  addReportRoutes(app, address);
}
