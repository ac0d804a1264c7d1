import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AccessStore } from '../../src/node/app/access-store.ts';
import { SourceStore } from '../../src/node/app/sources/source-store.ts';
import { makeHome, writeWorkload } from '../chaos/workload.ts';
import { ownFolder, start } from '../cli/tregua.ts';

/** What docs/live.md tells a developer to type works as it stands there. */

const DOCUMENT = readFileSync(new URL('../../docs/live.md', import.meta.url), 'utf8');
const COMMANDS = [...DOCUMENT.matchAll(/```sh\n([^`]*curl [^`]*)```/g)].map(([, text = '']) => text);

const hasTools = ['curl', 'openssl', 'bash'].every(
  (tool) => spawnSync(tool, ['--version']).status === 0 || spawnSync(tool, ['version']).status === 0,
);

test.skipIf(!hasTools)('every curl of the document is answered with what it promises', async () => {
  expect(COMMANDS.length).toBeGreaterThanOrEqual(2);
  const folder = ownFolder();
  const home = makeHome(join(folder, 'home'), writeWorkload(join(folder, 'files'), 1));
  const access = AccessStore.open(home);
  const { text: TOKEN } = access.createToken('shop', ['leads:write', 'activities:write']);
  access.close();
  const sources = SourceStore.open(home);
  sources.add('landing', 'form', null, {});
  const [SECRET = ''] = sources.secrets('landing', 'signing');
  sources.close();
  const { child, ended, soFar } = start(['serve', '--home', home, '--port', '0', '--json']);
  let address: string | undefined;
  while (address === undefined && child.exitCode === null) {
    await after(20);
    address = /"address":"([^"]+)"/.exec(soFar().out)?.[1];
  }
  const script = COMMANDS.join('\necho\n').replaceAll(
    'curl http://localhost:4100',
    `curl -sS ${address ?? ''}`,
  );
  const { stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, TOKEN, SECRET },
  });
  child.kill('SIGTERM');
  await ended;
  expect(stderr).toBe('');
  const answers = stdout.match(/\{"entry".*?\}(?=\{"entry"|\n|$)/gs) ?? [];
  expect(answers.map((text) => JSON.parse(text))).toMatchObject([
    { accepted: 1, rejected: 0, results: [{ id: 'L-1001' }] },
    { accepted: 1, rejected: 0 },
    { entry: 3, known: false },
  ]);
});
