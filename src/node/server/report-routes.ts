import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { findChromium } from './browser-pipe.ts';
import { translatorOf } from './language.ts';
import { printPage } from './page-printer.ts';

const SCREENS = { panorama: '/', breakdowns: '/breakdowns' } as const;

const asked = z.object({
  screen: z.enum(['panorama', 'breakdowns']).default('panorama'),
  state: z.string().max(8000).default('').describe('The query of the address of the screen'),
});

/** A screen as a PDF, and whether there is a Chromium to make one with. */
export function addReportRoutes(app: OpenAPIHono, address: () => string): void {
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/v1/report.pdf',
      operationId: 'report',
      request: { query: asked },
      responses: {
        200: { description: 'The page on sheets of A4', content: { 'application/pdf': {} } },
        default: {
          description: 'RFC 9457; 501 where there is no Chromium',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    }),
  );
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/printer',
    operationId: 'printer',
    responses: {
      200: {
        description: 'Whether this machine has what prints a page',
        content: { 'application/json': { schema: z.object({ chromium: z.boolean() }) } },
      },
    },
  });
  app.get('/v1/printer', (context) => context.json({ chromium: findChromium() !== null }));
  app.get('/v1/report.pdf', async (context) => {
    const { screen, state } = asked.parse({
      ...(context.req.query('screen') === 'breakdowns' ? { screen: 'breakdowns' } : {}),
      state: (context.req.query('state') ?? '').slice(0, 8000),
    });
    const query = new URLSearchParams(state);
    query.set('lang', translatorOf(context).language);
    const pdf = await printPage(`${address()}${SCREENS[screen]}?${query.toString()}`);
    return context.body(new Uint8Array(pdf), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="tregua-${screen}.pdf"`,
    });
  });
}
