import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../seed.ts';
import { funnelOf, load, makeHome, open, rowsOf } from './taps.ts';

/**
 * Random histories of two streams, told in loads that break off anywhere, against plain models of what is there:
 * the rows that a source has, and the day of each account as it was read last.
 */

const CASES = Math.max(6, Math.round(Number(process.env['TREGUA_CASES'] ?? 2500) / 400));

const MAPPINGS = {
  'mappings/people.yaml': `
source: crm
match: { stream: people }
deleted: row["gone"] == "true"
records:
  - { kind: leads, columns: { lead_id: id, created_at: created } }
  - { kind: activities, when: 'row["sold"] != ""', columns: { lead_id: id, at: created, amount: sold }, constants: { type: sale } }
`,
  'mappings/days.yaml': `
source: crm
match: { stream: days }
replace: [account, date]
records: [ { kind: ads, columns: { date: date, account: account, campaign: campaign, clicks: clicks } } ]
`,
};

const PEOPLE = {
  type: 'SCHEMA',
  stream: 'people',
  key_properties: ['id'],
  schema: { properties: { id: {}, created: {}, sold: {}, gone: {} } },
};
const DAYS = {
  type: 'SCHEMA',
  stream: 'days',
  key_properties: ['date', 'account', 'campaign'],
  schema: { properties: { date: {}, account: {}, campaign: {}, clicks: {} } },
};

type Step =
  | { readonly kind: 'person'; readonly id: number; readonly sold: number | null }
  | { readonly kind: 'gone'; readonly id: number }
  | { readonly kind: 'all'; readonly ids: readonly number[] }
  | {
      readonly kind: 'day';
      readonly account: string;
      readonly day: number;
      readonly clicks: readonly number[];
    };

const id = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('person' as const),
      id,
      sold: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('gone' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('all' as const), ids: fc.uniqueArray(id) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('day' as const),
      account: fc.constantFrom('a', 'b'),
      day: fc.integer({ min: 1, max: 2 }),
      clicks: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 3 }),
    }),
  },
);

/** What a source has: people by id with what they bought, clicks by account and day. */
class Model {
  readonly people = new Map<number, number | null>();
  readonly days = new Map<string, number>();

  messages(each: Step, version: number): readonly object[] {
    const person = (of: number, sold: number | null, more: object = {}): object => ({
      type: 'RECORD',
      stream: 'people',
      record: { id: of, created: '2026-02-01', sold, ...more },
      version,
    });
    switch (each.kind) {
      case 'person':
        this.people.set(each.id, each.sold);
        return [person(each.id, each.sold)];
      case 'gone':
        this.people.delete(each.id);
        return [person(each.id, null, { gone: true })];
      case 'all': {
        // A full reading, of another version.
        const sold = (of: number): number | null => this.people.get(of) ?? null;
        const told = each.ids.map((of): [number, number | null] => [of, sold(of)]);
        this.people.clear();
        for (const [of, value] of told) this.people.set(of, value);
        return [
          ...told.map(([of, value]) => ({ ...person(of, value), version: version + 1 })),
          { type: 'ACTIVATE_VERSION', stream: 'people', version: version + 1 },
        ];
      }
      case 'day': {
        const date = `2026-02-0${each.day}`;
        this.days.set(
          `${each.account} ${date}`,
          each.clicks.reduce((sum, clicks) => sum + clicks, 0),
        );
        return each.clicks.map((clicks, nth) => ({
          type: 'RECORD',
          stream: 'days',
          record: { date, account: each.account, campaign: `c${nth}`, clicks },
        }));
      }
    }
  }

  get funnel(): object {
    const sold = [...this.people.values()].filter((value) => value !== null);
    const clicks = [...this.days.values()].reduce((sum, each) => sum + each, 0);
    return {
      lead: this.people.size,
      sale: sold.length,
      ...(this.days.size === 0 ? {} : { click: clicks }),
    };
  }
}

/** Facts without the instants at which they were learnt. */
async function factsOf(workspace: Awaited<ReturnType<typeof open>>): Promise<unknown> {
  const tables = ['lead_version', 'activity', 'ad_metric', 'lead_facts', 'batch', 'stream_row'];
  return Promise.all(tables.map((table) => rowsOf(workspace, table)));
}

test(
  `streams told in any way stand for what their source has, now and as of before (seed ${SEED})`,
  { timeout: 600_000 },
  async () => {
    const scene = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 5 });
    let withdrawn = 0;
    for (const loads of fc.sample(scene, { seed: SEED, numRuns: CASES })) {
      const home = makeHome(MAPPINGS);
      const workspace = await open(home);
      const model = new Model();
      const before: { readonly asOf: string; readonly funnel: object }[] = [];
      let version = 1;
      for (const steps of loads) {
        // A load tells a day at most once, as a tap does.
        const seen = new Set<string>();
        const told = steps.filter((each) => {
          const key = each.kind === 'day' ? `${each.account}${each.day}` : null;
          if (key === null) return true;
          return !seen.has(key) && seen.add(key) !== undefined;
        });
        const messages = told.flatMap((each) => {
          const made = model.messages(each, version);
          if (each.kind === 'all') version += 1;
          return made;
        });
        const { faults, report } = await load(workspace, [PEOPLE, DAYS, ...messages]);
        expect({ faults, rejected: report.rejected }).toEqual({ faults: [], rejected: 0 });
        withdrawn += report.withdrawn;
        expect(await funnelOf(workspace), JSON.stringify(loads)).toMatchObject(model.funnel);
        before.push({ asOf: (await workspace.status()).as_of, funnel: model.funnel });
        // What was just told changes nothing when it is told again.
        const again = await load(workspace, [
          PEOPLE,
          ...messages.filter((each) => 'record' in each && JSON.stringify(each).includes('people')).slice(-1),
        ]);
        expect(again.report.accepted, JSON.stringify(loads)).toBe(0);
      }
      for (const { asOf, funnel } of before)
        expect(await funnelOf(workspace, { as_of: asOf }), `${asOf} ${JSON.stringify(loads)}`).toMatchObject(
          funnel,
        );
      const incremental = await factsOf(workspace);
      await workspace.rebuild();
      expect(await factsOf(workspace)).toEqual(incremental);
    }
    expect(withdrawn).toBeGreaterThan(0);
  },
);
