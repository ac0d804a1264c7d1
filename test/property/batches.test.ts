import { Readable } from 'node:stream';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import { SEED } from '../seed.ts';

/** However the rows are cut into files, and whichever lead comes first, the facts are the same. */

const AGREEMENT = `
tregua: 1
name: Batches
timezone: America/Sao_Paulo
currency: BRL
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - id: profiled
    owner: marketing
    criteria: [ { id: known, rule: 'lead.age >= 18 && lead.phone != ""' } ]
  - id: qualified
    owner: sales
    within: 5d
    criteria:
      - { id: spoken, rule: 'activities.filter(a, a.type == "call").size() >= 2 && lead.zone != "south"' }
  - id: sale
    owner: sales
    requires: none
    criteria: [ { id: paid, rule: 'activities.exists(a, a.type == "sale")' } ]
    value: { sum: amount, where: 'activity.type == "sale"' }
lost: [ { id: refused, rule: 'activities.exists(a, a.type == "refused")', reason: activity.reason } ]
dimensions: [ { id: zone, field: zone }, { id: first, field: zone, value: first }, { id: caller, activity: seller } ]
`;

const CASES = Math.max(2, Math.round(Number(process.env['TREGUA_CASES'] ?? 1500) / 1000));

interface Row {
  readonly lead: number;
  readonly kind: 'leads' | 'activities';
  readonly text: string;
}

const HEADERS = {
  leads: 'lead_id,created_at,effective_at,zone,age,phone',
  activities: 'lead_id,activity_id,type,at,seller,amount,reason',
};

const day = fc.integer({ min: 1, max: 20 }).map((nth) => `2026-03-${String(nth).padStart(2, '0')}T12:00:00Z`);
const blank = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', ...texts);

const row: fc.Arbitrary<Row> = fc.nat({ max: 5 }).chain((lead) =>
  fc.oneof(
    fc
      .tuple(fc.oneof(day, fc.constant('')), day, blank('north', 'south'), blank('17', '30'), blank('555'))
      .map(([created, effective, ...rest]): Row => ({
        lead,
        kind: 'leads',
        text: [`lead-${lead}`, created, effective, ...rest].join(','),
      })),
    fc
      .tuple(
        fc.nat({ max: 3 }),
        fc.constantFrom('call', 'sale', 'refused'),
        day,
        blank('ana', 'bob'),
        blank('10.5'),
      )
      .map(([nth, type, at, seller, amount]): Row => ({
        lead,
        kind: 'activities',
        text: [`lead-${lead}`, `a-${lead}-${nth}`, type, at, seller, amount, 'price'].join(','),
      })),
  ),
);

/** Rows in an order, with the places at which a new file begins; and another order of the leads. */
const scene = fc.record({
  rows: fc.array(row, { minLength: 4, maxLength: 40 }),
  cuts: fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
  first: fc.nat({ max: 5 }),
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

/** Consecutive rows of one kind between two cuts are a file. */
function filesOf(rows: readonly Row[], cuts: ReadonlySet<number>): readonly (readonly Row[])[] {
  const files: Row[][] = [];
  rows.forEach((each, index) => {
    const last = files.at(-1);
    if (last === undefined || cuts.has(index) || last[0]?.kind !== each.kind) files.push([each]);
    else last.push(each);
  });
  return files;
}

async function told(files: readonly (readonly Row[])[]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'tregua-batches-'));
  let workspace: Workspace | null = null;
  try {
    await writeFile(join(home, 'tregua.yaml'), AGREEMENT);
    workspace = valueOf(await openWorkspace(home));
    for (const rows of files) {
      const text = `${HEADERS[rows[0]?.kind ?? 'leads']}\n${rows.map((each) => each.text).join('\n')}\n`;
      const content = Readable.from([Buffer.from(text)]);
      const report = valueOf(await workspace.importFile({ content, fileName: 'export.csv' }));
      expect(report.rejected).toBe(0);
    }
    const chunks: string[] = [];
    for await (const chunk of valueOf(await workspace.exportTable('lead_facts', 'csv')))
      chunks.push(Buffer.from(chunk).toString('utf8'));
    const funnel = valueOf(
      await workspace.ask('funnel', { from: '2026-03-01', to: '2026-03-31', mode: 'period' }),
    );
    return `${chunks
      .join('')
      .trim()
      .split(/\r?\n/)
      .toSorted((one, other) => (one < other ? -1 : 1))
      .join('\n')}
${JSON.stringify(funnel).replace(/"as_of":"[^"]*"/g, '')}`;
  } finally {
    await workspace?.close();
    await rm(home, { recursive: true, force: true });
  }
}

test(
  `files cut anywhere and leads in any order give the same facts (seed ${SEED})`,
  { timeout: 600_000 },
  async () => {
    for (const { rows, cuts, first } of fc.sample(scene, { seed: SEED, numRuns: CASES })) {
      const whole = await told(filesOf(rows, new Set()));
      expect(await told(filesOf(rows, new Set(cuts)))).toBe(whole);
      const reordered = [
        ...rows.filter((each) => each.lead >= first),
        ...rows.filter((each) => each.lead < first),
      ];
      expect(await told(filesOf(reordered, new Set(cuts)))).toBe(whole);
      // Told again, nothing changes.
      const files = filesOf(rows, new Set(cuts));
      expect(await told([...files, files.at(-1) ?? []])).toBe(whole);
    }
  },
);
