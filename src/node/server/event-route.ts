import { createRoute } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { ServedWorkspace } from '../app/workspace.ts';

/** A sign of life, so that nothing between here and the page takes the connection for dead. */
const PULSE_MS = 20_000;

/** A stream that says `changed` whenever the data have: what a page asks again on. */
export function addEventRoute(app: OpenAPIHono, workspace: ServedWorkspace): void {
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/events',
      operationId: 'events',
      responses: {
        200: {
          description: 'Server-sent events: `changed` when the data have',
          content: { 'text/event-stream': {} },
        },
      },
    }),
  );
  app.get('/v1/events', (context) =>
    streamSSE(context, async (stream) => {
      const told = { wake: (): void => undefined, isDue: false };
      const stop = workspace.changes.listen(() => {
        told.isDue = true;
        told.wake();
      });
      stream.onAbort(() => told.wake());
      try {
        await stream.writeSSE({ event: 'here', data: '' });
        while (!stream.aborted) {
          if (!told.isDue) await nextTelling(told);
          if (stream.aborted) break;
          await stream.writeSSE({ event: told.isDue ? 'changed' : 'here', data: '' });
          told.isDue = false;
        }
      } finally {
        stop();
      }
    }),
  );
}

function nextTelling(told: { wake: () => void }): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PULSE_MS);
    told.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
