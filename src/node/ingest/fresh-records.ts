import type { Agreement } from '../../core/agreement/agreement.ts';
import { plainFields } from '../../core/facts/columns.ts';
import { AD_KEYS, columnTypeOfField, fieldColumn, isAdKey } from '../../core/facts/tables.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { identifier, join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { valueColumn } from './convert-rows.ts';
import type { ConvertedRecord } from './convert-rows.ts';
import { identityOf } from './record-keys.ts';
import type { RecordIdentity } from './record-keys.ts';
import { bringsMask, rawColumn } from './targets.ts';

export interface NamedColumn {
  readonly name: string;
  readonly value: Fragment;
}

/** How the records of a kind stand in their raw table. */
export interface RecordShape {
  readonly table: string;
  readonly columns: readonly NamedColumn[];
  /** Columns that tell one record from another. */
  readonly identity: readonly string[];
  /** Whose the record is; null of a record that is no lead's. */
  readonly keys: RecordIdentity | null;
  /** The texts of personal data, by column of `lead_contact`. */
  readonly contact: readonly NamedColumn[];
}

interface ShapeInput {
  readonly converted: ConvertedRecord;
  readonly agreement: Agreement;
  readonly dialect: Dialect;
  /** Of the file: rows without an id of their own have that of their file and line. */
  readonly fileHash: string;
  /** Rows come with a key of their stream, which is then the id of those without one. */
  readonly isKeyed?: boolean;
}

/** The columns of a record's raw table, over the converted rows. */
export function shapeOf(input: ShapeInput): RecordShape {
  switch (input.converted.record.kind) {
    case 'leads':
      return leadShape(input);
    case 'activities':
      return activityShape(input);
    case 'ads':
      return adShape(input);
    case 'decisions':
      return decisionShape(input);
  }
}

function taken(
  { converted, dialect }: ShapeInput,
  name: string,
  type: Parameters<Dialect['nothing']>[0],
): Fragment {
  return converted.targets.some((target) => target.name === name)
    ? valueColumn(converted.part, name)
    : dialect.nothing(type);
}

/** What no record takes stands with the first one. */
function extra({ converted, dialect }: ShapeInput): Fragment {
  return converted.part === 0 ? identifier('extra') : dialect.nothing('json');
}

/** The campaign's id: Meta's exports write `c:` before it. A field of the agreement may be called so. */
function campaignId(input: ShapeInput): Fragment {
  const names = ['campaign_id', 'utm_id'].filter((name) =>
    input.converted.targets.some((target) => target.name === name),
  );
  if (names.length === 0) return input.dialect.nothing('text');
  const told = join(names.map((name) => sql`cast(${taken(input, name, 'text')} as VARCHAR)`));
  return sql`regexp_replace(coalesce(${told}, null), '^c:([0-9])', ${String.raw`\1`})`;
}

/** What a row without an id of its own is known by: its file and line. */
function ofLine(fileHash: string): Fragment {
  return sql`(${`${fileHash.slice(0, 12)}-`} || line)`;
}

function leadShape(input: ShapeInput): RecordShape {
  const { converted, agreement, dialect, fileHash, isKeyed = false } = input;
  const { part, targets } = converted;
  const identity = identityOf(
    converted,
    agreement,
    dialect,
    isKeyed ? identifier('row_key') : ofLine(fileHash),
  );
  const fields = agreement.fields.map((field): NamedColumn => {
    const brought = targets.some((target) => target.field?.name === field.name);
    const column = valueColumn(part, field.name);
    const value = !brought
      ? dialect.nothing(field.pii === null ? columnTypeOfField(field) : 'boolean')
      : field.pii === null
        ? column
        : sql`(case when ${column} is not null then true end)`;
    return { name: fieldColumn(field.name), value };
  });
  return {
    table: 'lead_version',
    identity: ['lead_id', 'effective_at'],
    keys: identity,
    columns: [
      { name: 'lead_id', value: identity.id },
      { name: 'effective_at', value: taken(input, 'effective_at', 'instant') },
      { name: 'created_at', value: taken(input, 'created_at', 'instant') },
      { name: 'brings', value: sql`cast(${bringsMask(targets, agreement)} as VARCHAR)` },
      ...fields,
      { name: 'campaign_id', value: campaignId(input) },
      { name: 'extra', value: extra(input) },
    ],
    contact: targets.flatMap((target) =>
      target.field !== null && target.field.pii !== null
        ? [{ name: rawColumn(target), value: valueColumn(part, target.name) }]
        : [],
    ),
  };
}

