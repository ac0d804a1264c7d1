import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { viewAgreement } from '../../core/agreement/view.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { findMeasure } from '../../core/measures/registry.ts';
import type { DeskStore, Share, SharedScreen } from '../app/desk-store.ts';
import { viewState } from '../app/desk-store.ts';
import type { Workspace } from '../app/workspace.ts';
import { translatorOf } from './language.ts';
import { questionOf } from './measure-routes.ts';

/** The measures that a screen shows; none of them lists leads. */
const MEASURES: Readonly<Record<SharedScreen, ReadonlySet<string>>> = {
  panorama: new Set(['page', 'funnel', 'changes', 'maturity', 'opportunities', 'targets', 'handoffs']),
  breakdowns: new Set(['breakdown']),
};

/** What decides which leads are counted, and by what: always as the link says it, whatever is asked. */
const FIXED = ['from', 'to', 'where', 'filter', 'as_of', 'stages', 'second'] as const;
/** What else a reader of the link may choose; the stages only where the link says none. */
const FREE: ReadonlySet<string> = new Set([
  'mode',
  'compare',
  'times',
  'every',
  'dimension',
  'top',
  'stages',
]);
const MOST_GROUPS = 30;

/**
 * One view for who has its link: the same measures as its screen's, over the leads that the link is of, and
 * nothing else. No lead, no row, no file.
 */
export function addSharedRoutes(app: OpenAPIHono, workspace: Workspace, desk: DeskStore): void {
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/shared/{token}',
      operationId: 'shared',
      request: { params: z.object({ token: z.string() }) },
      responses: {
        200: {
          description: 'What the link shows',
          content: {
            'application/json': {
              schema: z.object({
                name: z.string(),
                screen: z.string(),
                state: viewState,
                expires_at: z.string(),
              }),
            },
          },
        },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    }),
  );
  for (const part of PARTS) describePart(app, part);
  const shareIn = (context: Context): Share => {
    const found = desk.shareOf(context.req.param('token') ?? '', new Date().toISOString());
    if (found === null) throw new FaultError([fault('server.no_share')]);
    context.header('cache-control', 'private, no-store');
    return found;
  };
  app.get('/v1/shared/:token', (context) => {
    const { name, screen, state, expires_at } = shareIn(context);
    return context.json({ name, screen, state, expires_at });
  });
  app.get('/v1/shared/:token/status', async (context) => {
    shareIn(context);
    const { name, timezone, currency, empty, extent, as_of } = await workspace.status();
    return context.json({ name, timezone, currency, empty, extent, as_of, leads: 0, notices: [] });
  });
  app.get('/v1/shared/:token/agreement', async (context) => {
    shareIn(context);
    const { agreement, version } = await workspace.agreement();
    return context.json({ version, ...viewAgreement(agreement, translatorOf(context).language) });
  });
  app.get('/v1/shared/:token/notes', (context) => {
    const { screen } = shareIn(context);
    const isOfScreen = (chart: string): boolean =>
      chart.startsWith('breakdown') === (screen === 'breakdowns');
    return context.json({ notes: desk.notes().filter(({ chart }) => isOfScreen(chart)) });
  });
  app.get('/v1/shared/:token/breakdown/:dimension', (context) =>
    answer(context, 'breakdown', shareIn(context), workspace),
  );
  app.get('/v1/shared/:token/:measure', (context) =>
    answer(context, context.req.param('measure'), shareIn(context), workspace),
  );
}

/** What a page of the link asks for. */
const PARTS = ['status', 'agreement', 'notes', 'breakdown/{dimension}', '{measure}'] as const;

function describePart(app: OpenAPIHono, part: (typeof PARTS)[number]): void {
  const names = ['token', ...[...part.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')];
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: `/v1/shared/{token}/${part}`,
    operationId: `shared_${part.replaceAll(/\W+/g, '_')}`,
    request: { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) },
    responses: {
      200: {
        description: 'As without the link, over the leads that it is of',
        content: { 'application/json': { schema: z.object({}) } },
      },
      default: {
        description: 'RFC 9457',
        content: { 'application/problem+json': { schema: z.object({}) } },
      },
    },
  });
}

async function answer(
  context: Context,
  name: string,
  shared: Share,
  workspace: Workspace,
): Promise<Response> {
  const measure = findMeasure(name);
  if (measure === null || !MEASURES[shared.screen].has(name))
    throw new FaultError([fault('server.no_route')]);
  const known = measure.question instanceof z.ZodObject ? Object.keys(measure.question.shape) : [];
  const asked = Object.entries(questionOf(context.req.url)).filter(
    ([member, value]) =>
      FREE.has(member) &&
      known.includes(member) &&
      (member !== 'top' || (typeof value === 'string' && Number(value) <= MOST_GROUPS)),
  );
  const fixed = FIXED.filter((member) => known.includes(member)).flatMap((member) => {
    const value = shared.state[member];
    return value === undefined ? [] : [[member, value] as const];
  });
  const question: Record<string, unknown> = { ...Object.fromEntries(asked), ...Object.fromEntries(fixed) };
  if (name === 'breakdown') question['dimension'] = shared.state['dimension'];
  const result = await workspace.ask(name, question);
  if (!result.ok) throw new FaultError(result.faults);
  return context.json(result.value);
}
