import { all, identifier, join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Transaction } from '../warehouse/warehouse.ts';
import type { RecordShape } from './fresh-records.ts';
import type { StreamForm } from './mapping.ts';
import { streamName } from './row-keys.ts';

interface KeyedInput {
  readonly entry: LedgerEntry;
  readonly tellsLeads: boolean;
}

/** The raw tables, each with what a row of a stream tells its records by. */
const TABLES = ['lead_version', 'activity', 'ad_metric'] as const;

/**
 * The rows of a stream, which tells each again when it changes, and stands for all that the row says:
 *
 * - what a row told before and tells no more is taken back (a deal that is open again has no sale); the
 *   earlier versions of a lead stay, for they were true in their time;
 * - of a row that is gone where it came from all is taken back: it says so itself, or a full reading of its
 *   stream or its group does not bring it again.
 *
 * Input: the temporary table `converted`, with `row_key`, `row_group` and `is_deleted`.
 */
export class KeyedRows {
  /** Records taken back so far. */
  withdrawn = 0;
  readonly #transaction: Transaction;
  readonly #stream: StreamForm;
  readonly #name: string;
  readonly #tellsLeads: boolean;
  readonly #at: Fragment;
  readonly #told = new Map<string, readonly string[]>();
  #tellsKeys = false;

  private constructor(transaction: Transaction, input: KeyedInput, stream: StreamForm, at: Fragment) {
    this.#transaction = transaction;
    this.#stream = stream;
    this.#name = streamName(input.entry.source, stream);
    this.#tellsLeads = input.tellsLeads;
    this.#at = at;
  }

  /** Null for an entry whose rows have no keys. */
  static of(transaction: Transaction, input: KeyedInput, at: Fragment): KeyedRows | null {
    const { stream } = input.entry.mapping;
    return stream === undefined ? null : new KeyedRows(transaction, input, stream, at);
  }

  /** Takes back what is gone, and notes which rows the stream has told. */
  async withdrawGone(): Promise<void> {
    const { activates, group, version, load } = this.#stream;
    const run = (statement: Fragment): Promise<number> => this.#transaction.run(statement);
    await run(sql`create or replace temp table row_end as
      select row_key, max(row_id) filter (where is_deleted) as deleted_row,
        max(row_id) filter (where refusal is null and not is_deleted) as last_row,
        arg_max(is_deleted, row_id) as ends_deleted, arg_max(row_group, row_id) as row_group
      from converted where row_key is not null group by row_key`);
    await run(sql`create or replace temp table gone_key as
      select row_key from row_end where deleted_row is not null`);
    const known = sql`stream = ${this.#name} and row_key not in (select row_key from row_end where not ends_deleted)`;
    if (group.length > 0) {
      await run(sql`insert into gone_key select row_key from stream_row where ${known} and load <> ${load}
        and row_group in (select row_group from row_end where row_group not in (
          select row_group from stream_row where stream = ${this.#name} and load = ${load} and row_group is not null))`);
    }
    if (activates) {
      await run(
        sql`insert into gone_key select row_key from stream_row where ${known} and version is distinct from ${version}`,
      );
    }
    // What a row that is gone takes back, it brought: it counts as read to some end.
    await run(sql`insert into accepted_row select row_id from converted where is_deleted
      and row_key in (select row_key from stream_row where stream = ${this.#name})`);
    await this.#withdraw(() => sql`row_key in (select row_key from gone_key)`);
    await run(sql`delete from stream_row where stream = ${this.#name}
      and (row_key in (select row_key from gone_key) or row_key in (select row_key from row_end))`);
    await run(sql`insert into stream_row select ${this.#name}, row_key, row_group, ${version}, ${load}
      from row_end where not ends_deleted`);
  }

  /** True of the converted rows that count: of what has a state, only the last word on each. */
  counting(shape: RecordShape): Fragment {
    const end = (condition: Fragment): Fragment => sql`exists (select 1 from row_end e
      where e.row_key = converted.row_key and ${condition})`;
    const living = sql`converted.row_id > coalesce(e.deleted_row, -1)`;
    return shape.table === 'lead_version'
      ? end(living)
      : end(sql`${living} and converted.row_id = e.last_row`);
  }

