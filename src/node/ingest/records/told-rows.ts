import type { Agreement } from '../../../core/agreement/agreement.ts';
import { AD_KEYS, rawTables } from '../../../core/facts/tables.ts';
import type { ColumnType, Dialect } from '../../../core/sql/dialect.ts';
import { identifier, join, raw, sql, tail } from '../../../core/sql/sql.ts';
import type { Fragment } from '../../../core/sql/sql.ts';
import type { RecordKind } from '../mapping.ts';
import { rowColumns } from './record-columns.ts';
import type { RecordRow } from './record-reader.ts';

/** A record on its way into its raw table. */
export interface ToldRow {
  /** Ascending from 1 in the order in which the records were told. */
  readonly rowId: number;
  readonly entry: number;
  /** Its item in the entry, from 0. */
  readonly item: number;
  /** Which telling of the same identity in the entry it is, from 0. */
  readonly part: number;
  /** Microseconds since 1970 UTC. */
  readonly recordedAt: bigint;
  readonly row: RecordRow;
}

export const RAW_TABLE: Readonly<Record<RecordKind, string>> = {
  leads: 'lead_version',
  activities: 'activity',
  ads: 'ad_metric',
};

/** Where a row came from, before its cells. */
const LEADING = 5;

/** The columns by which the warehouse finds what was told before, and that they are looked for by. */
export function identityOf(kind: RecordKind, agreement: Agreement): readonly string[] {
  switch (kind) {
    case 'leads':
      return ['lead_id', 'effective_at'];
    case 'activities':
      return ['activity_id'];
    case 'ads':
      return ['day', ...AD_KEYS, ...rowColumns('ads', agreement).filter((name) => name.startsWith('f_'))];
  }
}

/** A converted amount's column, and that of the amount as it was told. */
const MONEY: Readonly<Record<RecordKind, { readonly own: string; readonly told: string } | null>> = {
  leads: null,
  activities: { own: 'amount', told: 'original_amount' },
  ads: { own: 'spend', told: 'original_spend' },
};

/** The columns of a kind's raw table, without where a record came from. */
export function ownColumns(kind: RecordKind, agreement: Agreement): readonly string[] {
  const money = MONEY[kind];
  return rowColumns(kind, agreement)
    .filter((name) => name !== 'rate' && !name.startsWith('contact_'))
    .concat(money === null ? [] : [money.own]);
}

export function contactColumns(kind: RecordKind, agreement: Agreement): readonly string[] {
  return rowColumns(kind, agreement).filter((name) => name.startsWith('contact_'));
}

/**
 * Records as a query of `row_id, entry, item, part, recorded_at` and the typed columns of their raw table,
 * with personal texts as `contact_…`. They travel as one bound text.
 */
export function toldRows(
  kind: RecordKind,
  rows: readonly ToldRow[],
  agreement: Agreement,
  dialect: Dialect,
): Fragment {
  const names = rowColumns(kind, agreement);
  const types = new Map<string, ColumnType>(
    rawTables(agreement)
      .find((table) => table.name === RAW_TABLE[kind])
      ?.columns.map(({ name, type }) => [name, type]),
  );
  const cell = (position: number): Fragment => raw(`told[${position + 1}]`);
  const columns = names.map((name, index) => {
    const type = name === 'rate' ? 'number' : (types.get(name) ?? 'text');
    return sql`${dialect.cast(cell(LEADING + index), type)} as ${identifier(name)}`;
  });
  const money = MONEY[kind];
  const converted =
    money === null
      ? []
      : [
          sql`case when rate is null then ${identifier(money.told)}
            else try_cast(${identifier(money.told)} * rate as DECIMAL(18,4)) end as ${identifier(money.own)}`,
        ];
  const told = JSON.stringify(
    rows.map(({ rowId, entry, item, part, recordedAt, row }) => [
      String(rowId),
      String(entry),
      String(item),
      String(part),
      String(recordedAt),
      ...row.cells,
    ]),
  );
  return sql`(select *${tail(converted)} from (select
    cast(${cell(0)} as BIGINT) as row_id, cast(${cell(1)} as BIGINT) as entry, cast(${cell(2)} as BIGINT) as item,
    cast(${cell(3)} as SMALLINT) as part, ${dialect.instant(sql`cast(${cell(4)} as BIGINT)`)} as recorded_at${tail(columns)}
    from (select unnest(from_json(${told}, '[["VARCHAR"]]')) as told)))`;
}

/**
 * The told rows with `is_same`: the latest telling of the same identity, in the raw table or among them, says
 * just the same.
 *
 * @param told relation of `toldRows`; it stands in the query several times
 */
export function comparedRows(kind: RecordKind, told: Fragment, agreement: Agreement): Fragment {
  const contact = contactColumns(kind, agreement);
  const money = MONEY[kind];
  const own = ownColumns(kind, agreement).filter((name) => name !== money?.own);
  const identity = join(identityOf(kind, agreement).map(identifier));
  const [first = ''] = identityOf(kind, agreement);
  const said = join([...own, ...contact].map(identifier));
  const table = identifier(RAW_TABLE[kind]);
  // Each table is narrowed to the told ids before anything is joined: otherwise all of it would be.
  const among = (column: string): Fragment =>
    sql`${identifier(column)} in (select ${identifier(column)} from ${told})`;
  const texts = contact.map(
    (name) => sql`c.${identifier(name.slice('contact_'.length))} as ${identifier(name)}`,
  );
  const known =
    contact.length === 0
      ? sql`(select * from ${table} where withdrawn_at is null and ${among(first)})`
      : sql`(select v.*${tail(texts)} from (select * from ${table} where withdrawn_at is null and ${among('lead_id')}) v
          left join (select * from lead_contact where ${among('lead_id')}) c
          on c.lead_id = v.lead_id and c.entry = v.entry and c.part = v.part
          and c.effective_at is not distinct from v.effective_at)`;
  return sql`select * exclude (said), coalesce(lag(said) over before is not distinct from said, false) as is_same from (
    select 0 as row_id, ${identity}, row(${said}) as said from ${known}
      qualify row_number() over (partition by ${identity} order by recorded_at desc, entry desc, part desc) = 1
    union all by name
    select row_id, ${identity}, row(${said}) as said from ${told})
    window before as (partition by ${identity} order by row_id)`;
}
