import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { getMimeType } from 'hono/utils/mime';

/** Serves the built pages; any other address is a page of the application, which routes by itself. */
export function serveWeb(app: OpenAPIHono, folder: string): void {
  app.get('*', async (context) => {
    const asked = pathOf(context.req.url);
    const path = normalize(join(folder, asked));
    const inside = path.startsWith(folder) && extname(path) !== '' && existsSync(path);
    const file = inside ? path : join(folder, 'index.html');
    // Built files carry their content's hash in their names.
    const lasting = inside && asked.startsWith('/assets/');
    return context.body(await readFile(file), 200, {
      'content-type': getMimeType(file) ?? 'application/octet-stream',
      'cache-control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });
}

/** The path that an address asks for; one that is written wrong is a page that is not there. */
function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return '/';
  }
}
