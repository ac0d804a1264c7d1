import { copyFileSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { handoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import { answerTo, outOf, runMany } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** Hand-overs in a terminal, over data whose figures `test/golden` works out by hand. */

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));
const CASES = ['handoff-by-the-calendar', 'handoff-in-working-hours', 'window-of-seven-days'];

let homes: string;
const homeOf = (name: string): string => join(homes, name);
beforeAll(async () => {
  homes = await mkdtemp(join(tmpdir(), 'tregua-handoffs-'));
  await Promise.all(
    CASES.map(async (name) => {
      const home = homeOf(name);
      mkdirSync(home);
      copyFileSync(join(GOLDEN, name, 'tregua.yaml'), join(home, 'tregua.yaml'));
      for (const kind of ['leads', 'activities'])
        await outOf(['import', join(GOLDEN, name, `${kind}.csv`), '--as', kind, '--home', home]);
    }),
  );
  answers = await runMany(
    lines.map((line) => {
      const [name = '', ...words] = line.split(' ');
      return { words: [...words, '--home', homeOf(name)] };
    }),
  );
});
afterAll(() => rm(homes, { recursive: true, force: true }));

/** What is asked of the homes, all in one process. */
const lines: string[] = [];
let answers: readonly Ended[];
function asked(name: string, line: string): () => Ended {
  const nth = lines.push(`${name} ${line}`) - 1;
  return () => answerTo(answers, nth);
}

/** The lines of a text without what only sets them out. */
const words = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('tregua handoffs', () => {
  const spanish = asked('handoff-in-working-hours', 'handoffs --lang es');
  test('the finding first, then who answered, then who waits', () => {
    const { out, status } = spanish();
    expect(status).toBe(0);
    // The data end on the 10th, and so does the wait: Fay, too, is overdue by then.
    expect(words(out)).toContain(
      'De 7 leads que llegaron a «Fit», Sales respondió a 3 dentro de 1 hora de trabajo (42,9 %; 15,8–75,0 %). Esperan 2 leads; el más antiguo, desde el martes a las 18:50 (fuera de plazo).',
    );
    expect(words(out)).toContain(
      'La mitad de las respuestas llega en 53 min; tres de cada cuatro, en 60 min; nueve de cada diez, en 61 min de trabajo.',
    );
    expect(out).toMatch(/^Bob +2 +2 +0 +0 /m);
    expect(out).toMatch(/^Total +9 +3 +1 +2 +1 +0 +2 +42,9\s%/m);
    expect(out).toMatch(/^gil +9 jun 2026, 18:50 +10,2 h +10 jun 2026, 9:50 +fuera de plazo +–$/m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  const english = asked('handoff-by-the-calendar', 'handoffs --by budget --lang en');
  test('by any dimension, by the calendar', () => {
    const { out } = english();
    expect(words(out)).toContain('Of 5 leads that reached Lead, Sales answered 2 within 1 hour (40.0%;');
    expect(out).toMatch(/^100 +4 +0 +1 +1 +1 +0 +1 +0.0%/m);
    expect(out).toMatch(/^No data +3 +2 /m);
  });

  const json = asked('handoff-by-the-calendar', '--json handoffs --handoff call --oldest 1');
  test('--json is the answer', () => {
    const answer = handoffsAnswer.parse(JSON.parse(json().out));
    expect(answer.handoffs.map(({ id, kept, broken }) => [id, kept, broken])).toEqual([['call', 2, 3]]);
    expect(answer.handoffs[0]?.oldest.map(({ id }) => id)).toEqual(['rich_alone']);
  });

  const none = asked('window-of-seven-days', 'handoffs --lang es');
  test('an agreement without hand-overs says what to do', () => {
    expect(none().out).toContain('Este acuerdo no promete entregas.');
    expect(none().status).toBe(0);
  });
});

describe('the leads behind the numbers of a hand-over', () => {
  const counts = (
    [
      ['', 7],
      ['--answer kept', 2],
      ['--answer broken', 3],
      ['--answer waiting', 1],
      ['--answer closed', 2],
      ['--by budget --group 100', 4],
      ['--group Ana --answer late', 1],
      ['--mode period --answer overdue', 1],
    ] as const
  ).map(([flags, total]) => ({
    flags,
    total,
    ended: asked('handoff-by-the-calendar', `--json leads --handoff call ${flags}`.trim()),
  }));
  test.each(counts)('"$flags": $total', ({ ended, total }) => {
    expect(leadsAnswer.parse(JSON.parse(ended().out)).total).toBe(total);
  });

  const faults = (
    [
      ['leads --handoff cal', 'question.unknown_handoff', 'Did you mean "call"?'],
      ['handoffs --handoff shoe', 'question.unknown_handoff', 'There are: call'],
      ['leads --answer kept', 'question.needs_handoff', 'Name the hand-over as well'],
      ['handoffs --by shoe', 'question.unknown_dimension', 'There are: caller, budget'],
      ['handoffs --mode period', 'question.not_one_of', 'cohort'],
    ] as const
  ).map(([line, code, hint]) => ({
    line,
    code,
    hint,
    ended: asked('handoff-by-the-calendar', `--json ${line} --lang en`),
  }));
  test.each(faults)('$line is told in words', ({ ended, code, hint }) => {
    const { out, status } = ended();
    expect(status).toBe(2);
    const { error } = z
      .object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) })
      .parse(JSON.parse(out));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toContain(hint);
  });
});
