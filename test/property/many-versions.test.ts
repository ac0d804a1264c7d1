import { expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { describeFacts } from '../reference/describe.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import type { LeadVersion } from '../reference/records.ts';
import { instantOf } from '../reference/records.ts';
import { derive, factsBySql, fill, openMemory } from './warehouse.ts';

/** A lead that is told again and again costs as its versions are many, not as their square. */

const AGREEMENT = `
tregua: 1
name: Many versions
timezone: America/Mexico_City
currency: MXN
areas: { sales: {} }
fields: { zone: { type: string }, age: { type: integer } }
funnel:
  - { id: lead, owner: sales }
  - { id: late, owner: sales, criteria: [ { id: north, rule: 'lead.zone == "north" && lead.age < 900' } ] }
  - { id: last, owner: sales, criteria: [ { id: nowhere, rule: '!has(lead.zone) && lead.age == 7' } ] }
`;

const START = instantOf('2026-01-01T00:00:00Z');
const MINUTE = 60_000_000n;
const AS_OF = START + 20_000n * MINUTE;

/** Each brings one attribute, so that the others come from versions long before. */
function versions(count: number): readonly LeadVersion[] {
  return Array.from({ length: count }, (_, nth): LeadVersion => {
    const isLast = nth === count - 1;
    const attributes: [string, string | bigint | null] =
      nth % 97 === 0 || isLast
        ? ['zone', isLast ? null : nth > count / 2 ? 'north' : 'south']
        : ['age', nth === count - 2 ? 7n : BigInt(nth % 2000)];
    return {
      leadId: 'L1',
      effectiveAt: START + BigInt(nth) * MINUTE,
      createdAt: nth === 0 ? START : null,
      attributes: new Map([attributes]),
      recordedAt: START,
      withdrawnAt: null,
      entry: 1,
      part: nth,
    };
  });
}

async function facts(count: number) {
  const agreement = parseAgreement(AGREEMENT);
  if (!agreement.ok) throw new Error(JSON.stringify(agreement.faults));
  const connection = await openMemory();
  const records = { versions: versions(count), activities: [], ads: [] };
  await fill(connection, agreement.value, records);
  const before = process.cpuUsage();
  await derive(connection, agreement.value, AS_OF);
  const { user, system } = process.cpuUsage(before);
  const told = (await factsBySql(connection, agreement.value)).get('L1') ?? {};
  return { agreement: agreement.value, records, told, seconds: (user + system) / 1_000_000 };
}

test('as the reference tells it', async () => {
  const { agreement, records, told } = await facts(1500);
  const [reference] = leadFacts({ agreement, asOf: AS_OF }, records).map(describeFacts);
  expect(reference).toBeDefined();
  for (const [name, value] of Object.entries(reference ?? {}))
    expect([name, told[name] ?? null]).toEqual([name, value]);
});

test('ten thousand of them in a few seconds of a processor', { timeout: 120_000 }, async () => {
  const { seconds } = await facts(10_000);
  expect(seconds).toBeLessThan(6);
});
