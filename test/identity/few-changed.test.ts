import { afterEach, beforeEach, expect, test } from 'vitest';
import { IdentityBench } from './bench.ts';

/** Few of many leads change: they are derived anew without the others, and from all that is theirs. */

let bench: IdentityBench;
beforeEach(async () => {
  bench = await IdentityBench.open();
});
afterEach(() => bench.close());

const OTHERS = Array.from({ length: 60 }, (_, nth) => `O${nth},2026-02-01T10:00:00Z,o${nth}@x.mx\n`).join('');
const SALES = 'activity_id,lead_id,type,at,amount,email\n';

test('what came under other ids stays where only the lead itself is told anew', async () => {
  await bench.take(`lead_id,created_at,email\nL1,2026-03-01T10:00:00Z,ana@x.mx\n${OTHERS}`);
  await bench.take(`${SALES}a,,sale,2026-03-09T10:00:00Z,100,ana@x.mx\n`);
  expect(await bench.sales()).toEqual({ L1: 100 });
  await bench.take(`${SALES}b,L1,sale,2026-03-10T10:00:00Z,20,\n`);
  expect(await bench.sales()).toEqual({ L1: 120 });
});

test('an activity that is told of another lead leaves the first', async () => {
  await bench.take(`lead_id,created_at,email\nL1,2026-03-01T10:00:00Z,\nL2,2026-03-01T10:00:00Z,\n${OTHERS}`);
  await bench.take(`${SALES}a,L1,sale,2026-03-09T10:00:00Z,100,\n`);
  expect(await bench.sales()).toEqual({ L1: 100 });
  await bench.take(`${SALES}a,L2,sale,2026-03-09T10:00:00Z,100,\n`);
  expect(await bench.sales()).toEqual({ L2: 100 });
  // And stays away when the first is told something else.
  await bench.take(`${SALES}b,L1,sale,2026-03-10T10:00:00Z,5,\n`);
  expect(await bench.sales()).toEqual({ L1: 5, L2: 100 });
  expect((await bench.lead('L1')).timeline.filter(({ kind }) => kind === 'activity')).toHaveLength(1);
});
