import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { differences } from '../../core/agreement/differences.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import { typeChanges } from '../../core/agreement/type-changes.ts';
import { seenValues } from '../../core/agreement/seen-values.ts';
import { viewAgreement } from '../../core/agreement/view.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { VersionStanding, Workspace } from '../app/workspace.ts';
import { bodyOf } from './body.ts';
import { translatorOf } from './language.ts';

const draft = z.object({ text: z.string().max(1_000_000), file: z.string().default('tregua.yaml') });

const newVersion = draft.extend({
  from: z.string().nullable().describe('Local day from which on it holds; null: for all of history'),
  note: z.string().max(2000).optional(),
  propose: z.boolean().default(false),
});

const signature = z.object({
  area: z.string().nullable().describe('null: the director decides instead of the areas, with a reason'),
  name: z.string().max(200),
  reason: z.string().max(2000).optional(),
});

const question = z.object({ draft, question: z.record(z.string(), z.unknown()).default({}) });

const DESCRIBED = [
  { method: 'get', path: '/v1/agreement/values', operation: 'seen_values', body: null, answer: seenValues },
  { method: 'get', path: '/v1/agreement/versions', operation: 'versions', body: null },
  { method: 'post', path: '/v1/agreement/versions', operation: 'put_version', body: newVersion },
  { method: 'get', path: '/v1/agreement/versions/{version}', operation: 'version', body: null },
  {
    method: 'get',
    path: '/v1/agreement/versions/{version}/differences',
    operation: 'version_differences',
    body: null,
  },
  {
    method: 'post',
    path: '/v1/agreement/versions/{version}/signatures',
    operation: 'sign_version',
    body: signature,
  },
  {
    method: 'post',
    path: '/v1/agreement/versions/{version}/withdrawal',
    operation: 'withdraw_version',
    body: null,
  },
  { method: 'post', path: '/v1/agreement/check', operation: 'check_agreement', body: draft },
  { method: 'post', path: '/v1/agreement/differences', operation: 'differences', body: draft },
  {
    method: 'post',
    path: '/v1/agreement/types',
    operation: 'type_changes',
    body: draft,
    answer: typeChanges,
  },
  { method: 'post', path: '/v1/drafts/{measure}', operation: 'ask_draft', body: question },
] as const;

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FaultError(result.faults);
}

function versionIn(context: Context): number {
  const text = context.req.param('version') ?? '';
  if (!/^\d{1,9}$/.test(text))
    throw new FaultError([fault('agreement.unknown_version', { version: text, known: '' })]);
  return Number(text);
}

/** In which two agreements differ, in the reader's language. */
function toldIn(context: Context, before: Agreement, after: Agreement): readonly object[] {
  const { translate, language } = translatorOf(context);
  return differences(before, after, language).map(({ code, params, owner, counts }) => ({
    code,
    text: translate(code, params),
    owner,
    counts,
  }));
}

/** The version that another came after: of those in force, the one before; `null` for the first. */
function followedBy(version: number, versions: readonly VersionStanding[]): number | null {
  const own = versions.find((each) => each.version === version);
  const applied = versions.filter(({ state }) => state !== 'proposed' && state !== 'withdrawn');
  const before =
    own?.state === 'proposed' || own?.state === 'withdrawn'
      ? applied
      : applied.filter((each) => each.version < version);
  return before.at(-1)?.version ?? null;
}

/** The versions of the agreement, and questions as if a draft had held all along. */
export function addAgreementRoutes(app: OpenAPIHono, workspace: Workspace): void {
  for (const { method, path, operation, body, ...rest } of DESCRIBED) {
    const answer = 'answer' in rest ? rest.answer : z.object({});
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    app.openAPIRegistry.registerPath({
      method,
      path,
      operationId: operation,
      request: {
        ...(names.length === 0
          ? {}
          : { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
        ...(body === null ? {} : { body: { content: { 'application/json': { schema: body } } } }),
      },
      responses: {
        200: { description: operation, content: { 'application/json': { schema: answer } } },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
  }
  app.get('/v1/agreement/values', async (context) => context.json(await workspace.seenValues()));
  app.get('/v1/agreement/versions', async (context) =>
    context.json({ versions: await workspace.versions() }),
  );
  app.post('/v1/agreement/versions', async (context) => {
    const asked = await bodyOf(context, newVersion);
    return context.json(valueOf(await workspace.putVersion(asked)));
  });
  app.get('/v1/agreement/versions/:version', async (context) => {
    const version = versionIn(context);
    const text = valueOf(await workspace.versionText(version));
    const standing = (await workspace.versions()).find((each) => each.version === version);
    const agreement = parseAgreement(text, `tregua.yaml@${version}`);
    const view = agreement.ok ? viewAgreement(agreement.value, translatorOf(context).language) : null;
    return context.json({ ...standing, text, agreement: view });
  });
  app.get('/v1/agreement/versions/:version/differences', async (context) => {
    const version = versionIn(context);
    const read = async (number: number): Promise<Agreement> =>
      valueOf(parseAgreement(valueOf(await workspace.versionText(number)), `tregua.yaml@${number}`));
    const before = followedBy(version, await workspace.versions());
    const after = await read(version);
    const found = before === null ? [] : toldIn(context, await read(before), after);
    return context.json({ version: before, differences: found });
  });
  app.post('/v1/agreement/versions/:version/signatures', async (context) => {
    const asked = await bodyOf(context, signature);
    return context.json(valueOf(await workspace.signVersion(versionIn(context), asked)));
  });
  app.post('/v1/agreement/versions/:version/withdrawal', async (context) =>
    context.json(valueOf(await workspace.withdrawVersion(versionIn(context)))),
  );
  app.post('/v1/agreement/check', async (context) => {
    const { text, file } = await bodyOf(context, draft);
    const agreement = valueOf(parseAgreement(text, file));
    return context.json(viewAgreement(agreement, translatorOf(context).language));
  });
  app.post('/v1/agreement/differences', async (context) => {
    const { text, file } = await bodyOf(context, draft);
    const after = valueOf(parseAgreement(text, file));
    const { agreement: before, version } = await workspace.agreement();
    return context.json({ version, differences: toldIn(context, before, after) });
  });
  app.post('/v1/agreement/types', async (context) =>
    context.json(valueOf(await workspace.typeChanges(await bodyOf(context, draft)))),
  );
  app.post('/v1/drafts/:measure', async (context) => {
    const asked = await bodyOf(context, question);
    const answer = await workspace.ask(context.req.param('measure'), asked.question, asked.draft);
    return context.json(valueOf(answer));
  });
}
