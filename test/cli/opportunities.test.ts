import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { opportunitiesAnswer } from '../../src/core/measures/opportunities-answer.ts';
import { outOf, runMany } from './tregua.ts';

/** One zone that sells less, told in the terminal; the command that it prints lists just its leads. */

const AGREEMENT = `tregua: 1
name: Opportunities
timezone: UTC
currency: EUR
areas: { marketing: {}, sales: { label: { es: Ventas, en: Sales } } }
fields: { zone: { type: string }, source: { type: string } }
funnel:
  - { id: lead, owner: marketing }
  - { id: sale, owner: sales, criteria: [{ id: won, rule: 'activities.exists(a, a.type == "sale")' }] }
dimensions: [{ id: zone, field: zone }]
`;
const ZONE = `O'Higgins "south"`;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-opportunities-'));
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  // 100 of each zone, one every hour: 10 sold against 60; half of each from ads, of which as many are sold.
  const leads = [ZONE, 'north'].flatMap((zone, place) =>
    Array.from({ length: 100 }, (_, nth) => ({
      id: `${place}-${nth}`,
      at: new Date(Date.UTC(2026, 0, 1, nth)).toISOString(),
      zone: zone.replaceAll('"', '""'),
      sold: nth < (place === 0 ? 10 : 60),
      source: nth % 2 === 0 ? 'ads' : 'word of mouth',
    })),
  );
  const [one, two] = ['leads', 'activities'].map((name) => join(home, `${name}.csv`));
  writeFileSync(
    one ?? '',
    [
      'lead_id,created_at,zone,source',
      ...leads.map(({ id, at, zone, source }) => `${id},${at},"${zone}",${source}`),
    ].join('\n'),
  );
  writeFileSync(
    two ?? '',
    ['lead_id,type,at', ...leads.filter(({ sold }) => sold).map(({ id, at }) => `${id},sale,${at}`)].join(
      '\n',
    ),
  );
  await outOf(['import', one ?? '', '--as', 'leads', '--home', home]);
  await outOf(['import', two ?? '', '--as', 'activities', '--home', home]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The words of a command as a POSIX shell would give them. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s'\\]|'[^']*'|\\.)+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  );
}

test('in words, in both languages, with the command that lists the leads', async () => {
  const words = ['opportunities', '--where', `lead.source == 'ads'`, '--home', home];
  const [english, spanish, json, none] = await runMany([
    { words: [...words, '--lang', 'en'] },
    { words: [...words, '--lang', 'es'] },
    { words: [...words, '--json'] },
    {
      words: ['opportunities', '--from', '2030-01-01', '--to', '2030-01-31', '--home', home, '--lang', 'en'],
    },
  ]);
  // Of 50 from ads 5 are sold, and 30 of the 50 of the north.
  expect(english?.out).toContain(`${ZONE}: of 50 leads at`);
  expect(english?.out).toContain('10.0% go on to');
  expect(english?.out).toContain('where the others have 60.0%: about 24 sales. It is up to Sales.');
  expect(english?.out).toContain(
    'The 45 leads that did not pass: tregua leads --stage lead --unreached sale',
  );
  expect(spanish?.out).toContain('Los 45 leads que no pasaron: tregua leads');
  expect(spanish?.out).toContain('Le toca a Ventas.');
  const [item] = opportunitiesAnswer.parse(JSON.parse(json?.out ?? '')).opportunities;
  expect(item).toMatchObject({ value: ZONE, rate: { numerator: 5, denominator: 50 }, opens: { total: 45 } });

  const command = /tregua (leads .*)/.exec(english?.out ?? '')?.[1] ?? '';
  const [listed] = await runMany([{ words: [...wordsOf(command), '--home', home, '--json'] }]);
  const { total, leads } = leadsAnswer.parse(JSON.parse(listed?.out ?? ''));
  expect(total).toBe(45);
  expect(new Set(leads.map(({ attributes }) => attributes['zone']))).toEqual(new Set([ZONE]));

  expect(none?.out).toContain('There are too few leads old enough in this range to compare groups.');
});
