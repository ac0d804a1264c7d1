import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { html } from 'hono/html';
import { getMimeType } from 'hono/utils/mime';
import type { Language } from '../../core/diagnostic/wording.ts';
import type { Workspace } from '../app/workspace.ts';
import { firstRequests, pageLanguage } from './first-requests.ts';

/** What the build says of its files: which of them came of a source. */
const buildManifest = z.record(z.string(), z.object({ file: z.string() }));

/** How files lie there compressed, the best first, and what their names end in then. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Where files of the build are, and no page of the application. */
const BUILT = '/assets/';

/** Serves the built pages; any other address is a page of the application, which routes by itself. */
export function serveWeb(app: OpenAPIHono, folder: string, workspace: Workspace): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const words = wordFiles(folder);
  app.get('*', async (context) => {
    const asked = pathOf(context.req.url);
    const path = normalize(join(folder, asked));
    if (!path.startsWith(folder) || extname(path) === '' || !existsSync(path)) {
      // A page of an older version asks for its script: the page of now would be read as that.
      if (asked.startsWith(BUILT)) return context.text('', 404, { 'cache-control': 'no-store' });
      const head = await headOf(context, workspace, words);
      // Answers of this very moment stand in its head.
      return context.html(
        page.replace('</head>', () => `${String(head)}</head>`),
        200,
        {
          'cache-control': 'no-cache',
        },
      );
    }
    // Built files carry their content's hash in their names.
    const isLasting = asked.startsWith(BUILT);
    const { file, encoding } = packed(context, path);
    return context.body(await readFile(file), 200, {
      'content-type': getMimeType(path) ?? 'application/octet-stream',
      'cache-control': isLasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(encoding === null ? {} : { 'content-encoding': encoding, vary: 'accept-encoding' }),
    });
  });
}

/** The file of each language's words. */
function wordFiles(folder: string): Readonly<Record<Language, string | null>> {
  const path = join(folder, 'manifest.json');
  const files = existsSync(path) ? buildManifest.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  const of = (language: Language): string | null => files[`src/words/${language}.ts`]?.file ?? null;
  return { es: of('es'), en: of('en') };
}

/** Names in the page's head what it will ask for at once, so that the browser need not wait for its script to ask. */
async function headOf(
  context: Context,
  workspace: Workspace,
  words: Readonly<Record<Language, string | null>>,
): Promise<ReturnType<typeof html>> {
  const language = pageLanguage(context);
  const file = words[language];
  const requests = await firstRequests(context, workspace, language);
  return html`${file === null ? '' : html`<link rel="modulepreload" crossorigin href="/${file}" />`}${requests.map(
    (address) => html`<link rel="preload" as="fetch" crossorigin="anonymous" href="${address}" />`,
  )}`;
}

/** A file as it lies there packed in the best way that the caller can read; as it is where there is none. */
function packed(context: Context, path: string): { readonly file: string; readonly encoding: string | null } {
  const found = ENCODINGS.filter(({ suffix }) => existsSync(`${path}${suffix}`));
  const encoding = accepts(context, {
    header: 'Accept-Encoding',
    supports: found.map(({ name }) => name),
    default: 'identity',
    match: (accepted) =>
      found.find(({ name }) => accepted.some(({ type, q }) => type === name && q > 0))?.name ?? 'identity',
  });
  const way = found.find(({ name }) => name === encoding);
  return way === undefined
    ? { file: path, encoding: null }
    : { file: `${path}${way.suffix}`, encoding: way.name };
}

/** The path that an address asks for; one that is written wrong is a page that is not there. */
function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return '/';
  }
}
