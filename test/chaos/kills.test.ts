import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { outOf, ownFolder, run, start } from '../cli/tregua.ts';
import type { Ended } from '../cli/tregua.ts';
import { SEED } from '../seed.ts';
import { factsOf, importWords, makeHome, randomFrom, writeWorkload } from './workload.ts';
import type { Workload } from './workload.ts';

/** Killed at any instant, the program loses nothing that it took in, and takes nothing in twice. */

const KILLS_A_STEP = 5;
/** Half of all kills: the server and the taps have a quarter each. */
const KILLS = Math.max(4 * KILLS_A_STEP, Math.ceil(Number(process.env['TREGUA_KILLS'] ?? 20) / 2));

/** The steps of a workspace's life: each is struck some times, and then let be. */
function stepsOf(workload: Workload, home: string): readonly (readonly string[])[] {
  return [...workload.files.map((file) => importWords(home, file)), ['rebuild', '--home', home, '--json']];
}

/** Waits until a process works on the home, and not only starts up; false where it is over before. */
async function atWork(home: string, pid: number | undefined, over: () => boolean): Promise<boolean> {
  const lock = join(home, '.tregua', 'lock');
  while (!over()) {
    try {
      if (readFileSync(lock, 'utf8').split(' ')[0] === String(pid)) return true;
    } catch {
      // Not there yet.
    }
    await after(4);
  }
  return false;
}

/** How long a step holds the home when nothing disturbs it, in milliseconds. */
async function runCalmly(words: readonly string[], home: string): Promise<number> {
  const { child, ended } = start(words);
  await atWork(home, child.pid, () => child.exitCode !== null);
  const begun = performance.now();
  const { status, told } = await ended;
  if (status !== 0) throw new Error(told);
  return performance.now() - begun;
}

async function strike(words: readonly string[], home: string, delay: number): Promise<Ended> {
  const { child, ended } = start(words);
  let over = false;
  child.once('exit', () => (over = true));
  if (await atWork(home, child.pid, () => over)) {
    await after(delay);
    child.kill('SIGKILL');
  }
  return ended;
}

describe(`${KILLS} kills (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  const rounds = Math.ceil(KILLS / (KILLS_A_STEP * 4));
  test.each(Array.from({ length: rounds }, (_, round) => round + 1))(
    'round %i',
    async () => {
      const folder = ownFolder();
      const workload = writeWorkload(join(folder, 'files'), Math.floor(random() * 1e9));
      const calm = makeHome(join(folder, 'calm'), workload);
      const spans: number[] = [];
      for (const words of stepsOf(workload, calm)) spans.push(await runCalmly(words, calm));

      const struck = makeHome(join(folder, 'struck'), workload);
      let kills = 0;
      for (const [index, words] of stepsOf(workload, struck).entries()) {
        let span = spans[index] ?? 0;
        for (let left = KILLS_A_STEP; left > 0;) {
          const { signal, status, told } = await strike(words, struck, random() * span);
          // One that was quicker than the blow must have done its work, and is struck anew.
          if (signal === 'SIGKILL') left -= 1;
          else {
            expect({ status, told }).toMatchObject({ status: 0 });
            span *= 0.7;
          }
          kills += signal === 'SIGKILL' ? 1 : 0;
        }
        await outOf(words);
      }
      expect(kills).toBe(KILLS_A_STEP * 4);

      const told: unknown = JSON.parse((await run(['doctor', '--home', struck, '--json'])).out);
      expect(told).toMatchObject({
        checks: expect.arrayContaining([
          expect.objectContaining({ code: 'doctor.ledger', ok: true }),
          expect.objectContaining({ code: 'doctor.files', ok: true, params: { files: 3, damaged: 0 } }),
          expect.objectContaining({ code: 'doctor.up_to_date', ok: true }),
          expect.objectContaining({ code: 'doctor.balanced', ok: true }),
        ]),
      });
      expect(await factsOf(struck)).toEqual(await factsOf(calm));
      // What was cut off leaves nothing behind that no one would ever erase.
      const store = join(struck, '.tregua');
      expect(readdirSync(join(store, 'files')).sort()).toEqual(
        readdirSync(join(calm, '.tregua', 'files')).sort(),
      );
      expect(existsSync(join(store, 'lock'))).toBe(false);
    },
    KILLS > 20 ? 1_800_000 : 240_000,
  );
});
