import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { isReadable } from '../../src/node/app/left-open.ts';
import { outOf, ownFolder, run, runMany, start } from '../cli/tregua.ts';
import { SEED } from '../seed.ts';
import { factsOf, makeHome, randomFrom, takeIn, valueOf, writeWorkload } from './workload.ts';
import type { Facts } from './workload.ts';

/** The warehouse is derived: whatever becomes of its file, the next command makes it anew. */

const FLIPS = Math.max(6, Math.round(Number(process.env['TREGUA_KILLS'] ?? 20) / 20));

let folder: string;
let whole: string;
let facts: Facts;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-damage-'));
  const workload = writeWorkload(join(folder, 'files'), SEED);
  whole = makeHome(join(folder, 'whole'), workload);
  await takeIn(whole, workload.files);
  facts = await factsOf(whole);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the whole home, with its warehouse. */
function copyOfWhole(): { readonly home: string; readonly warehouse: string } {
  const home = join(ownFolder(), 'home');
  cpSync(whole, home, { recursive: true });
  return { home, warehouse: join(home, '.tregua', 'warehouse.duckdb') };
}

function flipBit(path: string, position: number, bit: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  writeSync(file, byte, 0, 1, position);
  closeSync(file);
}

function setAside(home: string): readonly string[] {
  return readdirSync(join(home, '.tregua')).filter((name) => name.startsWith('warehouse.damaged-'));
}

type Damage = (warehouse: string) => void;
const DAMAGES: readonly (readonly [string, boolean, Damage])[] = [
  ['deleted', false, (path) => rmSync(path)],
  ['emptied', true, (path) => truncateSync(path, 0)],
  ['cut in its header', true, (path) => truncateSync(path, 5000)],
  ['cut in half', true, (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['a text file', true, (path) => writeFileSync(path, 'lead_id,created_at\nL1,2026-01-01\n')],
  [
    'a folder',
    true,
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
  // DuckDB takes a log that it cannot begin to read for none: its facts were in the file already.
  [
    'beside a log that is no log',
    false,
    (path) => writeFileSync(`${path}.wal`, Buffer.alloc(9000, 'rubbish')),
  ],
];

describe('a warehouse that is', () => {
  test.each(DAMAGES)('%s', async (_, kept, damage) => {
    const { home, warehouse } = copyOfWhole();
    damage(warehouse);
    expect(await factsOf(home)).toEqual(facts);
    // What was damaged can be looked at, and is not damaged anew by each command.
    expect(setAside(home).length > 0).toBe(kept);
    const asideBefore = setAside(home);
    await valueOf(await openWorkspace(home)).close();
    expect(setAside(home)).toEqual(asideBefore);
  });

  test('replaced: a command says so, and answers', async () => {
    const { home, warehouse } = copyOfWhole();
    const before = await outOf(['leads', '--home', home, '--json', '--as-of', '2026-08-01T00:00:00Z']);
    writeFileSync(warehouse, 'not a warehouse');
    const ended = await run(['leads', '--home', home, '--json', '--as-of', '2026-08-01T00:00:00Z']);
    expect(ended).toMatchObject({ status: 0, out: before });
    expect(ended.told).toMatch(/^! The warehouse was damaged.*warehouse\.damaged-/);
    expect(await run(['funnel', '--home', home, '--json'])).toMatchObject({ status: 0, told: '' });
  });
});

describe('a warehouse that its process died with', () => {
  /** As a process leaves it that the engine's own crash, or a SIGKILL, has ended. */
  async function leftOpen(): Promise<{ readonly home: string; readonly warehouse: string }> {
    const copy = copyOfWhole();
    const { child, ended, soFar } = start(['serve', '--home', copy.home, '--port', '0', '--json']);
    await expect.poll(() => soFar().out, { timeout: 30_000 }).toContain('address');
    child.kill('SIGKILL');
    await ended;
    return copy;
  }

  test('undamaged: it is opened as it is', async () => {
    const { home } = await leftOpen();
    const ended = await run(['funnel', '--home', home, '--json']);
    expect(ended).toMatchObject({ status: 0, told: '' });
    expect(setAside(home)).toEqual([]);
  });

  test('damaged where the next command does not look: it is made anew before anything is asked of it', async () => {
    const { home, warehouse } = await leftOpen();
    const size = statSync(warehouse).size;
    for (let position = 12_288 + 1000; position < size; position += 4096) flipBit(warehouse, position, 3);
    const ended = await run(['state', 'get', 'crm', '--home', home]);
    expect(ended.status).toBe(0);
    expect(setAside(home)).toHaveLength(1);
    expect(await factsOf(home)).toEqual(facts);
  });

  test('on which the engine crashes: the probe’s death is its answer', async () => {
    const { warehouse } = copyOfWhole();
    const crash = join(ownFolder(), 'crash.mjs');
    writeFileSync(crash, "process.kill(process.pid, 'SIGSEGV');");
    expect(await isReadable(warehouse, '512MB', crash)).toBe(false);
    expect(await isReadable(warehouse, '512MB')).toBe(true);
  });
});

describe(`a warehouse of which bits are flipped (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  test.each(Array.from({ length: FLIPS }, (_, n) => [n + 1, random(), Math.floor(random() * 8)] as const))(
    'flip %i, at %f, bit %i',
    async (_, share, bit) => {
      const { home, warehouse } = copyOfWhole();
      flipBit(warehouse, Math.floor(share * statSync(warehouse).size), bit);
      expect(await factsOf(home)).toEqual(facts);
    },
  );

  test('one in every block: no command answers from them', async () => {
    const { home, warehouse } = copyOfWhole();
    const size = statSync(warehouse).size;
    for (let position = 12_288 + 1000; position < size; position += 4096)
      flipBit(warehouse, position, Math.floor(random() * 8));
    const damaged = readFileSync(warehouse);
    const lines = [['lead', 'L7'], ['export', 'batch'], ['rejects']];
    for (const words of lines) {
      writeFileSync(warehouse, damaged);
      const [told] = await runMany([{ words: [...words, '--home', home] }]);
      const [calm] = await runMany([{ words: [...words, '--home', whole] }]);
      expect([words, told?.status, told?.out]).toEqual([words, 0, calm?.out]);
    }
  });
});
