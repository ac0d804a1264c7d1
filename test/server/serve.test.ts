import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { factsOf, makeHome, takeIn, writeWorkload } from '../chaos/workload.ts';
import type { Workload } from '../chaos/workload.ts';
import { answersTo, answerTo, ownFolder, run, runMany, start } from '../cli/tregua.ts';

/** A server that runs: where it listens, what it holds, and how the command line goes on beside it. */

let folder: string;
let workload: Workload;
let whole: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-serve-'));
  workload = writeWorkload(join(folder, 'files'), 11, 400);
  whole = makeHome(join(folder, 'home'), workload);
  await takeIn(whole, [workload.leads, workload.activities]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function copyOfWhole(): string {
  const home = join(ownFolder(), 'home');
  cpSync(whole, home, { recursive: true });
  return home;
}

interface Served {
  readonly port: number;
  readonly pid: number;
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
  /** All that it wrote to its terminal as complaints. */
  readonly complaints: () => string;
}

async function serve(home: string, ...words: readonly string[]): Promise<Served> {
  const { child, ended, soFar } = start(['serve', '--home', home, '--port', '0', '--json', ...words]);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  while (!soFar().out.includes('\n')) {
    if (child.exitCode !== null) throw new Error(`serve ended: ${soFar().told}${soFar().out}`);
    await Promise.race([child.stdout ? once(child.stdout, 'data') : null, ended]);
  }
  const { address }: { address: string } = JSON.parse(soFar().out);
  return {
    port: Number(new URL(address).port),
    pid: child.pid ?? 0,
    stop: async (signal) => {
      child.kill(signal);
      return (await ended).status;
    },
    complaints: () => soFar().told,
  };
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(socket.destroy().destroyed));
    socket.once('error', () => resolve(false));
  });
}

/** The address of this machine that others reach, where it has one. */
const outer = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

describe('where it listens', () => {
  test('on this machine only', async () => {
    const { port } = await serve(copyOfWhole());
    expect(await reaches('127.0.0.1', port)).toBe(true);
    if (outer !== undefined) expect(await reaches(outer, port)).toBe(false);
  });

  test('elsewhere only where it is asked to, twice', async () => {
    const home = copyOfWhole();
    const lines = ['0.0.0.0', '::', outer ?? '192.0.2.1'].map((host) => ['serve', '--host', host]);
    const refused = await answersTo(
      lines.map((line) => [...line, '--home', home, '--port', '0', '--lang', 'es']),
    );
    for (const [, ended] of refused) {
      expect(ended).toMatchObject({ status: 2, out: '' });
      expect(ended.told).toMatch(/^✗ .*\n {2}→ .*--insecure/);
    }
    const { port } = await serve(home, '--host', '0.0.0.0', '--insecure');
    if (outer !== undefined) expect(await reaches(outer, port)).toBe(true);
  });

  test('under no name of another: a raw request with such a Host is refused', async () => {
    const { port } = await serve(copyOfWhole());
    const statuses: number[] = [];
    for (const host of ['evil.example', `localhost:${port}`]) {
      const asked = request({ host: '127.0.0.1', port, path: '/v1/status', headers: { host } });
      asked.end();
      const [response] = await once(asked, 'response');
      response.resume();
      statuses.push(response.statusCode);
    }
    expect(statuses).toEqual([403, 200]);
  });

  test('a port in use is named, with another to choose, and the home is let go', async () => {
    const home = copyOfWhole();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const words = ['serve', '--home', home, '--port', String(port)];
    const json = await run([...words, '--json']);
    expect(json).toMatchObject({ status: 3, told: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      error: {
        code: 'server.port_in_use',
        message: expect.stringContaining(String(port)),
        hint: expect.stringContaining('--port'),
      },
    });
    expect((await run([...words, '--lang', 'es'])).told).toMatch(/^✗ El puerto \d+ está en uso|ocupado/);
    expect(readdirSync(join(home, '.tregua'))).not.toEqual(expect.arrayContaining(['lock', 'server.json']));
  });
});

