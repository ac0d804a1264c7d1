import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgreementDraft } from '../../src/node/app/workspace.ts';
import { SEED } from '../seed.ts';
import { serveAgreement } from '../server/served.ts';
import type { Served } from '../server/served.ts';

/** What was posted, imported and counted in any order leaves the facts that a rebuild makes of the ledger. */

const AGREEMENT = `tregua: 1
name: Live
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  phone: { type: string, pii: phone }
funnel:
  - { id: impressions, owner: marketing, from: ads.impressions }
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [ { id: of_age, rule: lead.age >= 25 } ] }
  - { id: qualified, owner: sales, within: 30d, criteria: [ { id: called, rule: 'activities.exists(a, a.type == "call") && has(lead.phone)' } ] }
  - { id: sale, owner: sales, requires: none, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ], value: { sum: amount, where: activity.type == "sale" } }
lost:
  - { id: out, rule: 'activities.exists(a, a.type == "out")', reason: activity.reason }
dimensions:
  - { id: zone, field: zone }
  - { id: ages, field: age, bands: [25, 45] }
  - { id: who, activity: seller }
`;

/** A draft whose rule no lead was judged by, of kinds of activities alone. */
const DRAFT = AGREEMENT.replace('a.type == "call"', 'a.type != "sale"');

const CASES = Math.max(3, Math.ceil(Number(process.env['TREGUA_CASES'] ?? 2500) / 1000));

const id = fc.integer({ min: 1, max: 12 }).map((n) => `L${n}`);
const instant = fc
  .integer({ min: 0, max: 90 * 24 })
  .map((hours) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString());
const lead = fc.record(
  {
    lead_id: id,
    created_at: instant,
    effective_at: instant,
    zone: fc.constantFrom('Norte', 'Sur', '', null),
    age: fc.constantFrom(20, 30, '50', null, 'x'),
    phone: fc.constantFrom('5512345678', '', null),
  },
  { requiredKeys: ['lead_id'] },
);
const activity = fc.record(
  {
    activity_id: fc.integer({ min: 1, max: 20 }).map((n) => `A${n}`),
    lead_id: id,
    type: fc.constantFrom('call', 'sale', 'out'),
    at: instant,
    seller: fc.constantFrom('Ana', 'Luis'),
    amount: fc.constantFrom(10, '20.5'),
    reason: fc.constantFrom('price', ''),
  },
  { requiredKeys: ['lead_id', 'type', 'at'] },
);
const ad = fc.record({
  date: fc.constantFrom('2026-01-01', '2026-02-01'),
  campaign: fc.constantFrom('a', 'b'),
  impressions: fc.nat(100),
  spend: fc.nat(100),
});
const list = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 8 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('leads' as const), records: list(lead) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('activities' as const), records: list(activity) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ads' as const), records: list(ad) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const), records: list(lead) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
);

const TABLES = [
  'lead_version',
  'lead_contact',
  'activity',
  'ad_metric',
  'reject',
  'batch',
  'lead_facts',
] as const;

async function tableOf({ workspace }: Served, table: string): Promise<readonly string[]> {
  const exported = await workspace.exportTable(table, 'json');
  if (!exported.ok) throw new Error(table);
  const chunks: Uint8Array[] = [];
  for await (const chunk of exported.value) chunks.push(chunk);
  return Buffer.concat(chunks).toString().split('\n').sort();
}

async function stateOf(served: Served): Promise<unknown> {
  const tables: Record<string, readonly string[]> = {};
  for (const table of TABLES) tables[table] = await tableOf(served, table);
  const asked = async (measure: string, question: object, draft?: AgreementDraft): Promise<unknown> => {
    const answer = await served.workspace.ask(measure, question, draft);
    if (!answer.ok) throw new Error(JSON.stringify(answer.faults));
    return JSON.parse(JSON.stringify(answer.value, (key, value) => (key === 'as_of' ? null : value)));
  };
  return {
    tables,
    cohort: await asked('funnel', { mode: 'cohort' }),
    period: await asked('funnel', { mode: 'period' }),
    zones: await asked('breakdown', { dimension: 'zone', mode: 'period' }),
    sellers: await asked('breakdown', { dimension: 'who' }),
    draft: await asked('whatif', {}, { text: DRAFT, file: 'draft.yaml' }),
  };
}

test.each(
  fc
    .sample(fc.array(step, { minLength: 10, maxLength: 30 }), { numRuns: CASES, seed: SEED })
    .map((steps, nth) => ({ nth, steps })),
)(`story $nth (seed ${SEED})`, { timeout: 240_000 }, async ({ steps }) => {
  let served = await serveAgreement(AGREEMENT);
  const told = { accepted: 0, unchanged: 0, rejected: 0 };
  try {
    const token = served.tokenFor('leads:write', 'activities:write', 'ads:write');
    const post = async (kind: string, records: readonly object[]): Promise<void> => {
      const response = await served.app.request(`/v1/${kind}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(records),
      });
      expect([200, 422]).toContain(response.status);
      const answer = await response.json();
      for (const name of ['accepted', 'unchanged', 'rejected'] as const) told[name] += Number(answer[name]);
    };
    for (const each of steps) {
      if (each.do === 'settle') await served.workspace.settling.settled();
      else if (each.do === 'again') served = await served.again();
      else if (each.do === 'import') {
        const rows = each.records.map(({ lead_id, created_at = '', zone = '', age = '' }) =>
          [lead_id, created_at, zone ?? '', age ?? ''].join(','),
        );
        await served.workspace.settling.settled();
        const text = ['lead_id,created_at,zone,age', ...rows].join('\n');
        const report = await served.workspace.importFile({
          content: Readable.from([Buffer.from(`${text}\n`)]),
          fileName: 'x.csv',
          as: 'leads',
        });
        if (!report.ok) throw new Error(JSON.stringify(report.faults));
        told.accepted += report.value.accepted;
        told.unchanged += report.value.unchanged;
        told.rejected += report.value.rejected;
      } else await post(each.do, each.records);
    }
    await served.workspace.settling.settled();
    const incremental = await stateOf(served);
    // What each caller was told is what the warehouse counted.
    const sums = { accepted: 0, unchanged: 0, rejected: 0 };
    for (const batch of await served.workspace.batches()) {
      for (const name of ['accepted', 'unchanged', 'rejected'] as const) sums[name] += Number(batch[name]);
    }
    expect(sums).toEqual(told);
    const rebuilt = await served.workspace.rebuild();
    expect(rebuilt.ok).toBe(true);
    expect(await stateOf(served)).toEqual(incremental);
    expect(served.reported).toEqual([]);
  } finally {
    await served.close();
  }
});
