import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { raw, render, sql } from '../../src/core/sql/sql.ts';
import { conversion } from '../../src/node/ingest/conversion.ts';
import type { CellType } from '../../src/node/ingest/conversion.ts';
import type { DateOrder, Mapping } from '../../src/node/ingest/mapping.ts';
import { withoutMonthNames } from '../../src/node/ingest/month-names.ts';
import { readValue } from '../../src/node/ingest/records/value-text.ts';
import { SEED } from '../seed.ts';
import { openMemory } from './warehouse.ts';

/** A value says the same whether it comes in a file, which the engine reads, or by the API, which the program reads. */

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await openMemory();
});

const CASES = 4000;

/** A month by its name: what one reads the other reads. */
const NAMED = /[a-zç]{3}.*\d/i;

const two = (most: number): fc.Arbitrary<string> => fc.nat(most).map((n) => String(n).padStart(2, '0'));
const year = fc.oneof(
  fc.integer({ min: 1895, max: 2060 }),
  fc.integer({ min: 9990, max: 9999 }),
  fc.integer({ min: 2000, max: 2030 }),
);
const isoDay = fc.tuple(year, two(13), two(32)).map((parts) => parts.join('-'));
const orderedDay = fc
  .tuple(fc.nat(32), fc.constantFrom('/', '-', '.'), fc.nat(32), fc.oneof(year.map(String), two(99)))
  .map(([one, mark, other, of]) => [one, other, of].join(mark));
const time = fc
  .tuple(two(24), two(60), fc.option(two(60), { nil: null }), fc.constantFrom('', '.5', '.123456', '.000001'))
  .map(([h, m, s, fraction]) => `${h}:${m}${s === null ? '' : `:${s}${fraction}`}`);
const offset = fc.constantFrom('', 'Z', '+00:00', '-06:00', '+05:30', '-0300', '+02', ' UTC');
const instant = fc
  .tuple(isoDay, fc.constantFrom('T', ' '), time, offset)
  .map(([day, mark, clock, zone]) => `${day}${mark}${clock}${zone}`);
const spoken = fc
  .tuple(orderedDay, two(12), two(59), fc.constantFrom('', ' AM', ' PM', ' p.m.', ' a. m.', 'pm'))
  .map(([day, h, m, half]) => `${day} ${h}:${m}${half}`);
const number = fc.oneof(
  fc.integer().map(String),
  // Of what is nearly nothing the engine makes -0.0001.
  fc
    .double({ noNaN: true })
    .map(String)
    .filter((text) => !/e-\d{2,}/.test(text)),
  fc.tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 19n })).map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('', '$', '-$', 'MXN ', '(', '€ '),
      fc.nat(999),
      fc.nat(999),
      fc.nat(99),
      fc.constantFrom('', ')', ' €', ' USD', '-'),
    )
    .map(([before, a, b, c, after]) => `${before}${a},${String(b).padStart(3, '0')}.${c}${after}`),
  fc.constantFrom(
    '1.234,56',
    '1e3',
    '1E400',
    '2.5e-3',
    '1.5.2',
    '12,',
    '.5',
    '5.',
    'abc',
    '1 234',
    "1'234.5",
    '--1',
    '0x10',
    'NaN',
    'Infinity',
  ),
);
/** Days whose month has a name, with what people put between; some of them none. */
const named = fc
  .tuple(
    fc.nat(32).map(String),
    fc.constantFrom('ene', 'Marzo', 'sept.', 'SEP', 'March', 'Dec', 'dez.', 'março', 'foo', 'mayo'),
    fc.oneof(year.map(String), two(99)),
    fc.constantFrom('-', ' ', ' de ', '/', '\u202f'),
    fc.constantFrom('', ' 10:30', ' 3:05 p. m.', ', 3:05\u202fPM', ' 23:59:59 +02:00', 'T10:00Z'),
  )
  .chain(([day, month, of, mark, clock]) =>
    fc.constantFrom(
      `${day}${mark}${month}${mark}${of}${clock}`,
      `${month} ${day}, ${of}${clock}`,
      `${month} ${day}th ${of}${clock}`,
    ),
  );
const share = fc
  .tuple(number, fc.constantFrom('%', ' %', '\u202f%', '%%', ' % '))
  .map((parts) => parts.join(''));
