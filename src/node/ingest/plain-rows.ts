import type { Agreement } from '../../core/agreement/agreement.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { all, identifier, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { conversion, presentText } from './conversion.ts';
import { cellColumn, valueColumn } from './convert-rows.ts';
import type { ConvertedRecord } from './convert-rows.ts';
import { bulkRelation, isBulk, numberedRelation } from './stage-rows.ts';
import { isId, targetsOf, mayBeOfSpreadsheet } from './targets.ts';
import type { Target } from './targets.ts';
import { keyTargets } from './telling-targets.ts';

/** The rows of a file that says every value in the one way that needs no thought. */
export interface PlainRows {
  readonly record: ConvertedRecord;
  /** Relation of `is_plain` and each `r0_<name>`: as `convertRows` has them, wherever `is_plain` is true. */
  readonly relation: Fragment;
  /** The rows that are not plain, as `convertRows` takes them: to number them takes a look at each row in turn. */
  readonly odd: Fragment;
}

const BLANK = String.raw`\s\x{00a0}\x{200b}\x{feff}`;
const TEXT = `[^${BLANK}](?s:.*[^${BLANK}])?`;
// The years 1900 to 9899.
const WHOLE = String.raw`-?\d{1,18}`;
const DECIMAL = String.raw`-?\d{1,14}(\.\d{1,12})?`;
const POSITIVE = String.raw`\d{1,14}(\.\d{1,12})?`;

/**
 * The rows of a large regular file of one record, read by the engine in parallel, so without the number of
 * each; `null` where reading it needs that, or more than the cells themselves.
 */
export function plainRows(
  entry: LedgerEntry,
  path: string,
  agreement: Agreement,
  dialect: Dialect,
): PlainRows | null {
  const { mapping } = entry;
  const { format } = mapping;
  const [record] = mapping.records;
  if (!isBulk(entry) || format.kind !== 'csv' || record === undefined) return null;
  const targets = targetsOf(record, format, agreement);
  const names = new Set(targets.map((target) => target.name));
  const usesAll = new Set(Object.values(record.columns)).size === format.columns.length;
  const hasIdentity =
    record.kind === 'ads' || names.has(record.kind === 'activities' ? 'activity_id' : 'lead_id');
  const isSimple =
    mapping.records.length === 1 &&
    record.when === null &&
    [record.otherwise, record.strip, record.cut, record.prefix, record.single, record.divide].every(
      (each) => each === undefined,
    ) &&
    mapping.missing.length === 0 &&
    targets.every((target) => 'column' in target.from && target.missing.length === 0) &&
    agreement.rates.length === 0 &&
    !names.has('currency') &&
    keyTargets(targets).length === 0 &&
    record.kind !== 'decisions';
  if (!isSimple || !usesAll || !hasIdentity) return null;
  const values = targets.map(
    (target) =>
      sql`${plainValue(target, entry, agreement.timezone, dialect)} as ${valueColumn(0, target.name)}`,
  );
  const casts = targets.flatMap((target) => {
    const cast = castOf(target);
    return cast === null ? [] : [sql`${cast} as ${castColumn(target)}`];
  });
  const read = targets.flatMap((target) => {
    const there = sql`${valueColumn(0, target.name)} is not null`;
    const cell = cellOf(target);
    const whole = sql`((contains(${cell}, 'E+') or contains(${cell}, 'e+')) is not true)`;
    return [
      target.required ? there : sql`(${cell} is null or ${there})`,
      ...(isId(target) && mayBeOfSpreadsheet(mapping.format) ? [whole] : []),
    ];
  });
  const money = targets.filter(({ name }) => name === 'amount' || name === 'spend');
  const judged = (rows: Fragment): Fragment =>
    sql`(select *, ${all(read)} as is_plain, cast(null as VARCHAR) as extra${tail(
      money.map(({ name }) => sql`${valueColumn(0, name)} as r0_converted`),
    )} from (select *${tail(values)} from (select *${tail(casts)} from ${rows})))`;
  const cells = format.columns.map((_, position) => cellColumn(position));
  return {
    record: { record, part: 0, targets },
    relation: judged(bulkRelation(path, format)),
    odd: sql`(select row_id, line, problem${tail(cells.map((cell) => sql`coalesce(${cell}, '') as ${cell}`))}
      from ${judged(numberedRelation(path, format))} where not is_plain)`,
  };
}

function cellOf(target: Target): Fragment {
  return 'column' in target.from ? cellColumn(target.from.column) : raw('null');
}

/** A cell as the engine casts it, where that is asked for more than once: beside the cells, so that it does so once. */
function castOf(target: Target): Fragment | null {
  if (target.type === 'timestamp') return sql`try_cast(${cellOf(target)} as TIMESTAMP)`;
  if (target.type === 'integer' || target.type === 'count') return sql`try_cast(${cellOf(target)} as BIGINT)`;
  return null;
}

function castColumn({ name }: Target): Fragment {
  return identifier(`cast_${name}`);
}

/** A cell's value where it is written plainly, or in a way of its type that has no short way; else NULL. */
function plainValue(target: Target, { mapping }: LedgerEntry, timezone: string, dialect: Dialect): Fragment {
  const cell = cellOf(target);
  const like = (pattern: string, value: Fragment): Fragment =>
    sql`(case when regexp_full_match(${cell}, ${pattern}) then ${value} end)`;
  /** Only where it writes the value as the engine does: digits, without a plus or leading zeros. */
  const exactly = (value: Fragment): Fragment =>
    sql`(case when cast(${value} as VARCHAR) = ${cell} then ${value} end)`;
  const whole = castColumn(target);
  const decimals = (pattern: string): string => (mapping.decimal === '.' ? pattern : WHOLE);
  switch (target.type) {
    case 'string':
    case 'text':
      return mapping.isTrimmed ? cell : like(TEXT, cell);
    case 'timestamp':
      return instantOf(cell, castColumn(target));
    case 'integer':
      return exactly(whole);
    case 'count':
      return sql`(case when ${whole} >= 0 then ${exactly(whole)} end)`;
    case 'number':
      return like(decimals(DECIMAL), sql`try_cast(${cell} as DOUBLE)`);
    case 'money':
      return like(
        target.name === 'spend' && mapping.decimal === '.' ? POSITIVE : decimals(DECIMAL),
        sql`try_cast(${cell} as DECIMAL(18,4))`,
      );
    case 'presence':
    case 'boolean':
    case 'date':
    case 'day':
      return conversion(target.type, presentText(cell, []), mapping, timezone, dialect).value;
  }
}

/** `2026-01-31T10:00:00Z`: twenty characters of which the last says that it is UTC, in the years 1900 to 9899. */
function instantOf(cell: Fragment, instant: Fragment): Fragment {
  const isKnown = sql`strlen(${cell}) = 20 and suffix(${cell}, 'Z')`;
  return sql`(case when ${isKnown} and ${instant} >= TIMESTAMP '1900-01-01 00:00:00'
    and ${instant} < TIMESTAMP '9900-01-01 00:00:00' then ${instant} end)`;
}
