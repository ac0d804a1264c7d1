import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'libsql';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { answersTo, outOf, ownFolder, run, start } from '../cli/tregua.ts';
import { fill, noTmpfs, remount, tmpfs } from './tmpfs.ts';
import { factsOf, importWords, makeHome, takeIn, valueOf, writeWorkload } from './workload.ts';
import type { Facts, Workload } from './workload.ts';

/** A disk that is full, or may not be written to: a clear word, nothing lost, and all well once there is room. */

let folder: string;
let workload: Workload;
let whole: string;
let facts: Facts;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tregua-disk-'));
  workload = writeWorkload(join(folder, 'files'), 7);
  whole = makeHome(join(folder, 'whole'), workload);
  await takeIn(whole, [workload.leads, workload.activities]);
  facts = await factsOf(whole);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The error of a command's `--json`. */
function errorOf(out: string): unknown {
  const [line = '', ...more] = out.trim().split('\n');
  expect(more).toEqual([]);
  const body: unknown = JSON.parse(line);
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
}

function homeOn(disk: string): string {
  const home = join(disk, 'home');
  cpSync(whole, home, { recursive: true });
  return home;
}

function filesOf(home: string): readonly string[] {
  return readdirSync(join(home, '.tregua', 'files'))
    .toSorted()
    .map((name) => `${name} ${readFileSync(join(home, '.tregua', 'files', name)).byteLength}`);
}

/** The funnel and the numbers of rows, for a workspace with more rows than a test could compare. */
async function countsOf(home: string): Promise<unknown> {
  const workspace = valueOf(await openWorkspace(home));
  try {
    const { stages } = funnelAnswer.parse(valueOf(await workspace.ask('funnel', {})));
    const batches = await workspace.batches();
    const { leads, activities } = await workspace.status();
    return { stages, leads, activities, batches: batches.map((each) => ({ ...each, recorded_at: null })) };
  } finally {
    await workspace.close();
  }
}

const unmountable = noTmpfs();