const bound = fc.tuple(fc.constantFrom('<', '> ', '≤', '≥ '), fc.nat(99)).map((parts) => parts.join(''));
const anything = fc.oneof(
  named,
  share,
  bound,
  instant,
  isoDay,
  orderedDay,
  spoken,
  number,
  fc.string({ maxLength: 6 }),
);
const word = fc.constantFrom('true', 'Sí', 'NO', 'x', '0', '1', 'verdadero', 'maybe', 'T', 'n');

const TEXTS: Readonly<Record<Exclude<CellType, 'string' | 'text' | 'presence'>, fc.Arbitrary<string>>> = {
  integer: anything,
  count: anything,
  number: anything,
  money: anything,
  boolean: fc.oneof(word, anything),
  day: anything,
  date: anything,
  timestamp: anything,
};

async function bySql(
  type: CellType,
  texts: readonly string[],
  mapping: Mapping,
  zone: string,
): Promise<unknown[]> {
  const isOfDay = type === 'day' || type === 'date' || type === 'timestamp';
  const { value } = conversion(type, isOfDay ? withoutMonthNames(sql`t`) : sql`t`, mapping, zone, duckdb);
  const query = sql`select n, cast(v as VARCHAR) as v from (select n, ${value} as v
    from (select unnest(from_json(${JSON.stringify(texts)}, '["VARCHAR"]')) as t, unnest(range(${raw(String(texts.length))})) as n)) order by n`;
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  return reader.getRowObjects().map((row) => row['v']);
}

/** Casts what the program wrote as the projector does, and writes it as the engine does. */
async function cast(type: CellType, texts: readonly (string | null)[]): Promise<unknown[]> {
  const column = {
    timestamp: 'TIMESTAMP',
    date: 'TIMESTAMP',
    day: 'DATE',
    number: 'DOUBLE',
    money: 'DECIMAL(18,4)',
    boolean: 'BOOLEAN',
  };
  const to = Object.entries(column).find(([name]) => name === type)?.[1] ?? 'BIGINT';
  const { text, values } = render(
    sql`select cast(cast(t as ${raw(to)}) as VARCHAR) as v
      from (select unnest(from_json(${JSON.stringify(texts)}, '["VARCHAR"]')) as t)`,
    duckdb,
  );
  const reader = await connection.runAndReadAll(text, [...values]);
  return reader.getRowObjects().map((row) => row['v']);
}

test.each(
  Object.entries(TEXTS).flatMap(([type, texts]) =>
    (['ymd', 'dmy', 'mdy'] as const).map((dates, nth) => ({
      type,
      texts,
      dates,
      decimal: nth === 1 ? ',' : '.',
    })),
  ),
)(`$type, $dates, $decimal (seed ${SEED})`, async ({ type, texts, dates, decimal }) => {
  const name = Object.keys(TEXTS).find((each): each is keyof typeof TEXTS => each === type) ?? 'integer';
  for (const timezone of ['UTC', 'America/Mexico_City', 'America/Sao_Paulo']) {
    const sample = fc
      .sample(texts, { numRuns: CASES, seed: SEED })
      .map((text) => text.trim())
      .filter((text) => text !== '' && !/\p{Surrogate}|\0/u.test(text));
    const options: { readonly dates: DateOrder; readonly decimal: '.' | ','; readonly timezone: string } = {
      dates,
      decimal: decimal === ',' ? ',' : '.',
      timezone,
    };
    const mapping: Mapping = {
      ...options,
      source: 's',
      format: { kind: 'records', columns: [] },
      isRegular: false,
      isTrimmed: false,
      ascending: null,
      missing: [],
      records: [],
    };
    const byProgram = sample.map((text) => readValue(name, text, timezone, options));
    const expected = await bySql(name, sample, mapping, timezone);
    const given = await cast(name, byProgram);
    const apart = sample.flatMap((text, nth) =>
      // What the engine reads and the program does not is refused, and told; never read as something else.
      given[nth] !== expected[nth] && (given[nth] !== null || NAMED.test(text) || text.endsWith('%'))
        ? [{ text, given: given[nth], expected: expected[nth] }]
        : [],
    );
    expect(apart.slice(0, 5)).toEqual([]);
    expect(given.filter((value) => value !== null).length).toBeGreaterThan(CASES / 100);
  }
});