const LINES = [
  'funnel --json --compare year',
  'funnel --where lead.age>30 --lang es',
  'breakdown zone --json --stages lead,sale --top 2',
  'trend --json --every month',
  'leads --json --stage sale --limit 7',
  'lead L7 --json',
  'lead nobody --json',
  'breakdown zon --json',
  'funnel --json --where lead.zne==1',
  'rejects --json',
  'export batch',
  'export nothing --json',
  'agreement show --json',
  'doctor --json',
];

describe('beside a server', () => {
  test('the command line answers the same as without one', async () => {
    const home = copyOfWhole();
    // The instant at which facts were derived is the one thing that a new process makes anew.
    const lines = LINES.map((line) => ({ words: [...line.split(' '), '--home', home] }));
    const alone = await runMany(lines);
    await serve(home);
    const beside = await runMany(lines);
    LINES.forEach((line, index) => {
      const plain = ({ status, out, told }: { status: number | null; out: string; told: string }) => ({
        status,
        told,
        out: out.replace(/"as_of":"[^"]+"/, '').replace(/"free":\d+/, ''),
      });
      expect([line, plain(answerTo(beside, index))]).toEqual([line, plain(answerTo(alone, index))]);
    });
  });

  test('imports, refusals and a rebuild go through it', async () => {
    const home = copyOfWhole();
    const { stop } = await serve(home);
    const mapping = join(folder, 'long.yaml');
    // As long as mappings grow, and longer than a header usually may be.
    writeFileSync(
      mapping,
      `source: long\n${'# a remark about the mapping\n'.repeat(900)}records: [ { kind: leads, columns: { lead_id: lead_id, created_at: created_at, zone: zone } } ]\n`,
    );
    const bad = join(folder, 'bad.yaml');
    writeFileSync(
      bad,
      'source: bad\nrecords:\n  - { kind: leads, columns: { lead_id: lead_id, creatd_at: created_at } }\n',
    );
    const words = ['import', workload.later.path, '--home', home];
    const [known, refused, mapped, strict, rebuilt] = await runMany([
      { words: ['import', workload.leads.path, '--as', 'leads', '--home', home, '--json'] },
      { words: [...words, '--mapping', bad, '--json'] },
      { words: [...words, '--mapping', mapping, '--dry-run', '--json'] },
      { words: [...words, '--as', 'leads', '--strict', '--json'] },
      { words: ['rebuild', '--home', home, '--json'] },
    ]);
    expect(known).toMatchObject({ status: 0 });
    expect(JSON.parse(known?.out ?? '')).toMatchObject({ imports: [{ known: true, accepted: 0 }] });
    expect(refused).toMatchObject({ status: 2 });
    expect(JSON.parse(refused?.out ?? '')).toMatchObject({
      error: { code: 'mapping.unknown_name', at: { line: 3, column: expect.any(Number) } },
    });
    expect(mapped).toMatchObject({ status: 0 });
    expect(JSON.parse(mapped?.out ?? '')).toMatchObject({ imports: [{ kept: false, rowsRead: 200 }] });
    expect(strict).toMatchObject({ status: 1 });
    expect(JSON.parse(rebuilt?.out ?? '')).toMatchObject({ leads: 400, activities: 400 });
    expect(await stop('SIGTERM')).toBe(0);
    expect(await factsOf(home)).toEqual(await factsOf(whole));
  });

  test('many imports at once are all taken in, once', async () => {
    const home = copyOfWhole();
    const { port, stop } = await serve(home);
    const { token }: { token: string } = JSON.parse(
      readFileSync(join(home, '.tregua', 'server.json'), 'utf8'),
    );
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const lead = `M${n % 10}`;
        const response = await fetch(`http://127.0.0.1:${port}/v1/imports?name=m.csv&as=leads`, {
          method: 'POST',
          headers: { 'x-tregua-token': token },
          body: `lead_id,created_at,zone\n${lead},2026-03-01T00:00:00Z,Norte\n`,
        });
        const { accepted }: { accepted: number } = JSON.parse(await response.text());
        return [response.status, accepted];
      }),
    );
    expect(answers.every(([status]) => status === 200)).toBe(true);
    // Who comes second with the very same file is told that it was there.
    expect(answers.reduce((sum, [, accepted = 0]) => sum + accepted, 0)).toBe(10);
    expect(await stop('SIGTERM')).toBe(0);
    const { tables } = await factsOf(home);
    expect([tables['lead_facts']?.length, tables['batch']?.length]).toEqual([410, 12]);
  });

  test('another server of the same home is refused', async () => {
    const home = copyOfWhole();
    const { port } = await serve(home);
    const ended = await run(['serve', '--home', home, '--port', '0', '--json']);
    expect(ended.status).toBe(3);
    expect(JSON.parse(ended.out)).toMatchObject({
      error: { code: 'cli.already_served', message: expect.stringContaining(String(port)) },
    });
  });
});

