import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  breakdownAnswer,
  funnelAnswer,
  leadAnswer,
  leadsAnswer,
  trendAnswer,
} from '../../src/core/measures/answer.ts';
import { answerTo, outOf, ownFolder, run, runMany, start, TREGUA } from './tregua.ts';
import type { Ended } from './tregua.ts';

/** The commands as a terminal and a script meet them: names, flags, exit statuses, answers, languages. */

let home: string;
beforeAll(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'tregua-cli-')), 'home');
  await outOf(['demo', home, '--leads', '400', '--seed', '3', '--until', '2026-06-30']);
});
afterAll(() => rm(join(home, '..'), { recursive: true, force: true }));

const LISTING = ['--from', '--to', '--mode', '--where', '--as-of', '--agreement'];
const MEASURE = [...LISTING, '--compare'];
const NAMED: readonly (readonly [string, readonly string[]])[] = [
  ['init', []],
  ['demo', ['--leads', '--seed']],
  ['serve', ['--port', '--host', '--insecure']],
  ['import', ['--as', '--mapping', '--source', '--dry-run', '--strict']],
  ['rejects', ['--batch']],
  ['agreement check', []],
  ['agreement show', []],
  ['agreement diff', []],
  ['agreement apply', ['--from', '--note', '--propose']],
  ['agreement sign', ['--name', '--area', '--override', '--reason']],
  ['agreement history', []],
  ['whatif', ['--from', '--to', '--where', '--filter', '--as-of', '--stage', '--direction', '--limit']],
  ['funnel', MEASURE],
  ['breakdown', [...MEASURE, '--stages', '--top']],
  ['trend', [...MEASURE, '--every']],
  ['changes', [...MEASURE, '--dimension', '--top']],
  ['opportunities', [...LISTING, '--top']],
  ['maturity', [...MEASURE, '--stages', '--every', '--no-equal-age']],
  ['leads', [...LISTING, '--stage', '--status']],
  ['lead', []],
  ['rebuild', []],
  ['export', ['--format']],
  ['doctor', []],
];

