import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { funnelAnswer, leadAnswer } from '../../src/core/measures/answer.ts';
import { answerTo, outOf, runMany } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** Versions of the agreement, as somebody at a terminal puts them in force, signs them and asks by them. */

const AGREEMENT = `tregua: 1
name: Two versions
timezone: America/Mexico_City
currency: MXN
areas: { marketing: { label: { es: Marketing, en: Marketing } }, sales: { label: { es: Ventas, en: Sales } } }
fields:
  age: { type: integer, label: { es: Edad, en: Age } }
funnel:
  - { id: lead, owner: marketing }
  - id: profiled
    label: { es: Lead perfilado, en: Profiled lead }
    owner: marketing
    criteria: [{ id: adult, label: { es: Adulto, en: Adult }, rule: lead.age >= 18 }]
  - { id: sale, owner: sales, criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }] }
`;

/** Two leads a month, one of 20 and one of 40: the first of March is a Sunday at six in the morning, UTC. */
const LEADS = `lead_id,created_at,age
feb-20,2026-02-10T10:00:00-06:00,20
feb-40,2026-02-28T23:59:59-06:00,40
mar-20,2026-03-01T00:00:00-06:00,20
mar-40,2026-03-10T10:00:00-06:00,40
`;

let home: string;
const draft = (): string => join(home, 'draft.yaml');
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-versions-'));
  await writeFile(join(home, 'tregua.yaml'), AGREEMENT);
  await writeFile(draft(), AGREEMENT.replace('lead.age >= 18', 'lead.age >= 30'));
  await writeFile(join(home, 'leads.csv'), LEADS);
  await outOf(['import', join(home, 'leads.csv'), '--as', 'leads', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function ask(...lines: readonly (readonly string[])[]): Promise<readonly Ended[]> {
  return runMany(lines.map((words) => ({ words: [...words, '--home', home] })));
}

function profiled(answers: readonly Ended[], index: number): number | null | undefined {
  const { out, told } = answerTo(answers, index);
  if (out === '') throw new Error(told);
  return funnelAnswer.parse(JSON.parse(out)).stages.find(({ id }) => id === 'profiled')?.count;
}

describe('versions of the agreement', () => {
  test('from a draft to a version that both areas signed', async () => {
    const before = await ask(
      ['agreement', 'diff', draft(), '--lang', 'es'],
      ['funnel', '--json'],
      ['funnel', '--json', '--agreement', draft()],
      ['agreement', 'apply', draft(), '--from', '2026-03-01', '--propose', '--note', 'Older', '--lang', 'en'],
      ['agreement', 'sign', '2', '--area', 'marketing', '--name', 'M', '--lang', 'en'],
      ['funnel', '--json'],
      ['agreement', 'sign', '2', '--area', 'marketing', '--name', 'M', '--lang', 'en'],
      ['agreement', 'sign', '2', '--area', 'finance', '--name', 'F', '--lang', 'en'],
      ['agreement', 'sign', '2', '--override', '--name', 'D', '--lang', 'en'],
    );
    expect(answerTo(before, 0).out).toContain(
      'Lead perfilado cambia «Adulto»: antes Edad de 18 o más; ahora Edad de 30 o más',
    );
    expect(profiled(before, 1)).toBe(4);
    expect(profiled(before, 2)).toBe(2);
    expect(answerTo(before, 3).out).toContain('proposed, to be signed');
    expect(answerTo(before, 4).out).toContain('Still to sign: Sales');
    expect(profiled(before, 5)).toBe(4);
    expect(answerTo(before, 6)).toMatchObject({
      status: 2,
      told: expect.stringContaining('signed version 2'),
    });
    expect(answerTo(before, 7).told).toContain('owns nothing');
    expect(answerTo(before, 8).told).toContain('has to say why');

    const after = await ask(
      ['agreement', 'sign', '2', '--area', 'sales', '--name', 'S', '--lang', 'en'],
      ['funnel', '--json'],
      ['funnel', '--json', '--agreement', '1'],
      ['funnel', '--json', '--agreement', '2'],
      ['lead', 'mar-20', '--json'],
      ['lead', 'feb-20', '--json'],
      ['agreement', 'history', '--lang', 'en'],
      ['agreement', 'apply', draft(), '--from', '2026-02-01', '--lang', 'en'],
      ['funnel', '--agreement', '7', '--lang', 'en'],
      ['criteria', '--json'],
    );
    expect(answerTo(after, 0).out).toContain('in force');
    // 20 and 40 of February under the first version, 40 of March under the second.
    expect(profiled(after, 1)).toBe(3);
    expect(profiled(after, 2)).toBe(4);
    expect(profiled(after, 3)).toBe(2);
    expect(funnelAnswer.parse(JSON.parse(answerTo(after, 1).out)).agreement).toMatchObject({
      version: 2,
      judged_by: [1, 2],
    });
    const march = leadAnswer.parse(JSON.parse(answerTo(after, 4).out));
    const february = leadAnswer.parse(JSON.parse(answerTo(after, 5).out));
    expect([march.agreement_version, march.at_stage]).toEqual([2, 'lead']);
    expect([february.agreement_version, february.at_stage]).toEqual([1, 'profiled']);
    expect(answerTo(after, 6).out).toContain('leads created until 2026-02-28');
    expect(answerTo(after, 6).out).toContain('Profiled lead changes “Adult”');
    expect(answerTo(after, 7)).toMatchObject({ status: 2, told: expect.stringContaining('2026-03-01') });
    expect(answerTo(after, 8)).toMatchObject({ status: 2, told: expect.stringContaining('no version 7') });
    // Strength is that of a definition: only the leads that are judged by it count.
    expect(JSON.parse(answerTo(after, 9).out).stages[0]).toMatchObject({ asked: 2, reached: 1 });
    expect(await readFile(join(home, 'tregua.yaml'), 'utf8')).toBe(await readFile(draft(), 'utf8'));
  });

  test('an edit of the file replaces the version that it edits, and one after signing is told', async () => {
    await writeFile(join(home, 'tregua.yaml'), AGREEMENT.replace('lead.age >= 18', 'lead.age >= 50'));
    const [funnel, history] = await ask(
      ['funnel', '--json', '--lang', 'en'],
      ['agreement', 'history', '--json'],
    );
    expect(funnel?.told).toContain('changed after version 2 was signed');
    expect(funnelAnswer.parse(JSON.parse(funnel?.out ?? '')).agreement).toMatchObject({
      version: 3,
      judged_by: [1, 3],
    });
    const { versions } = JSON.parse(history?.out ?? '');
    expect(versions.map((each: { state: string; from: string | null }) => [each.state, each.from])).toEqual([
      ['in_force', null],
      ['replaced', '2026-03-01'],
      ['in_force', '2026-03-01'],
    ]);
  });
});
