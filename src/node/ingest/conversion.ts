import type { FieldType } from '../../core/agreement/agreement.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Mapping } from './mapping.ts';
import { SPOKEN_TIMES } from './month-names.ts';
import {
  BEFORE_PER_CENT,
  DRESSED,
  PER_CENT,
  PLAIN_INTEGER,
  PLAIN_NUMBER,
  SCIENTIFIC,
} from './value-forms.ts';

/** How the texts of a source are written. */
export type Reading = Pick<Mapping, 'decimal' | 'dates' | 'timezone'>;

/** What a cell is read as. */
export type CellType = FieldType | 'money' | 'count' | 'text' | 'presence' | 'day';

/** True of what is read as a number. */
export function isNumber(type: CellType): boolean {
  return type === 'integer' || type === 'number' || type === 'count' || type === 'money';
}

/** A cell as a value: NULL both where it is missing and where it cannot be read. */
export interface Conversion {
  readonly value: Fragment;
  /** The code of the reject where a cell that is not missing has no value. */
  readonly code: string;
}

/** The text of a cell, NULL where it is missing: blank after trimming, or one of the markers. */
export function presentText(cell: Fragment, markers: readonly string[]): Fragment {
  const trimmed = sql`trim(${cell}, ${' \t\r\n\u00a0\u200b\ufeff'})`;
  const missing = ['', ...markers].map((marker) => sql`${marker}`);
  return sql`(case when ${trimmed} in (${join(missing)}) then null else ${trimmed} end)`;
}

/** The digits of a number as written by people: `$1,234.56`, `1.234,56 €`, `(123)`. */
function bareNumber(text: Fragment, decimal: '.' | ','): Fragment {
  const digits = sql`regexp_replace(${text}, '[^0-9.,]', '', 'g')`;
  const grouped =
    decimal === '.' ? sql`replace(${digits}, ',', '')` : sql`replace(replace(${digits}, '.', ''), ',', '.')`;
  const negative = sql`(starts_with(${text}, '(') or contains(${text}, '-'))`;
  return sql`(case when ${negative} then '-' else '' end || ${grouped})`;
}

function numberOf(text: Fragment, reading: Reading, type: string): Fragment {
  // With a decimal comma a point groups thousands, so that 1.234 is not read as it stands.
  const plain = reading.decimal === '.' ? PLAIN_NUMBER : PLAIN_INTEGER;
  const target = raw(type);
  return sql`(case when regexp_full_match(${text}, ${plain}) then try_cast(${text} as ${target})
    when regexp_full_match(${text}, ${DRESSED}) then try_cast(${bareNumber(text, reading.decimal)} as ${target})
    when regexp_full_match(${text}, ${SCIENTIFIC}) and isfinite(try_cast(${text} as DOUBLE)) then try_cast(${text} as ${target}) end)`;
}

/** A number, or so many per cent: `12.5 %` is 0.125. */
function shareOf(text: Fragment, reading: Reading): Fragment {
  const number = numberOf(text, reading, 'DOUBLE');
  const bare = sql`rtrim(rtrim(${text}, '%'), ${BEFORE_PER_CENT})`;
  return sql`(case when regexp_full_match(${text}, ${PER_CENT}) then ${numberOf(bare, reading, 'DOUBLE')} / 100 else ${number} end)`;
}

function integerOf(text: Fragment, reading: Reading): Fragment {
  const number = numberOf(text, reading, 'DECIMAL(38,6)');
  return sql`(case when regexp_full_match(${text}, ${PLAIN_INTEGER}) then try_cast(${text} as BIGINT)
    when ${number} = floor(${number}) then try_cast(${number} as BIGINT) end)`;
}

/** What a yes is written as. */
export const TRUE: readonly string[] = ['true', 't', '1', 'yes', 'y', 'sí', 'si', 's', 'verdadero', 'x'];
export const FALSE: readonly string[] = ['false', 'f', '0', 'no', 'n', 'falso'];

function booleanOf(text: Fragment): Fragment {
  const list = (words: readonly string[]): Fragment => join(words.map((word) => sql`${word}`));
  return sql`(case when lower(${text}) in (${list(TRUE)}) then true when lower(${text}) in (${list(FALSE)}) then false end)`;
}

const TIMES = ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ' %I:%M %p', ' %I:%M:%S %p'];

function wallClock(text: Fragment, reading: Reading): Fragment {
  return sql`coalesce(${writtenClock(text, reading)}, try_strptime(${text}, ${SPOKEN_TIMES}))`;
}