describe('the command', () => {
  let helps: readonly Ended[];
  beforeAll(async () => {
    helps = await runMany(NAMED.map(([name]) => ({ words: [...name.split(' '), '--help'] })));
  });
  test.each(NAMED.map(([name, flags], index) => [name, flags, index] as const))(
    '%s',
    (name, flags, index) => {
      const { status, out: help } = answerTo(helps, index);
      expect(status).toBe(0);
      expect(help).toMatch(new RegExp(`^Usage: tregua ${name}\\b`));
      for (const flag of [...flags, '--home', '--json', '--lang', '--quiet'])
        expect(help).toMatch(new RegExp(`^ +(-., )?${flag}\\b`, 'm'));
    },
  );

  test('help names every command', async () => {
    const help = await outOf(['--help']);
    for (const [name] of NAMED) expect(help).toMatch(new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'));
  });
});

function parsed(text: string): unknown {
  return JSON.parse(text);
}

describe('--json', () => {
  const question = ['--from', '2026-01-01', '--to', '2026-06-30', '--json'];

  const lines = {
    funnel: ['funnel', ...question, '--compare', 'previous'],
    breakdown: ['breakdown', 'zone', ...question, '--stages', 'lead,sale', '--top', '3'],
    trend: ['trend', ...question, '--every', 'month'],
    leads: ['leads', ...question, '--stage', 'sale', '--status', 'won'],
    csv: ['export', 'lead_facts'],
    json: ['export', 'lead_facts', '--format', 'json'],
    parquet: ['export', 'lead_facts', '--format', 'parquet'],
  };
  type Name = keyof typeof lines;
  const outs = new Map<string, string>();
  const out = (name: Name): string => outs.get(name) ?? '';
  beforeAll(async () => {
    const answers = await runMany(
      Object.values(lines).map((words) => ({ words: [...words, '--home', home] })),
    );
    for (const [index, name] of Object.keys(lines).entries()) outs.set(name, answerTo(answers, index).out);
  });

  test('funnel', () => {
    const answer = parsed(out('funnel'));
    expect(funnelAnswer.safeParse(answer).error).toBeUndefined();
    expect(answer).toMatchObject({
      range: { from: '2026-01-01', to: '2026-06-30', timezone: expect.any(String) },
      mode: 'cohort',
      as_of: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      agreement: { version: 1, name: expect.any(String) },
    });
    const { stages } = funnelAnswer.parse(answer);
    for (const name of 'id kind owner count step total skipped late open lost cost time change target'.split(
      ' ',
    ))
      expect(stages.every((stage) => name in stage)).toBe(true);
    const sale = stages.at(-1);
    for (const name of 'of numerator denominator rate low high'.split(' '))
      expect(sale?.step).toHaveProperty(name);
    expect(stages[0]?.step).toBeNull();
  });

  test('breakdown', () => {
    const answer = parsed(out('breakdown'));
    expect(breakdownAnswer.safeParse(answer).error).toBeUndefined();
    expect(answer).toMatchObject({
      dimension: 'zone',
      stages: ['lead', 'sale'],
      total: { counts: { lead: expect.any(Number) }, rate: { rate: expect.any(Number) } },
      groups: expect.arrayContaining([
        expect.objectContaining({
          value: expect.any(String),
          label: expect.any(String),
          differs: expect.any(Boolean),
        }),
      ]),
    });
  });

  test('trend', () => {
    const answer = trendAnswer.parse(parsed(out('trend')));
    expect(answer.points.map((point) => point.from)).toContain('2026-03-01');
  });

  test('leads and one lead', async () => {
    const { leads } = leadsAnswer.parse(parsed(out('leads')));
    expect(leads.length).toBeGreaterThan(0);
    const answer = parsed(await outOf(['lead', leads[0]?.id ?? '', '--json', '--home', home]));
    expect(leadAnswer.safeParse(answer).error).toBeUndefined();
    expect(answer).toMatchObject({
      id: leads[0]?.id,
      status: 'won',
      attributes: expect.any(Object),
      timeline: expect.any(Array),
      stages: expect.arrayContaining([
        expect.objectContaining({ id: 'sale', reached_at: expect.any(String), criteria: expect.any(Array) }),
      ]),
    });
  });

  test('rejects, agreement, doctor, rebuild, init', async () => {
    const lines = ['rejects', 'agreement check', 'agreement show', 'doctor', 'rebuild'];
    const answers = await runMany(
      lines.map((line) => ({ words: [...line.split(' '), '--json', '--home', home] })),
    );
    expect(answers.map(({ out }) => parsed(out))).toMatchObject([
      { rejects: [] },
      { ok: true },
      { stages: expect.any(Array) },
      {
        ok: expect.any(Boolean),
        checks: expect.arrayContaining([{ code: 'doctor.ledger', ok: true, params: { found: 'ok' } }]),
      },
      { leads: 400 },
    ]);
    const folder = join(ownFolder(), 'new');
    expect(parsed(await outOf(['init', folder, '--json']))).toEqual({ file: join(folder, 'tregua.yaml') });
  });

  test.each(['csv', 'json', 'parquet'] as const)('export as %s', (format) => {
    const text = out(format);
    if (format === 'parquet') expect([text.slice(0, 4), text.slice(-4)]).toEqual(['PAR1', 'PAR1']);
    else expect(text.trim().split('\n')).toHaveLength(format === 'csv' ? 401 : 400);
  });
});

describe('an exit status', () => {
  const cases: readonly (readonly [string, number, string, readonly string[]])[] = [
    ['an unknown command', 2, 'cli.unknown_command', ['funel']],
    ['an unknown flag', 2, 'cli.unknown_option', ['funnel', '--form', '2026-01-01']],
    ['a value that a flag cannot have', 2, 'cli.not_one_of', ['funnel', '--mode', 'cohrt']],
    ['a missing word', 2, 'cli.missing_argument', ['import']],
    ['too many words', 2, 'cli.too_many', ['funnel', 'now']],
    ['no day', 2, 'question.no_day', ['funnel', '--from', 'yesterday']],
    [
      'a range that ends before it begins',
      2,
      'question.',
      ['funnel', '--from', '2026-02-02', '--to', '2026-02-01'],
    ],
    ['a rule that is none', 2, 'rule.unknown_field', ['funnel', '--where', 'lead.zne == "x"']],
    ['an unknown dimension', 2, 'question.', ['breakdown', 'zon']],
    ['an unknown lead', 2, 'question.unknown_lead', ['lead', 'nobody']],
    ['an unknown table', 2, 'store.unknown_table', ['export', 'activty']],
    ['a number that is none', 2, 'cli.bad_number', ['rejects', '--batch', 'last']],
    ['a file that is not there', 3, 'cli.no_file', ['import', 'nowhere.csv']],
    ['a port that is none', 2, 'cli.bad_port', ['serve', '--port', '99999']],
    ['an address that others reach', 2, 'server.open_address', ['serve', '--host', '0.0.0.0', '--port', '0']],
  ];
  let answers: readonly Ended[];
  beforeAll(async () => {
    answers = await runMany(cases.map(([, , , words]) => ({ words: [...words, '--home', home, '--json'] })));
  });
  test.each(cases.map(([name, status, code], index) => [name, status, code, index] as const))(
    '%s: %i',
    (_, status, code, index) => {
      const ended = answerTo(answers, index);
      expect([ended.status, ended.told]).toEqual([status, '']);
      expect(parsed(ended.out)).toMatchObject({
        error: { code: expect.stringContaining(code), message: expect.any(String) },
      });
      expect(parsed(ended.out)).toHaveProperty('error.hint');
      expect(parsed(ended.out)).toHaveProperty('error.at');
    },
  );

  test('of a process is the one that is told', async () => {
    expect((await run(['funel'])).status).toBe(2);
    expect((await run(['import', 'nowhere.csv', '--home', home])).status).toBe(3);
  });

  test('no workspace', async () => {
    expect(await run(['funnel'], { cwd: ownFolder() })).toMatchObject({
      status: 2,
      out: '',
      told: '✗ There is no tregua.yaml here or above\n  → Begin with tregua init or tregua demo, or name a folder with --home\n',
    });
  });
});

describe('a home', () => {
  test('is the nearest folder above, or the one that TREGUA_HOME or --home names', async () => {
    const { stages } = funnelAnswer.parse(parsed(await outOf(['funnel', '--json', '--home', home])));
    const above = await outOf(['funnel', '--json'], { cwd: join(home, 'mappings', '..') });
    const named = await outOf(['funnel', '--json'], { cwd: ownFolder(), environment: { TREGUA_HOME: home } });
    expect(funnelAnswer.parse(parsed(above)).stages).toEqual(stages);
    expect(funnelAnswer.parse(parsed(named)).stages).toEqual(stages);
  });
});

test('a near name is proposed', async () => {
  const cases = [
    ['funel', 'Did you mean "funnel"?'],
    ['funnel --form x', 'Did you mean --from?'],
    ['agreement chek', 'Did you mean "check"?'],
    ['funnel --mode cohrt', 'Did you mean "cohort"?'],
    ['breakdown zon', 'Did you mean "zone"?'],
    ['export lead_fact', 'Did you mean "lead_facts"?'],
  ] as const;
  const answers = await runMany(cases.map(([line]) => ({ words: [...line.split(' '), '--home', home] })));
  expect(answers.map(({ told }) => /→ (.*)\n/.exec(told)?.[1])).toEqual(cases.map(([, hint]) => hint));
});

describe('the language', () => {
  test('is the flag, else the locale, else English', async () => {
    const cases = [
      ['--lang es', 'en_US.UTF-8', 'No hay ningún comando «bogus»'],
      ['--lang=es', 'C', 'No hay ningún comando «bogus»'],
      ['--lang en', 'es_MX.UTF-8', 'There is no command "bogus"'],
      ['--quiet', 'es_MX.UTF-8', 'No hay ningún comando «bogus»'],
      ['--quiet', 'en_GB.UTF-8', 'There is no command "bogus"'],
      ['--quiet', 'fr_FR.UTF-8', 'There is no command "bogus"'],
    ] as const;
    const answers = await runMany(
      cases.map(([flag, LANG]) => ({ words: [...flag.split(' '), 'bogus'], environment: { LANG } })),
    );
    expect(answers.map(({ told }) => /^✗ (.*)\n/.exec(told)?.[1])).toEqual(cases.map(([, , words]) => words));
    const { told } = await run(['bogus'], { environment: { LANG: 'es_MX.UTF-8' } });
    expect(told).toMatch(/^✗ No hay ningún comando «bogus»/);
  });

  test('of a help, of numbers and of an answer', async () => {
    const [help, es, en, dataEs, dataEn] = await runMany([
      { words: ['funnel', '--help', '--lang', 'es'] },
      { words: ['funnel', '--lang', 'es', '--home', home] },
      { words: ['funnel', '--lang', 'en', '--home', home] },
      { words: ['funnel', '--json', '--lang', 'es', '--home', home] },
      { words: ['funnel', '--json', '--lang', 'en', '--home', home] },
    ]);
    expect(help?.out).toMatch(/^Uso: [^]*\nOpciones:\n[^]*primer día/m);
    expect(es?.out).toMatch(/\d,\d\s%/);
    expect(en?.out).toMatch(/\d\.\d%/);
    // What a script reads is the same in any language.
    expect(dataEs?.out).toBe(dataEn?.out);
    expect(dataEn?.status).toBe(0);
  });
});

describe('output', () => {
  test('to a pipe has no colour codes, whatever the environment', async () => {
    for (const environment of [{ CI: 'true' }, { FORCE_COLOR: '1' }]) {
      const { out, told } = await run(['funnel', '--home', home], { environment });
      expect(out).not.toContain('\u001B');
      expect(told).toBe('');
    }
    const { told } = await run(['bogus']);
    expect(told).not.toContain('\u001B');
  });

  test('that its reader has had enough of ends without complaint', async () => {
    const { child, ended } = start(['export', 'lead_facts', '--home', home]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ status: 0, told: '' });
  });

  test('--quiet leaves the result alone', async () => {
    const folder = join(ownFolder(), 'quiet');
    const { told } = await run(['demo', folder, '--leads', '20', '--quiet']);
    expect(told).toBe('');
  });
});

test('two commands at once both do their work', async () => {
  const words = ['leads', '--home', home, '--json', '--limit', '1'];
  const all = await Promise.all([run(words), run(words), run(words)]);
  expect(all.map((each) => each.status)).toEqual([0, 0, 0]);
});

test('Ctrl+C ends a server politely', async () => {
  const server = spawn(process.execPath, [TREGUA, 'serve', '--port', '0', '--home', home], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(server.stdout, 'data');
  server.kill('SIGINT');
  expect(await once(server, 'exit')).toEqual([0, null]);
});
