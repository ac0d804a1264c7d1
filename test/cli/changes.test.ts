import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changesAnswer } from '../../src/core/measures/changes-answer.ts';
import { outOf, runMany } from './tregua.ts';

/** The golden case in which both zones do better and the whole worse, told in the terminal. */

const CASE = fileURLToPath(new URL('../golden/changes-where-the-mix-reverses/', import.meta.url));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-changes-'));
  await copyFile(join(CASE, 'tregua.yaml'), join(home, 'tregua.yaml'));
  await outOf(['import', join(CASE, 'leads.csv'), '--as', 'leads', '--home', home]);
  await outOf(['import', join(CASE, 'activities.csv'), '--as', 'activities', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('changes', () => {
  test('in words, in both languages, and in JSON', async () => {
    const words = [
      ...['changes', '--from', '2026-05-01', '--to', '2026-05-31', '--no-equal-age'],
      ...['--home', home],
    ];
    const [english, spanish, json] = await runMany([
      { words: [...words, '--lang', 'en', '--dimension', 'zone'] },
      { words: [...words, '--lang', 'es'] },
      { words: [...words, '--json'] },
    ]);
    expect(english?.out).toContain('B: 140, as many as before.');
    expect(english?.out).toContain('Marketing adds 40.3; Sales takes away 40.3.');
    expect(english?.out).toContain('every group does better and the whole does worse');
    expect(english?.out).toContain('−11.7 points: +5.0 because the groups go better or worse, −16.7');
    expect(english?.out).toMatch(/North\s+60\.0% \/ 200\s+65\.0% \/ 100/);
    expect(spanish?.out).toContain('Marketing suma 40,3; Sales resta 40,3.');
    expect(spanish?.out).toMatch(/Lead → B\s+46,7\s%\s+35,0\s%\s+−40,3/);
    const answer = changesAnswer.parse(JSON.parse(json?.out ?? ''));
    expect(answer.count.parts.reduce((sum, { part }) => sum + part, 0)).toBe(answer.count.change);
  });

  test('days of the week have their names, and groups without any lead are left out', async () => {
    const words = ['changes', '--from', '2026-05-01', '--to', '2026-05-31', '--no-equal-age', '--home', home];
    const [english, spanish, json] = await runMany([
      { words: [...words, '--lang', 'en', '--dimension', 'weekday'] },
      { words: [...words, '--lang', 'es', '--dimension', 'weekday'] },
      { words: [...words, '--json', '--dimension', 'weekday'] },
    ]);
    const [step] = changesAnswer.parse(JSON.parse(json?.out ?? '')).steps;
    expect(step?.part).toBe('weekday');
    const days = (step?.groups ?? []).map(({ value }) => Number(value));
    expect(days.length).toBeGreaterThan(0);
    const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
    for (const day of days) expect(english?.out).toMatch(new RegExp(`^${NAMES[day - 1]}\\s`, 'm'));
    expect(spanish?.out).toMatch(/^(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)\s/m);
    expect(english?.out).not.toMatch(/^\S+\s+– \/ 0\s+– \/ 0/m);
  });

  test('a comparison with nothing is refused', async () => {
    const [answer] = await runMany([
      { words: ['changes', '--compare', 'none', '--home', home, '--lang', 'en'] },
    ]);
    expect(answer?.status).toBe(2);
    expect(answer?.told).toContain('previous');
  });
});
