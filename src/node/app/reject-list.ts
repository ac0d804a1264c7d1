import type { Reject } from '../../core/data/reject.ts';
import { MOST_REJECTS } from '../../core/data/standings.ts';
import type { OpenReject, RejectFilter, RejectPage, RejectQuestion } from '../../core/data/standings.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Row, RowValue } from '../../core/measures/measure.ts';
import { all, join, raw, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { OpenStore } from './open-store.ts';
import { BATCH_COLUMN, LINE_COLUMN, SAID_COLUMNS } from './mend-file.ts';
import { readRejectsWhere } from './rejects.ts';
import { csvLines } from './spreadsheet-guard.ts';

const USUAL = 1000;

/** Excel takes a file for UTF-8 only by its mark. */
const MARK = '\uFEFF';

interface ListContext {
  readonly ledger: SqliteLedger;
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
}

/** The refused rows that nobody has mended yet, in the order in which they came: by pages, however many they are. */
export class RejectList {
  readonly #context: ListContext;

  constructor(context: ListContext) {
    this.#context = context;
  }

  /** Throws a `FaultError` where `after` is not what a page gave, or `most` out of its range. */
  async page({ after, most = USUAL, ...filter }: RejectQuestion): Promise<RejectPage> {
    if (!Number.isInteger(most) || most < 1 || most > MOST_REJECTS) {
      const params = { name: 'most', value: String(most), least: 1, most: MOST_REJECTS };
      throw new FaultError([fault('question.no_number', params)]);
    }
    const beyond = after === undefined ? null : placeOf(after);
    const standing = await this.#standing(filter);
    if (standing === null) return { rejects: [], next: null, total: 0, reasons: [] };
    const reasons = (
      await this.#query(
        sql`select code, count(*) as n from reject where ${standing} group by code order by n desc, code`,
      )
    ).map((row) => ({ code: String(row['code']), rows: Number(row['n']) }));
    const found = await this.#read(standing, filter, beyond, most + 1);
    const rejects = found.slice(0, most).map((reject) => this.#placed(reject));
    const last = found.length > most ? rejects.at(-1) : undefined;
    return {
      rejects,
      next: last === undefined ? null : `${last.entry}-${last.line}`,
      total: reasons.reduce(
        (sum, { code, rows }) => sum + (filter.code === undefined || code === filter.code ? rows : 0),
        0,
      ),
      reasons,
    };
  }

  /** All of them as CSV, piece by piece: what is wrong with each, then its cells by the columns of all of them. */
  async *csv(filter: RejectFilter, reasonOf: (reject: Reject) => string): AsyncGenerator<Uint8Array> {
    const standing = await this.#standing(filter);
    const columns = standing === null ? [] : await this.#columns(standing, filter);
    yield Buffer.from(MARK + csvLines([[BATCH_COLUMN, LINE_COLUMN, ...SAID_COLUMNS, ...columns]]));
    if (standing === null) return;
    for (let after: Place | null = null; ;) {
      const rejects: readonly Reject[] = await this.#read(standing, filter, after, USUAL);
      const rows = rejects.map((reject) => [
        reject.entry,
        reject.line,
        reject.column,
        reasonOf(reject),
        ...columns.map((name) => reject.row[name] ?? null),
      ]);
      if (rows.length > 0) yield Buffer.from(csvLines(rows));
      const last = rejects.at(-1);
      if (last === undefined || rejects.length < USUAL) return;
      after = last;
    }
  }

  /** How many of each entry nobody has mended yet. */
  async openByEntry(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#query(
      sql`select entry, count(*) as n from (select distinct entry, line from reject) group by entry`,
    );
    const open = new Map(rows.map((row) => [Number(row['entry']), Number(row['n'])]));
    for (const { entry } of this.#context.ledger.retold()) {
      const before = open.get(entry);
      if (before !== undefined) open.set(entry, before - 1);
    }
    return open;
  }

  /** The condition of those that are open, whatever their reason; null where there are none. */
  async #standing({ batch, source }: RejectFilter): Promise<Fragment | null> {
    const open = await this.openByEntry();
    const ofSource =
      source === undefined
        ? null
        : new Set(
            (await this.#query(sql`select entry from batch where source = ${source}`)).map((row) =>
              Number(row['entry']),
            ),
          );
    const entries = [...open]
      .filter(([entry, rows]) => rows > 0 && (batch ?? entry) === entry && ofSource?.has(entry) !== false)
      .map(([entry]) => entry);
    if (entries.length === 0) return null;
    const asked = new Set(entries);
    const retold = this.#context.ledger.retold().filter(({ entry }) => asked.has(entry));
    const within = sql`entry in (${join(entries.map((entry) => raw(String(entry))))})`;
    if (retold.length === 0) return within;
    const places = JSON.stringify(retold.map(({ entry, line }) => [entry, line]));
    return all([
      within,
      sql`not exists (select 1 from (select unnest(from_json(${places}, '[["BIGINT"]]')) as place)
        where place[1] = entry and place[2] = line)`,
    ]);
  }

  #read(
    standing: Fragment,
    { code }: RejectFilter,
    after: Place | null,
    most: number,
  ): Promise<readonly Reject[]> {
    const condition = all([
      standing,
      ...(code === undefined ? [] : [sql`code = ${code}`]),
      ...(after === null
        ? []
        : [sql`(entry > ${after.entry} or (entry = ${after.entry} and line > ${after.line}))`]),
    ]);
    return this.#context.use(({ warehouse }) => readRejectsWhere(warehouse, condition, most));
  }

  /** The columns of all, those of the first row first. */
  async #columns(standing: Fragment, { code }: RejectFilter): Promise<readonly string[]> {
    const condition = code === undefined ? standing : all([standing, sql`code = ${code}`]);
    const rows = await this.#query(
      sql`select json_keys(row) as names, min(entry) as entry from reject where ${condition}
        group by names order by entry, names`,
    );
    return [...new Set(rows.flatMap((row) => namesIn(row['names'])))];
  }

  #placed(reject: Reject): OpenReject {
    const entry = this.#context.ledger.entry(reject.entry);
    return {
      ...reject,
      source: entry?.source ?? '',
      file: entry?.file.name ?? '',
      mendable: entry?.kept === 'file' && entry.mapping.format.kind !== 'messages',
    };
  }

  #query(query: Fragment): Promise<readonly Row[]> {
    return this.#context.use(({ warehouse }) => warehouse.query(query));
  }
}

type Place = Pick<Reject, 'entry' | 'line'>;

function placeOf(text: string): Place {
  const [, entry, line] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (entry === undefined || line === undefined)
    throw new FaultError([fault('store.bad_place', { place: text.slice(0, 80) })]);
  return { entry: Number(entry), line: Number(line) };
}

function namesIn(value: RowValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
