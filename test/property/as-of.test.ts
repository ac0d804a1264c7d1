import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { STORED_TABLES } from '../../src/core/facts/derive.ts';
import type { FactTables } from '../../src/core/facts/derive.ts';
import { measures } from '../../src/core/measures/registry.ts';
import { extentOf, extentQuery } from '../../src/node/app/extent.ts';
import { askEngine, rowsOf } from '../golden/engine.ts';
import { instantOf, isoOf } from '../reference/records.ts';
import type { AdMetric, Instant, Records } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { leadMaker } from './leads.ts';
import { QUESTIONS } from './questions.ts';
import { derive, fill, openMemory } from './warehouse.ts';

/**
 * Asked as of an earlier instant, every measure answers what it answered then: byte for byte what a workspace
 * says that never held anything else, and the same whatever is recorded later.
 */

const RUNS = Math.max(3, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 0) / 1000));
const LEADS = 40;
const EACH = 4;
const HOUR = 3_600_000_000n;
const START = instantOf('2026-03-28T12:00:00Z');
/** After everything. */
const LATER = instantOf('2026-06-01T00:00:00Z');
const EARLIER: FactTables = {
  facts: 'lead_facts_as_of_0',
  rollup: 'rollup_as_of_0',
  adDay: 'ad_day_as_of_0',
  value: 'lead_value_as_of_0',
  credit: 'lead_credit_as_of_0',
};

const ad = fc.record({
  day: fc.integer({ min: 26, max: 31 }).map((nth) => `2026-03-${nth}`),
  platform: fc.constantFrom('meta', 'google'),
  campaign: fc.constantFrom('spring', 'summer'),
  impressions: fc.nat({ max: 900 }),
  clicks: fc.nat({ max: 90 }),
  spend: fc.constantFrom(0, 12.5, 40),
});

const scene = fc.record({
  source: agreementText,
  makers: fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }),
  ads: fc.array(ad, { maxLength: 40 }),
  /** When each record is learnt, in steps of three hours: some before it happens, some long after. */
  recorded: fc.array(fc.nat({ max: 20 }), { minLength: 400, maxLength: 400 }),
  asOf: fc.integer({ min: 5, max: 18 }),
});

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** A random agreement that also counts what ads measure. */
function withAds(source: string): string {
  const agreement: { fields: object; funnel: object[]; dimensions: object[] } = JSON.parse(source);
  return JSON.stringify({
    ...agreement,
    fields: { ...agreement.fields, platform: { type: 'string' } },
    funnel: [
      { id: 'seen', owner: 'sales', from: 'ads.impressions' },
      { id: 'clicked', owner: 'sales', from: 'ads.clicks' },
      ...agreement.funnel,
    ],
    dimensions: [{ id: 'platform', field: 'platform' }, ...agreement.dimensions],
  });
}

/** An agreement about which all can be asked. */
const EVERYTHING = `
tregua: 1
name: Everything
timezone: UTC
currency: EUR
areas: { sales: {} }
fields: { zone: { type: string } }
funnel:
  - { id: lead, owner: sales }
  - { id: north, owner: sales, criteria: [{ id: north, rule: 'lead.zone == "north"' }] }
dimensions: [{ id: zone, field: zone }]
handoffs: [{ id: call, owner: sales, from: lead, to: 'activities.exists(a, a.type == "call")', within: 1d }]
`;

function step(nth: number): Instant {
  return START + BigInt(nth) * 3n * HOUR;
}

function recordsOf({ makers, ads, recorded }: Scene): Records {
  let next = 0;
  const learnt = (): { readonly recordedAt: Instant } => {
    next += 1;
    return { recordedAt: step(recorded[next % recorded.length] ?? 0) };
  };
  const leads = makers.map((make, nth) => make(`lead-${nth}`));
  return {
    versions: leads.flatMap(({ versions }) =>
      versions.map((each, nth) => ({
        ...each,
        ...learnt(),
        extra: JSON.stringify({ note: `${each.leadId} ${nth}`, [`column ${nth}`]: nth }),
      })),
    ),
    activities: leads.flatMap(({ activities }) => activities.map((each) => ({ ...each, ...learnt() }))),
    ads: ads.map(({ day, platform, campaign, ...numbers }): AdMetric => ({
      day,
      labels: new Map(Object.entries({ platform, campaign })),
      ...numbers,
      ...learnt(),
    })),
  };
}

function knownBy(instant: Instant, { versions, activities, ads }: Records): Records {
  const known = ({ recordedAt = 0n }: { readonly recordedAt?: Instant }): boolean => recordedAt <= instant;
  return { versions: versions.filter(known), activities: activities.filter(known), ads: ads.filter(known) };
}

