import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { rulebookOf, underOne } from '../../src/core/agreement/rulebook.ts';
import { derivation, dropTemporaryTables, STORED_TABLES } from '../../src/core/facts/derive.ts';
import type { FactTables } from '../../src/core/facts/derive.ts';
import {
  canJudgeFromFacts,
  draftBeside,
  draftLeads,
  leadsOf,
  onlyExactly,
  REPEATED_ACTIVITIES,
} from '../../src/core/facts/draft-leads.ts';
import type { DraftLeads } from '../../src/core/facts/draft-leads.ts';
import { ANY_TIME } from '../../src/core/facts/sources.ts';
import { criterionColumn } from '../../src/core/facts/tables.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { identifier, join, render, sql } from '../../src/core/sql/sql.ts';
import type { MeasureContext } from '../../src/core/measures/measure.ts';
import { whatifAnswer } from '../../src/core/measures/whatif-answer.ts';
import { askContext, rowsOf } from '../golden/engine.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import type { LeadFacts } from '../reference/lead-facts.ts';
import type { Records } from '../reference/records.ts';
import { isoOf } from '../reference/records.ts';
import { SEED } from '../seed.ts';
import { agreementText } from './agreements.ts';
import { AS_OF, leadMaker } from './leads.ts';
import type { LeadRecords } from './leads.ts';
import { derive, execute, fill, kindsOf, openMemory } from './warehouse.ts';

/** Leads judged by a draft, from the stored facts of another agreement, are as the reference judges them. */

const LEADS = 40;
const CASES = Math.ceil(Number(process.env['TREGUA_CASES'] ?? 2500) / 100);
const DRAFT_TABLES = {
  facts: 'draft_facts',
  rollup: 'draft_rollup',
  adDay: 'draft_ad_day',
  value: 'draft_value',
  credit: 'draft_credit',
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

type Told = Readonly<Record<string, string | null>>;

/** A relation's figures of each lead, under the names of `describeFacts`. */
async function told(
  { statements, relation }: DraftLeads,
  agreement: Agreement,
  prefix: string,
): Promise<ReadonlyMap<string, Told>> {
  for (const statement of statements) await execute(connection, statement);
  const stages = reachedStages(agreement);
  const instants = stages.flatMap(({ id }) => [`at_${id}`, ...(prefix === '' ? [`late_${id}`] : [])]);
  const texts = [
    'status',
    'at_stage',
    ...stages.flatMap((stage) => stage.criteria.map(({ id }) => criterionColumn(stage.id, id))),
  ];
  const named = (name: string) => identifier(prefix + name);
  const query = sql`select lead_id, ${join([
    ...instants.map((name) => sql`epoch_us(${named(name)}) as ${identifier(name)}`),
    ...texts.map((name) => sql`cast(${named(name)} as varchar) as ${identifier(name)}`),
    sql`cast(${named('value')} as varchar) as value`,
  ])} from ${relation}`;
  const { text, values } = render(query, duckdb);
  const rows = (await connection.runAndReadAll(text, [...values])).getRowObjects();
  const told = new Map(
    rows.map(({ lead_id: id, ...row }) => [
      String(id),
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          if (value === null) return [name, null];
          if (name === 'value') return [name, Number(value).toFixed(4)];
          return [name, instants.includes(name) ? isoOf(BigInt(String(value))) : String(value)];
        }),
      ),
    ]),
  );
  // A lead is told once, by one of the two ways.
  expect(rows).toHaveLength(told.size);
  return told;
}

/** Rules that are true for one stretch of time, of which the stored facts can tell: old ones, and ones new to them. */
const plainRule = fc.constantFrom(
  '!activities.exists(a, a.type == "complaint")',
  '!activities.exists(a, a.outcome == "no") && activities.exists(a, a.type == "call")',
  'activities.exists_one(a, a.type == "call")',
  'activities.filter(a, a.outcome == "ok").size() < 2 && lead.age >= 1',
  'lead.vip || activities.filter(a, a.type == "call").size() == 1',
  '!(activities.exists(a, a.type == "complaint") || activities.filter(a, a.amount > 15.0).size() > 1)',
  '0 == activities.filter(a, a.type == "sale").size() || !activities.exists(a, a.type == "call")',
  'lead.age >= 18',
  'lead.budget >= 10.0 || lead.zone == "north"',
  'lead.vip && lead.phone != ""',
  'activities.exists(a, a.type == "call")',
  'activities.exists(a, a.type == "call" && a.outcome == "ok")',
  'activities.exists(a, a.amount > 15.0) && lead.age >= 1',
  'activities.exists(a, a.type == "call" || a.outcome == "no")',
  'activities.exists(a, a.outcome != "ok" && !(a.type in ["sale", "note"]))',
  'activities.exists(a, has(a.outcome) && a.type.contains("a")) && lead.age >= 1',
  'activities.filter(a, a.type == "call").size() >= 2',
  'lead.age >= 1 && 1 < activities.filter(a, a.outcome == "ok").size()',
  'activities.size() > 2 || activities.filter(a, a.amount > 15.0 && a.type == "sale").size() >= 1',
  'activities.exists(a, a.outcome == "ok")',
  'activities.exists(a, a.seller == "ana") || activities.exists(a, a.type == "sale")',
);

