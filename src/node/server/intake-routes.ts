import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { wordDiagnostic } from '../../core/diagnostic/wording.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';
import type { AccessStore } from '../app/access-store.ts';
import type { IntakeAnswer, ItemResult } from '../app/intake.ts';
import type { ServedWorkspace } from '../app/workspace.ts';
import type { Mapping, RecordKind } from '../ingest/mapping.ts';
import { CANONICAL } from '../ingest/mapping-document.ts';
import { requireScope } from './bearer.ts';
import { translatorOf } from './language.ts';
import { readBody } from './request-body.ts';

const KINDS = ['leads', 'activities', 'ads'] as const satisfies readonly RecordKind[];

const LONGEST_KEY = 255;

const status = z.enum(['accepted', 'unchanged', 'rejected']);

const itemError = z.object({
  code: z.string(),
  field: z.string().nullable(),
  value: z.string().nullable(),
  message: z.string(),
  hint: z.string().nullable(),
});

export const intakeAnswer = z.object({
  entry: z.number().int(),
  accepted: z.number().int(),
  unchanged: z.number().int(),
  rejected: z.number().int(),
  results: z.array(
    z.object({
      index: z.number().int(),
      status,
      id: z.string().nullable(),
      error: itemError.nullable(),
    }),
  ),
});

/** Any value that a record may bring: a text, a number of any length, a yes or no, nothing. */
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The routes by which records are written, each for who shows a token of its scope. */
export function addIntakeRoutes(app: OpenAPIHono, workspace: ServedWorkspace, access: AccessStore): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  for (const kind of KINDS) {
    const record = z
      .object(Object.fromEntries(CANONICAL[kind].map((name) => [name, cell.optional()])))
      .catchall(cell);
    app.openAPIRegistry.registerPath(
      createRoute({
        method: 'post',
        path: `/v1/${kind}`,
        operationId: `write_${kind}`,
        security: [{ bearer: [`${kind}:write`] }],
        request: {
          headers: z.object({ 'idempotency-key': z.string().max(LONGEST_KEY).optional() }),
          body: { content: { 'application/json': { schema: z.union([record, z.array(record)]) } } },
        },
        responses: {
          200: {
            description: 'Kept, flushed to disk',
            content: { 'application/json': { schema: intakeAnswer } },
          },
          default: {
            description: 'RFC 9457',
            content: { 'application/problem+json': { schema: z.object({}) } },
          },
        },
      }),
    );
    app.post(`/v1/${kind}`, (context) => write(context, kind, workspace, access));
  }
}

async function write(
  context: Context,
  kind: RecordKind,
  workspace: ServedWorkspace,
  access: AccessStore,
): Promise<Response> {
  const token = requireScope(context, access, `${kind}:write`);
  const key = context.req.header('idempotency-key');
  if (key !== undefined && !new RegExp(`^[\\x21-\\x7e]{1,${LONGEST_KEY}}$`).test(key))
    throw new FaultError([fault('intake.bad_key', { most: LONGEST_KEY })]);
  const payload = await readBody(context);
  const { agreement } = workspace.intake;
  const answer = await workspace.intake.submit({
    source: 'api',
    name: `POST /v1/${kind}`,
    mapping: recordsMapping(kind, agreement),
    payload,
    externalId: key === undefined ? null : `${token.id}:${key}`,
    isDelivery: false,
  });
  const { translate } = translatorOf(context);
  const body = answerBody(answer, translate);
  if (answer.replayed) context.header('idempotency-replayed', 'true');
  if (body.rejected < body.results.length) {
    const text = JSON.stringify(body);
    // With its length it is seen to be too short to pack, and goes as it is.
    return context.body(text, 200, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    });
  }
  const [first] = body.results;
  const title = first?.error?.message ?? '';
  context.header('content-type', 'application/problem+json');
  return context.body(
    JSON.stringify({
      type: 'about:blank',
      title,
      status: 422,
      detail: title,
      code: first?.error?.code ?? '',
      message: title,
      at: null,
      hint: first?.error?.hint ?? null,
      ...body,
    }),
    422,
  );
}

/** How the records of a request are read: instants without an offset are in the agreement's zone. */
function recordsMapping(kind: RecordKind, agreement: Agreement): Mapping {
  return {
    source: 'api',
    format: { kind: 'records', columns: [] },
    isRegular: false,
    isTrimmed: false,
    ascending: null,
    timezone: agreement.timezone,
    dates: 'ymd',
    decimal: '.',
    missing: [],
    records: [{ kind, when: null, columns: {}, constants: {} }],
  };
}

/** An answer with the words of whoever asked. */
export function answerBody(
  { entry, results }: IntakeAnswer,
  translate: Translate,
): z.infer<typeof intakeAnswer> {
  const count = (of: ItemResult['status']): number => results.filter((each) => each.status === of).length;
  return {
    entry,
    accepted: count('accepted'),
    unchanged: count('unchanged'),
    rejected: count('rejected'),
    results: results.map(({ status: of, id, refusal }, index) => ({
      index,
      status: of,
      id,
      error:
        refusal === null
          ? null
          : {
              ...refusal,
              ...wordDiagnostic(
                fault(refusal.code, { column: refusal.field ?? '', value: refusal.value ?? '' }),
                translate,
              ),
            },
    })),
  };
}