/** What comes in afterwards: new leads, corrections, records of days long past, other ad figures. */
function withLater(instant: Instant, records: Records): Records {
  const { versions, activities, ads } = records;
  const late = { recordedAt: instant + 1n, entry: 1000 };
  return {
    versions: [
      ...versions,
      ...versions.slice(0, 40).map((each) => ({
        ...each,
        ...late,
        attributes: new Map([
          ...each.attributes,
          ['phone', '611 111 111'],
          ['age', 33n],
          ['vip', null],
        ] as const),
        extra: '{"note":"later"}',
      })),
      ...versions.slice(0, 20).map((each) => ({ ...each, ...late, effectiveAt: START - 40n * HOUR })),
      ...versions.slice(0, 20).map((each) => ({
        ...each,
        ...late,
        leadId: `new-${each.leadId}`,
        createdAt: each.createdAt ?? START,
      })),
    ],
    activities: [
      ...activities,
      ...activities
        .slice(0, 60)
        .map((each) => ({ ...each, ...late, type: 'sale', amount: 77, outcome: null })),
      ...activities.slice(0, 30).map((each) => ({
        ...each,
        ...late,
        activityId: `late ${each.activityId}`,
        type: 'call',
        at: START - 20n * HOUR,
      })),
    ],
    ads: [
      ...ads,
      ...ads.slice(0, 10).map((each) => ({ ...each, ...late, clicks: each.clicks + 5, spend: 999 })),
      ...ads.slice(0, 10).map((each) => ({ ...each, ...late, day: '2026-03-20' })),
    ],
  };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

test('every registered measure has questions of its own here', () => {
  expect(Object.keys(QUESTIONS).toSorted()).toEqual(measures.map(({ name }) => name).toSorted());
});

/** Whether a member of a question may say only one thing. */
function isFixed(member: z.core.$ZodType): boolean {
  return member instanceof z.ZodDefault ? isFixed(member.unwrap()) : member instanceof z.ZodLiteral;
}

test('every member that a question can have is asked for', () => {
  const agreement = valueOf(parseAgreement(EVERYTHING));
  for (const { name, question } of measures) {
    if (!(question instanceof z.ZodObject)) throw new Error(name);
    const questions = QUESTIONS[name]?.({ agreement, leads: ['lead-1'] }) ?? fc.constant({});
    const asked = fc.sample(questions, { seed: SEED, numRuns: 500 });
    const members = new Set(['as_of', 'agreement', ...asked.flatMap((each) => Object.keys(each))]);
    const left = Object.entries(question.shape).filter(([key, each]) => !members.has(key) && !isFixed(each));
    expect(
      left.map(([key]) => key),
      name,
    ).toEqual([]);
  }
});

interface Asking {
  readonly measure: string;
  readonly question: Readonly<Record<string, unknown>>;
}

/** Every answer as text, or what is wrong with its question. */
async function answers(
  agreement: Agreement,
  asOf: Instant,
  tables: FactTables,
  asked: readonly Asking[],
): Promise<readonly string[]> {
  const [row] = await rowsOf(connection, extentQuery(tables));
  const extent = extentOf(row, isoOf(asOf), agreement.timezone);
  const texts: string[] = [];
  for (const { measure, question } of asked) {
    const told = await askEngine(connection, agreement, asOf, extent, measure, question, tables).catch(
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    texts.push(typeof told === 'string' ? told : JSON.stringify(told));
  }
  return texts;
}

test(
  `what is recorded later changes no answer as of before (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    const told = new Map<string, Set<string>>();
    for (let run = 0; run < RUNS; run += 1) {
      for (const given of fc.sample(scene, { seed: SEED + run, numRuns: 1 })) {
        const source = withAds(given.source);
        const agreement = valueOf(parseAgreement(source));
        const asOf = step(given.asOf);
        const all = recordsOf(given);
        const leads = all.versions.map(({ leadId }) => leadId);
        const asked = Object.entries(QUESTIONS).flatMap(([measure, questions]) =>
          fc
            .sample(questions({ agreement, leads }), { seed: SEED + run, numRuns: EACH })
            .map((question): Asking => ({ measure, question })),
        );

        await fill(connection, agreement, knownBy(asOf, all));
        await derive(connection, agreement, asOf);
        const then = await answers(agreement, asOf, STORED_TABLES, asked);

        for (const records of [all, withLater(asOf, all)]) {
          await fill(connection, agreement, records);
          await derive(connection, agreement, LATER);
          await derive(connection, agreement, asOf, EARLIER);
          const now = await answers(agreement, asOf, EARLIER, asked);
          for (const [nth, each] of asked.entries()) {
            expect(now[nth], `TREGUA_SEED=${SEED + run} ${JSON.stringify(each)} ${source}`).toBe(then[nth]);
          }
        }
        for (const [nth, { measure }] of asked.entries()) {
          told.set(measure, (told.get(measure) ?? new Set()).add(then[nth] ?? ''));
        }
      }
    }
    // Questions without an answer would hold whatever is recorded.
    for (const [measure, texts] of told) {
      const answered = [...texts].filter((text) => text.startsWith('{'));
      expect(answered.length, measure).toBeGreaterThan((RUNS * EACH) / 4);
    }
  },
);
