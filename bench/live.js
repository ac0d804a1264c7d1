import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, MEMORY, tell } from './questions.js';

/** What comes in while the program runs: how much a second, how soon it is answered, how soon it is counted. */

const [step, folder, ...rest] = process.argv.slice(2);
const BATCH = 1000;
const BATCHES = 80;
const SINGLES = 4000;
/** Callers at the same time. */
const BATCHERS = 4;
const CALLERS = 16;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function lead(id) {
  return {
    lead_id: id,
    created_at: new Date(Date.UTC(2026, 0, 1) + (Math.random() * 1e10) / 2).toISOString(),
    age: 18 + Math.floor(Math.random() * 50),
    zone: `zone ${Math.floor(Math.random() * 12)}`,
    service: 'implants',
    seller: `seller ${Math.floor(Math.random() * 40)}`,
    source: 'social',
    campaign: `campaign ${Math.floor(Math.random() * 60)}`,
    budget: Math.floor(Math.random() * 30_000),
    phone: `+5255${10_000_000 + Math.floor(Math.random() * 80_000_000)}`,
  };
}

function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.once('end', () =>
        response.statusCode < 300
          ? resolve(JSON.parse(text))
          : reject(new Error(`${response.statusCode} ${text}`)),
      );
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Sends bodies by some callers at once: seconds in all, and the milliseconds of each. */
async function load(url, headers, bodies, callers) {
  const each = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < bodies.length) {
        const body = bodies[next];
        next += 1;
        const start = performance.now();
        await send(url, 'POST', headers, body);
        each.push(performance.now() - start);
      }
    }),
  );
  each.sort((a, b) => a - b);
  return {
    seconds: (performance.now() - begun) / 1000,
    p50: each[Math.floor(each.length * 0.5)],
    p99: each[Math.floor(each.length * 0.99)],
  };
}

/** Both loads on one address: leads a second in batches, and single posts with how soon they are answered. */
async function loads(address, path, headers) {
  const all = { 'content-type': 'application/json', ...headers };
  const url = new URL(path, address);
  // Warm, as a server is that has run for a while.
  await load(
    url,
    all,
    Array.from({ length: 200 }, (_, n) => JSON.stringify(lead(`W${n}`))),
    CALLERS,
  );
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    JSON.stringify(Array.from({ length: BATCH }, (__, n) => lead(`B${batch}-${n}`))),
  );
  const inBatches = await load(url, all, batches, BATCHERS);
  const singles = Array.from({ length: SINGLES }, (_, n) => JSON.stringify(lead(`S${n}`)));
  const single = await load(url, all, singles, CALLERS);
  return {
    batches: { perSecond: (BATCH * BATCHES) / inBatches.seconds, p99: inBatches.p99 },
    singles: { perSecond: SINGLES / single.seconds, p50: single.p50, p99: single.p99 },
  };
}

async function startServer(home) {
  const bin = fileURLToPath(new URL('../bin/tregua.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'serve', '--home', home, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TREGUA_MEMORY: MEMORY },
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const { address } = JSON.parse(line);
  const note = JSON.parse(await readFile(join(home, '.tregua', 'server.json'), 'utf8'));
  const { token } = await send(
    new URL('/v1/tokens', address),
    'POST',
    { 'content-type': 'application/json', 'x-tregua-token': note.token },
    JSON.stringify({ name: 'bench', scopes: ['leads:write'] }),
  );
  return {
    address,
    headers: { authorization: `Bearer ${token}` },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The leads that the page counts, by what it asks first. */
async function counted(address, headers = {}) {
  const { stages } = await send(new URL('/v1/funnel?times=false', address), 'GET', headers);
  return stages.find(({ kind }) => kind === 'reached').count;
}

const steps = {
  async api() {
    const home = join(folder, 'live');
    await mkdir(home, { recursive: true });
    await copyFile(new URL('agreement.yaml', import.meta.url), join(home, 'tregua.yaml'));
    const server = await startServer(home);
    const result = await loads(server.address, '/v1/leads', server.headers);
    const begun = performance.now();
    const all = BATCH * BATCHES + SINGLES + 200;
    while ((await counted(server.address)) < all) await new Promise((resolve) => setTimeout(resolve, 100));
    await server.stop();
    tell({ ...result, countedAfter: (performance.now() - begun) / 1000 });
  },

  /** A handler of the same library that parses the body and flushes it with one insert, and does nothing else. */
  async bare() {
    const bare = spawn(
      process.execPath,
      [fileURLToPath(new URL('bare-server.js', import.meta.url)), folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(bare.stdout.setEncoding('utf8'), 'data');
    tell(await loads(JSON.parse(line).address, '/', {}));
    bare.kill('SIGTERM');
    process.exit(0);
  },

  /** How long a lead that is posted takes to stand on the page of all of them. */
  async fresh(runs) {
    const server = await startServer(join(folder, 'home'));
    let before = await counted(server.address);
    const times = [];
    for (let run = 0; run <= Number(runs); run += 1) {
      const begun = performance.now();
      const body = JSON.stringify(lead(`fresh-${Date.now()}-${run}`));
      await send(
        new URL('/v1/leads', server.address),
        'POST',
        { ...server.headers, 'content-type': 'application/json' },
        body,
      );
      let now = before;
      while (now === before) {
        now = await counted(server.address);
        if (now === before) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      before = now;
      // The first one warms what a server that has run for a while has warm.
      if (run > 0) times.push((performance.now() - begun) / 1000);
    }
    await server.stop();
    tell({ seconds: median(times), worst: Math.max(...times) });
  },
};

await steps[step](...rest);
agent.destroy();
