import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targetsAnswer } from '../../src/core/measures/targets-answer.ts';
import { outOf, runMany } from './tregua.ts';

/** The golden case of two leads on every weekday, told in the terminal. */

const CASE = fileURLToPath(new URL('../golden/targets-by-the-weekday-pattern/', import.meta.url));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-targets-'));
  await copyFile(join(CASE, 'tregua.yaml'), join(home, 'tregua.yaml'));
  await outOf(['import', join(CASE, 'leads.csv'), '--as', 'leads', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('targets', () => {
  test('in words, in both languages, and in JSON', async () => {
    const words = ['targets', '--to', '2026-03-10', '--home', home];
    const [english, spanish, json] = await runMany([
      { words: [...words, '--lang', 'en'] },
      { words: [...words, '--lang', 'es'] },
      { words: [...words, '--json', '--history', '2'] },
    ]);
    const line = (out: string | undefined): string => (out ?? '').replaceAll(/\s+/g, ' ');
    expect(line(english?.out)).toContain(
      'Sales is behind pace: 14 of the 16 due by Mar 10; it ends at 35–53 of 50. To get there, the 21 days left need 1.7 a day; 1.4 a day is to be expected. Met in none of the 2 months before.',
    );
    expect(english?.out).toMatch(/Month\s.*14\s+at least 50\s+28\.0%/);
    expect(line(english?.out)).toContain('Marketing is on pace: 4 of the 4 due by Mar 10');
    expect(line(english?.out)).toContain(
      'Marketing stays above the goal if all goes on like this: 14, where 5 fit by Mar 10; it ends at 35–53 of at most 15.',
    );
    expect(line(english?.out)).toContain('As it stood at the end of Mar 10.');
    expect(line(spanish?.out)).toContain(
      'Sales va por debajo del ritmo: 14 de 16 que tocaban al 10 mar; cierra en 35–53 de 50. Para llegar, en los 21 días que quedan hacen falta 1,7 al día; se esperan 1,4. No se cumplió en ninguno de los 2 meses anteriores.',
    );
    const answer = targetsAnswer.parse(JSON.parse(json?.out ?? ''));
    expect(answer.mode).toBe('period');
    expect(answer.targets.map(({ id, status }) => [id, status])).toEqual([
      ['week', 'on_pace'],
      ['cap', 'out_of_reach'],
      ['month', 'behind'],
    ]);
  });

  test('a cohort has no pace, and the end of the data is told', async () => {
    const [cohort, now] = await runMany([
      { words: ['targets', '--to', '2026-03-10', '--mode', 'cohort', '--home', home, '--lang', 'en'] },
      { words: ['targets', '--home', home, '--lang', 'en'] },
    ]);
    expect(cohort?.out).toContain('There is no pace or forecast by cohort');
    expect(cohort?.out).not.toContain('it ends at');
    expect(now?.out).toContain('The data end on Mar 11: nothing is known of the days after it.');
  });

  test('what is no history is refused by its flag', async () => {
    const [answer] = await runMany([
      { words: ['targets', '--history', '99', '--home', home, '--lang', 'en'] },
    ]);
    expect(answer?.status).toBe(2);
    expect(answer?.told).toContain('--history');
  });
});
