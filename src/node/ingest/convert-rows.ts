import type { Agreement } from '../../core/agreement/agreement.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import type { Rule } from '../../core/rule/expression.ts';
import { expressionSql } from '../../core/sql/expression.ts';
import { all, any, identifier, join, raw, sql, tail } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import { conversion, isNumber, presentText } from './conversion.ts';
import { headersOf } from './mapping.ts';
import type { Mapping, MappingRecord } from './mapping.ts';
import { withoutMonthNames } from './month-names.ts';
import { damagedBehind, isId, mayBeOfSpreadsheet, targetsOf } from './targets.ts';
import type { Target } from './targets.ts';
import { tellingTargets } from './telling-targets.ts';
import { BOUND } from './value-forms.ts';

/** A record of the mapping with what it takes. */
export interface ConvertedRecord {
  readonly record: MappingRecord;
  readonly part: number;
  readonly targets: readonly Target[];
}

/** A way in which a row can be refused: the code, and the column that is to blame. */
export interface Refusal {
  readonly code: string;
  readonly column: number | null;
  readonly header: string | null;
  /** The value, where the mapping says it of all rows. */
  readonly constant: string | null;
}

export interface Conversion {
  /** A query of rows `row_id, line, refusal` and each record's `w<part>` and `r<part>_<name>`. */
  readonly query: Fragment;
  /** What the number in `refusal` means; NULL is a good row, -1 one that could not be split into cells. */
  readonly refusals: readonly Refusal[];
  readonly records: readonly ConvertedRecord[];
}

export function cellColumn(position: number): Fragment {
  return identifier(`c${position}`);
}

/** The column of a record's value in the converted rows. */
export function valueColumn(part: number, name: string): Fragment {
  return identifier(`r${part}_${name}`);
}

export function whenColumn(part: number): Fragment {
  return identifier(`w${part}`);
}

function textColumn(part: number, name: string): Fragment {
  return identifier(`t${part}_${name}`);
}

/** The rate to the agreement's currency on a day: NULL where none is given. */
function rateOf(currency: Fragment, day: Fragment, agreement: Agreement, dialect: Dialect): Fragment {
  const cases = agreement.rates.toReversed().map(
    (rate) =>
      sql`when upper(${currency}) = ${rate.currency} and ${day} >= ${dialect.cast(sql`${rate.from}`, 'date')}
          then cast(${raw(String(rate.rate))} as DOUBLE)`,
  );
  return sql`(case when ${currency} is null or upper(${currency}) = ${agreement.currency} then 1 ${join(cases, ' ')} end)`;
}

const DAYS: ReadonlySet<string> = new Set(['date', 'day', 'timestamp']);

/**
 * Every row of a source as the typed values of its records, or the first reason to refuse it.
 *
 * @param source relation of `row_id, line, problem, c0, c1, …` (texts)
 */
