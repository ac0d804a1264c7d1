import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import type { RecordKind } from '../../src/node/ingest/mapping.ts';
import { SEED } from '../seed.ts';
import { QUESTIONS } from './questions.ts';

/** As of an earlier instant, through the program itself: files taken in, one after another, by the real clock. */

const AGREEMENT = `
tregua: 1
name: As of
timezone: America/Sao_Paulo
currency: BRL
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  vip: { type: boolean }
  budget: { type: number }
  seen: { type: timestamp }
  phone: { type: string, pii: phone }
  platform: { type: string }
funnel:
  - { id: seen, owner: marketing, from: ads.impressions }
  - { id: clicked, owner: marketing, from: ads.clicks }
  - { id: lead, owner: marketing }
  - id: profiled
    owner: marketing
    criteria: [ { id: known, rule: 'lead.age >= 18 && lead.phone != ""' } ]
  - id: qualified
    owner: sales
    within: 5d
    criteria: [ { id: spoken, rule: 'activities.exists(a, a.type == "call") && lead.zone != "south"' } ]
  - id: sale
    owner: sales
    requires: none
    criteria: [ { id: paid, rule: 'activities.exists(a, a.type == "sale")' } ]
    value: { sum: amount, where: 'activity.type == "sale"' }
lost: [ { id: refused, rule: 'activities.exists(a, a.type == "refused")', reason: activity.reason } ]
dimensions:
  - { id: zone, field: zone }
  - { id: first, field: zone, value: first }
  - { id: ages, field: age, bands: [18, 30] }
  - { id: vip, field: vip }
  - { id: caller, activity: seller }
  - { id: platform, field: platform }
handoffs:
  - { id: first_call, owner: sales, from: lead, to: 'activities.exists(a, a.type == "call")', within: 1h }
targets:
  - { id: sales, owner: sales, metric: sale, at_least: 20, per: month }
`;

const KINDS = ['leads', 'activities', 'ads'] as const;
const HEADERS: Readonly<Record<RecordKind, string>> = {
  leads: 'lead_id,created_at,effective_at,zone,age,vip,phone,utm',
  activities: 'lead_id,activity_id,type,at,seller,amount,currency,reason',
  ads: 'date,platform,account,campaign,adset,ad,impressions,clicks,spend,currency',
};

const LEADS = Array.from({ length: 60 }, (_, nth) => `lead-${nth}`);
const day = (nth: number): string => `2026-03-${String(22 + (nth % 10)).padStart(2, '0')}`;
const zone = (nth: number): string => ['north', 'south', 'ñandú', ''][nth % 4] ?? '';

const FIRST: Readonly<Record<RecordKind, readonly string[]>> = {
  leads: LEADS.map(
    (id, nth) =>
      `${id},${day(nth)}T09:00:00Z,,${zone(nth)},${15 + (nth % 25)},${nth % 3 === 0},${nth % 2 ? '600' : ''},a`,
  ),
  activities: LEADS.flatMap((id, nth) => [
    `${id},${id}-call,call,${day(nth)}T1${nth % 9}:00:00Z,${nth % 2 ? 'ana' : 'bob'},,,`,
    ...(nth % 3 === 0 ? [`${id},${id}-sale,sale,${day(nth + 1)}T20:00:00Z,ana,100,BRL,`] : []),
    ...(nth % 7 === 0 ? [`${id},${id}-no,refused,${day(nth + 1)}T21:00:00Z,bob,,,price`] : []),
  ]),
  ads: Array.from({ length: 10 }, (_, nth) => `${day(nth)},meta,a,c,s,x,${1000 + nth},${50 + nth},20,BRL`),
};

/** New leads, corrections, records of days long past, other ad figures. */
const LATER: readonly Readonly<Partial<Record<RecordKind, readonly string[]>>>[] = [
  { leads: LEADS.map((id, nth) => `new-${id},${day(nth)}T07:00:00Z,,north,40,true,611,b`) },
  {
    leads: LEADS.slice(0, 30).map((id, nth) => `${id},,${day(nth)}T09:30:00Z,south,44,false,622,late`),
    activities: LEADS.map((id, nth) => `${id},${id}-call,sale,${day(nth)}T12:00:00Z,eva,999,BRL,`),
  },
  {
    activities: LEADS.map(
      (id, nth) => `${id},${id}-before,refused,2026-01-0${1 + (nth % 9)}T12:00:00Z,eva,,,old`,
    ),
    ads: [
      ...FIRST.ads.map((row) => row.replace(',20,BRL', ',77,BRL')),
      '2026-02-01,google,a,c,s,x,9,9,9,BRL',
    ],
  },
];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tregua-as-of-'));
  await writeFile(join(home, 'tregua.yaml'), AGREEMENT);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

async function takeIn(workspace: Workspace, kind: RecordKind, rows: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  const content = Readable.from([Buffer.from(`${[HEADERS[kind], ...rows].join('\n')}\n`)]);
  const report = valueOf(await workspace.importFile({ content, fileName: `${kind}.csv`, as: kind }));
  expect(report).toMatchObject({ kept: true, rejected: 0 });
}

interface Asking {
  readonly measure: string;
  readonly question: Readonly<Record<string, unknown>>;
}

async function answers(
  workspace: Workspace,
  asked: readonly Asking[],
  asOf: string | null,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { measure, question } of asked) {
    const given = asOf === null ? question : { ...question, as_of: asOf };
    texts.push(JSON.stringify(await workspace.ask(measure, given)));
  }
  return [...texts, JSON.stringify(await workspace.status(asOf === null ? {} : { as_of: asOf }))];
}

test(
  `as of an earlier instant the program answers what it answered then (seed ${SEED})`,
  { timeout: 600_000 },
  async () => {
    let workspace = valueOf(await openWorkspace(home));
    try {
      for (const kind of KINDS) await takeIn(workspace, kind, FIRST[kind]);
      const { agreement } = await workspace.agreement();
      const asked = Object.entries(QUESTIONS).flatMap(([measure, questions]) =>
        fc
          .sample(questions({ agreement, leads: LEADS }), { seed: SEED, numRuns: 2 })
          .map((question): Asking => ({ measure, question })),
      );
      // The plain answers are those of the minute that they say they are of.
      const told = new Map<string, readonly string[]>();
      const { as_of: first } = await workspace.status();
      const plain = await answers(workspace, asked, null);
      if ((await workspace.status()).as_of === first) told.set(first, plain);
      for (const files of LATER) {
        const now = new Date().toISOString();
        told.set(now, await answers(workspace, asked, now));
        await sleep(5);
        for (const kind of KINDS) await takeIn(workspace, kind, files[kind] ?? []);
        await workspace.status();
      }
      const again = async (): Promise<void> => {
        for (const [asOf, texts] of told) expect(await answers(workspace, asked, asOf), asOf).toEqual(texts);
      };
      await again();
      // All instants at once: no answer is read from the facts of another.
      const every = [...told].toReversed();
      const together = await Promise.all(every.map(([asOf]) => answers(workspace, asked, asOf)));
      expect(together).toEqual(every.map(([, texts]) => texts));
      await workspace.close();
      workspace = valueOf(await openWorkspace(home));
      valueOf(await workspace.rebuild());
      await again();
      const all = new Set([...told.values()].flat());
      expect(all.size).toBeGreaterThan(asked.length * 2);
    } finally {
      await workspace.close();
    }
  },
);