describe.skipIf(unmountable !== null)(
  `a disk of its own${unmountable === null ? '' : ` (${unmountable})`}`,
  () => {
    test('with less room than is kept free: an import is refused', async () => {
      const home = homeOn(tmpfs(40));
      const before = filesOf(home);
      const ended = await run([...importWords(home, workload.later), '--lang', 'es']);
      expect(ended.status).toBe(3);
      expect(errorOf(ended.out)).toMatchObject({
        code: 'store.disk_full',
        message: expect.stringMatching(/^El disco está lleno/),
        hint: expect.stringMatching(/Haz sitio/),
      });
      expect(filesOf(home)).toEqual(before);
      expect(await factsOf(home)).toEqual(facts);
    });

    test('that is full: no command loses or breaks anything', async () => {
      const disk = tmpfs(100);
      const home = homeOn(disk);
      const stored = readdirSync(join(home, '.tregua')).toSorted();
      const free = fill(disk);
      const lines = [['funnel'], ['rebuild'], importWords(home, workload.later)];
      const answers = await answersTo(lines.map((line) => [...line, '--home', home, '--json']));
      for (const [words, ended] of answers) {
        expect([words, ended.status, ended.told]).toEqual([words, 3, '']);
        expect(errorOf(ended.out)).toMatchObject({ code: 'store.disk_full' });
      }
      // A good warehouse is not taken for a damaged one.
      expect(readdirSync(join(home, '.tregua')).toSorted()).toEqual(stored);
      free();
      expect(await factsOf(home)).toEqual(facts);
    });

    test('that fills up while a file is stored', async () => {
      const disk = tmpfs(100);
      const home = homeOn(disk);
      const before = filesOf(home);
      const path = join(folder, 'large.csv');
      writeFileSync(path, `lead_id,created_at\n${'x'.repeat(120_000_000)},2026-01-01\n`);
      const ended = await run(['import', path, '--as', 'leads', '--home', home]);
      expect(ended).toMatchObject({ status: 3, out: '' });
      expect(ended.told).toMatch(/^✗ The disk is full .*\n {2}→ Make room/);
      expect(filesOf(home)).toEqual(before);
      expect(await factsOf(home)).toEqual(facts);
    });

    test('that has no room for what a file becomes', async () => {
      const home = homeOn(tmpfs(100));
      const before = filesOf(home);
      const path = join(folder, 'sizeable.csv');
      writeFileSync(path, `lead_id,created_at\n${'x'.repeat(20_000_000)},2026-01-01\n`);
      const ended = await run(['import', path, '--as', 'leads', '--home', home, '--json']);
      expect(ended.status).toBe(3);
      expect(errorOf(ended.out)).toMatchObject({ code: 'store.disk_full' });
      expect(filesOf(home)).toEqual(before);
    });

    test('that fills up while a kept file is counted: it is counted once there is room', async () => {
      const disk = tmpfs(90);
      const home = homeOn(disk);
      const large = writeWorkload(join(folder, 'counted'), 9, 30_000).leads;
      const importing = start(importWords(home, large));
      const ledger = new Database(join(home, '.tregua', 'ledger.sqlite'), { readonly: true });
      const entries = ledger.prepare('select id from entry');
      while (importing.child.exitCode === null && entries.all().length < 3) await after(1);
      ledger.close();
      const free = fill(disk);
      const ended = await importing.ended;
      expect(ended.status).toBe(3);
      expect(errorOf(ended.out)).toMatchObject({
        code: 'store.kept_uncounted',
      });
      const still = await run(['funnel', '--home', home, '--json']);
      expect(still.status).toBe(3);
      free();
      await outOf(importWords(home, large));
      const calm = join(ownFolder(), 'home');
      cpSync(whole, calm, { recursive: true });
      await outOf(importWords(calm, large));
      expect(await countsOf(home)).toEqual(await countsOf(calm));
    });

    test('that is read-only: a word about it, and no trace', async () => {
      const disk = tmpfs(100);
      const home = homeOn(disk);
      remount(disk, 'ro');
      const lines = [['funnel'], importWords(home, workload.later), ['serve', '--port', '0']];
      for (const [words, ended] of await answersTo(
        lines.map((line) => [...line, '--home', home, '--json']),
      )) {
        expect([words, ended.status]).toEqual([words, 3]);
        expect(errorOf(ended.out)).toMatchObject({ code: 'store.home_read_only', hint: expect.any(String) });
      }
      const made = await answersTo([
        ['init', join(disk, 'new'), '--lang', 'es'],
        ['demo', join(disk, 'new'), '--leads', '10', '--lang', 'es'],
      ]);
      for (const [words, ended] of made) {
        expect([words, ended.status]).toEqual([words, 3]);
        expect(ended.told).toMatch(/no se puede escribir en/i);
      }
      remount(disk, 'rw');
      expect(await factsOf(home)).toEqual(facts);
    });
  },
);

describe('a home that is none', () => {
  test.each([
    ['a file', 'store.home_is_file'],
    ['absent', 'store.no_home'],
  ])('%s', async (kind, code) => {
    const home = join(ownFolder(), 'home');
    if (kind === 'a file') writeFileSync(home, 'a file');
    const ended = await run(['funnel', '--home', home, '--json']);
    expect(ended.status).toBe(3);
    expect(errorOf(ended.out)).toMatchObject({ code, message: expect.stringContaining(home) });
    if (kind === 'a file') expect(readFileSync(home, 'utf8')).toBe('a file');
  });

  test('a file where a workspace is to be made', async () => {
    const home = join(ownFolder(), 'home');
    writeFileSync(home, 'a file');
    const made = await answersTo([
      ['init', home, '--json'],
      ['demo', home, '--leads', '10', '--json'],
    ]);
    for (const [words, ended] of made) {
      expect([words, ended.status]).toEqual([words, 3]);
      expect(errorOf(ended.out)).toMatchObject({ code: expect.stringMatching(/^store\./) });
    }
    expect(readFileSync(home, 'utf8')).toBe('a file');
  });

  test('whose store is a file', async () => {
    const home = makeHome(join(ownFolder(), 'home'), workload);
    writeFileSync(join(home, '.tregua'), 'a file');
    const ended = await run(['doctor', '--home', home, '--json']);
    expect(ended.status).toBe(3);
    expect(errorOf(ended.out)).toMatchObject({ code: 'store.home_read_only' });
  });
});