export function convertRows(
  mapping: Mapping,
  agreement: Agreement,
  source: Fragment,
  dialect: Dialect,
): Conversion {
  const records = mapping.records.map((record, part): ConvertedRecord => ({
    record,
    part,
    targets: targetsOf(record, mapping.format, agreement),
  }));
  const each = records.flatMap(({ part, targets }) => targets.map((target) => ({ part, target })));
  const texts = records.flatMap(({ record, part, targets }) =>
    targets.map((target) => {
      const text = textOf(target, record, mapping);
      const plain = DAYS.has(target.type) ? withoutMonthNames(text) : text;
      return sql`${plain} as ${textColumn(part, target.name)}`;
    }),
  );
  const whens = records.map(
    ({ record, part }) => sql`${whenSql(record, mapping, dialect)} as ${whenColumn(part)}`,
  );
  const values = each.map(({ part, target }) => {
    const text = textColumn(part, target.name);
    const { value } = conversion(target.type, text, mapping, agreement.timezone, dialect);
    const units = mapping.records[part]?.divide?.[target.name];
    const whole = units === undefined ? value : sql`cast(${value} / ${raw(String(units))} as DECIMAL(18,4))`;
    return sql`${whole} as ${valueColumn(part, target.name)}`;
  });
  const stream = mapping.stream === undefined ? [] : [sql`${deletedSql(mapping, dialect)} as is_deleted`];
  const monies = records.flatMap(({ part, targets, record }) =>
    moneyColumns(part, targets, record.kind, agreement, dialect),
  );
  const refusals: Refusal[] = [];
  const cases: Fragment[] = [sql`when problem is not null then -1`];
  const refuse = (
    part: number,
    target: Target | undefined,
    code: string,
    condition: Fragment,
    beside?: Target,
  ): void => {
    // What a mapping says of all rows stands in no cell: the cell that it is said of is told with it.
    const constant = target && 'constant' in target.from ? target.from.constant : null;
    const from = (constant === null ? target : beside)?.from;
    const column = from !== undefined && 'column' in from ? from : null;
    cases.push(sql`when ${whenColumn(part)} and ${condition} then ${raw(String(refusals.length))}`);
    refusals.push({ code, column: column?.column ?? null, header: column?.header ?? null, constant });
  };
  for (const { part, target } of each) {
    const value = valueColumn(part, target.name);
    const text = textColumn(part, target.name);
    if (target.required) refuse(part, target, 'reject.missing', sql`${text} is null`);
    if (mapping.records[part]?.single?.includes(target.name) === true)
      refuse(part, target, 'reject.several', sql`contains(${text}, ';')`);
    if (isId(target) && mayBeOfSpreadsheet(mapping.format))
      refuse(
        part,
        target,
        'reject.damaged_id',
        sql`regexp_full_match(${text}, ${damagedBehind(mapping.records[part]?.prefix?.[target.name])})`,
      );
    if (isNumber(target.type)) refuse(part, target, 'reject.bound', sql`regexp_matches(${text}, ${BOUND})`);
    refuse(
      part,
      target,
      conversion(target.type, text, mapping, agreement.timezone, dialect).code,
      sql`${text} is not null and ${value} is null`,
    );
    if (target.name === 'verdict') {
      refuse(part, target, 'reject.verdict', sql`lower(${value}) not in ('confirm', 'reject')`);
    }
    if (target.name === 'spend') refuse(part, target, 'reject.negative', sql`${value} < 0`);
  }
  for (const converted of records) {
    const telling = tellingTargets(converted, agreement);
    if (telling.length === 0) continue;
    const untold = telling.map(({ name }) => sql`${textColumn(converted.part, name)} is null`);
    refuse(converted.part, telling[0], 'reject.untold', all(untold));
  }
  for (const { part, targets } of records) {
    const money = targets.find((target) => target.name === 'amount' || target.name === 'spend');
    if (!money) continue;
    const currency = targets.find((target) => target.name === 'currency');
    refuse(
      part,
      currency ?? money,
      'reject.currency',
      sql`${valueColumn(part, money.name)} is not null and ${identifier(`r${part}_converted`)} is null`,
      money,
    );
  }
  const width = mapping.format.columns.map((_, position) => cellColumn(position));
  // Of what is gone little more than the key may come.
  if (stream.length > 0) cases.splice(1, 0, sql`when is_deleted then null`);
  const query = sql`select row_id, line, case ${join(cases, ' ')} end as refusal${tail([
    ...(stream.length === 0 ? [] : [raw('row_key'), raw('row_group'), raw('is_deleted')]),
    ...records.map(({ part }) => whenColumn(part)),
    ...each.map(({ part, target }) => valueColumn(part, target.name)),
    ...records.flatMap(({ part, targets }) =>
      targets.some((target) => target.name === 'amount' || target.name === 'spend')
        ? [identifier(`r${part}_converted`)]
        : [],
    ),
  ])}, ${extraSql(mapping, width)} as extra
    from (select *${tail(monies)} from (select *${tail(values)} from (
      select *${tail([...texts, ...whens, ...stream])} from ${source})))`;
  return { query, refusals, records };
}

