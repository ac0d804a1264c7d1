import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import { answerTo, outOf, runMany } from './tregua.ts';

/** The golden case of two months, told in the terminal. */

const CASE = fileURLToPath(new URL('../golden/maturity-lost-and-equal-age/', import.meta.url));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-maturity-'));
  await copyFile(join(CASE, 'tregua.yaml'), join(home, 'tregua.yaml'));
  await outOf(['import', join(CASE, 'leads.csv'), '--as', 'leads', '--home', home]);
  await outOf(['import', join(CASE, 'activities.csv'), '--as', 'activities', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('maturity', () => {
  test('in words, in both languages, and in JSON', async () => {
    const words = [
      'maturity',
      '--from',
      '2026-02-01',
      '--to',
      '2026-02-28',
      '--every',
      'month',
      '--home',
      home,
    ];
    const answers = await runMany([
      { words: [...words, '--lang', 'en', '--compare', 'previous'] },
      { words: [...words, '--lang', 'es', '--compare', 'previous'] },
      { words: [...words, '--lang', 'en', '--compare', 'previous', '--no-equal-age'] },
      { words: [...words, '--json'] },
    ]);
    const english = answerTo(answers, 0).out;
    expect(english).toContain('At the same age (5 days): 20.0% reach “Sale”; 20.0% of those created from');
    expect(english).toMatch(/^2026-02-01 +20 +4 +20\.0% +48\.0% +[\d.]+–[\d.]+%.*not mature yet$/m);
    expect(english).toContain('half do within 20 days');
    const spanish = answerTo(answers, 1).out.replaceAll('\u00A0', ' ');
    expect(spanish).toContain('A la misma edad (5 días): 20,0 % llega a «Sale»');
    expect(spanish).toMatch(/^2026-02-01 .*aún no ha madurado$/m);
    expect(answerTo(answers, 2).out).toContain(
      'As they stand today, each at its own age: 20.0% have reached',
    );
    const answer = maturityAnswer.parse(JSON.parse(answerTo(answers, 3).out));
    expect(answer).toMatchObject({ known_to: '2026-02-11', comparison: null, every: 'month' });
  });

  test('a stage that is not there is refused', async () => {
    const [answer] = await runMany([{ words: ['maturity', '--stages', 'lead,nothing', '--home', home] }]);
    expect(answer?.status).toBe(2);
  });
});
