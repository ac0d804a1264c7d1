import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IdentityBench } from './bench.ts';

/** Which campaign a lead came from, by the campaign's id: the last rung, which joins it to ads and to nobody. */

let bench: IdentityBench;
beforeEach(async () => {
  bench = await IdentityBench.open();
});
afterEach(() => bench.close());

const ADS = 'date,platform,campaign,campaign_id,clicks,spend\n';
const MARCH = `${ADS}2026-03-01,meta,Marzo,120210000000000017,50,300\n2026-03-01,google,Search,21,10,100\n`;

/** The campaign of each lead, and the spend of each campaign. */
async function told(): Promise<{ readonly leads: object; readonly spend: object }> {
  const facts = await bench.rows('lead_facts');
  const days = await bench.rows('ad_day');
  const parsed = (lines: readonly string[]): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line));
  const spend: Record<string, number> = {};
  for (const { dimension, value, spend: amount } of parsed(days)) {
    if (dimension === 'campaign') spend[String(value)] = (spend[String(value)] ?? 0) + Number(amount);
  }
  return {
    leads: Object.fromEntries(parsed(facts).map((row) => [row['lead_id'], row['f_campaign']])),
    spend,
  };
}

describe('the id of a campaign', () => {
  const LEADS = `lead_id,created_at,utm_id\nL1,2026-03-01T10:00:00Z,120210000000000017\nL2,2026-03-01T11:00:00Z,21\nL3,2026-03-01T12:00:00Z,999\n`;
  const EXPECTED = { leads: { L1: 'Marzo', L2: 'Search', L3: null }, spend: { Marzo: 300, Search: 100 } };

  test('gives the lead its campaign, whichever comes first', async () => {
    await bench.take(MARCH);
    await bench.take(LEADS);
    expect(await told()).toEqual(EXPECTED);
    expect((await bench.lead('L1')).attributes['campaign']).toBe('Marzo');
    await bench.workspace.rebuild();
    expect(await told()).toEqual(EXPECTED);
  });

  test('also of leads that are there already', async () => {
    await bench.take(LEADS);
    expect((await told()).leads).toEqual({ L1: null, L2: null, L3: null });
    const before = await bench.now();
    await bench.take(MARCH);
    expect(await told()).toEqual(EXPECTED);
    expect((await bench.lead('L1', before)).attributes['campaign']).toBeNull();
  });

  test('may stand where the campaign’s name does, or as Meta exports it', async () => {
    await bench.take(MARCH);
    await bench.take(
      'lead_id,created_at,campaign,campaign_id\nL1,2026-03-01T10:00:00Z,21,\nL2,2026-03-01T11:00:00Z,Otra,c:120210000000000017\nL3,2026-03-01T12:00:00Z,Search,\n',
    );
    expect((await told()).leads).toEqual({ L1: 'Search', L2: 'Marzo', L3: 'Search' });
  });

  test('joins no two people', async () => {
    await bench.take(MARCH);
    await bench.take(LEADS);
    await bench.take('crm_id,created_at,utm_id\n77,2026-03-01T10:01:00Z,120210000000000017\n');
    expect(await bench.workspace.identity()).toMatchObject({ ids: 1, alone: 1, joined: {}, doubtful: 0 });
    expect((await told()).leads).toMatchObject({ L1: 'Marzo', 'crm:77': 'Marzo' });
  });

  test('that two platforms have tells nothing', async () => {
    await bench.take(`${ADS}2026-03-01,meta,A,7,1,1\n2026-03-01,google,B,7,1,1\n`);
    await bench.take('lead_id,created_at,utm_id\nL1,2026-03-01T10:00:00Z,7\n');
    expect((await told()).leads).toEqual({ L1: null });
  });
});

describe('a campaign that was renamed', () => {
  test('is one under its last name, with its leads and its spend', async () => {
    await bench.take(MARCH);
    await bench.take(
      'lead_id,created_at,campaign,utm_id\nL1,2026-03-01T10:00:00Z,Marzo,\nL2,2026-03-01T11:00:00Z,,120210000000000017\n',
    );
    await bench.take(`${ADS}2026-03-02,meta,Marzo y abril,120210000000000017,20,200\n`);
    const expected = {
      leads: { L1: 'Marzo y abril', L2: 'Marzo y abril' },
      spend: { 'Marzo y abril': 500, Search: 100 },
    };
    expect(await told()).toEqual(expected);
    await bench.workspace.rebuild();
    expect(await told()).toEqual(expected);
  });

  test('keeps apart from another that has the name that it had', async () => {
    await bench.take(`${ADS}2026-03-01,meta,A,1,1,10\n2026-03-02,meta,B,1,1,20\n2026-03-02,meta,A,2,1,40\n`);
    await bench.take(
      'lead_id,created_at,campaign,utm_id\nL1,2026-03-01T10:00:00Z,A,\nL2,2026-03-01T10:00:00Z,A,1\nL3,2026-03-01T10:00:00Z,,2\n',
    );
    expect(await told()).toEqual({ leads: { L1: 'A', L2: 'B', L3: 'A' }, spend: { B: 30, A: 40 } });
  });

  test('and told again under the new name does not count twice', async () => {
    await bench.take(`${ADS}2026-03-01,meta,A,1,1,10\n`);
    await bench.take(`${ADS}2026-03-01,meta,B,1,1,12\n`);
    expect((await told()).spend).toEqual({ B: 12 });
  });
});
