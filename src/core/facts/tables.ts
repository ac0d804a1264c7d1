import type { Agreement, Field, FieldType } from '../agreement/agreement.ts';
import type { ColumnType, Dialect } from '../sql/dialect.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

const COLUMN_OF_FIELD: Readonly<Record<FieldType, ColumnType>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  // A date in a rule is the first instant of its local day, and is stored as that.
  date: 'instant',
  timestamp: 'instant',
};

export function columnTypeOfField(field: Field): ColumnType {
  return COLUMN_OF_FIELD[field.type];
}

/** The column of an attribute. The prefix keeps a field named `lead_id` or `at` out of our way. */
export function fieldColumn(name: string): string {
  return `f_${name}`;
}

/** The names that an ad metric has of its own; a field of the same name is read from there. */
export const AD_KEYS = ['platform', 'account', 'campaign', 'adset', 'ad'] as const;
export type AdKey = (typeof AD_KEYS)[number];

export function isAdKey(name: string): name is AdKey {
  return (AD_KEYS as readonly string[]).includes(name);
}

/**
 * Where a record came from: of those that stand, the latest `recorded_at`, then `entry`, then `part` wins. A
 * record stands from `recorded_at` until `withdrawn_at`, so that an earlier instant still knows it.
 */
const PROVENANCE: readonly Column[] = [
  { name: 'recorded_at', type: 'instant' },
  /** The ledger entry's number. */
  { name: 'entry', type: 'integer' },
  /** The position of the mapping's record, from 0: one source row may give several. */
  { name: 'part', type: 'small_integer' },
  /** The key of the row in its source, where a source tells its rows by one; NULL for files. */
  { name: 'row_key', type: 'distinct_text' },
  /** When it was taken back (deleted or replaced where it came from); NULL while it stands. */
  { name: 'withdrawn_at', type: 'instant' },
];

/**
 * The append-only facts, as the projector writes them.
 *
 * - `lead_version.effective_at` is NULL for a version that holds from the lead's creation.
 * - `lead_version.created_at` is NULL in a version that does not bring it.
 * - `lead_version.brings` has a character a field of the agreement, in its order: `1` where the version
 *   mentions the field (a NULL then means "became missing"), `0` where it keeps what it was.
 * - A field that is personal data has a BOOLEAN in `lead_version` (it is present) and its text in
 *   `lead_contact`.
 * - Within one entry a (lead, effective_at, part) appears once: the last row of the file wins.
 */
export function rawTables(agreement: Agreement): readonly Table[] {
  const plain = agreement.fields.filter((field) => field.pii === null);
  const personal = agreement.fields.filter((field) => field.pii !== null);
  return [
    {
      name: 'lead_version',
      columns: [
        { name: 'lead_id', type: 'distinct_text' },
        { name: 'effective_at', type: 'instant' },
        { name: 'created_at', type: 'instant' },
        { name: 'brings', type: 'text' },
        ...agreement.fields.map((field): Column => ({
          name: fieldColumn(field.name),
          type: field.pii === null ? columnTypeOfField(field) : 'boolean',
        })),
        /** Of the campaign on whose platform it is known by that: `utm_id`, an export's own id. */
        { name: 'campaign_id', type: 'text' },
        { name: 'extra', type: 'json' },
        ...PROVENANCE,
      ],
    },
    {
      name: 'lead_contact',
      columns: [
        { name: 'lead_id', type: 'resting_text' },
        { name: 'effective_at', type: 'instant' },
        ...personal.map((field): Column => ({ name: fieldColumn(field.name), type: 'resting_text' })),
        { name: 'brings', type: 'text' },
        ...PROVENANCE,
      ],
    },
    {
      name: 'activity',
      columns: [
        { name: 'activity_id', type: 'distinct_text' },
        { name: 'lead_id', type: 'distinct_text' },
        { name: 'type', type: 'text' },
        { name: 'at', type: 'instant' },
        { name: 'outcome', type: 'text' },
        { name: 'seller', type: 'text' },
        /** In the agreement's currency. */
        { name: 'amount', type: 'money' },
        { name: 'original_amount', type: 'money' },
        { name: 'currency', type: 'text' },
        { name: 'reason', type: 'text' },
        { name: 'extra', type: 'json' },
        ...PROVENANCE,
      ],
    },
    {
      name: 'ad_metric',
      columns: [
        { name: 'day', type: 'date' },
        ...AD_KEYS.map((name): Column => ({ name, type: 'text' })),
        ...plain
          .filter((field) => !isAdKey(field.name))
          .map((field): Column => ({ name: fieldColumn(field.name), type: columnTypeOfField(field) })),
        { name: 'impressions', type: 'integer' },
        { name: 'clicks', type: 'integer' },
        /** In the agreement's currency. */
        { name: 'spend', type: 'money' },
        { name: 'original_spend', type: 'money' },
        { name: 'currency', type: 'text' },
        { name: 'leads', type: 'integer' },
        /** Does not tell one metric from another: the name does. */
        { name: 'campaign_id', type: 'text' },
        { name: 'extra', type: 'json' },
        ...PROVENANCE,
      ],
    },
    ...identityTables(),
    {
      name: 'reject',
      columns: [
        { name: 'entry', type: 'integer' },
        { name: 'line', type: 'integer' },
        { name: 'column_name', type: 'text' },
        { name: 'value', type: 'text' },
        { name: 'code', type: 'text' },
        { name: 'params', type: 'json' },
        { name: 'row', type: 'json' },
      ],
    },
    {
      name: 'left_out',
      columns: [
        { name: 'entry', type: 'integer' },
        /** What its rows are instead of data: `total`, `footer`, `block`. */
        { name: 'reason', type: 'text' },
        { name: 'rows', type: 'integer' },
      ],
    },
    {
      name: 'batch',
      columns: [
        { name: 'entry', type: 'integer' },
        { name: 'source', type: 'text' },
        { name: 'file', type: 'text' },
        { name: 'rows_read', type: 'integer' },
        { name: 'accepted', type: 'integer' },
        { name: 'unchanged', type: 'integer' },
        { name: 'rejected', type: 'integer' },
        /** Of the unchanged: those whose identity came again later in the same file. */
        { name: 'repeated', type: 'integer' },
        /** Records from before that it took back. */
        { name: 'withdrawn', type: 'integer' },
        { name: 'recorded_at', type: 'instant' },
      ],
    },
    {
      /** The rows that the streams of taps and databases told and did not take back. */
      name: 'stream_row',
      columns: [
        /** The source and the stream. */
        { name: 'stream', type: 'text' },
        { name: 'row_key', type: 'distinct_text' },
        { name: 'row_group', type: 'text' },
        { name: 'version', type: 'text' },
        { name: 'load', type: 'text' },
      ],
    },
  ];
}