function writtenClock(text: Fragment, reading: Reading): Fragment {
  if (reading.dates === 'ymd') return sql`try_cast(${text} as TIMESTAMP)`;
  const order = reading.dates === 'dmy' ? '%d/%m/' : '%m/%d/';
  // Two digits first: four would take `26` for the year 26.
  const formats = ['%y', '%Y'].flatMap((year) => TIMES.map((time) => sql`${order + year + time}`));
  // One mark between the parts, one space before the time, AM and PM as the parser knows them.
  const parts = sql`regexp_replace(${text}, ${String.raw`^(\d{1,2})[-./](\d{1,2})[-./](\d{2,4}),?`}, ${String.raw`\1/\2/\3`})`;
  const spoken = sql`regexp_replace(regexp_replace(${parts}, ${String.raw`([AaPp])\.?\s?[Mm]\.?$`}, ${String.raw`\1M`}), ${String.raw`\s+`}, ' ', 'g')`;
  return sql`coalesce(case when regexp_matches(${text}, ${String.raw`^\d{4}-\d{1,2}-\d{1,2}`}) then try_cast(${text} as TIMESTAMP) end,
    try_strptime(${spoken}, [${join(formats)}]))`;
}

const OFFSET = String.raw`:\d{2}(?:\.\d+)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$`;

/** The instant of a text that says its offset: `…Z`, `… UTC`, `…+02:00`, `…-0500`, `…+02`. */
function offsetInstant(text: Fragment, reading: Reading): Fragment {
  const offset = sql`regexp_extract(${text}, ${OFFSET}, 1)`;
  const digits = sql`regexp_replace(${offset}, '[^0-9]', '', 'g')`;
  const minutes = sql`coalesce(try_cast(substr(${digits}, 1, 2) as INTEGER), 0) * 60 + coalesce(try_cast(substr(${digits}, 3, 2) as INTEGER), 0)`;
  const signed = sql`(case when starts_with(${offset}, '-') then -1 else 1 end) * (${minutes})`;
  const wall = wallClock(sql`trim(substr(${text}, 1, length(${text}) - length(${offset})))`, reading);
  // The cast reads what is written as the standard has it; the rest is taken apart.
  return sql`coalesce(timezone('UTC', try_cast(${text} as TIMESTAMPTZ)), ${wall} - to_minutes(${signed}))`;
}

/** An instant: with an offset as it says, else in the source's zone; a day alone is its first instant. */
function instantOf(text: Fragment, reading: Reading, dialect: Dialect): Fragment {
  const wall = wallClock(text, reading);
  const isDay = sql`not contains(${text}, ':')`;
  const local = sql`timezone('UTC', timezone(${reading.timezone}, ${wall}))`;
  const instant = sql`(case when regexp_matches(${text}, ${OFFSET}) then ${offsetInstant(text, reading)}
    when ${isDay} then ${dialect.startOfDay(sql`cast(${wall} as DATE)`, reading.timezone)}
    else ${local} end)`;
  return sql`(case when year(${instant}) between 1900 and 9998 then ${instant} end)`;
}

function dayOf(text: Fragment, reading: Reading): Fragment {
  const compact = sql`case when regexp_full_match(${text}, ${String.raw`\d{8}`}) then try_strptime(${text}, '%Y%m%d') end`;
  const day = sql`cast(coalesce(${compact}, ${wallClock(text, reading)}) as DATE)`;
  return sql`(case when year(${day}) between 1900 and 9998 then ${day} end)`;
}

/**
 * How a cell's text (NULL where missing) becomes a value.
 *
 * @param timezone the agreement's: a day of the calendar begins there, whatever zone its source is in
 */
export function conversion(
  type: CellType,
  text: Fragment,
  reading: Reading,
  timezone: string,
  dialect: Dialect,
): Conversion {
  switch (type) {
    case 'string':
    case 'text':
      return { value: text, code: 'reject.text' };
    case 'presence':
      return { value: sql`(case when ${text} is not null then true end)`, code: 'reject.text' };
    case 'integer':
      return { value: integerOf(text, reading), code: 'reject.integer' };
    case 'count': {
      const value = integerOf(text, reading);
      return { value: sql`(case when ${value} >= 0 then ${value} end)`, code: 'reject.count' };
    }
    case 'number':
      return { value: shareOf(text, reading), code: 'reject.number' };
    case 'money':
      return { value: numberOf(text, reading, 'DECIMAL(18,4)'), code: 'reject.money' };
    case 'boolean':
      return { value: booleanOf(text), code: 'reject.boolean' };
    case 'day':
      return { value: dayOf(text, reading), code: 'reject.date' };
    case 'date': {
      const day = dayOf(text, reading);
      return {
        value: sql`(case when ${day} is not null then ${dialect.startOfDay(day, timezone)} end)`,
        code: 'reject.date',
      };
    }
    case 'timestamp':
      return { value: instantOf(text, reading, dialect), code: 'reject.instant' };
  }
}
