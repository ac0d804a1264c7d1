import { Server } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RemoteWorkspace } from '../../src/node/cli/remote-workspace.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { serve } from '../../src/node/server/listen.ts';
import { readServerNote } from '../../src/node/server/server-note.ts';
import { makeHome, valueOf, writeWorkload } from '../chaos/workload.ts';
import { ownFolder } from '../cli/tregua.ts';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Neither side gives up on a file that is long on its way, or long in being counted. */
test('no clock of the server or of the command line ends an import', async () => {
  const folder = ownFolder();
  const workload = writeWorkload(join(folder, 'files'), 3, 40);
  const home = makeHome(join(folder, 'home'), workload);
  const listen = vi.spyOn(Server.prototype, 'listen');
  // It gives up after five minutes of silence, and cannot be told otherwise.
  vi.stubGlobal('fetch', () => Promise.reject(new Error('fetch has a clock of its own')));
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  const workspace = valueOf(await openWorkspace(home));
  const serving = valueOf(
    await serve(workspace, { host: '127.0.0.1', port: 0, insecure: false, report: () => undefined }),
  );
  try {
    const [server] = listen.mock.contexts;
    expect(server).toMatchObject({ requestTimeout: 0, timeout: 0, headersTimeout: 60_000 });
    // A note of this process's own is no other's; its address and token are what is needed.
    expect(readServerNote(home)).toBeNull();
    const note: { host: string; port: number; token: string; stamp: string } = JSON.parse(
      readFileSync(join(home, '.tregua', 'server.json'), 'utf8'),
    );
    const remote = new RemoteWorkspace(home, note, 'en');
    const { path } = workload.leads;
    const content = createReadStream(path);
    const report = valueOf(await remote.importFile({ content, fileName: 'leads.csv', as: 'leads' }));
    expect(report).toMatchObject({ accepted: 40, kept: true });
    let text = '';
    for await (const chunk of valueOf(await remote.exportTable('lead_facts', 'json')))
      text += Buffer.from(chunk).toString('utf8');
    expect(text.trim().split('\n')).toHaveLength(40);
    expect(await remote.ask('lead', { id: 'nobody' })).toMatchObject({ ok: false });
    // One that is refused in the middle of a large file is told as such.
    const large = join(folder, 'large.csv');
    writeFileSync(large, Buffer.alloc(20_000_000));
    expect(
      await remote.importFile({ content: createReadStream(large), fileName: 'large.csv', as: 'leads' }),
    ).toMatchObject({ ok: false, faults: [{ params: { code: 'ingest.binary_file' } }] });
  } finally {
    await serving.close();
    await workspace.close();
  }
});