/** What facts may keep of the kinds of activities: each, none, or those that there were before most leads came. */
const KEPT = ['all', 'none', 'former'] as const;

async function deriveKept(
  agreement: Agreement,
  leads: readonly LeadRecords[],
  kept: (typeof KEPT)[number],
): Promise<FactTables> {
  const known = (some: readonly LeadRecords[]): Records => ({
    versions: some.flatMap((lead) => lead.versions),
    activities: some.flatMap((lead) => lead.activities),
    ads: [],
  });
  await fill(connection, agreement, known(leads));
  if (kept === 'all') return derive(connection, agreement, AS_OF);
  const run = async (scope: 'all' | 'changed', tables: FactTables): Promise<FactTables> => {
    const steps = derivation(underOne(agreement), duckdb, { asOf: isoOf(AS_OF), scope, tables });
    for (const step of [...steps, ...dropTemporaryTables()]) await execute(connection, step);
    return tables;
  };
  if (kept === 'none') return run('all', STORED_TABLES);
  await fill(connection, agreement, known(leads.slice(0, 2)));
  const former = await derive(connection, agreement, AS_OF);
  await fill(connection, agreement, known(leads));
  await execute(
    connection,
    sql`create or replace temp table changed_lead as select distinct lead_id from lead_version`,
  );
  return run('changed', former);
}

/** An agreement with only such rules, in three of four scenes. */
const scene = fc
  .tuple(agreementText, fc.array(plainRule, { minLength: 16, maxLength: 16 }), fc.nat({ max: 3 }))
  .map(([text, rules, nth]) => {
    if (nth === 0) return text;
    let used = 0;
    return text
      .replaceAll(/("id":"c\d+","rule":)"(?:[^"\\]|\\.)*"/g, (_, key: string) => {
        used += 1;
        return key + JSON.stringify(rules[used % rules.length]);
      })
      .replaceAll(
        /("id":"l\d+","rule":)"(?:[^"\\]|\\.)*"/g,
        (_, key: string) => key + JSON.stringify('activities.exists(a, a.type == "disqualified")'),
      );
  });

const scenes = fc.tuple(scene, scene, fc.array(leadMaker, { minLength: LEADS, maxLength: LEADS }));