/** The text of a target as its record wants it: the first column with a value, without what is stripped. */
function textOf(target: Target, record: MappingRecord, mapping: Mapping): Fragment {
  const markers = [...mapping.missing, ...target.missing];
  if ('constant' in target.from) return presentText(sql`cast(${target.from.constant} as VARCHAR)`, markers);
  const others = (record.otherwise?.[target.name] ?? []).map((header) =>
    mapping.format.columns.indexOf(header),
  );
  const cells = [target.from.column, ...others].map((position) => presentText(cellColumn(position), markers));
  const [only = raw('null')] = cells;
  const text = cells.length === 1 ? only : sql`coalesce(${join(cells)})`;
  const stripped = (record.strip?.[target.name] ?? []).reduce(
    (rest, beginning) =>
      sql`(case when starts_with(${rest}, ${beginning}) then nullif(trim(substr(${rest}, ${raw(String(Array.from(beginning).length + 1))})), '') else ${rest} end)`,
    text,
  );
  const length = record.cut?.[target.name];
  const cut = length === undefined ? stripped : sql`left(${stripped}, ${raw(String(length))})`;
  const prefix = record.prefix?.[target.name];
  return prefix === undefined ? cut : sql`(${prefix} || ${cut})`;
}

function moneyColumns(
  part: number,
  targets: readonly Target[],
  kind: MappingRecord['kind'],
  agreement: Agreement,
  dialect: Dialect,
): readonly Fragment[] {
  const money = targets.find((target) => target.name === 'amount' || target.name === 'spend');
  if (!money) return [];
  const has = (name: string): boolean => targets.some((target) => target.name === name);
  const currency = has('currency') ? valueColumn(part, 'currency') : dialect.nothing('text');
  const day =
    kind === 'ads'
      ? valueColumn(part, 'date')
      : dialect.dayOf(dialect.localTime(valueColumn(part, 'at'), agreement.timezone));
  const amount = valueColumn(part, money.name);
  const rate = rateOf(currency, day, agreement, dialect);
  const converted =
    agreement.rates.length === 0 && !has('currency')
      ? amount
      : sql`case when ${rate} = 1 then ${amount} else try_cast(${amount} * ${rate} as DECIMAL(18,4)) end`;
  return [sql`${converted} as ${identifier(`r${part}_converted`)}`];
}

/** Whether a row of a stream says that it is gone where it came from. */
function deletedSql(mapping: Mapping, dialect: Dialect): Fragment {
  const { deletedBy = [], deleted = null } = mapping.stream ?? {};
  return any([
    ...deletedBy.map(
      (column) =>
        sql`${presentText(cellColumn(mapping.format.columns.indexOf(column)), mapping.missing)} is not null`,
    ),
    ...(deleted === null ? [] : [ruleSql(deleted, mapping, dialect)]),
  ]);
}

function whenSql(record: MappingRecord, mapping: Mapping, dialect: Dialect): Fragment {
  return record.when === null ? raw('true') : ruleSql(record.when, mapping, dialect);
}

function ruleSql({ expression }: Rule, mapping: Mapping, dialect: Dialect): Fragment {
  const nowhere = (): never => {
    throw new InvariantError('a lead in a rule over a row');
  };
  const rule = expressionSql(
    expression,
    {
      row: (column) => sql`coalesce(trim(${cellColumn(mapping.format.columns.indexOf(column))}), '')`,
      lead: nowhere,
      createdAt: raw('null'),
      activity: nowhere,
      quantified: nowhere,
      count: nowhere,
    },
    dialect,
  );
  return sql`coalesce(${rule}, false)`;
}

/** The cells that no record takes, as JSON; NULL where there are none. */
function extraSql(mapping: Mapping, cells: readonly Fragment[]): Fragment {
  const used = new Set(mapping.records.flatMap(headersOf));
  const rest = mapping.format.columns.flatMap((name, position) => {
    const cell = cells[position];
    return used.has(name) || cell === undefined ? [] : [sql`cast(${name} as VARCHAR), ${cell}`];
  });
  if (rest.length === 0) return raw('cast(null as VARCHAR)');
  const object = sql`json_object(${join(rest)})`;
  // The records of a stream have not all the same members: those that one lacks say nothing.
  return mapping.stream === undefined
    ? sql`cast(${object} as VARCHAR)`
    : sql`nullif(cast(json_merge_patch('{}', ${object}) as VARCHAR), '{}')`;
}
