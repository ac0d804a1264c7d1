import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdentityBench } from '../identity/bench.ts';
import { SEED } from '../seed.ts';

/** Whose a record is does not hang on the order in which records come, nor on how they are cut into files. */

const CASES = Math.max(2, Math.round(Number(process.env['TREGUA_CASES'] ?? 1500) / 1000));

type Kind = 'leads' | 'contacts' | 'sales' | 'ads';

interface Row {
  readonly kind: Kind;
  readonly text: string;
}

const HEADERS: Readonly<Record<Kind, string>> = {
  leads: 'lead_id,created_at,campaign,utm_id,name,email,phone,gclid,crm_id',
  contacts: 'crm_id,converted_id,created_at,segment,utm_id,name,email,phone,gclid',
  sales: 'activity_id,type,at,amount,crm_id,email,phone,gclid',
  ads: 'date,campaign,campaign_id,platform,spend',
};

const some = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', '', ...texts);
const email = some('ana@x.mx', 'A.na@gmail.com', 'ana@gmail.com', 'eva@x.mx', 'info@x.mx');
const phone = some('55 1234 5671', '+52 1 55 1234 5671', '5512345672', '0000000000');
const name = some('Ana Pérez', 'PEREZ ANA', 'Eva Ruiz');
const click = some('Cj0', 'cj0');
const crm = some('1', '2', '3');
const campaign = some('march', 'april', '501');
const campaignId = some('501', '502');
/** Minutes apart, or days: names are near in time, or far. */
const instant = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('10:00', '10:07', '10:20'))
  .map(([day, time]) => `2026-03-0${day}T${time}:00Z`);

const lead = (nth: number): fc.Arbitrary<Row> =>
  fc.tuple(instant, campaign, campaignId, name, email, phone, click, crm).map((cells) => ({
    kind: 'leads',
    text: [`L${nth}`, ...cells].join(','),
  }));
const contact = (nth: number): fc.Arbitrary<Row> =>
  fc
    .tuple(crm, fc.oneof(instant, fc.constant('')), some('big'), campaignId, name, email, phone, click)
    .map((cells) => ({
      kind: 'contacts',
      text: [String(nth), ...cells].join(','),
    }));
const sale = (nth: number): fc.Arbitrary<Row> =>
  fc
    .tuple(instant, fc.constantFrom('10', '20'), crm, email, phone, click)
    .filter(([, , ...keys]) => keys.some((key) => key !== ''))
    .map(([at, ...rest]) => ({ kind: 'sales', text: [`S${nth}`, 'sale', at, ...rest].join(',') }));

/** Each of a day of its own: of one day the last word counts. */
const ad = (nth: number): fc.Arbitrary<Row> =>
  fc
    .tuple(fc.constantFrom('march', 'april', 'may'), campaignId, fc.constantFrom('meta', 'meta', 'google'))
    .map((cells) => ({ kind: 'ads', text: [`2026-03-0${nth + 1}`, ...cells, '10'].join(',') }));

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, nth) => nth);

const scene = fc.record({
  rows: fc
    .tuple(
      fc.tuple(...range(7).map((nth) => lead(nth))),
      fc.tuple(...range(4).map((nth) => contact(nth))),
      fc.tuple(...range(6).map((nth) => sale(nth))),
      fc.tuple(...range(5).map((nth) => ad(nth))),
    )
    .map((kinds): readonly Row[] => kinds.flat()),
  order: fc.array(fc.nat(), { minLength: 22, maxLength: 22 }),
  cuts: fc.array(fc.nat({ max: 22 }), { maxLength: 5 }),
  decided: fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 3 }), fc.constantFrom('confirm', 'reject')), {
    maxLength: 2,
  }),
});

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

async function told(
  files: readonly (readonly Row[])[],
  decided: readonly (readonly [number, number, 'confirm' | 'reject'])[],
): Promise<readonly (readonly string[])[]> {
  const bench = await IdentityBench.open();
  try {
    for (const rows of files) {
      const report = await bench.take(
        `${HEADERS[rows[0]?.kind ?? 'leads']}\n${rows.map(({ text }) => text).join('\n')}\n`,
      );
      expect(report.rejected).toBe(0);
    }
    for (const [nth, other, verdict] of decided) await bench.decide(`L${nth}`, `crm:${other}`, verdict);
    const now = await bench.told();
    await bench.workspace.rebuild();
    expect(await bench.told()).toEqual(now);
    return now;
  } finally {
    await bench.close();
  }
}

test(
  `records in any order and any files are the same leads’ (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    let joined = 0;
    for (const { rows, order, cuts, decided } of fc.sample(scene, { seed: SEED, numRuns: CASES })) {
      const whole = await told(filesOf(rows, new Set()), decided);
      const shuffled = rows
        .map((row, nth) => ({ row, place: order[nth] ?? 0 }))
        .toSorted((one, other) => one.place - other.place)
        .map(({ row }) => row);
      expect(await told(filesOf(shuffled, new Set(cuts)), decided)).toEqual(whole);
      joined += whole[2]?.length ?? 0;
    }
    expect(joined).toBeGreaterThan(CASES);
  },
);
