import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { DOUBTS } from '../../core/identity/report.ts';
import { RUNGS } from '../../core/identity/rungs.ts';
import type { Workspace } from '../app/workspace.ts';

const decision = z.strictObject({
  source_id: z.string().min(1).max(500).describe('One id'),
  lead_id: z.string().min(1).max(500).describe('The other'),
  verdict: z.enum(['confirm', 'reject']).describe('Whether they are one lead’s'),
});

const paired = z.object({
  id: z.string(),
  at: z.string().nullable().describe('Its creation, or when its first record happened'),
  source: z.string().nullable(),
  contact: z.record(z.string(), z.string()).describe('E-mails, phones and names, by field'),
});

const report = z.object({
  ids: z.number().describe('Ids that are not leads’ own'),
  joined: z.partialRecord(z.enum(RUNGS), z.number()).describe('How many are a lead’s, by what tells'),
  alone: z.number().describe('Those that are leads by themselves'),
  waiting: z.number().describe('Those whose lead is not known yet'),
  doubtful: z.number().describe('How many pairs there are to decide'),
  pairs: z
    .array(z.object({ source: paired, lead: paired, rung: z.enum(RUNGS), doubt: z.enum(DOUBTS) }))
    .describe('The first 200 of them'),
  confirmed: z.number(),
  rejected: z.number(),
  country: z.string().nullable().describe('Of phones without a country code; null: these are not compared'),
});

const problem = {
  description: 'RFC 9457',
  content: { 'application/problem+json': { schema: z.object({}) } },
};
const answered = { description: 'identity', content: { 'application/json': { schema: report } } };

/** Whose records are, and what is decided of those that cannot be told. */
export function addIdentityRoutes(app: OpenAPIHono, workspace: Workspace): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/identity',
    operationId: 'identity',
    responses: { 200: answered, default: problem },
  });
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/v1/identity/decisions',
    operationId: 'decideIdentity',
    request: { body: { content: { 'application/json': { schema: decision } }, required: true } },
    responses: { 200: answered, default: problem },
  });
  app.get('/v1/identity', async (context) => context.json(await workspace.identity()));
  app.post('/v1/identity/decisions', async (context) => {
    const body: unknown = await context.req.json().catch(() => null);
    const given = decision.safeParse(body);
    if (!given.success) throw new FaultError([fault('identity.bad_decision')]);
    const kept = await workspace.decideIdentity(given.data);
    if (!kept.ok) throw new FaultError(kept.faults);
    return context.json(kept.value);
  });
}