/** What tells the activities of one row apart: their type where the mapping says it, else their place. */
function idSuffix({ record, part }: ConvertedRecord): string {
  return record.constants['type'] ?? String(part);
}

const ACTIVITY_TEXTS = ['outcome', 'seller', 'reason'] as const;

function activityShape(input: ShapeInput): RecordShape {
  const { converted, dialect, agreement, fileHash } = input;
  const { part, targets } = converted;
  const identity = identityOf(converted, agreement, dialect, ofLine(fileHash));
  const has = (name: string): boolean => targets.some((target) => target.name === name);
  const texts = ACTIVITY_TEXTS.map((name) => ({ name, value: taken(input, name, 'text') }));
  const content = ['type', 'at', 'outcome', 'seller', 'amount', 'currency', 'reason'].filter(has);
  const digest = sql`md5(concat_ws(chr(31)${[identity.id, ...content.map((name) => valueColumn(part, name))]
    .map((value) => sql`, coalesce(cast(${value} as VARCHAR), chr(30))`)
    .reduce((left, right) => sql`${left}${right}`, raw(''))}))`;
  // The same content twice in one file happened twice; in two files it is the same told again.
  const occurrence = sql`row_number() over (partition by ${digest} order by row_id)`;
  const id = has('activity_id')
    ? valueColumn(part, 'activity_id')
    : input.isKeyed === true
      ? sql`(row_key || ${`/${idSuffix(converted)}`})`
      : sql`(${digest} || '-' || ${occurrence})`;
  return {
    table: 'activity',
    identity: ['activity_id'],
    keys: identity,
    columns: [
      { name: 'activity_id', value: id },
      { name: 'lead_id', value: identity.id },
      { name: 'type', value: valueColumn(part, 'type') },
      { name: 'at', value: valueColumn(part, 'at') },
      ...texts,
      { name: 'amount', value: has('amount') ? identifier(`r${part}_converted`) : dialect.nothing('money') },
      { name: 'original_amount', value: taken(input, 'amount', 'money') },
      { name: 'currency', value: currencyOf(input, has('amount'), agreement) },
      { name: 'extra', value: extra(input) },
    ],
    contact: [],
  };
}

function currencyOf(input: ShapeInput, hasMoney: boolean, agreement: Agreement): Fragment {
  const money = hasMoney ? sql`cast(${agreement.currency} as VARCHAR)` : input.dialect.nothing('text');
  return sql`coalesce(upper(${taken(input, 'currency', 'text')}), ${money})`;
}

function adShape(input: ShapeInput): RecordShape {
  const { converted, agreement, dialect } = input;
  const { part, targets } = converted;
  const hasSpend = targets.some((target) => target.name === 'spend');
  const segments = plainFields(agreement)
    .filter((field) => !isAdKey(field.name))
    .map((field): NamedColumn => ({
      name: fieldColumn(field.name),
      value: taken(input, field.name, columnTypeOfField(field)),
    }));
  return {
    table: 'ad_metric',
    identity: ['day', ...AD_KEYS, ...segments.map((segment) => segment.name)],
    keys: null,
    columns: [
      { name: 'day', value: valueColumn(part, 'date') },
      ...AD_KEYS.map((name) => ({ name, value: taken(input, name, 'text') })),
      ...segments,
      { name: 'impressions', value: taken(input, 'impressions', 'integer') },
      { name: 'clicks', value: taken(input, 'clicks', 'integer') },
      { name: 'spend', value: hasSpend ? identifier(`r${part}_converted`) : dialect.nothing('money') },
      { name: 'original_spend', value: taken(input, 'spend', 'money') },
      { name: 'currency', value: currencyOf(input, hasSpend, agreement) },
      { name: 'leads', value: taken(input, 'leads', 'integer') },
      { name: 'campaign_id', value: campaignId(input) },
      { name: 'extra', value: extra(input) },
    ],
    contact: [],
  };
}

function decisionShape({ converted: { part } }: ShapeInput): RecordShape {
  const ids = sql`${valueColumn(part, 'source_id')}, ${valueColumn(part, 'lead_id')}`;
  return {
    table: 'identity_decision',
    identity: ['source_id', 'lead_id'],
    keys: null,
    // What is said of two is said of them both, in either order.
    columns: [
      { name: 'source_id', value: sql`least(${ids})` },
      { name: 'lead_id', value: sql`greatest(${ids})` },
      { name: 'verdict', value: sql`lower(${valueColumn(part, 'verdict')})` },
    ],
    contact: [],
  };
}