  /** Notes what the rows tell now, from the temporary table `fresh`. */
  async tell(shape: RecordShape): Promise<void> {
    const identity = shape.table === 'lead_version' ? ['lead_id'] : shape.identity;
    const table = identifier(`told_${shape.table}`);
    const columns = join(identity.map((name) => sql`f.${identifier(name)}`));
    const rows = sql`select f.row_key, ${columns} from fresh f join row_end e
      on e.row_key = f.row_key and e.last_row = f.row_id`;
    if (this.#told.has(shape.table)) await this.#transaction.run(sql`insert into ${table} ${rows}`);
    else await this.#transaction.run(sql`create or replace temp table ${table} as ${rows}`);
    this.#told.set(shape.table, identity);
  }

  /**
   * Notes of whose the rows say now that their records are.
   *
   * @param told as `toldKeys` gives it
   */
  async tellKeys(told: Fragment): Promise<void> {
    const rows = sql`select f.row_key, f.lead_id, f.record, f.kind, f.text from (${told}) f join row_end e
      on e.row_key = f.row_key and e.last_row = f.row_id`;
    if (this.#tellsKeys) await this.#transaction.run(sql`insert into told_key ${rows}`);
    else await this.#transaction.run(sql`create or replace temp table told_key as ${rows}`);
    this.#tellsKeys = true;
  }

  /** Takes back what the rows told before and tell no more. */
  async withdrawReplaced(): Promise<void> {
    await this.#withdraw((table, alias) => {
      if (table === 'lead_key') return sql`${this.#toldAgain(alias)} and not ${this.#keepsKey(alias)}`;
      const again = this.#toldAgain(alias);
      const identity = this.#told.get(table);
      if (identity === undefined) return again;
      const same = all(
        identity.map((name) => sql`t.${identifier(name)} is not distinct from ${alias}.${identifier(name)}`),
      );
      return sql`${again} and not exists (select 1 from ${identifier(`told_${table}`)} t
        where t.row_key = ${alias}.row_key and ${same})`;
    });
    for (const name of ['row_end', 'gone_key', 'told_key', ...TABLES.map((table) => `told_${table}`)]) {
      await this.#transaction.run(sql`drop table if exists ${identifier(name)}`);
    }
  }

  #toldAgain(alias: Fragment): Fragment {
    return sql`${alias}.row_key in (select row_key from row_end where last_row > coalesce(deleted_row, -1))`;
  }

  /** True of a key that its row tells still, or that it told of an earlier version of a lead that it tells still. */
  #keepsKey(alias: Fragment): Fragment {
    const same = sql`t.row_key = ${alias}.row_key and t.record = ${alias}.record`;
    const kept = this.#tellsKeys
      ? sql`exists (select 1 from told_key t where ${same} and t.lead_id = ${alias}.lead_id and t.kind = ${alias}.kind
          and t.text is not null)`
      : raw('false');
    if (!this.#told.has('lead_version')) return kept;
    const isTold = this.#tellsKeys ? sql`exists (select 1 from told_key t where ${same})` : raw('false');
    return sql`(${kept} or (starts_with(${alias}.record, 'lead:') and not ${isTold} and exists (
      select 1 from told_lead_version t where t.row_key = ${alias}.row_key and t.lead_id = ${alias}.lead_id)))`;
  }

  async #withdraw(
    condition: (table: (typeof TABLES)[number] | 'lead_key', alias: Fragment) => Fragment,
  ): Promise<void> {
    const end = sql`set withdrawn_at = ${this.#at}`;
    const key = identifier('lead_key');
    const ends = sql`${key}.withdrawn_at is null and ${condition('lead_key', key)}`;
    if (this.#tellsLeads)
      await this.#transaction.run(sql`insert into changed_lead select lead_id from ${key} where ${ends}`);
    await this.#transaction.run(sql`update ${key} ${end} where ${ends}`);
    for (const table of TABLES) {
      const name = identifier(table);
      const where = sql`${name}.withdrawn_at is null and ${condition(table, name)}`;
      if (this.#tellsLeads && table !== 'ad_metric') {
        await this.#transaction.run(sql`insert into changed_lead select lead_id from ${name} where ${where}`);
      }
      if (table === 'lead_version') {
        const contact = identifier('lead_contact');
        await this.#transaction.run(
          sql`update ${contact} ${end} where ${contact}.withdrawn_at is null and ${condition(table, contact)}`,
        );
      }
      this.withdrawn += await this.#transaction.run(sql`update ${name} ${end} where ${where}`);
    }
  }
}
