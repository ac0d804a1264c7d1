import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IngestBench, taken } from '../ingest/bench.ts';
import { bookParts, sheetXml, zip } from '../ingest/workbook.ts';
import type { Cell, Part } from '../ingest/workbook.ts';
import { SEED } from '../seed.ts';
import {
  damaged,
  expectSmallHeap,
  expectTold,
  expectUnpolluted,
  inputs,
  options,
  patience,
} from './inputs.ts';

/** Files of any bytes: refused whole with words, or each row accepted, unchanged or refused; never a crash. */

/** So many files share the warehouse before it is emptied. */
const FILES_A_WAREHOUSE = 40;
const SHARES = { texts: 0.01, workbooks: 0.002 } as const;

let bench: IngestBench;
let count = 0;
beforeAll(async () => {
  bench = await IngestBench.open();
});
afterAll(async () => {
  await bench.close();
  expectUnpolluted();
  expectSmallHeap();
});

const TEXTS = [
  'lead_id,created_at,zone,age,budget\na,2026-01-01,Norte,30,1.5\nb,2026-01-02T10:00:00Z,"S,ur",,\nc,03/04/2026,"x ""y""",40,2\n',
  'lead_id;created_at;zone;budget\na;2026-01-01 10:00;Ñuñoa;1.234,56\nb;2026-02-30;Sur;--\n\nc;2026-03-01;"a\nb";7\n',
  'activity_id\tlead_id\ttype\tat\tamount\tcurrency\nx\ta\tsale\t2026-01-05T00:00:00-06:00\t10\tUSD\ny\tb\tcall\t2026-01-06\t\t\n',
  'date,platform,campaign,impressions,clicks,spend\n2026-01-01,meta,Otoño,100,3,12.50\n2026-01-02,google,x,5,0,0\n',
  '{"lead_id":"a","created_at":"2026-01-01","zone":"x","more":{"a":[1,2]}}\n{"lead_id":12345678901234567,"created_at":"2026-01-02"}\n',
  '[{"lead_id":"a","created_at":"2026-01-01"},{"lead_id":"b","created_at":"2026-01-02","age":3}]\n',
] as const;

const kind = fc.constantFrom(undefined, undefined, 'leads', 'activities', 'ads');
const encoding = fc.constantFrom('utf8', 'utf8', 'utf8', 'utf-16le', 'windows-1252', 'utf-16be');

const flips = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }), {
  maxLength: 3,
});

function flipped(
  bytes: Uint8Array,
  changes: readonly { readonly at: number; readonly byte: number }[],
): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, byte } of changes) if (copy.length > 0) copy[Math.floor(at * (copy.length - 1))] = byte;
  return copy;
}

const textFile = fc
  .record({
    text: damaged(TEXTS),
    encoding,
    mark: fc.boolean(),
    flips: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: flips }),
    rows: fc.constantFrom(1, 1, 1, 30),
  })
  .map(({ text, encoding: name, mark, flips: changes, rows }) => {
    const long = rows === 1 ? text : text + text.slice(text.indexOf('\n') + 1).repeat(rows);
    return flipped(iconv.encode(long, name, { addBOM: mark }), changes);
  });

async function takes(content: Uint8Array, as: 'leads' | 'activities' | 'ads' | undefined): Promise<void> {
  count += 1;
  if (count % FILES_A_WAREHOUSE === 0) await bench.empty();
  const outcome = await bench.take(content, as === undefined ? {} : { as });
  if (outcome.faults !== null) return expectTold(outcome.diagnostics);
  // Rows read = accepted + unchanged + refused, each refused one with its line and reason.
  for (const reject of taken(outcome).rejects) expect(reject).toMatch(/^\d+ (?:\S.* )?[a-z]+\.[a-z_]+$/s);
}

test(`texts of any bytes (seed ${SEED})`, { timeout: patience(inputs(SHARES.texts), 600) }, () =>
  fc.assert(fc.asyncProperty(textFile, kind, takes), options(inputs(SHARES.texts))),
);

const cell: fc.Arbitrary<Cell> = fc.oneof(
  {
    weight: 4,
    arbitrary: damaged(['2026-01-01', 'Norte', 'a', '1.5'], 1).map((text) =>
      text.replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\uffff]/g, ''),
    ),
  },
  fc.double(),
  fc.integer(),
  fc.constant(null),
  fc.double({ min: -10, max: 3_000_000 }).map((date) => ({ date })),
);

const sheet = fc
  .array(fc.array(cell, { maxLength: 6 }), { maxLength: 6 })
  .map((rows) => sheetXml([['lead_id', 'created_at', 'zone', 'age'], ['a', '2026-01-01', 'x', 3], ...rows]));

const workbook = fc
  .record({
    sheet: fc.oneof(
      sheet,
      sheet.chain((xml) => damaged([xml])),
    ),
    part: fc.option(
      fc.record({
        name: fc.oneof(
          fc.constantFrom(
            'xl/workbook.xml',
            'xl/sharedStrings.xml',
            'xl/styles.xml',
            '_rels/.rels',
            '../x',
            'xl/a.bin',
          ),
          fc.string({ maxLength: 20 }),
        ),
        content: damaged(['<sst><si><t>x</t></si></sst>', '<workbook><sheets/></workbook>', '']),
        claims: fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined }),
      }),
      { nil: undefined },
    ),
    flips: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: flips }),
    cut: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  })
  .map(({ sheet: xml, part, flips: changes, cut }) => {
    const parts: readonly Part[] =
      part === undefined
        ? []
        : [
            {
              name: part.name,
              content: part.content,
              ...(part.claims === undefined ? {} : { claims: part.claims }),
            },
          ];
    const whole = flipped(zip(bookParts([['S', xml]], { parts })), changes);
    return whole.subarray(0, Math.floor(cut * whole.length));
  });

test(`workbooks (seed ${SEED})`, { timeout: patience(inputs(SHARES.workbooks), 3000) }, () =>
  fc.assert(
    fc.asyncProperty(workbook, (content) => takes(content, 'leads')),
    options(inputs(SHARES.workbooks)),
  ),
);
