import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outOf, run, start } from '../cli/tregua.ts';
import { makeHome, rowsOf, valueOf } from '../load/taps.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import { SEED } from '../seed.ts';
import { randomFrom } from './workload.ts';

/** Killed at any instant while a tap is read, nothing is lost, nothing is twice, and no state is ahead of its data. */

/** A quarter of all kills: the other steps have the rest. */
const KILLS = Math.ceil(Number(process.env['TREGUA_KILLS'] ?? 20) / 4);
const KILLS_A_ROUND = 5;
const LEADS = 240;
const TAP = fileURLToPath(new URL('../sources/tap.js', import.meta.url));

function homeWith(leads: number): string {
  return makeHome({
    'sources/crm.yaml': JSON.stringify({ kind: 'tap', command: [process.execPath, TAP], config: 'tap.json' }),
    // Some batches of 8 MB.
    'sources/tap.json': JSON.stringify({ leads, every: 20, note: 120_000 }),
  });
}

/** What is kept: the last lead of the state, and the leads with how often each stands. */
async function keptIn(home: string): Promise<{ readonly last: number; readonly leads: readonly string[] }> {
  const workspace = valueOf(await openWorkspace(home));
  try {
    const { last = 0 }: { last?: number } = JSON.parse((await workspace.sourceState('crm')) ?? '{}');
    const rows = await rowsOf(workspace, 'lead_version');
    return { last, leads: rows.map((row) => String(row['lead_id'])) };
  } finally {
    await workspace.close();
  }
}

async function atWork(home: string, pid: number | undefined, over: () => boolean): Promise<void> {
  while (!over()) {
    try {
      if (readFileSync(join(home, '.tregua', 'lock'), 'utf8').split(' ')[0] === String(pid)) return;
    } catch {
      // Not there yet.
    }
    await after(4);
  }
}

test.each(Array.from({ length: Math.ceil(KILLS / KILLS_A_ROUND) }, (_, round) => round + 1))(
  `round %i of ${KILLS} kills (seed ${SEED})`,
  async (round) => {
    const random = randomFrom(SEED + round);
    const words = (home: string): string[] => ['sync', 'crm', '--home', home, '--json'];
    const calm = homeWith(LEADS);
    const begun = performance.now();
    await outOf(words(calm));
    const span = performance.now() - begun;
    const home = homeWith(LEADS);
    let kills = 0;
    let leadsToTell = LEADS;
    for (let tries = 0; kills < KILLS_A_ROUND && tries < 4 * KILLS_A_ROUND; tries += 1) {
      const { child, ended } = start(words(home));
      let isOver = false;
      child.once('exit', () => (isOver = true));
      await atWork(home, child.pid, () => isOver);
      await after(random() * span * 0.7);
      child.kill('SIGKILL');
      if ((await ended).signal === 'SIGKILL') kills += 1;
      const { last, leads } = await keptIn(home);
      const known = new Set(leads);
      expect(known.size, 'no lead stands twice').toBe(leads.length);
      for (let id = 1; id <= last; id += 1)
        expect(known.has(`L${id}`), `L${id} of a state at ${last}`).toBe(true);
      // More for the tap to tell, once it has told all.
      if (last < leadsToTell) continue;
      leadsToTell += 100;
      const config = { leads: leadsToTell, every: 20, note: 120_000 };
      writeFileSync(join(home, 'sources/tap.json'), JSON.stringify(config));
    }
    expect(kills).toBeGreaterThan(0);
    const { load }: { load: { rejected: number } } = JSON.parse(await outOf(words(home)));
    expect(load.rejected).toBe(0);
    const { last, leads } = await keptIn(home);
    expect(leads).toHaveLength(last);
    expect(last).toBeGreaterThanOrEqual(LEADS);
    const doctor = await run(['doctor', '--home', home, '--json']);
    expect(JSON.parse(doctor.out)).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ code: 'doctor.ledger', ok: true }),
        expect.objectContaining({ code: 'doctor.up_to_date', ok: true }),
        expect.objectContaining({ code: 'doctor.balanced', ok: true }),
      ]),
    });
    // The very leads of one that nobody disturbed.
    const undisturbed = await keptIn(calm);
    expect(undisturbed.leads.every((id) => leads.includes(id))).toBe(true);
  },
  600_000,
);