describe('its end', () => {
  test('polite: no note, no lock; its token was for the owner only', async () => {
    const home = copyOfWhole();
    const { stop } = await serve(home);
    const note = join(home, '.tregua', 'server.json');
    expect(statSync(note).mode & 0o077).toBe(0);
    expect(await stop('SIGTERM')).toBe(0);
    expect([existsSync(note), existsSync(join(home, '.tregua', 'lock'))]).toEqual([false, false]);
  });

  test('in the middle of answers: who asked is gone, and nobody is told of faults', async () => {
    const { port, stop, complaints } = await serve(copyOfWhole());
    const asked = Array.from({ length: 24 }, (_, n) =>
      fetch(`http://127.0.0.1:${port}/v1/page?from=2026-01-${String(n + 1).padStart(2, '0')}`).then(
        (answer) => answer.status,
        () => null,
      ),
    );
    await Promise.race(asked);
    expect(await stop('SIGTERM')).toBe(0);
    expect(await Promise.all(asked)).toContain(null);
    expect(complaints()).toBe('');
  });

  test('by SIGKILL: commands and a new server find their way', async () => {
    const home = copyOfWhole();
    const first = await serve(home);
    await first.stop('SIGKILL');
    expect(existsSync(join(home, '.tregua', 'server.json'))).toBe(true);
    expect(await run(['rejects', '--home', home, '--json'])).toMatchObject({ status: 0, told: '' });
    await serve(home);
    expect(await run(['rejects', '--home', home, '--json'])).toMatchObject({ status: 0, told: '' });
  });

  test('by SIGKILL, its number taken by a process of another kind', async () => {
    const home = copyOfWhole();
    const { stop } = await serve(home);
    await stop('SIGKILL');
    // As after a restart of the machine: the number lives, and is this test's.
    for (const name of ['server.json', 'lock']) {
      const path = join(home, '.tregua', name);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/\d+ \d+/, `${process.pid} 1`));
    }
    expect(await run(['rejects', '--home', home, '--json'])).toMatchObject({ status: 0, told: '' });
  });

  test('by SIGKILL in the middle of an upload: nothing of it stays', async () => {
    const home = copyOfWhole();
    const { port, stop } = await serve(home);
    const { token }: { token: string } = JSON.parse(
      readFileSync(join(home, '.tregua', 'server.json'), 'utf8'),
    );
    const upload = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/v1/imports?name=m.csv&as=leads',
      headers: { 'x-tregua-token': token },
    });
    upload.on('error', () => undefined);
    upload.write('lead_id,created_at\nM1,2026-03-01T00:00:00Z\n');
    const files = join(home, '.tregua', 'files');
    while (!readdirSync(files).some((name) => name.startsWith('.incoming-'))) await after(2);
    await stop('SIGKILL');
    expect(await factsOf(home)).toEqual(await factsOf(whole));
    expect(readdirSync(files).toSorted()).toEqual(readdirSync(join(whole, '.tregua', 'files')).toSorted());
  });
});
