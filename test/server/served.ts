import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { DeskStore } from '../../src/node/app/desk-store.ts';
import type { Scope } from '../../src/node/app/access-store.ts';
import { LiveSources } from '../../src/node/app/sources/live-sources.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ServedWorkspace } from '../../src/node/app/workspace.ts';
import { Syncs } from '../../src/node/sources/syncs.ts';
import { createApp } from '../../src/node/server/app.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';

export const OPERATOR = 'the-token-of-the-operator';

export interface Served {
  readonly home: string;
  readonly access: AccessStore;
  readonly desk: DeskStore;
  readonly app: ReturnType<typeof createApp>;
  readonly workspace: ServedWorkspace;
  readonly live: LiveSources;
  readonly reported: readonly unknown[];
  /** The text of a new token. */
  tokenFor(...scopes: readonly Scope[]): string;
  close(): Promise<void>;
  /** Ends it and opens the same home again. */
  again(): Promise<Served>;
}

export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.faults));
}

/** A workspace of its own with its HTTP side, without a socket. */
export async function serveAgreement(agreement: string, graph?: string): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'tregua-served-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'tregua.yaml'), agreement);
  return serveHome(home, folder, graph);
}

async function serveHome(home: string, folder: string, graph?: string): Promise<Served> {
  const workspace = valueOf(await openWorkspace(home));
  const access = AccessStore.open(home);
  const desk = DeskStore.open(home);
  const reported: unknown[] = [];
  const report = (error: unknown): void => void reported.push(error);
  workspace.settling.reportTo(report);
  const live = new LiveSources(workspace, graph, report);
  const syncs = new Syncs(workspace, report);
  const app = createApp(workspace, {
    access,
    live,
    syncs,
    desk,
    address: () => '',
    hosts: new Set(['localhost', '127.0.0.1']),
    token: OPERATOR,
    web: null,
    report,
  });
  const end = async (): Promise<void> => {
    await syncs.close();
    await live.close();
    access.close();
    desk.close();
    await workspace.close();
  };
  return {
    home,
    access,
    desk,
    app,
    workspace,
    live,
    reported,
    tokenFor: (...scopes) => access.createToken('test', scopes).text,
    async close() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
    async again() {
      await end();
      return serveHome(home, folder, graph);
    },
  };
}
