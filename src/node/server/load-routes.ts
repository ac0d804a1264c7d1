import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { LOAD_FORMATS } from '../app/load-events.ts';
import type { LoadEvent } from '../app/load-events.ts';
import type { Workspace } from '../app/workspace.ts';
import { chunksOf, toWebStream } from './body.ts';

const NDJSON = 'application/x-ndjson';

/** What taps write comes in as it is written; what is told of it goes out meanwhile, a JSON object a line. */
export function addLoadRoutes(app: OpenAPIHono, workspace: Workspace): void {
  const problem = {
    description: 'RFC 9457',
    content: { 'application/problem+json': { schema: z.object({}) } },
  };
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/v1/load',
    operationId: 'load',
    request: {
      query: z.object({ format: z.enum(LOAD_FORMATS), source: z.string() }),
      body: { content: { [NDJSON]: { schema: z.string() } } },
    },
    responses: {
      200: { description: 'load', content: { [NDJSON]: { schema: z.string() } } },
      default: problem,
    },
  });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/state',
    operationId: 'state',
    request: { query: z.object({ source: z.string() }) },
    responses: {
      200: {
        description: 'state',
        content: {
          'application/json': {
            schema: z.object({
              state: z.string().nullable(),
              passed_over: z
                .array(z.string())
                .describe('Streams that it stands for and that no mapping read'),
            }),
          },
        },
      },
      default: problem,
    },
  });
  app.get('/v1/state', async (context) => {
    const source = context.req.query('source') ?? '';
    const [state, passed] = await Promise.all([workspace.sourceState(source), workspace.passedOver(source)]);
    return context.json({ state, passed_over: [...passed] });
  });
  app.post('/v1/load', async (context) => {
    const asked = context.req.query('format');
    const format = LOAD_FORMATS.find((each) => each === asked);
    if (format === undefined)
      throw new FaultError([fault('server.unknown_format', { known: LOAD_FORMATS.join(', ') })]);
    const { body } = context.req.raw;
    const content = body === null ? Readable.from([]) : chunksOf(body);
    const events = workspace.load({ format, source: context.req.query('source') ?? format, content });
    return new Response(toWebStream(linesOf(await begun(events))), { headers: { 'content-type': NDJSON } });
  });
}

/** Events whose first is there already: what hinders the beginning is answered as a fault of the request. */
async function begun(events: AsyncIterable<LoadEvent>): Promise<AsyncIterable<LoadEvent>> {
  const iterator = events[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* goOn(): AsyncGenerator<LoadEvent> {
    try {
      if (first.done === true) return;
      yield first.value;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Nobody may be there to hear the end.
      await iterator.return?.();
    }
  })();
}

async function* linesOf(events: AsyncIterable<LoadEvent>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const event of events) yield encoder.encode(`${JSON.stringify(event)}\n`);
}