test(`drafts from facts (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  let fromFacts = 0;
  let amongOthers = 0;
  for (let checked = 0; checked < CASES; checked += 1) {
    const seed = SEED + checked;
    for (const [one, other, makers] of fc.sample(scenes, { seed, numRuns: 1 })) {
      const place = `seed ${seed}\n${one}\n${other}`;
      const [current, draft] = [one, other].map((source) => {
        const parsed = parseAgreement(source);
        if (!parsed.ok) throw new Error(source);
        return parsed.value;
      });
      if (current === undefined || draft === undefined) throw new Error(place);
      // Days are days of one zone: another has to be derived.
      const ofOneZone = { ...draft, timezone: checked % 4 === 0 ? draft.timezone : current.timezone };
      const book = rulebookOf([{ version: 0, from: null, agreement: ofOneZone }], current.fields);
      if (!book.ok) throw new Error(place);
      const agreement = book.value.counted;
      const leads = makers.map((make, nth) => make(`lead-${nth}`));
      const records: Records = {
        versions: leads.flatMap((lead) => lead.versions),
        activities: leads.flatMap((lead) => lead.activities),
        ads: [],
      };
      const stored = await deriveKept(current, leads, KEPT[checked % KEPT.length] ?? 'none');
      const rules = underOne(current);
      const quick = canJudgeFromFacts(rules, agreement);
      if (quick) fromFacts += 1;
      else await derive(connection, agreement, AS_OF, DRAFT_TABLES);
      const kinds = await kindsOf(connection);
      const otherKinds = stored.kinds !== undefined && stored.kinds.length < (kinds?.length ?? 0);
      if (quick && otherKinds) amongOthers += 1;
      const scope = {
        asOf: AS_OF,
        leads: 'all',
        dialect: duckdb,
        timezone: agreement.timezone,
        created: ANY_TIME,
        absent: book.value.absent,
      } as const;
      await execute(connection, REPEATED_ACTIVITIES);
      const exact = onlyExactly(rules, agreement, scope, stored, otherKinds);
      const [some] = await rowsOf(connection, sql`select count(*) as n from lead_facts f where ${exact}`);
      const found = quick
        ? draftLeads(rules, agreement, scope, stored, { timeline: some?.['n'] !== 0, otherKinds })
        : draftBeside(current, agreement, { today: stored, draft: DRAFT_TABLES });
      for (const [prefix, judge] of [
        ['', agreement],
        ['today_', current],
      ] as const) {
        const actual = await told(found, judge, prefix);
        const reference = leadFacts({ agreement: judge, asOf: AS_OF }, records);
        expect(actual.size, place).toBe(reference.length);
        for (const facts of reference) {
          const mine = actual.get(facts.leadId) ?? {};
          const theirs = describeFacts(facts);
          const expected = Object.fromEntries(Object.keys(mine).map((name) => [name, theirs[name] ?? null]));
          expect({ lead: facts.leadId, prefix, ...mine }, place).toEqual({
            lead: facts.leadId,
            prefix,
            ...expected,
          });
        }
      }
      await compareReaching(found, agreement, records, `${place}\nwhen some reach a stage`);
      await compareAnswers(checked, place, {
        context: {
          agreement: current,
          version: 1,
          judgements: rules.judgements,
          absent: [],
          dialect: duckdb,
          asOf: isoOf(AS_OF),
          extent: { from: '2000-01-01', to: isoOf(AS_OF).slice(0, 10) },
          tables: stored,
          draft: { agreement, ...found },
        },
        before: leadFacts({ agreement: current, asOf: AS_OF }, records),
        after: leadFacts({ agreement, asOf: AS_OF }, records),
      });
      for (const name of ['repeated_activity', 'draft_match', 'changed_lead', 'timeline_lead'])
        await execute(connection, sql`drop table if exists ${identifier(name)}`);
    }
  }
  // Some random rules can be told by the exact way only; enough are judged from the facts.
  expect(fromFacts).toBeGreaterThan(CASES / 3);
  expect(amongOthers).toBeGreaterThan(0);
});

/** When some leads reach each stage, asked of these alone, is when they do. */
async function compareReaching(
  { reaching }: DraftLeads,
  agreement: Agreement,
  records: Records,
  place: string,
): Promise<void> {
  const reference = leadFacts({ agreement, asOf: AS_OF }, records);
  for (const stage of reachedStages(agreement)) {
    const few = leadsOf(sql`select lead_id from lead_version where lead_id like '%3' or lead_id like '%4'`);
    const at = identifier(`at_${stage.id}`);
    const { text, values } = render(
      sql`select lead_id, epoch_us(${at}) as at from ${reaching(stage, few)} order by lead_id`,
      duckdb,
    );
    const rows = (await connection.runAndReadAll(text, [...values])).getRowObjects();
    const expected = reference
      .filter(({ leadId }) => /[34]$/.test(leadId))
      .map(({ leadId, stages }) => ({ lead_id: leadId, at: stages.get(stage.id)?.reachedAt ?? null }))
      .toSorted((one, other) => (one.lead_id < other.lead_id ? -1 : 1));
    expect(rows, `${place} ${stage.id}`).toEqual(expected);
  }
}

interface Readings {
  readonly context: MeasureContext;
  readonly before: readonly LeadFacts[];
  readonly after: readonly LeadFacts[];
}

/** The answer of the measure, some of its leads and others that ask for a stage, is what the reference counts. */
async function compareAnswers(nth: number, place: string, { context, before, after }: Readings) {
  const { draft, agreement } = context;
  if (draft === undefined) throw new Error(place);
  const own = new Set(reachedStages(agreement).map(({ id }) => id));
  const shared = reachedStages(draft.agreement)
    .map(({ id }) => id)
    .filter((id) => own.has(id));
  const drafted = new Map(after.map((facts) => [facts.leadId, facts]));
  const pairs = before.map((facts) => {
    const other = drafted.get(facts.leadId);
    if (other === undefined) throw new Error(place);
    return { id: facts.leadId, created: facts.createdAt, today: facts, draft: other };
  });
  const has = (facts: LeadFacts, stage: string): boolean =>
    (facts.stages.get(stage)?.reachedAt ?? null) !== null;
  type Pair = (typeof pairs)[number];
  const differ = ({ today, draft: other }: Pair, stage: string): boolean =>
    has(today, stage) !== has(other, stage);
  const changed = pairs.filter(
    (pair) => pair.today.status !== pair.draft.status || shared.some((stage) => differ(pair, stage)),
  );
  const range = { from: '1990-01-01', to: '2100-01-01' };
  const [limit, offset] = [1 + (nth % 5), nth % 3];
  const stage = shared[nth % Math.max(shared.length, 1)];
  const asked = [
    { question: { ...range, limit: '1000' }, leads: changed },
    { question: { ...range, limit: String(limit), offset: String(offset) }, leads: changed },
    ...(stage === undefined
      ? []
      : [
          { question: { ...range, stage, limit: '7' }, leads: pairs.filter((pair) => differ(pair, stage)) },
          {
            question: { ...range, stage, direction: 'gained' },
            leads: pairs.filter((pair) => differ(pair, stage) && has(pair.draft, stage)),
          },
        ]),
  ];
  for (const { question, leads } of asked) {
    const answer = whatifAnswer.parse(await askContext(connection, 'whatif', question, context));
    const about = `${place}\n${JSON.stringify(question)}`;
    expect(answer.leads, about).toBe(pairs.length);
    expect(answer.changed, about).toBe(changed.length);
    for (const each of answer.stages) {
      const count = (side: 'today' | 'draft') => pairs.filter((pair) => has(pair[side], each.id)).length;
      const both = shared.includes(each.id);
      expect(each, about).toMatchObject({
        today: own.has(each.id) ? count('today') : null,
        draft: reachedStages(draft.agreement).some(({ id }) => id === each.id) ? count('draft') : null,
        gained: both ? pairs.filter((pair) => differ(pair, each.id) && has(pair.draft, each.id)).length : 0,
        lost: both ? pairs.filter((pair) => differ(pair, each.id) && has(pair.today, each.id)).length : 0,
      });
    }
    const standing = ({ atStage, status }: LeadFacts) => `${atStage} ${status}`;
    const moves = new Map<string, number>();
    for (const pair of pairs) {
      const [from, to] = [standing(pair.today), standing(pair.draft)];
      if (from !== to) moves.set(`${from} → ${to}`, (moves.get(`${from} → ${to}`) ?? 0) + 1);
    }
    expect(
      new Map(
        answer.moves.map((move) => [
          `${move.from.stage} ${move.from.status} → ${move.to.stage} ${move.to.status}`,
          move.leads,
        ]),
      ),
      about,
    ).toEqual(moves);
    const from = Number('offset' in question ? question.offset : 0);
    const most = Number('limit' in question ? question.limit : 10);
    expect(
      answer.listed.map(({ id }) => id),
      about,
    ).toEqual(
      leads
        .toSorted((one, other) =>
          one.created === other.created ? (one.id < other.id ? -1 : 1) : one.created < other.created ? 1 : -1,
        )
        .slice(from, from + most)
        .map(({ id }) => id),
    );
  }
}

test('a draft that asks for kinds alone reads no activities where these are kept', () => {
  const agreementOf = (rule: string): Agreement => {
    const parsed = parseAgreement(`
tregua: 1
name: kinds
timezone: UTC
currency: EUR
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
  - { id: called, owner: sales, criteria: [{ id: call, rule: 'activities.exists(a, ${rule})' }] }
`);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    return parsed.value;
  };
  const rules = underOne(agreementOf('a.type == "call"'));
  const reads = (rule: string, kinds: FactTables['kinds'], otherKinds = false): boolean => {
    const draft = agreementOf(rule);
    const scope = {
      asOf: AS_OF,
      leads: 'all',
      dialect: duckdb,
      timezone: 'UTC',
      created: ANY_TIME,
      absent: [],
    } as const;
    const found = draftLeads(
      rules,
      draft,
      scope,
      { ...STORED_TABLES, kinds },
      { timeline: false, otherKinds },
    );
    return render(found.relation, duckdb).text.includes('repeated_activity');
  };
  const kinds = [{ type: 'call', outcome: 'no' }];
  expect(reads('a.type == "call"', undefined)).toBe(false);
  expect(reads('a.outcome == "no"', kinds)).toBe(false);
  expect(reads('a.outcome == "no"', undefined)).toBe(true);
  expect(reads('a.outcome == "no"', kinds, true)).toBe(true);
  expect(reads('a.seller == "ana"', kinds)).toBe(true);
});
