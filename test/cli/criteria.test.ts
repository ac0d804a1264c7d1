import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { criteriaAnswer } from '../../src/core/measures/criteria-answer.ts';
import { answerTo, outOf, ownFolder, runMany } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** The strength of criteria in a terminal, over data whose figures `test/golden` works out by hand. */

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));
const CASES = ['criteria-lax-and-strict', 'criteria-cost-of-missing-data', 'criteria-required-by-the-sale'];

let homes: string;
const homeOf = (name: string): string => join(homes, name);
beforeAll(async () => {
  homes = await mkdtemp(join(tmpdir(), 'tregua-criteria-'));
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

describe('tregua criteria', () => {
  const spanish = asked('criteria-lax-and-strict', 'criteria --lang es');
  test('a row a criterion, and in words what is the matter with it', () => {
    const { out, status } = spanish();
    expect(status).toBe(0);
    expect(words(out)).toContain('Fit Marketing · se pregunta a 100 leads');
    expect(out).toMatch(/^Adult +100 +0 +0 .* laxo$/m);
    expect(out).toMatch(/^Can pay +50 +50 +0 .* estricto$/m);
    expect(out).toMatch(/^Vip +50 +50 +0 .* distingue$/m);
    expect(words(out)).toContain('Lo cumple el 100,0 %: casi nadie se queda fuera.');
    expect(words(out)).toContain(
      'El 15,0 % de las ventas (5,2–36,0 %) viene de leads que no lo cumplen. Llega a Sale el 34,0 % de quienes lo cumplen y el 6,0 % de quienes no: +28,0 puntos (de 12,6 a 42,4).',
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  const costs = asked('criteria-cost-of-missing-data', 'criteria --lang en');
  test('what a missing datum costs, and who owes it', () => {
    expect(words(costs().out)).toContain(
      '? Age: missing in 29 leads; in 20 it is all that is in the way. With it, we estimate that 15 (10 to 19) would reach Fit and 6 (2 to 11) Sale, where 1 is today. Marketing owes it.',
    );
  });

  const required = asked('criteria-required-by-the-sale', 'criteria --lang en');
  test('a difference that comes from the rule is not taken for a finding', () => {
    const { out } = required();
    expect(out).toMatch(/^Can pay .* cannot be told$/m);
    expect(words(out)).toContain('Sale requires it: a lead that fails cannot get there.');
    expect(words(out)).toContain('One sale among them is not counted by the agreement');
  });

  const json = asked('criteria-lax-and-strict', '--json criteria --filter vip=true');
  test('--json is the answer, of the leads that are asked for', () => {
    const answer = criteriaAnswer.parse(JSON.parse(json().out));
    expect(answer.stages[0]?.asked).toBe(50);
    expect(answer.stages[0]?.criteria.find(({ id }) => id === 'vip')?.pass.sales).toBe(20);
  });

  const period = asked('criteria-lax-and-strict', 'criteria --mode period --lang en');
  test('there is one way to count', () => {
    const { status, told } = period();
    expect(status).toBe(2);
    expect(told).toContain('--mode cannot be "period"');
  });
});

describe('tregua agreement check --data', () => {
  const check = asked('criteria-lax-and-strict', 'agreement check --data --lang es');
  test('warns at the place of a lax or strict criterion, and is content all the same', () => {
    const { out, told, status } = check();
    expect(status).toBe(0);
    expect(out).toContain('todo bien (3 etapas, 4 campos)');
    expect(words(told)).toContain('! «Adult» (Fit) es laxo. Lo cumple el 100,0 %');
    expect(words(told)).toContain('! «Near» (Fit) es laxo. No se ve que cumplirlo suba la venta');
    expect(words(told)).toContain('! «Can pay» (Fit) es estricto. El 15,0 % de las ventas');
    expect(told).toMatch(/tregua\.yaml:16:15\n.*id: adult/);
    expect(told).not.toContain('Vip');
  });

  const missing = asked('criteria-cost-of-missing-data', '--json agreement check --data --lang en');
  test('warns of missing data; --json has the warnings beside the result', () => {
    const { out, status } = missing();
    expect(status).toBe(0);
    const body = z
      .object({
        ok: z.literal(true),
        warnings: z.array(z.object({ code: z.string(), message: z.string() })),
      })
      .parse(JSON.parse(out));
    expect(body.warnings.map(({ code }) => code)).toEqual(['criteria.missing', 'criteria.missing']);
    expect(body.warnings[0]?.message).toMatch(/^Age \(Fit\): missing in 29 leads/);
  });

  test('without data it says so; another agreement than that of the data is refused', async () => {
    const home = ownFolder();
    copyFileSync(join(homeOf('criteria-lax-and-strict'), 'tregua.yaml'), join(home, 'tregua.yaml'));
    const other = join(homeOf('criteria-required-by-the-sale'), 'tregua.yaml');
    const options = ['--data', '--lang', 'en', '--home', home];
    const [empty, refused] = await runMany([
      { words: ['agreement', 'check', ...options] },
      { words: ['agreement', 'check', other, ...options] },
    ]);
    expect(empty?.out.trim().split('\n').slice(1)).toEqual([
      'There are no data yet to measure the criteria with',
      '→ Import a file: tregua import leads.csv --as leads',
    ]);
    expect(refused?.status).toBe(2);
    expect(refused?.told).toContain('The data are counted by the agreement of the folder');
  });

  test('a fault of the agreement itself is told as ever', async () => {
    const home = ownFolder();
    writeFileSync(join(home, 'tregua.yaml'), 'tregua: 1\n');
    const [faulty] = await runMany([{ words: ['agreement', 'check', '--data', '--home', home] }]);
    expect(faulty?.status).toBe(1);
  });
});

describe('the leads behind the numbers of a criterion', () => {
  const counts = (
    [
      ['criteria-lax-and-strict', '--criterion fit.can_pay --result fail', 50],
      ['criteria-lax-and-strict', '--criterion fit.can_pay --result fail --sold yes', 3],
      ['criteria-cost-of-missing-data', '--missing fit.age', 29],
      ['criteria-cost-of-missing-data', '--missing fit.age --alone', 20],
      ['criteria-cost-of-missing-data', '--missing fit --alone', 32],
      ['criteria-required-by-the-sale', '--sold uncounted', 1],
    ] as const
  ).map(([name, flags, total]) => ({ flags, total, ended: asked(name, `--json leads ${flags}`) }));
  test.each(counts)('$flags: $total', ({ ended, total }) => {
    expect(leadsAnswer.parse(JSON.parse(ended().out)).total).toBe(total);
  });

  const faults = (
    [
      ['--criterion fit.can_pai', 'question.unknown_criterion', 'Did you mean "fit.can_pay"?'],
      ['--criterion shoe', 'question.unknown_criterion', 'there are: fit.adult'],
      ['--missing fit.agee', 'question.unknown_datum', 'Did you mean "fit.age"?'],
      ['--result fail', 'question.result_needs_criterion', 'Name the criterion as well'],
      ['--alone', 'question.alone_needs_missing', 'Name it in missing'],
    ] as const
  ).map(([flags, code, hint]) => ({
    flags,
    code,
    hint,
    ended: asked('criteria-lax-and-strict', `--json leads ${flags} --lang en`),
  }));
  test.each(faults)('$flags is told in words', ({ ended, code, hint }) => {
    const { out, status } = ended();
    expect(status).toBe(2);
    const { error } = z
      .object({ error: z.object({ code: z.string(), hint: z.string() }) })
      .parse(JSON.parse(out));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
  });
});