/**
 * What tells whose a record is, beside its `lead_id`.
 *
 * - `lead_key` has a row a key that a record brings: ids as they are, texts (e-mail, phone, name) as SHA-256 of
 *   our own form (`is_primary`) and of the forms that platforms hash. `record` tells the record from the lead's
 *   others: of each kind of key what was told of it last holds. `at` is when it happened. A row of the kind
 *   `guest` says that the id is not the lead's own: `crm` where another system gave it, `key` where it was made
 *   of the record's keys.
 * - `contact_key` has what a text of `lead_contact` comes to, by the digest of the text; a `value` of NULL is a
 *   text that tells nobody.
 * - `identity_decision` has what people said of two ids: the latest counts.
 */
function identityTables(): readonly Table[] {
  return [
    {
      name: 'lead_key',
      columns: [
        { name: 'lead_id', type: 'distinct_text' },
        { name: 'record', type: 'distinct_text' },
        { name: 'kind', type: 'text' },
        { name: 'value', type: 'distinct_text' },
        { name: 'is_primary', type: 'boolean' },
        /** A mailbox such as info@: it names nobody. */
        { name: 'is_shared', type: 'boolean' },
        /** Equal wherever the texts' keys are; NULL where it cannot be told. */
        { name: 'hint', type: 'text' },
        { name: 'at', type: 'instant' },
        ...PROVENANCE,
      ],
    },
    {
      name: 'contact_key',
      columns: [
        { name: 'kind', type: 'text' },
        { name: 'text_digest', type: 'distinct_text' },
        { name: 'value', type: 'distinct_text' },
        { name: 'is_primary', type: 'boolean' },
        { name: 'is_shared', type: 'boolean' },
      ],
    },
    {
      name: 'identity_decision',
      columns: [
        { name: 'source_id', type: 'distinct_text' },
        { name: 'lead_id', type: 'distinct_text' },
        /** `confirm` or `reject`. */
        { name: 'verdict', type: 'text' },
        ...PROVENANCE,
      ],
    },
  ];
}

/** Makes a table, empty, in place of one that there may be. */
export function createTable({ name, columns }: Table, dialect: Dialect): Fragment {
  const definitions = columns.map((column) => dialect.columnDefinition(column.name, column.type));
  return sql`create or replace table ${identifier(name)} (${join(definitions)})`;
}

/** Columns of `lead_facts` that belong to a stage. */
export function stageColumns(stage: string): {
  readonly at: string;
  readonly day: string;
  readonly late: string;
  readonly skip: string;
  /** The local hour of `at`, 0 to 23; only of the stages from which something is handed over. */
  readonly hour: string;
} {
  return {
    at: `at_${stage}`,
    day: `day_${stage}`,
    late: `late_${stage}`,
    skip: `skip_${stage}`,
    hour: `hour_${stage}`,
  };
}

/** The column of `lead_facts` with the instant at which a hand-over was done; NULL is "not yet". */
export function handoffColumn(handoff: string): string {
  return `hand_${handoff}`;
}

/** The columns of `lead_facts` with how the wait for a hand-over ended (see `withWaits`). */
export function waitColumnsOf(handoff: string): { readonly answered: string; readonly waited: string } {
  return { answered: `answered_${handoff}`, waited: `waited_${handoff}` };
}

/** The members of an activity by which dimensions tell leads apart. */
export type CreditMember = 'type' | 'outcome' | 'seller' | 'reason' | 'currency';

/** The column of `lead_facts` with a member of the activity that answered a hand-over. */
export function answerColumn(member: CreditMember, handoff: string): string {
  return `answer_${member}_${handoff}`;
}

/** The column of `lead_facts` that tells whether a criterion holds at the end; NULL is "unknown". */
export function criterionColumn(stage: string, criterion: string): string {
  return `c_${stage}__${criterion}`;
}

/** The column of `lead_facts` that holds a dimension's group, as text; NULL is "missing". */
export function dimensionColumn(dimension: string, stage?: string): string {
  return stage === undefined ? `d_${dimension}` : `d_${dimension}__${stage}`;
}
