import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { ownStamp } from '../app/process-stamp.ts';
import { AccessStore } from '../app/access-store.ts';
import { LiveSources } from '../app/sources/live-sources.ts';
import { DeskStore } from '../app/desk-store.ts';
import type { ServedWorkspace } from '../app/workspace.ts';
import { Syncs } from '../sources/syncs.ts';
import { inPackage } from '../package-folder.ts';
import { isNodeError } from '../system-error.ts';
import { createApp } from './app.ts';
import { removeServerNote, writeServerNote } from './server-note.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Listen on an address that others reach, although there are no accounts. */
  readonly insecure: boolean;
  readonly report: (error: unknown) => void;
}

export interface Serving {
  readonly address: string;
  close(): Promise<void>;
}

const MOST_HEADER_BYTES = 512 * 1024;

/** For the head of a request; its body, a file, may take as long as its line is slow. */
const HEAD_PATIENCE_MS = 60_000;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

function builtPages(): string | null {
  const folder = inPackage('dist', 'web');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/** Serves a workspace until it is closed. */
export async function serve(workspace: ServedWorkspace, options: ServeOptions): Promise<Result<Serving>> {
  if (!LOOPBACK.has(options.host) && !options.insecure) {
    return failure(fault('server.open_address', { host: options.host }));
  }
  const token = randomBytes(24).toString('base64url');
  const access = AccessStore.open(workspace.home);
  const desk = DeskStore.open(workspace.home);
  workspace.settling.reportTo(options.report);
  let address = '';
  let isClosing = false;
  // Another address than Meta's, for tests.
  const live = new LiveSources(workspace, process.env['TREGUA_META_GRAPH'], options.report);
  const syncs = new Syncs(workspace, options.report);
  const app = createApp(workspace, {
    access,
    live,
    syncs,
    desk,
    address: () => address,
    hosts: options.insecure ? null : LOOPBACK,
    token,
    web: builtPages(),
    // What was being answered then fails for want of the store: who asked is gone.
    report: (error) => {
      if (!isClosing) options.report(error);
    },
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      // A mapping comes in a header.
      maxHeaderSize: MOST_HEADER_BYTES,
      requestTimeout: 0,
      headersTimeout: HEAD_PATIENCE_MS,
    },
  });
  const port = await new Promise<number | NodeJS.ErrnoException>((resolve) => {
    server.once('error', (error) =>
      resolve(isNodeError(error) ? error : Object.assign(new Error('unknown'), {})),
    );
    server.listen(options.port, options.host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  });
  if (typeof port !== 'number') {
    access.close();
    await live.close();
    desk.close();
    const code = port.code === 'EADDRINUSE' ? 'server.port_in_use' : 'server.cannot_listen';
    return failure(fault(code, { port: options.port, host: options.host }));
  }
  live.retriever.start();
  writeServerNote(workspace.home, { stamp: ownStamp(), host: options.host, port, token });
  const shown =
    options.host === '127.0.0.1'
      ? 'localhost'
      : options.host.includes(':')
        ? `[${options.host}]`
        : options.host;
  // Chromium is told the very address: a name might lead it to another family.
  const reached = options.host === '0.0.0.0' ? '127.0.0.1' : options.host === '::' ? '[::1]' : shown;
  address = `http://${reached === 'localhost' ? '127.0.0.1' : reached}:${port}`;
  return success({
    address: `http://${shown}:${port}`,
    async close() {
      isClosing = true;
      removeServerNote(workspace.home);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await syncs.close();
      await live.close();
      access.close();
      desk.close();
    },
  });
}
