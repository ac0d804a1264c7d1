import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsOf } from '../chaos/workload.ts';
import { ACCESS } from './listed/access.ts';
import { AGREEMENTS } from './listed/agreements.ts';
import { API } from './listed/api.ts';
import { Desk } from './listed/desk.ts';
import type { Listed } from './listed/desk.ts';
import { TEXT_FILES } from './listed/text-files.ts';
import { WEBHOOKS } from './listed/webhooks.ts';
import { WORKBOOKS } from './listed/workbooks.ts';

/** The bad inputs that the design lists: what is said of each, in both languages, and that nothing is lost. */

const ALL: readonly Listed[] = [...TEXT_FILES, ...WORKBOOKS, ...API, ...WEBHOOKS, ...AGREEMENTS, ...ACCESS];

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

test('all 84 are here', () => {
  expect(ALL.map(({ nth }) => nth)).toEqual(Array.from({ length: 84 }, (_, index) => index + 1));
});

describe('a bad input', () => {
  test.each(ALL.map((each) => [each.nth, each.name, each] as const))('%i: %s', async (_, __, listed) => {
    await listed.check(desk);
    expect(desk.served.reported).toEqual([]);
  });
});

test('after all of them nothing is lost, twice or polluted', async () => {
  const { home, workspace } = desk.served;
  await workspace.settling.settled();
  const checks = await workspace.doctor();
  for (const code of [
    'doctor.ledger',
    'doctor.entries',
    'doctor.files',
    'doctor.up_to_date',
    'doctor.balanced',
  ])
    expect(checks).toContainEqual(expect.objectContaining({ code, ok: true }));
  for (const row of await workspace.batches())
    expect(Number(row['rows_read'])).toBe(
      Number(row['accepted']) + Number(row['unchanged']) + Number(row['rejected']),
    );
  expect(await desk.column('lead_version', 'f_zone', 'known')).toEqual(['Norte', 'Sur']);
  expect(Object.keys(Object.prototype)).toEqual([]);
  await workspace.close();
  const before = await factsOf(home);
  expect(before.tables['lead_version']?.length).toBeGreaterThan(100);
});
