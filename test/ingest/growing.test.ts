import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { resolveMapping } from '../../src/node/ingest/resolve.ts';
import { Growth } from '../../src/node/ledger/growth.ts';
import { SqliteLedger } from '../../src/node/ledger/sqlite.ts';
import { valueOf } from './bench.ts';

/** A large file is recognised while it comes, and as if it had been there from the beginning. */

const agreement = valueOf(
  parseAgreement(`
tregua: 1
name: Growing
timezone: America/Bogota
currency: COP
areas: { sales: {} }
fields:
  zone: { type: string }
  budget: { type: number }
funnel:
  - { id: lead, owner: sales }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
`),
);
const options = { agreement, fileName: 'leads.csv', mappings: [] };

/** More than has to be there for the look to begin. */
const BEGINNING = 34 << 20;

let folder: string;
let ledger: SqliteLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tregua-growing-'));
  ledger = SqliteLedger.open(folder);
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Few rows, that are long: to look through them takes less. */
function beginning(): Buffer {
  const zone = 'norte'.repeat(200);
  const row = (nth: number): string => `L${String(nth).padStart(9, '0')},2026-01-31T10:00:00Z,${zone},1500\n`;
  const rows: string[] = ['lead_id,created_at,zone,budget\n'];
  const each = row(0).length;
  for (let nth = 0; nth < BEGINNING / each; nth += 1) rows.push(row(nth));
  return Buffer.from(rows.join(''));
}

const ENDINGS: Readonly<Record<string, Buffer>> = {
  'as it began': Buffer.from('L999999999,2026-02-01T10:00:00Z,sur,2000\n'),
  'an id that came before': Buffer.from('L000000000,2026-02-01T10:00:00Z,sur,2000\n'),
  'a cell in quotes': Buffer.from('L999999999,2026-02-01T10:00:00Z,"sur, este",2000\n'),
  'a date of another kind': Buffer.from('L999999999,31/01/2026,sur,2000\n'),
  'bytes of another encoding': Buffer.from('L999999999,2026-02-01T10:00:00Z,bogot\xe1,2000\n', 'latin1'),
  'no line end': Buffer.from('L999999999,2026-02-01T10:00:00Z,sur,2000'),
};

test.each(Object.keys(ENDINGS))('a file that ends with %s', async (name) => {
  const first = beginning();
  const last = ENDINGS[name] ?? Buffer.alloc(0);
  const path = join(folder, 'whole.csv');
  writeFileSync(path, Buffer.concat([first, last]));
  const begun = gate();
  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(first);
    // Were it looked at only once it is whole, it would never be.
    await begun.passed;
    yield last;
  }
  const { seen } = await ledger.storeWhile(content(), (where, growth) => {
    expect(growth.isWhole).toBe(false);
    begun.open();
    return resolveMapping(where, options, growth);
  });
  expect(seen).toEqual(await resolveMapping(path, options));
});

test('one that breaks off is told as what broke it, and nothing of it stays', async () => {
  const begun = gate();
  async function* content(): AsyncGenerator<Uint8Array> {
    yield beginning();
    await begun.passed;
    throw new Error('the caller hung up');
  }
  const seen = ledger.storeWhile(content(), (where, growth) => {
    begun.open();
    return resolveMapping(where, options, growth);
  });
  await expect(seen).rejects.toThrow('the caller hung up');
  expect(readdirSync(join(folder, 'files'))).toEqual([]);
});

test('a growth tells each who waits what there is', async () => {
  const growth = new Growth();
  const told: (boolean | string)[] = [];
  const wait = async (bytes: number): Promise<void> => {
    told.push(await growth.beyond(bytes).catch(String));
  };
  const waits = [wait(0), wait(10), wait(20)];
  growth.grow(10);
  await waits[0];
  expect(told).toEqual([true]);
  growth.grow(1);
  await waits[1];
  expect(told).toEqual([true, true]);
  growth.end();
  await waits[2];
  expect(told).toEqual([true, true, false]);
  expect(await growth.beyond(10)).toBe(true);
  expect(await growth.beyond(11)).toBe(false);
  const broken = new Growth();
  broken.grow(1);
  broken.fail(new Error('broken'));
  expect(await broken.beyond(0)).toBe(true);
  await expect(broken.all()).rejects.toThrow('broken');
});
