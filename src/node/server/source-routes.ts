import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { SourceStanding } from '../../core/data/standings.ts';
import type { LiveSources } from '../app/sources/live-sources.ts';
import { newSecret } from '../app/sources/standard-webhooks.ts';
import type { ServedWorkspace } from '../app/workspace.ts';
import { readSource, sourceNames } from '../sources/source-config.ts';
import type { Syncs } from '../sources/syncs.ts';
import { bodyOf } from './body.ts';
import { translatorOf } from './language.ts';
import { errorBody } from './problem.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;
const HOUR_MS = 3_600_000;
/** How long the secret before still holds, so that its sender can be changed meanwhile. */
const KEPT_HOURS = 24;

const instant = z.string().nullable();

const sourceView = z.object({
  name: z.string(),
  kind: z
    .enum(['files', 'api', 'form', 'meta', 'tap', 'postgresql', 'mysql'])
    .describe('What tells it: files and programs, forms, Meta, or a tap or database of `sources/`'),
  path: z.string().nullable().describe('Where a form or Meta calls'),
  command: z.string().nullable().describe('What reads a tap or database again'),
  batches: z.number(),
  rows_read: z.number(),
  accepted: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  open_rejects: z.number().describe('Refused rows that nobody has mended yet'),
  last: z.object({ batch: z.number(), file: z.string(), at: z.string() }).nullable(),
  synced_at: instant.describe('When its state was kept last'),
  syncing: z.boolean().describe('It is being read: `/v1/sources/{name}/sync` tells how far'),
  newest: z.object({ leads: instant, activities: instant, ads: instant }),
  waiting: z.number().describe('Leads of Meta that are still to be fetched'),
  problem: z.string().nullable().describe('What keeps it from being read, in words'),
});

const newSource = z.strictObject({
  name: z.string().trim(),
  kind: z.enum(['form', 'meta']),
  /** Of Meta's app. */
  app_secret: z.string().trim().min(1).max(500).optional(),
  access_token: z.string().trim().min(1).max(2000).optional(),
});

const made = z.object({
  name: z.string(),
  path: z.string(),
  secret: z.string().describe('Of a form: what signs; of Meta: the word of its handshake. Told this once'),
});

type SourceView = z.infer<typeof sourceView>;

const NOTHING: Omit<SourceStanding, 'name' | 'last'> & { readonly last: null } = {
  batches: 0,
  rows_read: 0,
  accepted: 0,
  unchanged: 0,
  rejected: 0,
  open_rejects: 0,
  last: null,
  newest: { leads: null, activities: null, ads: null },
};

const problem = {
  description: 'RFC 9457',
  content: { 'application/problem+json': { schema: z.object({}) } },
};
const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Where data come from: what each source told last, and forms and pages of Meta that are connected here. */
export function addSourceRoutes(
  app: OpenAPIHono,
  workspace: ServedWorkspace,
  live: LiveSources,
  syncs: Syncs,
): void {
  describe(app);
  app.get('/v1/sources', async (context) => {
    const { translate } = translatorOf(context);
    const standings = await workspace.data.sources();
    const known = new Map(standings.map((each) => [each.name, each]));
    const synced = workspace.data.synced();
    const of = (name: string) => ({
      ...(known.get(name) ?? { name, ...NOTHING }),
      path: null,
      command: null,
      synced_at: synced.get(name) ?? null,
      syncing: syncs.find(name)?.isDone === false,
      waiting: 0,
      problem: null,
    });
    const called = live.sources.sources().map(({ name, kind, problem: code }): SourceView => {
      const waiting = live.queue.count(name, 'waiting');
      const told = code === null ? null : translate(code, { source: name, waiting });
      return { ...of(name), kind, path: `/v1/hooks/${name}`, waiting, problem: told };
    });
    const configured = await Promise.all(
      (await sourceNames(workspace.home)).map(async (name): Promise<SourceView> => {
        const config = await readSource(workspace.home, name);
        const [wrong] = config.ok ? [] : config.faults;
        return {
          ...of(name),
          kind: config.ok ? config.value.kind : 'tap',
          command: `tregua sync ${name}`,
          problem: wrong === undefined ? null : errorBody(wrong, translate).message,
        };
      }),
    );
    const special = new Set([...called, ...configured].map(({ name }) => name));
    const plain = standings.flatMap(({ name }): SourceView[] => {
      if (special.has(name)) return [];
      return [{ ...of(name), kind: name === 'api' ? 'api' : synced.has(name) ? 'tap' : 'files' }];
    });
    return context.json({ sources: [...called, ...configured, ...plain].sort(byLastLoad) });
  });
  app.post('/v1/sources', async (context) => {
    const { name, kind, app_secret: appSecret, access_token: access } = await bodyOf(context, newSource);
    if (!NAME.test(name) || name === 'api') throw new FaultError([fault('source.bad_name', { name })]);
    if (kind === 'meta' && (appSecret === undefined || access === undefined))
      throw new FaultError([fault('source.meta_incomplete')]);
    const secrets =
      kind === 'meta' && appSecret !== undefined && access !== undefined ? { app: appSecret, access } : {};
    if (!live.sources.add(name, kind, null, secrets))
      throw new FaultError([fault('source.known', { source: name })]);
    if (kind === 'meta') live.retriever.wake();
    const [secret = ''] = live.sources.secrets(name, kind === 'form' ? 'signing' : 'verify');
    return context.json({ name, path: `/v1/hooks/${name}`, secret }, 201);
  });
  app.post('/v1/sources/:name/secret', (context) => {
    const name = context.req.param('name');
    const kind = live.sources.find(name)?.kind;
    if (kind === undefined) throw new FaultError([fault('source.unknown_live', { source: name })]);
    if (kind !== 'form') throw new FaultError([fault('source.not_of_kind', { source: name, kind })]);
    const secret = newSecret();
    live.sources.replaceSecret(name, 'signing', secret, KEPT_HOURS * HOUR_MS);
    return context.json({ name, path: `/v1/hooks/${name}`, secret }, 201);
  });
  app.delete('/v1/sources/:name', (context) => {
    const name = context.req.param('name');
    if (!live.sources.remove(name)) throw new FaultError([fault('source.unknown_live', { source: name })]);
    return context.body(null, 204);
  });
}

/** What told something last stands first; what told nothing yet, at the end by its name. */
function byLastLoad(left: SourceView, right: SourceView): number {
  return (right.last?.batch ?? 0) - (left.last?.batch ?? 0) || left.name.localeCompare(right.name);
}

function describe(app: OpenAPIHono): void {
  const params = z.object({ name: z.string() });
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/sources',
      operationId: 'sources',
      responses: { 200: json(z.object({ sources: z.array(sourceView) }), 'sources'), default: problem },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/sources',
      operationId: 'create_source',
      request: { body: { content: { 'application/json': { schema: newSource } } } },
      responses: { 201: json(made, 'source'), default: problem },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/sources/{name}/secret',
      operationId: 'rotate_secret',
      request: { params },
      responses: { 201: json(made, `The one before holds ${KEPT_HOURS} hours more`), default: problem },
    }),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'delete',
      path: '/v1/sources/{name}',
      operationId: 'remove_source',
      request: { params },
      responses: { 204: { description: 'Removed; what it told stays' }, default: problem },
    }),
  );
}
